"""Are two sides the same sheet, or two sheets of the same printed form?

A *map* is a drawing on a grid of 2 mm cells: the share of each cell that is drawn. Before maps are compared,
each cell is set against its neighbours on the same row, so that ruling, and the rhythm of writing on it, do
not make strangers look alike.
"""

import base64
import math
import zlib
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from korrigo_import.scan.raster import Mask, halved, shrunk

CELL_MM = 2
_SLACK = 3
"""Cells by which two scans of a sheet may be shifted against each other (6 mm)."""

Map = NDArray[np.uint8]
Relief = NDArray[np.float32]


def map_of(drawn: Mask, width_mm: float, height_mm: float) -> Map:
    """The grid of a mask over a side of that size; 0 empty, 255 full."""
    cells = (max(1, round(width_mm / CELL_MM)), max(1, round(height_mm / CELL_MM)))
    return shrunk(halved(drawn.view(np.uint8) * np.uint8(255), 2), cells)


def pack(grid: Map) -> str:
    """A map as a short ASCII text (8 grey levels, compressed; 0.1 to 3 kB for A4)."""
    height, width = grid.shape
    levels = (grid // 32).tobytes()
    return f"{height}x{width}:" + base64.b64encode(zlib.compress(levels, 6)).decode()


def unpack(text: str) -> Map:
    """The map that :func:`pack` wrote.

    :raises ValueError: when the text is not such a map.
    """
    size, _, body = text.partition(":")
    try:
        height, width = (int(part) for part in size.split("x"))
        levels = np.frombuffer(zlib.decompress(base64.b64decode(body)), np.uint8)
        return (levels.reshape(height, width) * 32).astype(np.uint8)
    except (ValueError, zlib.error) as error:
        raise ValueError("This is not the map of a side; analyse the scan again.") from error


def turned(grid: Map) -> Map:
    """The map of the same side turned by 180 degrees."""
    return np.ascontiguousarray(grid[::-1, ::-1])


def relief(grid: Map, soft: bool = False) -> Relief:
    """The map ready for comparison: each cell against its neighbours on the same row.

    ``soft`` forgives the shift of single strokes by a cell: for the same handwriting scanned twice.
    """
    levels = np.minimum(grid, 128).astype(np.float32)
    if soft:
        levels = cv2.GaussianBlur(levels, (0, 0), 0.7)
    return levels - cv2.blur(levels, (13, 1))


def alike(one: Relief, other: Relief) -> float:
    """Correlation (-1..1) of two reliefs at the best small shift; 0.0 when there is nothing to compare."""
    height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    if min(height, width) <= 4 * _SLACK:
        return 0.0
    core = np.ascontiguousarray(one[_SLACK : height - _SLACK, _SLACK : width - _SLACK])
    field = np.ascontiguousarray(other[:height, :width])
    if not core.any() or not field.any():
        return 0.0
    best = np.fmax.reduce(cv2.matchTemplate(field, core, cv2.TM_CCOEFF_NORMED), axis=None)
    return 0.0 if math.isnan(best) else float(best)    # where the field is even, nothing is known


def promising_pairs(reliefs: Sequence[Relief], floor: float = 0.5) -> list[tuple[int, int]]:
    """Pairs (i < j) that may be alike, from one matrix product over coarse reliefs of one common size.

    A pair that is really alike scores 0.75 to 0.95 here, also after a shift of a few millimetres.
    """
    if len(reliefs) < 2:
        return []
    rows = np.array([_coarse(item) for item in reliefs])
    scores = np.triu(rows @ rows.T, 1)
    return [(int(i), int(j)) for i, j in np.argwhere(scores > floor)]


def _coarse(item: Relief) -> NDArray[np.float32]:
    soft = cv2.resize(cv2.GaussianBlur(item, (0, 0), 2.5), (26, 37), interpolation=cv2.INTER_AREA).ravel()
    soft = soft - soft.mean()
    return soft / (float(np.linalg.norm(soft)) + 1e-3)
