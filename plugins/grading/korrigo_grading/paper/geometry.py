"""Where a side lies on its PDF page, and the matrix that brings it upright with its lower left corner at (0, 0)."""

from typing import NamedTuple


class Matrix(NamedTuple):
    """A PDF matrix: x' = ax + cy + e, y' = bx + dy + f."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def apply(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, after: "Matrix") -> "Matrix":
        """This matrix first, ``after`` second."""
        return Matrix(
            after.a * self.a + after.c * self.b,
            after.b * self.a + after.d * self.b,
            after.a * self.c + after.c * self.d,
            after.b * self.c + after.d * self.d,
            *after.apply(self.e, self.f),
        )

    def inverse(self) -> "Matrix":
        """:raises ZeroDivisionError: when the matrix flattens the plane."""
        det = self.a * self.d - self.b * self.c
        a, b, c, d = self.d / det, -self.b / det, -self.c / det, self.a / det
        return Matrix(a, b, c, d, -(a * self.e + c * self.f), -(b * self.e + d * self.f))


class Box(NamedTuple):
    """A rectangle in points: left, bottom, right, top."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def meet(self, other: "Box") -> "Box | None":
        """What both have in common, None when that is nothing."""
        met = Box(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))
        return met if met.width > 0 and met.height > 0 else None

    def through(self, matrix: Matrix) -> "Box":
        """The smallest upright rectangle round this one, seen through a matrix."""
        corners = [matrix.apply(x, y) for x in (self.x0, self.x1) for y in (self.y0, self.y1)]
        xs, ys = zip(*corners, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))


UNIT_SQUARE = Box(0, 0, 1, 1)
"""Where PDF draws every picture, before the current matrix."""


def upright(box: Box, turn: int) -> Matrix:
    """From page space to the space where ``box``, turned clockwise by ``turn`` degrees, starts at (0, 0)."""
    x0, y0, x1, y1 = box
    return {
        0: Matrix(1, 0, 0, 1, -x0, -y0),
        90: Matrix(0, -1, 1, 0, -y0, x1),
        180: Matrix(-1, 0, 0, -1, x1, y1),
        270: Matrix(0, 1, -1, 0, y1, -x0),
    }[turn % 360]


def region_box(page: Box, rotate: int, region: str) -> Box:
    """The part of a page, in page space, that is its ``region`` as seen upright after ``rotate``."""
    if region == "full":
        return page
    seen = upright(page, rotate)
    whole = page.through(seen)
    middle = whole.width / 2
    half = Box(0, 0, middle, whole.height) if region == "left" else Box(middle, 0, whole.width, whole.height)
    return half.through(seen.inverse())
