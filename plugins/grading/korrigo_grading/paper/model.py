"""What a graded PDF is made of. Plain values: no database, no PDF library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Region = Literal["full", "left", "right"]
Turn = Literal[0, 90, 180, 270]


@dataclass(frozen=True)
class PaperSide:
    """One side of a copy, as it lies in a scan.

    ``pdf_page`` is 1-based; ``region`` is seen upright after the page's /Rotate; ``turned`` is the clockwise turn, in
    degrees, that makes the region read upright. A side found ``blank`` is written like the others: a copy is complete
    with its blank sides.
    """

    source: Path
    pdf_page: int
    region: Region = "full"
    turned: Turn = 0
    blank: bool = False

    def __str__(self) -> str:
        half = "" if self.region == "full" else f" ({self.region} half)"
        return f"page {self.pdf_page}{half} of {self.source.name}"


@dataclass(frozen=True)
class Annotation:
    """A mark on a page of the copy: ``page`` is 0-based, ``value`` is in page units (the page is 1000 wide)."""

    page: int
    kind: str
    value: Mapping[str, Any]


@dataclass(frozen=True)
class QuestionLine:
    """One line of the marking scheme: ``depth`` 0 is an exercise, 1 a question of it, and so on.

    ``points`` is None where nothing was given (not marked, or a heading without points of its own).
    """

    label: str
    title: str
    points: Decimal | None
    maximum: Decimal | None
    depth: int = 0
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What the summary page says. ``date`` is ready to be printed; ``labels`` overrides the words of ``WORDS``."""

    title: str
    subject: str
    date: str
    pupil: str | None
    code: str
    total: Decimal | None
    maximum: Decimal
    questions: tuple[QuestionLine, ...] = ()
    appreciation: str = ""
    graders: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GradedCopy:
    """A copy ready to be drawn: its sides in order, the marks over them, the summary page."""

    sides: tuple[PaperSide, ...]
    annotations: tuple[Annotation, ...]
    summary: Summary


@dataclass(frozen=True)
class Receipt:
    """What was written. ``images``: for each side in order, the SHA-256 of the data of each picture it may show."""

    pages: int
    summary_pages: int
    bytes: int
    sha256: str
    images: tuple[tuple[str, ...], ...]
