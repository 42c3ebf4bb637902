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


def percentile(levels: NDArray[np.uint8], share: float, above: float = -1.0) -> float:
    """As ``numpy.percentile`` (0.0 of nothing), by counting, of the levels ``above`` one."""
    counts = cv2.calcHist([np.ascontiguousarray(levels).reshape(-1, 1)], [0], None, [256], [0, 256]).ravel()
    counts[: max(0, int(above) + 1)] = 0
    totals = np.cumsum(counts)
    if not totals[-1]:
        return 0.0
    place = (totals[-1] - 1) * share / 100
    low, high = (int(np.searchsorted(totals, place_, side="right")) for place_ in (np.floor(place), np.ceil(place)))
    return low + (high - low) * float(place - np.floor(place))


def share_of(mask: Mask, axis: int) -> NDArray[np.float64]:
    """``mask.mean(axis)``: the share that is true of each column (0) or row (1)."""
    sums = cv2.reduce(mask.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    return sums / mask.shape[axis]


def pieces_of(mask: Mask) -> tuple[NDArray[np.integer], NDArray[np.int32]]:
    """The label of each pixel, and left, top, width, height and area of each connected piece; 0 is the ground."""
    drawn = mask.view(np.uint8)
    try:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8, ltype=cv2.CV_16U)
    except cv2.error:     # more pieces than short labels can count: noise
        _, labels, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    return labels, stats


def shrunk(picture: Gray, size: tuple[int, int]) -> Gray:
    """The picture at (width, height), averaged: across first, which is quick where the width is a multiple."""
    across = cv2.resize(picture, (size[0], picture.shape[0]), interpolation=cv2.INTER_AREA)
    return cv2.resize(across, size, interpolation=cv2.INTER_AREA)


def only(levels: Gray, where: Mask) -> Gray:
    """The levels where a mask is true, 0 elsewhere."""
    return np.multiply(levels, where.view(np.uint8))


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
    small = shrunk(raster, (max(1, width // 8), max(1, height // 8)))
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
    inner = cv2.min(dark[:, : count * strip], 128)
    inner = cv2.threshold(inner, 16, 0, cv2.THRESH_TOZERO)[1].astype(np.float32)
    profiles = cv2.resize(inner, (count, height), interpolation=cv2.INTER_AREA).T
    profiles = profiles[1:-1]
    if len(profiles) < 4:
        return 0.0
    centres = (np.arange(len(profiles)) - (len(profiles) - 1) / 2) * strip
    coarse = np.arange(-3.0, 3.01, 0.25)
    scores = _unevenness(profiles, centres, width, coarse, steps=1)
    best = float(coarse[int(np.argmax(scores))])
    if max(scores) < 1.3 * float(np.median(scores)):
        return 0.0
    near = np.arange(best - 0.25, best + 0.26, 0.05)
    return round(float(near[int(np.argmax(_unevenness(profiles, centres, width, near, steps=4)))]), 2)


def _unevenness(
    profiles: NDArray[np.float32], centres: NDArray[np.float64], width: int, degrees: NDArray[np.float64], steps: int
) -> list[float]:
    """How uneven the sum of the strips is for each angle; strips are shifted by whole ``steps``-ths of a pixel."""
    fine = np.repeat(profiles, steps, axis=1)
    length, slack = fine.shape[1], steps * (round(0.06 * width) + 1)
    padded = np.pad(fine, ((0, 0), (slack, slack)))
    found = []
    for slope in np.tan(np.radians(degrees)):
        total = np.zeros(length, np.float32)
        for profile, shift in zip(padded, np.round(centres * slope * steps).astype(int).tolist(), strict=True):
            total += profile[slack + shift : slack + shift + length]
        found.append(float(np.square(np.diff(total[::steps])).sum()))
    return found


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
        share = share_of(black, axis)
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
    return percentile(dark[::3, ::3], 60) / 2 + 1.0


def opened(dark: Gray, height: int, width: int) -> Gray:
    """The darkness of straight strokes at least that high and wide, 0 elsewhere.

    The caller thickens by one pixel first: that keeps a line whole that climbs by a pixel on its way.
    """
    return cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((height, width), np.uint8))


def runs(flags: Mask) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.view(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
