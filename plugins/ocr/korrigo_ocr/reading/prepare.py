"""A field of a cover -> one clean line of ink, dark on white, as recognisers like it.

On real scans this is worth more than the choice of the recogniser: Tesseract ranks the right pupil first for 22 % of
raw crops and for 95 % of prepared ones. Lengths are pixels at working scale (200 dpi).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .forms import Field
from .geometry import SCALE, Box, Grey
from .ink import Ink, Mask, ink_strength, noise_of, rules_of, strong_ink, written_ink
from .registration import Registration, cut

LINE_HEIGHT = 44
"""Height of the writing in a prepared line; the margin around it comes on top."""

_MARGIN_X = 9
_MARGIN_Y = 15
_CELL_MARGIN = 16
_PADDING = (14, 20)
LINE_PICTURE_HEIGHT = LINE_HEIGHT + 2 * _PADDING[0]
"""Height of a prepared line with its margin."""

_CELL_INSET = 3
_RULE_SEARCH = 12
_RULE_COVERAGE = 0.75
_SMALLEST_LETTER = 0.16
_GRID_SEARCH = 22
_LETTER_GAP = 4
_SPACE = 15


@dataclass(frozen=True)
class PreparedField:
    """The ink of one field.

    ``line`` is the whole field as one line, dark on white; ``cells`` the single cells of a comb or of digits in the
    same manner (None = empty cell), () for free writing.
    """

    line: Grey
    cells: tuple[Grey | None, ...] = ()

    def written_cells(self) -> list[Grey]:
        """The pictures of the cells that are not empty, from left to right."""
        return [cell for cell in self.cells if cell is not None]


def prepare(cover: Grey, registration: Registration, field: Field) -> PreparedField | None:
    """Cut a field out of a cover and clean it; None when nothing is written in it."""
    if field.cells:
        return _prepare_cells(cover, registration, field)
    margin_x, margin_y = _MARGIN_X / SCALE, _MARGIN_Y / SCALE
    crop = cut(cover, registration, field.box.grown(margin_x, margin_y, margin_x, margin_y))
    ink = ink_strength(crop)
    row = writing_row(written_ink(ink))
    if row is None:
        return None
    line = _inked(ink, row)
    return PreparedField(as_line(line))


def writing_row(mask: Mask) -> Mask | None:
    """The main row of writing of a field: specks, scraps of the frame and of neighbouring rows are left out."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    kept = [i for i in range(1, count) if not _is_scrap(stats[i], height, width)]
    if not kept:
        return None
    tall = [i for i in kept if stats[i][3] > 0.12 * height] or kept
    axis = float(np.average(centres[tall, 1], weights=stats[tall, 4]))
    letter = float(np.percentile(stats[tall, 3], 80))
    core = [i for i in tall if abs(centres[i, 1] - axis) < 0.9 * letter] or tall
    row = _around(stats[core])
    # Accents stand above the row, a tail hangs little below it; what is far to either side is another word's ink.
    wide = row.grown(0.8 * letter, 0.45 * letter, 0.8 * letter, 0.15 * letter)
    chosen = np.zeros(count, bool)
    for i in kept:
        x, y, w, h = (int(v) for v in stats[i][:4])
        chosen[i] = y + h > wide.y and y < wide.bottom and x + w > wide.x and x < wide.right
    return chosen[labels].astype(np.uint8)


def as_line(line: Ink) -> Grey:
    """Ink scaled to the height of a prepared line, strokes brought to full black, on white with a margin."""
    written = line[line > 0.12]
    reference = float(np.percentile(written, 75)) if written.size else 1.0
    even = np.clip(line / max(reference, 0.08), 0, 1)
    factor = LINE_HEIGHT / max(line.shape[0], 7)
    size = (max(8, round(line.shape[1] * factor)), LINE_HEIGHT)
    scaled = cv2.resize(even, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    grey = (255 - np.clip(scaled, 0, 1) * 235).astype(np.uint8)
    vertical, horizontal = _PADDING
    return cv2.copyMakeBorder(
        grey, vertical, vertical, horizontal, horizontal, cv2.BORDER_CONSTANT, value=(255.0,)
    )


def _is_scrap(stat: NDArray[np.int32], height: int, width: int) -> bool:
    """Too small for a letter, or a remnant at the edge of the crop."""
    x, y, w, h, area = (int(v) for v in stat)
    speck = area < 6 or (w < 4 and h < 4)
    row_remnant = (y <= 1 or y + h >= height - 1) and h < 0.22 * height
    rule_remnant = h < 3 and w > 26
    side_remnant = (x <= 1 or x + w >= width - 1) and w < 8
    return speck or row_remnant or rule_remnant or side_remnant


def _around(stats: NDArray[np.int32]) -> Box:
    return Box.around([Box(*(float(v) for v in row[:4])) for row in stats])


def _inked(ink: Ink, mask: Mask) -> Ink:
    """The ink under a mask (one pixel around it included, for soft edges), cut to its bounding box."""
    soft = ink * cv2.dilate(mask, np.ones((3, 3), np.uint8))
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return soft[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _prepare_cells(cover: Grey, registration: Registration, field: Field) -> PreparedField | None:
    """Cut the cells, and glue what is written in them to one word with small gaps."""
    margin = _CELL_MARGIN / SCALE
    area = field.box.grown(margin, margin, margin, margin)
    ink = ink_strength(cut(cover, registration, area))
    cells = [Box(c.x - area.x, c.y - area.y, c.width, c.height).scaled(SCALE) for c in field.cells]
    dx, dy = _grid_shift(strong_ink(ink), cells)
    smooth = cv2.GaussianBlur(ink, (0, 0), 0.7)
    threshold = 6 * noise_of(smooth)
    inks = [_cell_ink(smooth, Box(c.x + dx, c.y + dy, c.width, c.height), threshold) for c in cells]
    written = [i for i, cell in enumerate(inks) if cell is not None]
    if not written:
        return None
    line = _glued(inks[: written[-1] + 1])
    pictures = tuple(None if cell is None else as_line(_trimmed(cell)) for cell in inks)
    return PreparedField(as_line(line), pictures)


def _grid_shift(strong: Mask, cells: Sequence[Box]) -> tuple[int, int]:
    """How far the printed grid lies from where it is expected: best agreement with its standing and lying rules."""
    lying, standing = rules_of(strong, 40, int(0.55 * cells[0].height))
    edges = sorted({round(x) for c in cells for x in (c.x, c.right)})
    columns = _best_shift(standing.sum(0).astype(float), edges)
    rows = _best_shift(lying.sum(1).astype(float), [round(cells[0].y), round(cells[0].bottom)])
    return columns, rows


def _best_shift(profile: NDArray[np.float64], places: Sequence[int]) -> int:
    shifts = range(-_GRID_SEARCH, _GRID_SEARCH + 1)
    index = np.clip(np.add.outer(np.array(shifts), np.array(places)), 0, len(profile) - 1)
    sums = np.convolve(profile[index].sum(1), [0.5, 1, 0.5], "same")
    # Nearer shifts win ties, so that a grid with no visible rule stays where it is expected.
    return int(shifts[int(np.argmax(sums - 1e-6 * np.abs(shifts)))])


def _cell_ink(ink: Ink, cell: Box, threshold: float) -> Ink | None:
    """The writing of one cell, as high as the cell; None when it is empty. Remnants of the rules are dropped."""
    part = _inside(ink, cell, threshold)
    if part.size == 0:
        return None
    mask = (part > threshold).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = part.shape
    kept = np.zeros(count, bool)
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        at_edge = x <= 1 or y <= 1 or x + w >= width - 1 or y + h >= height - 1
        remnant = at_edge and (w < 5 or h < 5)
        kept[i] = area >= 7 and not remnant and float(part[labels == i].max()) > 1.6 * threshold
    largest = max((max(stats[i][2], stats[i][3]) for i in np.flatnonzero(kept)), default=0)
    if largest < _SMALLEST_LETTER * height:
        return None
    written = kept[labels].astype(np.uint8)
    return part * cv2.dilate(written, np.ones((3, 3), np.uint8))


def _inside(ink: Ink, cell: Box, threshold: float) -> Ink:
    """The inside of a cell between its own rules, looked for near each side: no two cells lie quite on the grid."""
    x0, y0 = max(0, round(cell.x) - _CELL_INSET), max(0, round(cell.y) - _CELL_INSET)
    part = ink[y0 : round(cell.bottom) + _CELL_INSET, x0 : round(cell.right) + _CELL_INSET]
    mask = part > threshold
    top, bottom = _past_rule(mask.mean(1)), _past_rule(mask.mean(1)[::-1])
    left, right = _past_rule(mask.mean(0)), _past_rule(mask.mean(0)[::-1])
    return part[top : part.shape[0] - bottom, left : part.shape[1] - right]


def _past_rule(coverage: NDArray[np.float64]) -> int:
    """How far in from the edge the writing may start: past the outermost rows that a rule fills."""
    filled = np.flatnonzero(coverage[:_RULE_SEARCH] >= _RULE_COVERAGE)
    if len(filled) == 0:
        return 2 * _CELL_INSET
    gaps = np.flatnonzero(np.diff(filled) > 1)
    return int(filled[gaps[0] if len(gaps) else -1]) + 2


def _glued(cells: Sequence[Ink | None]) -> Ink:
    """Cells side by side with letter gaps, an empty cell being a space; cut to the height of the writing."""
    height = max(cell.shape[0] for cell in cells if cell is not None)
    parts: list[Ink] = []
    for cell in cells:
        if cell is None:
            parts.append(np.zeros((height, _SPACE), np.float32))
            continue
        columns = np.flatnonzero((cell > 0).any(0))
        part = cell[:, columns[0] : columns[-1] + 1]
        parts.append(np.pad(part, ((0, height - part.shape[0]), (_LETTER_GAP, _LETTER_GAP))))
    line = np.concatenate(parts, axis=1)
    rows = np.flatnonzero((line > 0.05).any(1))
    return line[rows[0] : rows[-1] + 1] if len(rows) else line


def _trimmed(cell: Ink) -> Ink:
    rows, columns = np.flatnonzero((cell > 0).any(1)), np.flatnonzero((cell > 0).any(0))
    return cell[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
