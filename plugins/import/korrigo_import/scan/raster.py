"""The working raster: pictures on an even and level ground.

All measuring happens on one raster of ``PX_PER_MM`` pixels a millimetre, so that the rest of the package
speaks of millimetres and not of the copier's resolution.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

PX_PER_MM = 4
"""Working resolution: 4 pixels a millimetre, about 100 dpi; a pen stroke is two pixels wide."""

EDGE_MM = 12.0
"""How far from the edge of the picture the copier's dark bands and the paper's own edges are looked for."""

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def to_raster(gray: NDArray[np.uint8], width_mm: float) -> Gray:
    """The picture on the working raster; ``width_mm`` is the width of the side."""
    width = max(8, round(width_mm * PX_PER_MM))
    height = max(8, round(width * gray.shape[0] / gray.shape[1]))
    much_smaller = 1.6 * width < gray.shape[1]
    return cv2.resize(
        gray, (width, height), interpolation=cv2.INTER_AREA if much_smaller else cv2.INTER_LINEAR
    )


def darkness(raster: Gray) -> Gray:
    """Darkness against the paper around: shadows and grey paper vanish, strokes stay (0..255)."""
    height, width = raster.shape
    small = cv2.resize(raster, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(small, np.ones((5, 5), np.uint8))
    paper = cv2.blur(cv2.medianBlur(paper, 5), (5, 5))
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.subtract(255, cv2.divide(raster, np.maximum(paper, 1), scale=255))


def skew_of(dark: Gray) -> float:
    """Degrees by which the rows of the page fall to the right (between -3 and 3; 0.0 when nothing tells).

    The page is cut in upright strips; the angle is the one that makes the sum of the strips' row profiles,
    each shifted accordingly, most uneven.
    """
    strip = 28
    height, width = dark.shape
    count = width // strip
    inner = np.minimum(dark[:, : count * strip], 128)
    inner = np.where(inner > 16, inner, 0).astype(np.float32)
    profiles = inner.reshape(height, count, strip).mean(axis=2).T
    profiles = profiles[1:-1]
    if len(profiles) < 4:
        return 0.0
    centres = (np.arange(len(profiles)) - (len(profiles) - 1) / 2) * strip
    fine = np.repeat(profiles, 4, axis=1)
    length, slack = fine.shape[1], 4 * round(0.06 * width) + 4
    padded = np.pad(fine, ((0, 0), (slack, slack)))

    def unevenness(degrees: float) -> float:
        shifts = np.round(centres * np.tan(np.radians(degrees)) * 4).astype(int)
        total = np.zeros(length, np.float32)
        for profile, shift in zip(padded, shifts.tolist(), strict=True):
            total += profile[slack + shift : slack + shift + length]
        return float(np.square(np.diff(total[::4])).sum())

    coarse = np.arange(-3.0, 3.01, 0.25)
    scores = [unevenness(angle) for angle in coarse]
    best = float(coarse[int(np.argmax(scores))])
    if max(scores) < 1.3 * float(np.median(scores)):
        return 0.0
    near = np.arange(best - 0.25, best + 0.26, 0.05)
    return round(float(near[int(np.argmax([unevenness(angle) for angle in near]))]), 2)


def turned_by(dark: Gray, degrees: float) -> Gray:
    if not degrees:
        return dark
    height, width = dark.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(dark, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=0)


def clear_edges(dark: Gray) -> Gray:
    """Whiten the bands at the four edges where the copier saw past the paper."""
    reach = round(EDGE_MM * PX_PER_MM)
    black = dark > 40
    cleared = dark.copy()
    for axis in (0, 1):
        share = black.mean(axis=axis)
        inset = PX_PER_MM * 2
        first = np.flatnonzero(share[:reach] > 0.3)
        last = np.flatnonzero(share[-reach:] > 0.3)
        start = max(inset, int(first[-1]) + 3 if first.size else 0)
        stop = max(inset, reach - int(last[0]) + 3 if last.size else 0)
        view = cleared if axis == 1 else cleared.T
        view[:start] = 0
        view[-stop:] = 0
    return cleared


def grain_of(dark: Gray) -> float:
    """Noise of the plain paper: a robust spread of the darkness below the median stroke."""
    sample = dark[::3, ::3]
    return float(np.percentile(sample, 60)) / 2 + 1.0


def opened(dark: Gray, height: int, width: int) -> Gray:
    """The darkness of straight strokes at least that high and wide, 0 elsewhere.

    The caller thickens by one pixel first: that keeps a line whole that climbs by a pixel on its way.
    """
    return cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((height, width), np.uint8))


def runs(flags: Mask) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.view(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
