"""The lines that come with the paper: ruling, margin, and what the copier draws from edge to edge."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from korrigo_import.scan.raster import PX_PER_MM, Gray, Mask, above, px, runs, share_of

_WHOLE_WIDTH = 0.9
"""Lines from edge to edge are folds, streaks of the copier's glass or ruling, never part of a form."""

_LONG = 0.5
"""Share of the width from which a line is long, as those of a form seldom are."""

_OUT_OF_STEP = 0.08
"""How far, against their distance, ruled lines may stray from their places."""


def find_ruling(across: Gray, faintest: float) -> tuple[tuple[int, ...], Mask]:
    """The ruled lines: many long lines at one distance. Other long lines are left to the drawing.

    The mask covers the ruled lines and what runs from edge to edge (folds, streaks of the copier's glass).
    """
    seen = above(across, faintest)
    share = share_of(seen, 1)
    rows: list[int] = []
    extents: list[tuple[float, float]] = []
    for start, stop in runs(share > 0.4):
        columns = np.flatnonzero(seen[start:stop].any(axis=0))
        rows.append((start + stop) // 2)
        extents.append((float(columns[0]), float(columns[-1])))
    found = _in_step(rows, extents, across.shape[1])
    reached = [extent for row, extent in zip(rows, extents, strict=True) if row in found]
    regular = _continued(found, share, _whole(seen, reached))
    mask = near_rows(across.shape, regular)
    for start, stop in runs(share > _WHOLE_WIDTH):
        mask[max(0, start - px(1)) : stop + px(1)] = True
    return regular, mask


def find_margin(down: Gray, faintest: float) -> tuple[int | None, Mask]:
    """The margin line: one upright line over most of the height, in the outer third of the page."""
    mask = np.zeros(down.shape, bool)
    share = share_of(above(down, faintest), 0)
    columns = runs(share > 0.4)
    width = down.shape[1]
    for start, stop in columns:
        mask[:, max(0, start - px(0.75)) : stop + px(0.75)] = True
    outer = [(a, b) for a, b in columns if min(a, width - b) < 0.36 * width and b - a < 3 * PX_PER_MM]
    if not outer:
        return None, mask
    start, stop = max(outer, key=lambda run: float(share[run[0] : run[1]].max()))
    return (start + stop) // 2, mask


def near_rows(shape: tuple[int, ...], rows: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, bool)
    for row in rows:
        mask[max(0, row - px(1.25)) : row + px(1.25) + 1] = True
    return mask


def _in_step(rows: list[int], extents: list[tuple[float, float]], width: int) -> set[int]:
    """The largest group of rows that follow one another at a constant distance (4 to 15 mm) between the same
    two columns; the boxes of a form may stand in step, but seldom reach as far."""
    def between_the_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
        ends = sorted((abs(one[0] - other[0]), abs(one[1] - other[1])))
        # A shadow may hide one end of faint lines, row by row a little more.
        long = min(one[1] - one[0], other[1] - other[0]) > _LONG * width
        return ends[1] <= slack or long and ends[0] <= slack

    best: set[int] = set()
    slack = 8 * PX_PER_MM
    for (first, second), reach in zip(pairwise(rows), extents, strict=False):
        step = second - first
        if {first, second} <= best:
            continue    # the end of what is known
        if not 4 * PX_PER_MM <= step <= 15 * PX_PER_MM:
            continue
        group = {first}
        expected = first
        for row, extent in zip(rows, extents, strict=True):
            steps = round((row - expected) / step)
            if not 1 <= steps <= 3 or not between_the_same(extent, reach):
                continue
            if abs(row - expected - steps * step) <= max(2.0, _OUT_OF_STEP * step):
                group.add(row)
                expected = row
        if len(group) > len(best):
            best = group
    return best if len(best) >= 5 else set()


def _whole(seen: Mask, extents: list[tuple[float, float]]) -> NDArray[np.bool_]:
    """Rows drawn at both ends of the ruling, where a form's boxes seldom reach."""
    if not extents:
        return np.zeros(len(seen), bool)
    left, right = (int(value) for value in np.median(np.array(extents), axis=0))
    end = 10 * PX_PER_MM
    return (share_of(seen[:, left : left + end], 1) > 0.5) & (share_of(seen[:, right - end : right], 1) > 0.5)


def _continued(rows: set[int], share: NDArray[np.float64], whole: NDArray[np.bool_]) -> tuple[int, ...]:
    """The ruling with the lines that writing hides, between the seen ones and a little beyond them."""
    if not rows:
        return ()
    seen = sorted(rows)
    gaps = np.diff(seen)
    step = float(np.median(gaps[gaps < 1.5 * gaps.min()]))
    reach = max(2, round(_OUT_OF_STEP * step))

    def near(expected: float) -> tuple[int, float]:
        start = max(0, round(expected) - reach)
        window = share[start : max(0, round(expected) + reach + 1)]
        best = int(np.argmax(window)) if window.size else 0
        return start + best, float(window[best]) if window.size else 0.0

    def is_whole(expected: float) -> bool:
        return bool(whole[max(0, round(expected) - reach) : max(0, round(expected) + reach + 1)].any())

    found = list(seen)
    for before, after in pairwise(seen):
        for hidden in range(1, round((after - before) / step)):
            row, length = near(before + hidden * step)
            found.append(row if length > 0.1 else round(before + hidden * step))
    for start, direction in ((seen[-1], step), (seen[0], -step)):
        last = float(start)
        while ahead := next((k for k in (1, 2, 3) if is_whole(last + k * direction)), 0):
            found += [near(last + k * direction)[0] for k in range(1, ahead + 1)]
            last = float(found[-1])
    return tuple(sorted(found))
