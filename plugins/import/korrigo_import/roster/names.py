"""A whole name in one cell, cut into last and first name.

Schools write the last name first.  Where capitals tell ("DUPONT MARTIN Jean-Paul"), the cut is certain; where all
is in capitals ("LE GOFF MARIE"), it is a proposal: one word, with the particles that belong to it.
"""

import re
from dataclasses import dataclass
from itertools import takewhile

from .keys import fold

#: A last name that begins with one of these goes on after it.
_LEADING = frozenset("""de du des d da das do dos di della del la le les l el al ben bent ibn ould ait at bou abou abu
    van von den der ter ten zu n m o mac mc saint sainte st ste san santa""".split())
#: Within a last name, these join what is before them with what is after.
_JOINING = frozenset("de du des d da das do dos di della del van von ben ibn".split())
#: The part of a word in capitals that may be small: McDONALD, d'ALMEIDA.
_SMALL_START = re.compile(r"(?:mac|mc|o['’]|[dlnm]['’])(?=[^\W\d_])", re.IGNORECASE)


@dataclass(frozen=True)
class SplitName:
    """A name in two parts; ``doubtful`` when a person should confirm the cut."""

    last_name: str
    first_name: str
    doubtful: bool


def split_name(full_name: str) -> SplitName:
    """Cut a name that stands in one cell, last name first (or first name first where capitals show it).

    One word alone is a last name, and doubtful.  A comma cuts for certain: "Dupont, Jean".
    """
    text = re.sub(r"\s+(-+)\s+|\s+(-+)|(-+)\s+", lambda match: "".join(filter(None, match.groups())),
                  " ".join(full_name.split()))
    if text.count(",") == 1:
        last, first = (part.strip() for part in text.split(","))
        if last and first:
            return SplitName(last, first, False)
    words = text.split()
    if len(words) < 2:
        return SplitName(text, "", True)
    cut = _cut_by_capitals(words)
    if cut is None:
        cut = _cut_by_particles(words)
        return SplitName(" ".join(words[:cut]), " ".join(words[cut:]), True)
    if cut < 0:
        return SplitName(" ".join(words[cut:]), " ".join(words[:cut]), False)
    return SplitName(" ".join(words[:cut]), " ".join(words[cut:]), False)


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


def _cut_by_particles(words: list[str]) -> int:
    """The likeliest number of words in a last name that stands first; at least one word stays as first name."""
    cut = _over_particles(words, 1)
    while cut + 1 < len(words) - 1 and fold(words[cut]) in _JOINING:
        cut = _over_particles(words, cut + 2)
    return cut


def _over_particles(words: list[str], cut: int) -> int:
    while cut < len(words) - 1 and fold(words[cut - 1]) in _LEADING:
        cut += 1
    return cut


def _is_capital(word: str) -> bool:
    """Whether a word is written in capitals; one letter alone does not tell, so it is not."""
    letters = [c for c in _SMALL_START.sub("", word) if c.isalpha()]
    return len(letters) > 1 and all(c == c.upper() for c in letters)
