"""The table copies x pupils: how much better each pupil explains each cover than nobody of the roster does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .evidence import field_log_ratios
from .roster import RosterIndex
from .unknown import unknown_log_ratio
from .values import CODE_READER, CopyEvidence, FieldName

Floats = NDArray[np.float64]

_SWAPPED = math.log(0.02)
_IN_PLACE = math.log(0.98)


def score_table(copies: Sequence[CopyEvidence], index: RosterIndex) -> Floats:
    """Log-ratio of each pupil (columns, in the index's order) against "nobody of the roster" for each copy (rows)."""
    table = np.zeros((len(copies), len(index)))
    if len(index):
        for row, copy in enumerate(copies):
            table[row] = copy_scores(copy, index).total
    return table


@dataclass(frozen=True)
class CopyScores:
    """One cover against every pupil, in the index's order: ``total`` is its row of the table, ``fields`` are the
    log-ratios of each written field alone."""

    total: Floats
    fields: Mapping[FieldName, Floats]


def copy_scores(copy: CopyEvidence, index: RosterIndex) -> CopyScores:
    """The row of a cover, with what it is made of."""
    names, last, first = _name_scores(copy, index)
    written = [item for item in copy.of("number") if item.engine != CODE_READER]
    codes = [item for item in copy.of("number") if item.engine == CODE_READER]
    others: dict[FieldName, Floats] = {
        "number": _by_place(field_log_ratios(written, index.numbers.strings), index.number_of),
        "birth_date": _date_scores(copy, index),
        "class_name": _by_place(
            field_log_ratios(copy.of("class_name"), index.classes.strings), index.class_of
        ),
    }
    strangers: dict[FieldName, float] = {
        "number": _mean(field_log_ratios(written, index.number_series)),
        "birth_date": _mean(field_log_ratios(copy.of("birth_date"), index.date_series)),
    }
    fields = {"last": last, "first": first, **others}
    nobody = unknown_log_ratio(fields, strangers, len(index))
    # A stranger may write any number of the series, but has nobody else's printed code.
    coded = _by_place(field_log_ratios(codes, index.numbers.strings), index.number_of)
    return CopyScores(names + sum(others.values()) + coded - math.log(len(index)) - nobody, fields)


def _name_scores(copy: CopyEvidence, index: RosterIndex) -> tuple[Floats, Floats, Floats]:
    """(both names together, last name, first name) for each pupil.

    Together: the best spelling of the pupil's name, in place or with the two fields swapped. A name that the roster
    lacks says nothing.
    """
    strings = index.names.strings
    in_last = field_log_ratios(copy.of("last"), strings)
    in_first = field_log_ratios(copy.of("first"), strings)
    in_last[0] = in_first[0] = 0.0
    table = index.spelling_table
    straight = _IN_PLACE + in_last[table.last] + in_first[table.first]
    swapped = _SWAPPED + in_last[table.first] + in_first[table.last]
    together = table.best(np.logaddexp(straight, swapped) + table.log_prior)
    return together, table.best(in_last[table.last] + table.log_prior), \
        table.best(in_first[table.first] + table.log_prior)


def _date_scores(copy: CopyEvidence, index: RosterIndex) -> Floats:
    """Each pupil's own date is compared; nothing is parsed. The better of its two written forms counts."""
    ratios = field_log_ratios(copy.of("birth_date"), index.dates.strings)
    return _by_place(ratios, index.dates_of).max(axis=1)


def _by_place(ratios: Floats, places: NDArray[np.intp]) -> Floats:
    """Log-ratios at their places, 0 for pupils of whom the roster does not say it (``NOWHERE``)."""
    return np.append(ratios, 0.0)[places]


def _mean(ratios: Floats) -> float:
    """Log of the mean ratio over all that a stranger may write; 0 when nothing is known of it."""
    return float(np.logaddexp.reduce(ratios) - math.log(len(ratios))) if len(ratios) else 0.0
