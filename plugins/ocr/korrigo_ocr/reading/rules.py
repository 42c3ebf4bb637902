"""What is ruled on a printed form: frames with their cells, and lines to write on. Pixels at working scale."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .geometry import SCALE, Box
from .ink import Ink, Mask, rules_of, strong_ink

_SHORTEST = 36
_SHORTEST_STANDING = 30
_SIDE = 0.6
_FRAME_HEIGHT = (18 * SCALE, 110 * SCALE)
_LINE_LENGTH = 70 * SCALE
_DOT_GAP = 13
_DOT = 9
_DOT_ROW = 7
_NARROWEST_CELL = 9 * SCALE


@dataclass(frozen=True)
class Frame:
    """A printed frame and the cells that standing rules divide it into (at least one), in pixels."""

    box: Box
    cells: tuple[Box, ...]


@dataclass(frozen=True)
class PrintedRules:
    """All frames and free lying rules of a header, in pixels. A rule's box is as thick as the rule."""

    frames: tuple[Frame, ...]
    lines: tuple[Box, ...]
    mask: Mask


def printed_rules(ink: Ink) -> PrintedRules:
    """Find frames, cells, solid and dotted lines on an upright form."""
    strong = strong_ink(ink)
    lying, standing = rules_of(strong, _SHORTEST, _SHORTEST_STANDING)
    drawn = cv2.morphologyEx(lying | standing, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    frames, lines = [], []
    for i in range(1, count):
        x, y, w, h = (int(v) for v in stats[i][:4])
        part = (labels[y : y + h, x : x + w] == i).astype(np.uint8)
        area = (slice(y, y + h), slice(x, x + w))
        frame = _frame(Box(x, y, w, h), part & standing[area], part & lying[area])
        if frame is not None:
            frames.append(frame)
        elif w >= _LINE_LENGTH and h <= max(10, 0.03 * w):
            lines.append(Box(x, y, w, h))
    dotted = _dotted(strong & (1 - drawn))
    mask = drawn | dotted[1]
    frames.sort(key=lambda f: (f.box.y, f.box.x))
    return PrintedRules(tuple(frames), tuple(sorted(lines + dotted[0], key=lambda b: (b.y, b.x))), mask)


def _frame(box: Box, standing: Mask, lying: Mask) -> Frame | None:
    """The frame that fills ``box``, when standing rules close it on both sides."""
    if not _FRAME_HEIGHT[0] <= box.height <= _FRAME_HEIGHT[1] or box.width < _NARROWEST_CELL:
        return None
    edges = _runs(standing.sum(0) >= _SIDE * box.height)
    tolerance = 4 * SCALE
    if len(edges) < 2 or edges[0][0] > tolerance or edges[-1][1] < box.width - tolerance:
        return None
    cells = []
    for (start, _), (_, end) in zip(edges, edges[1:], strict=False):
        if end - start >= _NARROWEST_CELL:
            top, bottom = _height_of(lying[:, start:end], int(box.height))
            cells.append(Box(box.x + start, box.y + top, end - start, bottom - top))
    return Frame(box, tuple(cells)) if cells else None


def _height_of(lying: Mask, height: int) -> tuple[int, int]:
    """Outer edges of the upper and lower rule in the columns of one cell: a long comb is never quite level."""
    runs = _runs(lying.mean(1) >= _SIDE)
    if len(runs) < 2 or runs[-1][1] - runs[0][0] < 0.75 * height:
        return 0, height
    return runs[0][0], runs[-1][1]


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of True as (start, end), end excluded; stretches two apart or less are one."""
    places = np.flatnonzero(marked)
    if len(places) == 0:
        return []
    parts = np.split(places, np.flatnonzero(np.diff(places) > 3) + 1)
    return [(int(part[0]), int(part[-1]) + 1) for part in parts]


def _dotted(mask: Mask) -> tuple[list[Box], Mask]:
    """Dotted rules: blobs too small for letters that become a thin solid rule when closed along the row."""
    dots = _small_blobs(mask)
    closed = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((2, _DOT_GAP), np.uint8))
    long = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, int(_LINE_LENGTH)), np.uint8))
    joined = cv2.dilate(long, np.ones((5, 2 * _DOT_GAP), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found, gone = [], np.zeros_like(mask)
    for i in range(1, count):
        rows, columns = np.nonzero((labels == i) & (long == 1))
        x, y = int(columns.min()), int(rows.min())
        box = Box(x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y)
        thickness = len(rows) / box.width
        if thickness <= _DOT_ROW and box.height <= max(12, 0.03 * box.width):
            found.append(box)
            gone |= (
                cv2.dilate(((labels == i) & (long == 1)).astype(np.uint8), np.ones((3, 3), np.uint8)) & dots
            )
    return found, gone


def _small_blobs(mask: Mask) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    small = (stats[:, 2] <= _DOT) & (stats[:, 3] <= _DOT)
    small[0] = False
    return small[labels].astype(np.uint8)
