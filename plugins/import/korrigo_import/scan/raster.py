"""The working raster: pictures on an even and level ground.

All measuring happens on one raster of ``PX_PER_MM`` pixels a millimetre, so that the rest of the package
speaks of millimetres and not of the copier's resolution.
"""

import itertools
import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

PX_PER_MM = 4
"""Working resolution: 4 pixels a millimetre, about 100 dpi; a pen stroke is two pixels wide."""

EDGE_MM = 12.0
"""How far from the edge of the picture the copier's dark bands and the paper's own edges are looked for."""

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def px(mm: float) -> int:
    """A length on the working raster, at least a pixel."""
    return max(1, round(mm * PX_PER_MM))


def percentile(levels: NDArray[np.uint8], share: float, above: float = -1.0) -> float:
    """As ``numpy.percentile`` (0.0 of nothing), by counting, of the levels ``above`` one; of a whole picture, every
    sixth row tells as much."""
    if not levels.size:
        return 0.0
    counts = cv2.calcHist([np.atleast_2d(levels)], [0], None, [256], [0, 256]).ravel()
    counts[: max(0, int(above) + 1)] = 0
    totals = np.cumsum(counts)
    if not totals[-1]:
        return 0.0
    place = (totals[-1] - 1) * share / 100
    low, high = (int(np.searchsorted(totals, place_, side="right")) for place_ in (np.floor(place), np.ceil(place)))
    return low + (high - low) * float(place - np.floor(place))


def above(levels: Gray, threshold: float) -> Mask:
    """Where levels are above a threshold; compared as bytes, which is ten times quicker than as floats."""
    return levels > np.uint8(min(255, max(0, math.floor(threshold))))


def share_of(mask: Mask, axis: int) -> NDArray[np.float64]:
    """``mask.mean(axis)``: the share that is true of each column (0) or row (1)."""
    sums = cv2.reduce(mask.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    return sums / mask.shape[axis]


def pieces_of(mask: Mask) -> tuple[NDArray[np.intp], NDArray[np.integer], NDArray[np.int32]]:
    """Where a mask is true (in the flattened mask), to which connected piece each place belongs, and left, top, width,
    height and area of each piece."""
    drawn = mask.view(np.uint8)
    try:
        count, labels = cv2.connectedComponents(drawn, connectivity=8, ltype=cv2.CV_16U)
    except cv2.error:     # more pieces than short labels can count: noise
        count, labels = cv2.connectedComponents(drawn, connectivity=8)
    places = np.flatnonzero(mask)
    owner = labels.ravel()[places] - 1
    rows, columns = np.divmod(places.astype(np.int32), np.int32(mask.shape[1]))
    stats = np.empty((count - 1, 5), np.int32)
    left, top, right, foot = (np.empty(count - 1, np.int32) for _edge in range(4))
    # Places are in the order of their rows: of what is written to one piece the last stays.
    top[owner[::-1]], foot[owner] = rows[::-1], rows
    left[:], right[:] = mask.shape[1], -1
    np.minimum.at(left, owner, columns)
    np.maximum.at(right, owner, columns)
    stats.T[:] = left, top, right - left + 1, foot - top + 1, np.bincount(owner, minlength=count - 1)
    return places, owner, stats


def shrunk(picture: Gray, size: tuple[int, int]) -> Gray:
    """The picture at (width, height), averaged: across first, which is quick where the width is a multiple."""
    across = cv2.resize(picture, (size[0], picture.shape[0]), interpolation=cv2.INTER_AREA)
    return cv2.resize(across, size, interpolation=cv2.INTER_AREA)


def halved(picture: Gray, times: int) -> Gray:
    """The picture at half its size, that many times; a last odd row or column is left out."""
    for _half in range(times):
        width, height = picture.shape[1] // 2, picture.shape[0] // 2
        picture = cv2.resize(picture[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    return picture


def only(levels: Gray, where: Mask) -> Gray:
    """The levels where a mask is true, 0 elsewhere."""
    return np.multiply(levels, where.view(np.uint8))


def to_raster(gray: NDArray[np.uint8], width_mm: float) -> Gray:
    """The picture on the working raster; ``width_mm`` is the width of the side.

    A picture of nearly this resolution stays as it is: a copier's 100 or 200 dpi are.
    """
    width = max(8, round(width_mm * PX_PER_MM))
    if abs(width - gray.shape[1]) < 0.02 * width:
        return gray
    size = width, max(8, round(width * gray.shape[0] / gray.shape[1]))
    smaller = gray.shape[1] / width
    if smaller > 1.98:
        return cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    if smaller > 1.25:    # a quarter of what averaging costs; without it hairlines between two places would be lost
        gray = cv2.GaussianBlur(gray, (3, 3), 0)
    return cv2.resize(gray, size, interpolation=cv2.INTER_LINEAR)


def darkness(raster: Gray) -> Gray:
    """Darkness against the paper around: shadows and grey paper vanish, strokes stay (0..255)."""
    height, width = raster.shape
    paper = cv2.dilate(halved(raster, 3), np.ones((5, 5), np.uint8))
    paper = cv2.blur(cv2.medianBlur(paper, 5), (5, 5))
    paper = cv2.resize(cv2.max(paper, 1), (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.bitwise_not(cv2.divide(raster, paper, scale=255))


def skew_of(dark: Gray) -> float:
    """Degrees by which the rows of the page fall to the right (between -3 and 3; 0.0 when nothing tells).

    The page is cut in upright strips; the angle is the one that makes the sum of the strips' row profiles,
    each shifted accordingly, most uneven.
    """
    profiles = _profiles(dark)[1:-1]
    if len(profiles) < 4:
        return 0.0
    coarse = np.arange(-3.0, 3.01, 0.25)
    scores = _unevenness(_coarser(profiles), 2 * _STRIP, 0.5, coarse)
    best = float(coarse[int(scores.argmax())])
    if scores.max() < 1.3 * np.median(scores):
        return 0.0
    near = np.arange(best - 0.2, best + 0.21, 0.05)
    return round(float(near[int(_unevenness(np.repeat(profiles, 2, axis=1), _STRIP, 2, near).argmax())]), 2)


_STRIP = px(7)
"""Width in pixels of the strips whose row profiles tell the skew."""


def _profiles(dark: Gray) -> NDArray[np.float32]:
    """The darkness of each row in each strip; paper counts nothing, a thick stroke as much as a pen's."""
    height, width = dark.shape
    count = width // _STRIP
    strokes = cv2.threshold(cv2.min(dark[:, : count * _STRIP], 128), 16, 0, cv2.THRESH_TOZERO)[1]
    sums = cv2.reduce(strokes.reshape(-1, _STRIP), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return np.ascontiguousarray(sums.reshape(height, count).T, np.float32)


def _coarser(profiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same with half as many strips and half as many rows."""
    even = profiles[: len(profiles) // 2 * 2, : profiles.shape[1] // 2 * 2]
    return cv2.resize(even, (even.shape[1] // 2, len(even) // 2), interpolation=cv2.INTER_AREA)


def _unevenness(profiles: NDArray[np.float32], strip: int, rows_per_px: float, degrees: NDArray[np.float64]
                ) -> NDArray[np.float32]:
    """How uneven the sum of the strips, ``strip`` pixels wide each, is for each angle.

    Strips are shifted by whole rows, of which there are ``rows_per_px``.
    """
    count, length = profiles.shape
    centres = (np.arange(count) - (count - 1) / 2) * strip * rows_per_px
    slack = math.ceil(math.tan(math.radians(np.abs(degrees).max())) * centres[-1]) + 1
    windows = sliding_window_view(np.pad(profiles, ((0, 0), (slack, slack))), length, axis=1)
    windows = windows[..., :: max(1, round(rows_per_px))]
    shifts = slack + np.rint(np.tan(np.radians(degrees))[:, None] * centres).astype(int)
    sums = windows[np.arange(count), shifts].sum(axis=1)
    return np.square(np.diff(sums)).sum(axis=1)


def turned_by(dark: Gray, degrees: float) -> Gray:
    """Turned by a small angle: columns are shifted up or down by parts of a pixel, so that rows of writing stay level,
    then rows to the left or right by whole ones.  That costs a fifth of what a general transformation does."""
    if not degrees:
        return dark
    height, width = dark.shape
    slope = math.sin(math.radians(degrees))
    level = _shifted(dark, -slope * (np.arange(width) - width / 2), parts=4)
    return _shifted(level.T, slope * (np.arange(height) - height / 2), parts=1).T


def _shifted(picture: Gray, shifts: NDArray[np.float64], parts: int) -> Gray:
    """Each column moved down by its shift, in steps of a pixel's ``parts``-th; what comes in is paper."""
    out = np.zeros_like(picture)
    steps = np.rint(shifts * parts).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(steps)) + 1).tolist(), len(steps)]
    for start, stop in itertools.pairwise(edges):
        whole, part = divmod(int(steps[start]), parts)
        rows = len(picture) - abs(whole) - 1
        to, origin = max(0, whole) + 1, max(0, -whole) + 1
        here = picture[origin : origin + rows, start:stop]
        if part:
            above = picture[origin - 1 : origin - 1 + rows, start:stop]
            here = cv2.addWeighted(here, 1 - part / parts, above, part / parts, 0)
        out[to : to + rows, start:stop] = here
    return out


def clear_edges(dark: Gray) -> Gray:
    """Whiten the bands at the four edges where the copier saw past the paper."""
    reach = round(EDGE_MM * PX_PER_MM)
    black = above(dark, 40)
    cleared = dark.copy()
    for axis in (0, 1):
        share = share_of(black, axis)
        inset = PX_PER_MM * 2
        first = np.flatnonzero(share[:reach] > 0.3)
        last = np.flatnonzero(share[-reach:] > 0.3)
        start = max(inset, int(first[-1]) + px(0.75) if first.size else 0)
        stop = max(inset, reach - int(last[0]) + px(0.75) if last.size else 0)
        view = cleared if axis == 1 else cleared.T
        view[:start] = 0
        view[-stop:] = 0
    return cleared


def grain_of(dark: Gray) -> float:
    """Noise of the plain paper: a robust spread of the darkness below the median stroke."""
    return percentile(dark[::12], 60) / 2 + 1.0


def thickened(dark: Gray, axis: int) -> Gray:
    """Strokes a pixel longer downwards (0) or to the right (1)."""
    out = dark.copy()
    before, after = (dark[:-1], dark[1:]) if axis == 0 else (dark[:, :-1], dark[:, 1:])
    cv2.max(before, after, out[1:] if axis == 0 else out[:, 1:])
    return out


def opened(dark: Gray, height: int, width: int) -> Gray:
    """The darkness of straight strokes at least that high and wide, 0 elsewhere; beyond the picture there is paper.

    The caller thickens first: that keeps a line whole that climbs by a pixel on its way.
    """
    for axis, length in ((0, height), (1, width)):
        if length > 1:
            dark = _opened_along(dark, length, axis)
    return dark


def _opened_along(dark: Gray, length: int, axis: int) -> Gray:
    """The least of ``length`` neighbours, then the most of as many back: each by doubling what is known, which is some
    times quicker than one step as long as that."""
    least = _gathered(dark, length, axis, cv2.min)
    beside = (length - 1, length - 1, 0, 0) if axis == 0 else (0, 0, length - 1, length - 1)
    return _gathered(cv2.copyMakeBorder(least, *beside, cv2.BORDER_CONSTANT, value=0), length, axis, cv2.max)


def _gathered(dark: Gray, length: int, axis: int, gather: Callable[[Gray, Gray], Gray]) -> Gray:
    """``gather`` over each ``length`` neighbours along an axis, which becomes shorter by ``length - 1``."""
    known = 1
    while known < length:
        step = min(known, length - known)
        first, second = (dark[:-step], dark[step:]) if axis == 0 else (dark[:, :-step], dark[:, step:])
        dark, known = gather(first, second), known + step
    return dark


def runs(flags: Mask) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.view(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
