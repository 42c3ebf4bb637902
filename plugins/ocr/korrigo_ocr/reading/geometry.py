"""Boxes and scales shared by everything that looks at a cover.

Page units: the width of a side is 1000 units, the origin is its top-left corner as shown upright. Pictures are
worked on at one scale, that of an A4 page at 200 dpi, whatever the scanner's resolution was: enough for every
reader measured, and constants in pixels keep their meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

PAGE_WIDTH = 1000.0
WORKING_WIDTH = 1654
"""Pixels across a side while working: A4 at 200 dpi."""

SCALE = WORKING_WIDTH / PAGE_WIDTH
"""Working pixels in one page unit."""


@dataclass(frozen=True)
class Box:
    """An upright rectangle, in page units unless said otherwise."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Height of the horizontal axis."""
        return self.y + self.height / 2

    def grown(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The box with margins added on its four sides."""
        return Box(self.x - left, self.y - top, self.width + left + right, self.height + top + bottom)

    def scaled(self, factor: float) -> Box:
        """The same box in another unit."""
        return Box(self.x * factor, self.y * factor, self.width * factor, self.height * factor)

    def to_list(self) -> list[float]:
        """[x, y, width, height], to a hundredth of a unit."""
        return [round(v, 2) for v in (self.x, self.y, self.width, self.height)]

    @classmethod
    def around(cls, boxes: list[Box]) -> Box:
        """The smallest box that holds all of ``boxes`` (at least one)."""
        x, y = min(b.x for b in boxes), min(b.y for b in boxes)
        return cls(x, y, max(b.right for b in boxes) - x, max(b.bottom for b in boxes) - y)


def to_working(cover: Grey) -> Grey:
    """The cover (h, w) grey uint8 at working scale; the same array when it is there already."""
    if cover.ndim != 2 or cover.dtype != np.uint8 or min(cover.shape) < 50:
        raise ValueError(
            f"a cover is a grey picture of 8 bits, at least 50 x 50; got shape {cover.shape}, {cover.dtype}"
        )
    height, width = cover.shape
    if width == WORKING_WIDTH:
        return cover
    size = (WORKING_WIDTH, max(1, round(height * WORKING_WIDTH / width)))
    smaller = width / WORKING_WIDTH
    if smaller <= 1:
        return cv2.resize(cover, size, interpolation=cv2.INTER_CUBIC)
    if smaller >= 1.98:
        return cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
    if smaller > 1.25:    # a quarter of what averaging costs; without it hairlines between two places would be lost
        cover = cv2.GaussianBlur(cover, (3, 3), 0)
    return cv2.resize(cover, size, interpolation=cv2.INTER_LINEAR)
