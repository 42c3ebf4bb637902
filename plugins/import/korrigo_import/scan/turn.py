"""Does writing stand upright? Evidence from the layout of a side and from the shape of its text lines.

Each clue is a number that changes its sign when the side is turned by 180 degrees, positive on an upright
side; their weighted sum is a log-odds. Nothing is read and no language but a left-to-right one is assumed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from korrigo_import.scan.ink import Drawing
from korrigo_import.scan.raster import PX_PER_MM, Mask, px, runs, share_of


@dataclass(frozen=True)
class TextLine:
    """One line of writing: rows ``top`` to ``foot`` hold its core (the small letters), columns in pixels."""

    top: int
    foot: int
    left: int
    right: int


@dataclass(frozen=True)
class Clues:
    """What speaks for upright (positive) or upside down (negative); 0.0 = silent.

    ``fill``: the page fills from its top. ``starts``: lines begin
    at one place and end anywhere. ``strokes``: more strokes reach above the small letters than below.
    """

    fill: float
    starts: float
    strokes: float

    def log_odds(self) -> float:
        """Natural log-odds that the side is upright, the margin left out: its side is settled over the pile."""
        return 3.0 * self.fill + 2.0 * self.starts + 10.0 * self.strokes


def clues(drawing: Drawing, lines: list[TextLine]) -> Clues:
    """The clues of one side and its :func:`text_lines`."""
    height = drawing.shape[0]
    if not lines:
        return Clues(0.0, 0.0, 0.0)
    return Clues(
        fill=(height - lines[-1].foot - lines[0].top) / height,
        starts=_starts(lines),
        strokes=_strokes(drawing.ink, lines),
    )


def printed(drawing: Drawing, lines: list[TextLine]) -> float:
    """0..1: how much the strokes look like print: letters that stand on exact lines, either way up."""
    _, top, width, height, _ = drawing.strokes.T
    letter = (height >= px(1.25)) & (width <= 15 * PX_PER_MM)
    counted = 0
    exact = {"feet": 0, "heads": 0}
    for line in lines:
        here = letter & (top >= line.top - 2 * PX_PER_MM) & (top + height <= line.foot + 2 * PX_PER_MM)
        if here.sum() < 6:
            continue
        counted += int(here.sum())
        for name, ends in (("feet", top[here] + height[here]), ("heads", top[here])):
            exact[name] += int((np.abs(ends - np.bincount(ends).argmax()) <= 1).sum())
    if counted < 20:
        return 0.0
    return float(np.clip((max(exact.values()) / counted - 0.5) / 0.35, 0.0, 1.0))


def text_lines(ink: Mask) -> list[TextLine]:
    """The lines of writing from top to bottom."""
    profile = _smooth(share_of(ink, 1) * ink.shape[1], PX_PER_MM // 2 + 1)
    busy = profile[profile > 2 * PX_PER_MM]
    if busy.size == 0:
        return []
    level = _smooth(profile, 10 * PX_PER_MM)
    cores = runs(profile > np.maximum(level, 0.3 * float(np.median(busy))))
    lines = []
    for top, foot in cores:
        if not PX_PER_MM * 0.7 <= foot - top <= 8 * PX_PER_MM:
            continue
        columns = np.flatnonzero(_smooth(ink[top:foot].any(axis=0).astype(float), 3 * PX_PER_MM) > 0.2)
        if columns.size and columns[-1] - columns[0] > 8 * PX_PER_MM:
            lines.append(TextLine(top, foot, int(columns[0]), int(columns[-1])))
    return lines


def _starts(lines: list[TextLine]) -> float:
    """How much better the left ends agree than the right ends."""
    if len(lines) < 3:
        return 0.0
    left, right = (_spread([getattr(line, end) for line in lines]) for end in ("left", "right"))
    return float(np.log((right + PX_PER_MM) / (left + PX_PER_MM)))


def _spread(places: list[int]) -> float:
    values = np.array(places, float)
    return float(np.median(np.abs(values - np.median(values))))


def _strokes(ink: Mask, lines: list[TextLine]) -> float:
    """Balance of the ink above and below the cores of the lines, -1..1."""
    above = below = 0.0
    for line in lines:
        columns = slice(line.left, line.right + 1)
        near = max(0, line.top - 2 * PX_PER_MM)
        profile = share_of(ink[near : line.foot + 2 * PX_PER_MM, columns], 1)
        core = np.flatnonzero(profile > 0.5 * profile.max())
        top, foot = near + int(core[0]), near + int(core[-1]) + 1
        reach = max(3, foot - top)
        above += np.count_nonzero(ink[max(0, top - reach) : top, columns])
        below += np.count_nonzero(ink[foot : foot + reach, columns])
    return (above - below) / (above + below + 1.25 * PX_PER_MM**2)


def _smooth(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return np.convolve(values, np.ones(size) / size, mode="same")
