"""When what was read of a cover is enough: to read the rest would cost as much again and change nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from .roster import RosterIndex
from .scores import copy_scores
from .values import CopyEvidence, FieldName

AHEAD = 16.0
"""Nats by which one pupil must lead all others, and nobody of the roster: twice what decides a name, and
more than the one digit by which the number of a brother may differ."""
SUPPORT = 5.0
"""Nats that each field which was read must give for that pupil by itself."""


_TELLING: tuple[FieldName, ...] = ("last", "number", "first", "birth_date", "class_name")
"""Fields in the order in which they are read, while more is needed."""
_DIGITS = frozenset(("number", "birth_date"))


def read_next(left: Mapping[FieldName, bool], read: Collection[FieldName]) -> list[FieldName]:
    """Which fields to read next, of those ``left``, each with whether its digits have boxes of their own.

    At first the last name with all digits in boxes, which cost little, or else with the number; then one field at a
    time.  Without digits all at once, for names alone are never enough.
    """
    ordered = sorted(left, key=_TELLING.index)
    if _DIGITS.isdisjoint({*left, *read}):
        return ordered
    if read:
        return ordered[:1]
    first = [name for name in ordered if name == "last" or (left[name] and name in _DIGITS)]
    return first if len(first) > 1 else ordered[:2]


class Enough:
    """Asked with what the first fields of a cover say, among the pupils of an exam."""

    def __init__(self, index: RosterIndex) -> None:
        self.index = index

    def __call__(self, copy: CopyEvidence) -> bool:
        """Whether one pupil is beyond doubt, by two fields at the least of which none speaks against."""
        read = {field.name for field in copy.fields if field.says_something}
        if len(read) < 2 or not len(self.index):
            return False
        scores = copy_scores(copy, self.index)
        best = int(scores.total.argmax())
        others = np.delete(scores.total, best)
        lead = scores.total[best] - max(0.0, float(others.max(initial=0.0)))
        return bool(lead >= AHEAD and all(scores.fields[name][best] >= SUPPORT for name in read))
