"""Which pupil of the school each row is: found, new, or for a person to say.

Twins are never taken for each other: where a spelling may have been corrected, or a twin may have come, a person is
asked.  A pupil is at most one row's.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from korrigo.api import Sentence as _

from .fold import fold
from .keys import INE
from .values import RosterRow

#: From this likeness on (0..1, of folded names) a spelling may have been corrected: of the last name and of the first
#: name, or of the whole when nobody is sure where it is cut.
_ALIKE, _ALIKE_AS_WHOLE = 0.6, 0.85
#: A person chooses among at most so many pupils.
_MOST_CANDIDATES = 6

Outcome = Literal["created", "changed", "same", "ask", "left out", "unknown"]
"""``unknown``: named in a list of absents, and not expected."""
NEW, SKIP = "new", "skip"
"""What a person may decide of a row, besides the id of the pupil that it is."""


@dataclass(frozen=True)
class Known:
    """A pupil of the school; ``expected``: at the exam that the roster is for."""

    id: str
    last_name: str
    first_name: str
    split_doubtful: bool = False
    birth_date: dt.date | None = None
    number: str = ""
    class_name: str = ""
    email: str = ""
    match_key: str = ""
    expected: bool = False

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def ine(self) -> str:
        return self.match_key.removeprefix(INE) if self.match_key.startswith(INE) else ""


@dataclass(frozen=True)
class Match:
    """What becomes of a row.

    ``pupil``: whom it changes, or leaves the same.  ``changes``: field -> (old, new).  ``candidates``: among whom a
    person chooses; ``why`` says what is in doubt.  Both stay when it has been decided; the outcome is "ask" until then.
    """

    row: RosterRow
    outcome: Outcome
    pupil: Known | None = None
    changes: Mapping[str, tuple[object, object]] | None = None
    candidates: tuple[Known, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class _Doubt:
    candidates: tuple[Known, ...]
    why: str


def match(rows: Sequence[RosterRow], pupils: Iterable[Known],
          decisions: Mapping[int, str] | None = None) -> list[Match]:
    """A match for each row, in their order.  ``decisions``: line -> NEW, SKIP, or the id of a pupil."""
    return _Matching(rows, list(pupils), decisions or {}).run()


def changes_of(row: RosterRow, pupil: Known) -> dict[str, tuple[object, object]]:
    """What a row changes in a pupil, field -> (old, new).

    An empty cell changes nothing, and neither does a name that only lacks accents and small letters; the cut of a
    name that somebody confirmed is kept when the row's own is only a proposal.
    """
    wanted = {"birth_date": row.birth_date, "number": row.number, "class_name": row.class_name, "email": row.email}
    same_cut = fold(row.last_name) == fold(pupil.last_name) and fold(row.first_name) == fold(pupil.first_name)
    if same_cut:
        wanted |= {field: getattr(row, field) for field in ("last_name", "first_name")
                   if not _is_poorer(getattr(row, field), getattr(pupil, field))}
    elif not (fold(row.name) == fold(pupil.name) and row.split_doubtful and not pupil.split_doubtful):
        wanted |= {"last_name": row.last_name, "first_name": row.first_name, "split_doubtful": row.split_doubtful}
    if pupil.split_doubtful and not row.split_doubtful:
        wanted["split_doubtful"] = False
    return {field: (getattr(pupil, field), value) for field, value in wanted.items()
            if value not in ("", None) and value != getattr(pupil, field)}


def _is_poorer(name: str, than: str) -> bool:
    return name == name.upper() and than != than.upper()


class _Matching:
    """One run: the surest evidence is used first, over all rows, so that the order of the file does not matter."""

    def __init__(self, rows: Sequence[RosterRow], pupils: list[Known], decisions: Mapping[int, str]):
        self.rows, self.decisions = rows, decisions
        self.by_ine = {pupil.ine: pupil for pupil in pupils if pupil.ine}
        self.by_name = _index(pupils, lambda pupil: fold(pupil.name))
        self.by_number = _index(pupils, lambda pupil: fold(pupil.number))
        self.by_birth = _index(pupils, lambda pupil: pupil.birth_date)
        self.taken: set[str] = set()
        self.found: dict[int, Known | None] = {}
        self.doubts: dict[int, _Doubt] = {}

    def run(self) -> list[Match]:
        for step in (self._by_ine, self._by_name_and_birth, self._by_number_and_birth, self._by_name, self._doubtful):
            for row in self.rows:
                if row.line not in self.found and row.line not in self.doubts:
                    step(row)
        for line, doubt in self.doubts.items():
            decided = next((pupil for pupil in self._free(doubt.candidates)
                            if pupil.id == self.decisions.get(line)), None)
            if decided is not None:
                self._take(line, decided)
        return [self._match(row) for row in self.rows]

    def _take(self, line: int, pupil: Known) -> None:
        self.found[line] = pupil
        self.taken.add(pupil.id)

    def _free(self, pupils: Iterable[Known]) -> list[Known]:
        return [pupil for pupil in pupils if pupil.id not in self.taken]

    def _by_ine(self, row: RosterRow) -> None:
        pupil = self.by_ine.get(row.ine) if row.ine else None
        if pupil is None or pupil.id in self.taken:
            return
        if _differs(row.birth_date, pupil.birth_date) and not _alike(row, pupil):
            self.doubts[row.line] = _Doubt((pupil,), _("The same national number, another name and birth date."))
        else:
            self._take(row.line, pupil)

    def _by_name_and_birth(self, row: RosterRow) -> None:
        if row.birth_date is None:
            return
        same = [pupil for pupil in self._named(row) if pupil.birth_date == row.birth_date]
        others = [pupil for pupil in same if _differs(row.ine, pupil.ine)]
        same = [pupil for pupil in same if pupil not in others]
        told = _told_apart(row, same)
        if told is not None:
            self._take(row.line, told)
        elif same or others:
            self.doubts[row.line] = _Doubt((*same, *others), _(
                "The same name and birth date; which pupil it is must be said.") if same else _(
                "The same name and birth date, another national number."))

    def _by_number_and_birth(self, row: RosterRow) -> None:
        if not row.number or row.birth_date is None:
            return
        same = [pupil for pupil in self._free(self.by_number[fold(row.number)])
                if pupil.birth_date == row.birth_date and not _differs(row.ine, pupil.ine)]
        if len(same) != 1:
            return
        if _alike(row, same[0]) and not _may_be_twins(row, same[0]):
            self._take(row.line, same[0])
        else:
            self.doubts[row.line] = _Doubt(tuple(same), _("The same number and birth date, another name."))

    def _by_name(self, row: RosterRow) -> None:
        """The same name, where a birth date is missing on one side or both."""
        named = [pupil for pupil in self._named(row)
                 if not _differs(row.birth_date, pupil.birth_date) and not _differs(row.ine, pupil.ine)]
        if not named or row.repeats:
            return
        told = _told_apart(row, named) if len(named) == 1 else None
        if told is not None and (told.expected or _agrees(row, told)):
            self._take(row.line, told)
        else:
            self.doubts[row.line] = _Doubt(tuple(named), _(
                "The same name; no birth date tells whether it is the same pupil."))

    def _doubtful(self, row: RosterRow) -> None:
        """What may be a corrected spelling, a corrected birth date, or somebody else."""
        if row.repeats:
            self.doubts[row.line] = _Doubt((), _("The same name as on line ${line}; nothing tells them apart.",
                                                 line=row.repeats))
            return
        spelt = [pupil for pupil in self._free(self.by_birth[row.birth_date] if row.birth_date else ())
                 if _alike(row, pupil) and not _differs(row.ine, pupil.ine)]
        if spelt:
            self.doubts[row.line] = _Doubt(tuple(spelt), _(
                "Almost the same name, the same birth date: a corrected spelling, or a twin?"))
            return
        numbered = [pupil for pupil in self._free(self.by_number[fold(row.number)] if row.number else ())
                    if not _differs(row.ine, pupil.ine) and
                    (pupil in self._named(row) if row.birth_date else pupil.expected and _alike(row, pupil))]
        if numbered:
            self.doubts[row.line] = _Doubt(tuple(numbered), _(
                "The same name and number, another birth date.") if row.birth_date else _(
                "Almost the same name, the same number: a corrected spelling?"))

    def _named(self, row: RosterRow) -> list[Known]:
        """Free pupils of the row's name, as it is used or as it was at birth."""
        names = {fold(row.full_name or row.name), fold(row.name)}
        if row.birth_name:
            names.add(fold(f"{row.birth_name} {row.first_name}"))
        return self._free(dict.fromkeys(pupil for name in names for pupil in self.by_name[name]))

    def _match(self, row: RosterRow) -> Match:
        doubt, decision = self.doubts.get(row.line), self.decisions.get(row.line)
        why = doubt.why if doubt else ""
        candidates = tuple(pupil for pupil in doubt.candidates if pupil.id not in self.taken or
                           pupil == self.found.get(row.line))[:_MOST_CANDIDATES] if doubt else ()
        if decision == SKIP:
            return Match(row, "left out", candidates=candidates, why=why)
        pupil = self.found.get(row.line)
        if pupil is None and doubt and decision != NEW:
            return Match(row, "ask", candidates=candidates, why=why)
        if pupil is None:
            return Match(row, "created", candidates=candidates, why=why)
        changes = changes_of(row, pupil)
        return Match(row, "changed" if changes else "same", pupil, changes, candidates, why)


def _index(pupils: Iterable[Known], key: Callable[[Known], object]) -> Mapping[object, list[Known]]:
    index = defaultdict(list)
    for pupil in pupils:
        if key(pupil):
            index[key(pupil)].append(pupil)
    return index


def _differs(one: object, other: object) -> bool:
    """Whether both are known, and not the same."""
    return bool(one and other and one != other)


def _told_apart(row: RosterRow, pupils: list[Known]) -> Known | None:
    """The one pupil that it can be: the only one, or the only one whose number, address or class agrees."""
    if len(pupils) < 2:
        return next(iter(pupils), None)
    for field in ("number", "email", "class_name"):
        value = fold(getattr(row, field))
        agreeing = [pupil for pupil in pupils if value and fold(getattr(pupil, field)) == value]
        if len(agreeing) == 1:
            return agreeing[0]
    return None


def _agrees(row: RosterRow, pupil: Known) -> bool:
    """Whether the number, the address or the class is the same on both sides."""
    return any(fold(value) == fold(getattr(pupil, field)) for field in ("number", "email", "class_name")
               if (value := getattr(row, field)))


def _alike(row: RosterRow, pupil: Known) -> bool:
    """Whether the names are so near that a spelling may have been corrected, or first and last name changed places."""
    if _is_like(row.last_name, pupil.last_name, _ALIKE) and _is_like(row.first_name, pupil.first_name, _ALIKE):
        return True
    if (row.split_doubtful or pupil.split_doubtful) and _is_like(row.name, pupil.name, _ALIKE_AS_WHOLE):
        return True
    return sorted(map(fold, row.name.split())) == sorted(map(fold, pupil.name.split()))


def _is_like(one: str, other: str, least: float) -> bool:
    """Whether two names are so much alike (0..1); what is missing on one side may be anything."""
    one, other = fold(one), fold(other)
    if not one or not other or one == other:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # From what costs nothing to what is true; each is at least the next.
    return all(ratio() >= least for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def _may_be_twins(row: RosterRow, pupil: Known) -> bool:
    """The same last name and another first name."""
    return fold(row.last_name) == fold(pupil.last_name) and fold(row.first_name) != fold(pupil.first_name)
