"""What every exporter is given: one row a copy or a pupil, exact points."""

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal


class RowStatus(enum.StrEnum):
    """``partial``: scores are missing; ``absent``: expected without a copy; ``unidentified``: nobody's copy yet."""

    GRADED = "graded"
    PARTIAL = "partial"
    ABSENT = "absent"
    UNIDENTIFIED = "unidentified"


@dataclass(frozen=True)
class ExportQuestion:
    id: str
    label: str
    title: str
    maximum: Decimal


@dataclass(frozen=True)
class ExportRow:
    """``scores``: question id -> points, "NT" or None."""

    status: RowStatus
    copy_serial: int | None = None
    code: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    number: str = ""
    class_name: str = ""
    email: str = ""
    total: Decimal | None = None
    scores: Mapping[str, Decimal | str | None] = field(default_factory=dict)
    appreciation: str = ""


@dataclass(frozen=True)
class ExportTable:
    title: str
    held_on: date | None
    maximum: Decimal
    questions: tuple[ExportQuestion, ...]
    rows: tuple[ExportRow, ...]


def rounded(value: Decimal | None, step: Decimal | None) -> Decimal | None:
    """``value`` to the nearest multiple of ``step``, halves up; as it is without a step."""
    if value is None or step is None:
        return value
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def counts(table: ExportTable) -> Counter[RowStatus]:
    """How many rows have each status: whoever takes these marks away should know."""
    return Counter(row.status for row in table.rows)
