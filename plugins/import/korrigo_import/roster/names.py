"""A whole name in one cell, cut into last and first name.

Schools write the last name first.  Where capitals or a comma tell ("DUPONT MARTIN Jean-Paul"), or where there are two
words only, the cut is certain; where all is in capitals ("LE GOFF MARIE"), it is a proposal among ``possible_cuts``:
one word, with the particles that belong to it, unless the file's other names know better (:class:`Lexicon`).
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from .fold import fold

#: A last name that begins with one of these goes on after it.
_LEADING = frozenset("""de du des d da das do dos di della del van von den der ter ten zu le la les l el al ben bent
    ibn ould ait at bou abou abu n m o mac mc saint sainte st ste san santa""".split())
#: Within a last name, these join what is before them with what is after.
_JOINING = frozenset("de du des d da das do dos di della del van von ben ibn".split())
#: The part of a word in capitals that may be small: McDONALD, d'ALMEIDA.
_SMALL_START = re.compile(r"(?:mac|mc|o['’]|[dlnm]['’])(?=[^\W\d_])", re.IGNORECASE)
#: A person chooses among at most so many cuts.
_MOST_CUTS = 6


@dataclass(frozen=True)
class SplitName:
    """A name in two parts; ``doubtful`` when a person should confirm the cut."""

    last_name: str
    first_name: str
    doubtful: bool


@dataclass(frozen=True)
class Lexicon:
    """Words that stand as last or as first names where the cut is certain, folded, with how often."""

    last: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, names: Iterable[str], begins: str = "last") -> "Lexicon":
        """What the certain names of a file teach about its doubtful ones."""
        lexicon = cls()
        for name in names:
            cut = split_name(name, begins)
            if not cut.doubtful:
                lexicon.last.update(map(fold, cut.last_name.split()))
                lexicon.first.update(map(fold, cut.first_name.split()))
        return lexicon

    def likeness(self, last: Iterable[str], first: Iterable[str]) -> int:
        """How well a cut agrees with the words that are known."""
        return (sum(_sign(self.last[word] - self.first[word]) for word in map(fold, last)) +
                sum(_sign(self.first[word] - self.last[word]) for word in map(fold, first)))


_NOTHING_KNOWN = Lexicon()


def split_name(full_name: str, begins: str = "last", known: Lexicon = _NOTHING_KNOWN) -> SplitName:
    """Cut a name that stands in one cell.

    ``begins``: "last" or "first", what the names of the file begin with; capitals say it of a single name.  One word
    alone is a last name, and doubtful.  A comma cuts for certain: "Dupont, Jean".
    """
    words, comma = _words(full_name)
    if comma:
        return SplitName(" ".join(words[:comma]), " ".join(words[comma:]), False)
    if len(words) < 2:
        return SplitName(" ".join(words), "", True)
    cut = _cut_by_capitals(words)
    if cut is not None:
        return SplitName(*_parts(words, cut), False)
    return SplitName(*_parts(words, _proposed(words, begins, known)), len(words) > 2)


def possible_cuts(full_name: str, begins: str = "last", known: Lexicon = _NOTHING_KNOWN) -> list[tuple[int, str, str]]:
    """The cuts among which a person chooses, the proposed one first: (words of the last name, last, first)."""
    words, _comma = _words(full_name)
    proposed = split_name(full_name, begins, known)
    last_words = len(proposed.last_name.split())
    counts = [last_words, *(n for n in range(1, len(words)) if n != last_words)]
    return [(n, *cut_name(full_name, n, begins)) for n in counts[:_MOST_CUTS]]


def cut_name(full_name: str, last_words: int, begins: str = "last") -> tuple[str, str]:
    """The last and the first name when the last name has so many words; all are its own when there are no more."""
    words, comma = _words(full_name)
    last_first = comma or begins == "last"
    return _parts(words, last_words if last_first or last_words >= len(words) else -last_words)


def tidy(full_name: str) -> str:
    """A whole name with single blanks and without blanks around hyphens."""
    return re.sub(r"\s+(-+)\s+|\s+(-+)|(-+)\s+", lambda match: "".join(filter(None, match.groups())),
                  " ".join(full_name.split()))


def _words(full_name: str) -> tuple[list[str], int]:
    """The words of a name, and how many of them stand before a comma (0: there is none that cuts)."""
    text = tidy(full_name)
    last, comma, first = text.partition(",")
    if comma and "," not in first and last.split() and first.split():
        return [*last.split(), *first.split()], len(last.split())
    return text.split(), 0


def _parts(words: list[str], cut: int) -> tuple[str, str]:
    """Last and first name; a negative cut counts the words of the last name from the end."""
    if cut < 0:
        return " ".join(words[cut:]), " ".join(words[:cut])
    return " ".join(words[:cut]), " ".join(words[cut:])


def _proposed(words: list[str], begins: str, known: Lexicon) -> int:
    """The likeliest cut; at least one word stays on each side."""
    if begins == "first":
        by_particles = -_last_words_at_end(words)
        cuts = [by_particles, *(-n for n in range(1, len(words)))]
    else:
        by_particles = _last_words_at_start(words)
        cuts = [by_particles, *range(1, len(words))]
    return max(cuts, key=lambda cut: known.likeness(*(part.split() for part in _parts(words, cut))))


def _cut_by_capitals(words: list[str]) -> int | None:
    """Where the capitals end: a count of words from the start, or (negative) from the end, None if they do not tell.

    A small particle goes with the capitals after it: "de LA TOUR Jean".
    """
    capital = [_is_capital(word) for word in words]
    if all(capital) or not any(capital):
        return None
    for place in range(len(words) - 2, -1, -1):
        capital[place] = capital[place] or (capital[place + 1] and fold(words[place]) in _LEADING)
    start = len(list(takewhile(bool, capital)))
    end = len(list(takewhile(bool, reversed(capital))))
    if start + end != sum(capital) or bool(start) == bool(end):
        return None
    return start or -end


def _last_words_at_start(words: list[str]) -> int:
    """The likeliest number of words in a last name that stands first."""
    cut = _over_particles(words, 1)
    while cut + 1 < len(words) - 1 and fold(words[cut]) in _JOINING:
        cut = _over_particles(words, cut + 2)
    return cut


def _last_words_at_end(words: list[str]) -> int:
    """The likeliest number of words in a last name that stands behind: the last word, and particles before it."""
    count = 1
    while count < len(words) - 1 and fold(words[-count - 1]) in _LEADING:
        count += 1
    return count


def _over_particles(words: list[str], cut: int) -> int:
    while cut < len(words) - 1 and fold(words[cut - 1]) in _LEADING:
        cut += 1
    return cut


def _is_capital(word: str) -> bool:
    """Whether a word is written in capitals; one letter alone does not tell, so it is not."""
    letters = [c for c in _SMALL_START.sub("", word) if c.isalpha()]
    return len(letters) > 1 and all(c == c.upper() for c in letters)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
