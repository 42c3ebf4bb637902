"""The roster as the matching sees it: distinct strings per field, and who may write which of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ..interfaces import Kind
from .names import first_name_variants, fold, last_name_variants, splits
from .values import Pupil

NOWHERE = -1
"""In the place of what the roster does not say of a pupil."""

_OTHER_SPLITS = 0.3
_LONGEST_SERIES = 5000
_FEWEST_STRANGERS = 20


@dataclass(frozen=True)
class Spelling:
    """One way a pupil's name may stand on a cover: places of last and first in the list of names, log-prior."""

    last: int
    first: int
    log_prior: float


@dataclass(frozen=True)
class SpellingTable:
    """All spellings of all pupils, one after the other; ``starts`` is where each pupil's begin."""

    last: NDArray[np.intp]
    first: NDArray[np.intp]
    log_prior: NDArray[np.float64]
    starts: NDArray[np.intp]

    def best(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The highest value of each pupil's spellings."""
        return np.maximum.reduceat(values, self.starts)


@dataclass
class StringList:
    """Distinct strings, numbered in the order of arrival."""

    strings: list[str] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def place(self, string: str) -> int:
        """The number of ``string``, new or known."""
        if string not in self._places:
            self._places[string] = len(self.strings)
            self.strings.append(string)
        return self._places[string]


class RosterIndex:
    """Pupils in the order of their ids with the strings to compare readings with.

    ``names`` holds last and first names together, so that a swapped pair can be scored too; place 0 is "" (a name
    that the roster does not have). Raises ValueError when an id occurs twice.
    """

    def __init__(self, pupils: Iterable[Pupil]) -> None:
        self.pupils: tuple[Pupil, ...] = tuple(sorted(pupils, key=lambda pupil: pupil.id))
        ids = [pupil.id for pupil in self.pupils]
        doubled = sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) < len(ids) else []
        if doubled:
            raise ValueError(f"each pupil is on the roster once; ids given twice: {', '.join(doubled)}")
        self._places = {pupil.id: place for place, pupil in enumerate(self.pupils)}
        self.names, self.numbers, self.dates, self.classes = (StringList() for _ in range(4))
        self.names.place("")
        self.spelling_table = _table([self._spellings(pupil) for pupil in self.pupils])
        self.number_of = self._places_in(self.numbers, [[_digits(pupil.number)] for pupil in self.pupils])[:, 0]
        self.dates_of = self._places_in(self.dates, [written_dates(pupil.birth_date) for pupil in self.pupils])
        self.class_of = self._places_in(self.classes, [[fold(pupil.class_name)] for pupil in self.pupils])[:, 0]
        self.number_series = _number_series(self.numbers.strings)
        self.date_series = _date_series([pupil.birth_date for pupil in self.pupils if pupil.birth_date])

    @cached_property
    def namesakes(self) -> tuple[tuple[int, ...], ...]:
        """For each pupil, the places of those whom a cover hardly tells apart."""
        return _namesakes(self.pupils)

    def __len__(self) -> int:
        return len(self.pupils)

    def place_of(self, pupil_id: str) -> int | None:
        """Row of a pupil, None when not on the roster."""
        return self._places.get(pupil_id)

    @cached_property
    def candidates(self) -> dict[Kind, tuple[str, ...]]:
        """What may be written in a field of each kind, folded: by these pupils, or by others of the session."""
        return {"name": tuple(filter(None, self.names.strings)), "class": tuple(self.classes.strings),
                "number": tuple(dict.fromkeys((*self.numbers.strings, *self.number_series))),
                "date": tuple(dict.fromkeys((*self.dates.strings, *self.date_series)))}

    def _spellings(self, pupil: Pupil) -> tuple[Spelling, ...]:
        found: dict[tuple[int, int], float] = {}
        for last, first, log_prior in _cuts(pupil):
            for last_text, last_cost in last_name_variants(last) or (("", 0.0),):
                for first_text, first_cost in first_name_variants(first) or (("", 0.0),):
                    key = (self.names.place(last_text), self.names.place(first_text))
                    cost = log_prior + last_cost + first_cost
                    found[key] = max(cost, found.get(key, -math.inf))
        return tuple(Spelling(last, first, cost) for (last, first), cost in found.items())

    @staticmethod
    def _places_in(strings: StringList, texts: Sequence[Sequence[str]]) -> NDArray[np.intp]:
        """Where the texts of each pupil stand among the strings, a row each; ``NOWHERE`` for the empty one."""
        if not texts:
            return np.empty((0, 1), np.intp)
        return np.array([[strings.place(text) if text else NOWHERE for text in some] for some in texts], np.intp)


def _table(spellings: Sequence[Sequence[Spelling]]) -> SpellingTable:
    every = [spelling for some in spellings for spelling in some]
    return SpellingTable(
        np.array([s.last for s in every], np.intp), np.array([s.first for s in every], np.intp),
        np.array([s.log_prior for s in every]),
        np.cumsum([0, *(len(some) for some in spellings)][:-1], dtype=np.intp))


def name_key(pupil: Pupil) -> str:
    """The folded whole name: two pupils with the same one cannot be told apart by name."""
    return fold(pupil.full_name) if pupil.full_name else fold(pupil.last) + fold(pupil.first)


def written_dates(birth_date: date | None) -> tuple[str, str]:
    """The digits of a date as pupils write it: day, month, year in four or two digits; "" twice for none."""
    if birth_date is None:
        return ("", "")
    return (birth_date.strftime("%d%m%Y"), birth_date.strftime("%d%m%y"))


def _cuts(pupil: Pupil) -> list[tuple[str, str, float]]:
    """(last, first, log-prior): the roster's own pair, or every way to cut a full name."""
    if not pupil.full_name:
        return [(pupil.last, pupil.first, 0.0)]
    cuts = splits(pupil.full_name)
    if len(cuts) <= 1:
        return [(last, first, 0.0) for last, first in cuts] or [("", "", 0.0)]
    other = math.log(_OTHER_SPLITS / (len(cuts) - 1))
    likely = math.log(1 - _OTHER_SPLITS)
    return [(last, first, likely if i == 0 else other) for i, (last, first) in enumerate(cuts)]


def _digits(text: str) -> str:
    return "".join(c for c in fold(text) if c.isdigit())


def _number_series(numbers: Sequence[str]) -> tuple[str, ...]:
    """All numbers of the session's series: a stranger's number begins like the others and lies among them.

    () when the numbers do not look like a series (few, of several lengths, or scattered).
    """
    lengths = {len(number) for number in numbers}
    if len(lengths) != 1 or not numbers:
        return ()
    values = [int(number) for number in numbers]
    first, last = min(values), max(values)
    beyond = max(_FEWEST_STRANGERS, (last - first) // 10)
    first, last = max(0, first - beyond), last + beyond
    if last - first > _LONGEST_SERIES:
        return ()
    (length,) = lengths
    return tuple(text for value in range(first, last + 1) if len(text := f"{value:0{length}}") == length)


def _date_series(dates: Sequence[date]) -> tuple[str, ...]:
    """All days of the birth years of the roster; () when the years are too far apart to be pupils'."""
    if not dates:
        return ()
    first, last = date(min(dates).year, 1, 1), date(max(dates).year, 12, 31)
    days = (last - first).days + 1
    if days > _LONGEST_SERIES:
        return ()
    return tuple((first + timedelta(days=day)).strftime("%d%m%Y") for day in range(days))


def _namesakes(pupils: Sequence[Pupil]) -> tuple[tuple[int, ...], ...]:
    """For each pupil, those whom a cover hardly tells apart: names within one letter, or twins.

    Twins here: the same last name and the same birth date.
    """
    keys = [name_key(pupil) for pupil in pupils]
    families: dict[tuple[str, date], list[int]] = defaultdict(list)
    for place, pupil in enumerate(pupils):
        if family := _family(pupil):
            families[family].append(place)
    distances = process.cdist(keys, keys, scorer=Levenshtein.distance, score_cutoff=1)
    close: list[list[int]] = [[] for _ in pupils]
    for i, j in zip(*np.nonzero(distances <= 1), strict=True):
        if i != j and keys[i]:
            close[i].append(int(j))
    for family in families.values():
        for i in family:
            close[i] += [j for j in family if j != i and j not in close[i]]
    return tuple(map(tuple, close))


def _family(pupil: Pupil) -> tuple[str, date] | None:
    last, _, _ = _cuts(pupil)[0]
    return (fold(last), pupil.birth_date) if pupil.birth_date and fold(last) else None
