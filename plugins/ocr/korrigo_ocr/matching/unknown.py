"""Somebody who is not on the roster, and who may still have a sister there.

With a flat "unknown" hypothesis a missing pupil's copy goes to whoever shares most of it: the sister. So an unknown
writer is allowed to share a field with a pupil of the roster, each field with its own probability.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .values import FieldName

_PRIOR = 0.03
_DISTINCT_SHARE = 0.6
_FEWEST = 5.0
_SAME_LAST = 0.10
_SAME_NUMBER = 0.01
_PUPILS_PER_FIRST_NAME = 350.0
_LEAST_SAME_FIRST = 0.2
_BIRTHDAYS = 1100.0


def shared_probability(name: FieldName, roster_size: int) -> float:
    """Chance that an unknown writer shares this field with some pupil of the roster.

    Last name: siblings and frequent names, whatever the size. First names and birth dates are shared by chance, so
    the chance grows with the roster (dates: three years of birthdays). A class is always shared with somebody.
    """
    if name == "last":
        return _SAME_LAST
    if name == "number":
        return _SAME_NUMBER
    if name == "first":
        return max(_LEAST_SAME_FIRST, 1 - math.exp(-roster_size / _PUPILS_PER_FIRST_NAME))
    if name == "birth_date":
        return 1 - math.exp(-roster_size / _BIRTHDAYS)
    return 1.0


def unknown_log_ratio(
    fields: Mapping[FieldName, NDArray[np.float64]], strangers: Mapping[FieldName, float], roster_size: int
) -> float:
    """Log-ratio of "not on the roster" for one copy.

    ``fields`` are log-ratios per pupil, field by field. ``strangers`` says, where it is known, how well the field
    agrees with what somebody else of the same session would write there (0 = no better than arbitrary writing).
    """
    ratio = math.log(_PRIOR / (1 - _PRIOR))
    distinct = max(_FEWEST, _DISTINCT_SHARE * roster_size)
    for name, ratios in fields.items():
        shared = shared_probability(name, roster_size)
        own = math.log(1 - shared) + strangers.get(name, 0.0) if shared < 1 else -math.inf
        ratio += float(np.logaddexp(own, math.log(shared / distinct) + ratios.max()))
    return ratio
