"""Signs of a printed form at one end of a side: the identity header, not known beforehand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from korrigo_import.scan.ink import Drawing
from korrigo_import.scan.raster import PX_PER_MM, Mask, pieces_of, px

ZONE = 0.42
"""Share of the height, at either end, in which a header is looked for."""


_EDGE_MM = 10
"""Lines that lie wholly this near to the edge are the paper's own edges."""


@dataclass(frozen=True)
class Form:
    """What is drawn with a ruler at one end of a side (as it lies, or turned by 180 degrees).

    ``turned`` (0 or 180) brings that end up; ``lines_mm`` is the length of all lines, ``fields`` the number of
    long rows and boxes, ``box`` left, top, right, bottom in page units of the upright side.
    """

    turned: int
    lines_mm: float
    fields: int
    box: tuple[int, int, int, int]

    @property
    def strength(self) -> float:
        """0..1: how much this looks like a form, whatever the other sides look like."""
        length = min(1.0, self.lines_mm / 600)
        return round(length * min(1.0, self.fields / 4), 3)


def strongest_form(drawing: Drawing) -> Form:
    """The form at the end of the side where more is drawn."""
    height, width = drawing.shape
    _places, _owner, stats = pieces_of(_halved(drawing.lines))
    pieces = 2 * stats[:, :4].astype(np.int64)
    pieces[:, 2:] += pieces[:, :2]
    sizes = pieces[:, 2:] - pieces[:, :2]
    long = (sizes.max(axis=1) >= 15 * PX_PER_MM) & (sizes.max(axis=1) <= 0.9 * width)
    edge = _EDGE_MM * PX_PER_MM
    inside = (pieces[:, 2] > edge) & (pieces[:, 3] > edge)
    inside &= (pieces[:, 0] < width - edge) & (pieces[:, 1] < height - edge)
    pieces = pieces[long & inside]
    reversed_ = np.array([width, height, width, height]) - pieces[:, [2, 3, 0, 1]]
    forms = (_form(pieces, width, height, 0), _form(reversed_, width, height, 180))
    return max(forms, key=lambda form: (form.strength, form.lines_mm))


def discs(drawing: Drawing) -> int:
    """The number of solid discs (3 to 8 mm) near the corners, as printed for alignment."""
    height, width = drawing.shape
    found = 0
    for x, y, w, h, area in drawing.strokes[drawing.strokes[:, 4] > 3.75 * PX_PER_MM**2].tolist():
        round_ = 0.65 < area / (w * h) < 0.95 and 0.75 < w / h < 1.33
        size = 3 * PX_PER_MM <= max(w, h) <= 8 * PX_PER_MM
        corner = min(x, width - x - w) < 0.13 * width and min(y, height - y - h) < 0.1 * height
        found += round_ and size and corner
    return found


def _halved(mask: Mask) -> Mask:
    """A mask at half the size: four pixels become one, small gaps close."""
    even = np.ascontiguousarray(mask[: len(mask) // 2 * 2, : mask.shape[1] // 2 * 2])
    pairs = even.view(np.uint16)    # of neighbours in a row
    return (pairs[::2] | pairs[1::2]) != 0


def _form(pieces: NDArray[np.int64], width: int, height: int, turned: int) -> Form:
    """Measure the straight pieces (left, top, right, bottom in pixels) in the upper end of a side."""
    pieces = pieces[pieces[:, 3] <= ZONE * height]
    if not len(pieces):
        return Form(turned, 0.0, 0, (0, 0, 0, 0))
    sizes = pieces[:, 2:] - pieces[:, :2]
    around = np.where(sizes.min(axis=1) <= px(1.5), 1, 2)  # a box is drawn all around, a line once
    length = float((sizes.sum(axis=1) * around).sum()) / PX_PER_MM
    left, top = (int(value) * 1000 // width for value in pieces[:, :2].min(axis=0))
    right, bottom = (int(value) * 1000 // width for value in pieces[:, 2:].max(axis=0))
    return Form(turned, round(length, 1), len(pieces), (left, top, right, bottom))
