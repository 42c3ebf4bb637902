"""What one side looks like, as plain values that can be stored beside it."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Literal, Self

Region = Literal["full", "left", "right"]


@dataclass(frozen=True)
class SideFacts:
    """Measurements of one side, all taken on the picture as it was scanned.

    A *log-odds* is natural: 0 undecided, 3 means 95 %, 6 means 99.75 %. Boxes are left, top, right, bottom in
    page units (page width = 1000). Numbers are of one side alone; what they mean is settled over the pile.
    """

    pdf_page: int
    """1-based page of the PDF."""
    region: Region
    width_mm: float
    height_mm: float
    quarter: int = 0
    """Degrees (0 or 90) the picture was turned clockwise to stand in portrait before anything else was measured."""
    ink: float = 0.0
    """Share of the side covered by strokes, ruling and drawn lines left out (written pages: 0.01 to 0.08)."""
    pen: float = 0.0
    """Darkness of the strokes against the paper, 0..1 (faint pencil below 0.2)."""
    sharpness: float = 0.0
    """Steepness of the strokes' edges against their darkness, 0..1."""
    skew: float = 0.0
    """Degrees by which the rows fall to the right."""
    blank: float = 0.0
    """Log-odds that nobody wrote on the side (a printed ruling is blank)."""
    upright: float = 0.0
    """Log-odds that the writing stands upright (negative: on its head); the margin line is not counted in."""
    margin_x: float | None = None
    """Place of the margin line in page units, None without one."""
    ruling_mm: float = 0.0
    """Distance of the ruled lines, 0.0 on plain paper."""
    printed: float = 0.0
    """0..1: how much the strokes look like print rather than handwriting."""
    form: float = 0.0
    """0..1: how much one end of the side looks like a printed form, whatever the other sides look like."""
    form_turned: int = 0
    """Degrees (0 or 180) that bring that end up."""
    form_box: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Where the form stands once that end is up."""
    discs: int = 0
    """Solid discs near the corners."""
    ink_map: str = ""
    """Packed map of the strokes (see :mod:`~korrigo_import.scan.likeness`)."""
    line_map: str = ""
    """Packed map of the straight lines."""
    marks: dict[str, str] = field(default_factory=dict)
    """What the recipes of other plugins saw on it, by their names."""
    error: str = ""
    """Why the side cannot be looked at (a packed sentence); nothing else is known of it then, but its size."""

    def to_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what :meth:`to_json` wrote.

        :raises ValueError: when the text is not such an object (analyse the scan again).
        """
        try:
            values = json.loads(text)
        except ValueError as error:
            raise ValueError(f"These are not the facts of a side ({error}); analyse the scan again.") from error
        return cls.from_values(values)

    @classmethod
    def from_values(cls, values: dict) -> Self:
        """The same, of the object itself."""
        try:
            known = {item.name for item in fields(cls)}
            if not isinstance(values, dict) or not set(values) <= known:
                raise ValueError("unknown names")
            left, top, right, bottom = values.get("form_box", (0, 0, 0, 0))
            return cls(**{**values, "form_box": (left, top, right, bottom)})
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"These are not the facts of a side ({error}); analyse the scan again."
            ) from error
