"""A content stream in the making. y runs down, as on the screen: the page turns it over once, where it is placed."""

import re
from collections.abc import Sequence
from typing import Literal

from .fonts import Fonts

LIMIT = 100_000
"""No coordinate of a mark lies further away than this; PDF readers do not agree on what lies beyond."""

_COLOUR = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_CIRCLE = 0.5523  # handle length of the cubic curve nearest to a quarter of a circle
_CURVE = 6 * "%.2f " + "c "
_STROKE_CURVE = 6 * "%.1f " + "c "  # a tenth of a page unit is 0.02 mm: strokes are most of a file's marks
MULTIPLY = "Multiply"


def numbers(*values: float) -> str:
    """Numbers as PDF writes them, to a hundredth.

    :raises ValueError: when one is no finite number within ``LIMIT``.
    """
    return _formatted("%.2f " * len(values), values)


def _formatted(template: str, values: Sequence[float]) -> str:
    """One format for many numbers: strokes have hundreds of points."""
    for value in values:
        if not -LIMIT <= value <= LIMIT:  # neither is true of NaN
            raise ValueError(f"{value!r} is no coordinate")
    return template % tuple(values)


def colour(value: str) -> str:
    """``#rrggbb`` or ``#rgb`` as three PDF components.

    :raises ValueError: for anything else.
    """
    match = _COLOUR.fullmatch(value)
    if not match:
        raise ValueError(f"{value!r} is no colour such as #c1121f")
    digits = match[1] if len(match[1]) == 6 else "".join(2 * d for d in match[1])
    return " ".join(f"{int(digits[k : k + 2], 16) / 255:.3f}" for k in (0, 2, 4))


class Canvas:
    """Draws paths and text; ``data`` is the content stream."""

    def __init__(self, fonts: Fonts):
        self.fonts = fonts
        self._parts: list[bytes] = []
        self._colours: dict[str, str] = {}

    @property
    def data(self) -> bytes:
        return b"\n".join(self._parts)

    def _add(self, operators: str) -> None:
        self._parts.append(operators.encode("ascii"))

    def _colour(self, ink: str) -> str:
        if ink not in self._colours:
            self._colours[ink] = colour(ink)
        return self._colours[ink]

    def stroke(self, path: str, ink: str, width: float, dash: Sequence[float] = ()) -> None:
        """Draw a path with round ends and joins."""
        self._add(f"q 1 J 1 j {self._colour(ink)} RG {numbers(width)} w [{numbers(*dash)}] 0 d {path} S Q")

    def fill(self, path: str, ink: str, state: str | None = None) -> None:
        """Fill a path; ``state`` names a graphics state (``MULTIPLY``)."""
        self._add(f"q {f'/{state} gs ' if state else ''}{self._colour(ink)} rg {path} f Q")

    def text(
        self, x: float, y: float, text: str, size: float, ink: str, *,
        bold: bool = False, align: Literal["left", "middle", "right"] = "left",
    ) -> None:  # fmt: skip
        """One line of text whose baseline is at ``y``."""
        if not text.strip():
            return
        run = self.fonts.run(text, bold)
        if align != "left":
            x -= self.fonts.width(text, size, bold) * (0.5 if align == "middle" else 1)
        shade = self._colour(ink)
        thick = f"2 Tr {numbers(size / 30)} w {shade} RG " if run.thick else ""
        self._parts.append(b"q BT %s %s %s Tj ET Q" % (
            f"{shade} rg {thick}/{run.font} {numbers(size)} Tf".encode(),
            f"1 0 0 -1 {numbers(x, y)} Tm".encode(), run.shown,
        ))  # fmt: skip


def polyline(points: Sequence[Sequence[float]]) -> str:
    """A path through points."""
    flat = [v for x, y in points for v in (x, y)]
    return _formatted("%.2f %.2f m " + "%.2f %.2f l " * (len(points) - 1), flat)


def rectangle(x: float, y: float, width: float, height: float) -> str:
    return f"{numbers(x, y, width, height)} re"


def circle(x: float, y: float, radius: float) -> str:
    r, k = radius, _CIRCLE * radius
    return _formatted("%.2f %.2f m " + 4 * _CURVE + "h", (
        x + r, y,
        x + r, y + k, x + k, y + r, x, y + r,  x - k, y + r, x - r, y + k, x - r, y,
        x - r, y - k, x - k, y - r, x, y - r,  x + k, y - r, x + r, y - k, x + r, y,
    ))  # fmt: skip


def ink_path(points: Sequence[Sequence[float]]) -> str:
    """The path through a stroke's points: quadratic curves whose ends are the mid-points, as on the screen.

    PDF knows cubic curves only: each handle is two thirds of the way from an end to the quadratic's one handle.
    """
    x, y = points[0]
    if len(points) == 1:
        return polyline([(x, y), (x + 0.1, y)])
    flat = [x, y]
    for (qx, qy), (nx, ny) in zip(points[1:-1], points[2:], strict=True):
        ex, ey = (qx + nx) / 2, (qy + ny) / 2
        flat += ((x + 2 * qx) / 3, (y + 2 * qy) / 3, (ex + 2 * qx) / 3, (ey + 2 * qy) / 3, ex, ey)
        x, y = ex, ey
    flat += points[-1]
    return _formatted("%.1f %.1f m " + _STROKE_CURVE * (len(points) - 2) + "%.1f %.1f l", flat)
