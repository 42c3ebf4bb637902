"""One pupil whom somebody typed, by the same rules as a row of a file."""

import datetime as dt
from collections.abc import Mapping

from .read import understand
from .values import Reading, Record, RosterFile, Table

TYPED = ("last_name", "first_name", "birth_date", "number", "class_name", "email")
"""The fields of a pupil that are asked for."""


def read_typed(values: Mapping[str, str], *, today: dt.date | None = None) -> RosterFile:
    """A roster of one row, on line 1; a row that cannot be used is refused with its reason."""
    record = Record(1, tuple(values.get(field, "") for field in TYPED))
    return understand(Table(TYPED, (record,)), Reading(mapping={field: field for field in TYPED}, dates="day"),
                      today=today)
