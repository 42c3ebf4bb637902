"""What is drawn on a side: ink and straight lines, apart from what came with the paper."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from korrigo_import.scan import raster
from korrigo_import.scan.raster import EDGE_MM, PX_PER_MM, Gray, Mask
from korrigo_import.scan.ruling import find_margin, find_ruling, near_rows

_H_LINE_MM, _V_LINE_MM = 13.0, 5.5
"""Shortest straight strokes that count as drawn lines; handwriting has none that long (a box for one
digit is 7 mm high)."""


@dataclass(frozen=True)
class Drawing:
    """The layers of one side on the working raster, levelled by ``skew`` degrees.

    ``dark`` is the darkness against the local paper (0 paper, 255 black), ``ink`` the strokes without any
    straight line, ``places`` where these are (in the flattened picture), ``lines`` the straight lines that belong
    neither to the ruling nor to the margin, ``strokes`` the connected pieces of ink (one row each: left, top,
    width, height, area, in pixels), ``ruling`` the rows (pixels) of the ruled lines, ``margin`` the column
    (pixels) of the margin line or None, ``grain`` the noise of the paper (same unit as ``dark``).
    """

    dark: Gray
    ink: Mask
    places: NDArray[np.intp]
    strokes: NDArray[np.int32]
    lines: Mask
    ruling: tuple[int, ...]
    margin: int | None
    skew: float
    grain: float

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels of the working raster."""
        return self.dark.shape[0], self.dark.shape[1]

    @property
    def ruling_mm(self) -> float:
        """Distance of the ruled lines in millimetres, 0.0 on plain paper."""
        return round(float(np.median(np.diff(self.ruling))) / PX_PER_MM, 2) if self.ruling else 0.0


def draw(gray: NDArray[np.uint8], width_mm: float) -> Drawing:
    """Separate a grey picture, upright or turned by 180 degrees, into its layers."""
    dark = raster.darkness(raster.to_raster(gray, width_mm))
    skew = raster.skew_of(dark)
    dark = raster.clear_edges(raster.turned_by(dark, skew))
    grain = raster.grain_of(dark)
    across = raster.opened(raster.thickened(dark, 0), 1, round(_H_LINE_MM * PX_PER_MM))
    ruling, ruled = find_ruling(across, max(8.0, 3.0 * grain))
    streaks = ruled & ~near_rows(dark.shape, ruling)
    plain = cv2.subtract(dark, raster.only(across, streaks))
    down = raster.opened(raster.thickened(plain, 1), round(_V_LINE_MM * PX_PER_MM), 1)
    margin, bordered = find_margin(down, max(8.0, 3.0 * grain))
    faintest = max(22.0, 5.0 * grain)
    rows, columns = _thin(across, faintest, axis=0), _thin(down, faintest, axis=1)
    lines = (rows & ~ruled) | (columns & ~bordered)
    level = cv2.max(raster.only(across, rows | streaks), raster.only(down, columns | bordered))
    strokes = cv2.subtract(dark, cv2.max(level, _ruled_level(across, ruled & ~streaks, ruling)))
    ink, places, pieces = _without_specks(raster.above(strokes, ink_threshold(strokes, grain)))
    return Drawing(dark, ink, places, pieces, lines, ruling, margin, skew, grain)


def ink_threshold(strokes: Gray, grain: float) -> float:
    """The darkness from which a pixel is ink: above the paper's grain, well below the pen's own darkness."""
    floor = max(20.0, 6.0 * grain)
    inset = round(EDGE_MM * PX_PER_MM)
    inner = strokes[inset:-inset:6, inset:-inset]
    if np.count_nonzero(raster.above(inner, floor)) < 9:
        return floor
    return max(floor, 0.35 * raster.percentile(inner, 90, above=floor))


def pen_darkness(drawing: Drawing) -> float:
    """How dark the strokes are against the paper, 0..1 (0.0 without ink)."""
    return raster.percentile(drawing.dark.ravel()[drawing.places], 75) / 255


def sharpness(drawing: Drawing) -> float:
    """Steepness of the strokes' edges against their darkness, 0..1 (0.0 without ink).

    A stroke two pixels wide in focus rises to its full darkness within two pixels.
    """
    places, width = drawing.places, drawing.shape[1]
    if len(places) < 50:
        return 0.0
    dark = drawing.dark.ravel()
    # No ink touches the edges of the picture: the copier's bands were cleared there.
    across = cv2.absdiff(dark[places + 1], dark[places - 1])
    down = cv2.absdiff(dark[places + width], dark[places - width])
    steep = raster.percentile(cv2.max(across, down), 90)
    return min(1.0, steep / max(1.0, raster.percentile(drawing.dark.ravel()[places], 90)))


def _thin(straight: Gray, faintest: float, axis: int) -> Mask:
    """Where straight strokes are drawn lines: at most 1 mm thick, and much lighter beside it, unlike bold print whose
    letters touch."""
    thickness = math.ceil(1.5 * PX_PER_MM)    # the line, and the blur at both its sides
    thick = raster.opened(straight, *((thickness, 1) if axis == 0 else (1, thickness)))
    thrice = cv2.subtract(cv2.subtract(straight, thick), thick) > thick
    return raster.above(straight, faintest) & thrice


def _ruled_level(straight: Gray, where: Mask, ruling: tuple[int, ...]) -> Gray:
    """What ruling adds to the darkness: not more than the ruling's own, so that writing across it survives; on its rows
    not less either, where a shadow or the copier has broken it to dashes."""
    usual = raster.percentile(straight[where.any(axis=1)][::3], 50, above=4)
    most = min(255, round(1.2 * usual))
    level = raster.only(cv2.min(straight, most), where)
    for row in ruling:
        level[max(0, row - 1) : row + 2] = most
    return level


def _without_specks(ink: Mask) -> tuple[Mask, NDArray[np.intp], NDArray[np.int32]]:
    """Ink, its places and its connected pieces, without what is smaller than the dot of an i (dust, paper grain) and
    without long shapes at the very edge (what is left of the copier's bands when the paper lies askew)."""
    places, owner, stats = raster.pieces_of(ink)
    left, top, width, height, area = stats.T
    edge = 3 * PX_PER_MM
    outside = (
        (left < edge)
        | (top < edge)
        | (left + width > ink.shape[1] - edge)
        | (top + height > ink.shape[0] - edge)
    )
    keep = (area >= 0.2 * PX_PER_MM**2) & ~(outside & (np.maximum(width, height) > 10 * PX_PER_MM))
    places = places[keep[owner]]
    kept = np.zeros(ink.shape, bool)
    kept.ravel()[places] = True
    return kept, places, stats[keep]
