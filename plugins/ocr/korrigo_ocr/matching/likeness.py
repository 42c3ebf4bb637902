"""How alike two headers are, compared directly by what was read in the same fields.

The ink itself was tried too: squeezed pictures of two names correlate as well for different pupils as for one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from .names import fold
from .values import CopyEvidence, FieldEvidence, FieldName

Floats = NDArray[np.float64]

_FEWEST_PAIRS = 10
_LEAST_SPREAD = 0.08
_USUAL = (0.3, 0.2)
"""Mean and spread of the likeness of different writers, where a batch is too small to tell."""

_SAME_WRITER = (0.7, 0.25)
"""Mean and spread of the likeness of two sheets by one writer."""

_BOUND = 3.0


def pair_log_ratios(sheets: Sequence[CopyEvidence]) -> Floats:
    """Log-ratio of "one writer" against "two" for each pair of neighbours, shape (len(sheets) - 1,).

    For each field two normal laws are compared: the likeness of sheets by one writer, and that of sheets
    by different writers, whose mean and spread come from the batch's pairs that are no neighbours. Each field is
    bounded, since the fields of one sheet are not independent of each other.
    """
    total = np.zeros(max(0, len(sheets) - 1))
    fields: tuple[FieldName, ...] = ("last", "first", "birth_date", "number")
    for name in fields:
        total += _log_ratios([next(iter(sheet.of(name)), None) for sheet in sheets])
    return total


def text_likeness(a: FieldEvidence, b: FieldEvidence) -> float | None:
    """Share of letters that two fields have in common, 0 to 1, the best pair of readings; None when one is empty."""
    if a.digits and b.digits:
        return _cells_likeness(a.digits.text, b.digits.text)
    pairs = [(fold(x.text), fold(y.text)) for x in a.readings for y in b.readings]
    return max((Levenshtein.normalized_similarity(x, y) for x, y in pairs if x and y), default=None)


def _cells_likeness(a: str, b: str) -> float | None:
    """Share of equal digits among the cells read on both sides."""
    both = [(x, y) for x, y in zip(a, b, strict=False) if "?" not in (x, y)]
    if not both or len(a) != len(b):
        return None
    return sum(x == y for x, y in both) / len(both)


def _log_ratios(fields: Sequence[FieldEvidence | None]) -> Floats:
    def likeness(i: int, j: int) -> float | None:
        a, b = fields[i], fields[j]
        return None if a is None or b is None else text_likeness(a, b)

    apart = [
        v for i, j in combinations(range(len(fields)), 2) if j - i > 2 and (v := likeness(i, j)) is not None
    ]
    enough = len(apart) >= _FEWEST_PAIRS
    mean, spread = (float(np.mean(apart)), float(np.std(apart))) if enough else _USUAL
    other = (mean, max(spread, _LEAST_SPREAD))
    same = (max(_SAME_WRITER[0], mean), _SAME_WRITER[1])
    ratios = np.zeros(max(0, len(fields) - 1))
    for i in range(len(ratios)):
        value = likeness(i, i + 1)
        if value is not None:
            ratios[i] = np.clip(_log_normal(value, *same) - _log_normal(value, *other), -_BOUND, _BOUND)
    return ratios


def _log_normal(value: float, mean: float, spread: float) -> float:
    return -0.5 * ((value - mean) / spread) ** 2 - float(np.log(spread))
