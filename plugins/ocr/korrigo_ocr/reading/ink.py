"""From grey paper to ink: the steps that everything else stands on.

All lengths are pixels at working scale (200 dpi). *Ink* is a float picture, 0 = paper, 1 = black; a *mask* is uint8,
0 or 1. Each step says which trouble of real scans it is there for.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .geometry import Grey

Ink = NDArray[np.float32]
Mask = NDArray[np.uint8]

_SHADOW_TILE = 175
_SHADOW_MIN, _SHADOW_MAX = 0.06, 0.42
_DARKEST_PAPER = 60
_RULE_LENGTH = 90
_STAND_HEIGHT = 46
_CROSSING = 7
_DOT_SIZE = 8
_DOTS_IN_A_RULE = 8


def ink_strength(grey: Grey, scale: float = 1.0) -> Ink:
    """Divide by the paper: shadows of the lid, grey paper and dirty glass disappear, ink keeps its strength.

    The paper under the ink is guessed by a wide and flat closing: wide enough to close over a word, flat enough to
    follow the dark band of a fold. What is left of such bands is the same over a whole row, so the row's median,
    tile by tile, is taken off; printed rules are darker than any shadow and are spared.

    ``scale``: of the picture, against the working scale.
    """
    shrink = 1 / (3 * scale)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 39), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), 2.7)
    paper = cv2.max(cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR), _DARKEST_PAPER)
    ink = cv2.divide(grey, paper, dtype=cv2.CV_32F)
    np.subtract(1, ink, out=ink)
    return _without_bands(np.maximum(ink, 0, out=ink), scale)


def _without_bands(ink: Ink, scale: float) -> Ink:
    height, width = ink.shape
    tiles = max(1, int(width // (_SHADOW_TILE * scale)))
    if tiles == 1:
        return ink
    columns = [part[:: round(8 * scale)] for part in np.array_split(np.arange(width), tiles)]
    sample = ink[:, np.concatenate(columns)]
    starts = np.cumsum([0, *map(len, columns)])
    # Most pictures have no band at all: counting says so in a fifth of the time of medians.
    dark = np.add.reduceat((sample > _SHADOW_MIN).view(np.uint8), starts[:-1], axis=1, dtype=np.intp)
    if not (2 * dark >= np.diff(starts)).any():
        return ink
    rows = [np.median(sample[:, start:end], axis=1) for start, end in pairwise(starts)]
    band = np.stack([np.where(row < _SHADOW_MAX, row, 0) for row in rows], axis=1).astype(np.float32)
    if band.max() <= _SHADOW_MIN:
        return ink
    return np.clip(ink - cv2.resize(band, (width, height), interpolation=cv2.INTER_LINEAR), 0, 1)


def strong_ink(ink: Ink) -> Mask:
    """Otsu's threshold, kept between 9 and 35 % so that an empty field does not turn to noise."""
    levels = (ink * 255).astype(np.uint8)
    threshold, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    return (levels > np.clip(threshold, 22, 90)).astype(np.uint8)


def written_ink(ink: Ink) -> Mask:
    """What a hand wrote: printed rules removed, faint pencil kept.

    Otsu's threshold over a field with a dark printed frame falls between frame and pencil and erases the pencil. So
    the rules are found with it, then a second threshold, six times the noise of the paper, is taken away from the
    rules; its specks are dropped unless part of them is clearly darker (hysteresis). A dotted rule goes last.
    """
    strong = strong_ink(ink)
    without = remove_rules(strong)
    rules = cv2.dilate(((strong == 1) & (without == 0)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    smooth = cv2.GaussianBlur(np.where(rules, np.float32(0), ink), (0, 0), 0.8)
    threshold = 6 * noise_of(smooth)
    mask = (smooth > threshold).astype(np.uint8)
    mask = cv2.bitwise_or(_with_a_peak(mask, smooth, 1.7 * threshold), without)
    if rules.any():
        mask = remove_rules(mask)
    return remove_dotted_rule(mask)


def noise_of(smooth: Ink) -> float:
    """Spread of the paper (robust standard deviation), kept where six times it is a sensible threshold."""
    sample = smooth[::3, ::3]
    spread = 1.4826 * float(np.median(np.abs(sample - np.median(sample))))
    return float(np.clip(spread, 0.0085, 0.04))


def _with_a_peak(mask: Mask, ink: Ink, peak: float) -> Mask:
    """The connected parts of ``mask`` whose darkest pixel is above ``peak``."""
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    dark = np.zeros(count, bool)
    dark[labels[ink > peak]] = True
    dark[0] = False
    return dark[labels].astype(np.uint8)


def rules_of(mask: Mask, length: int, height: int) -> tuple[Mask, Mask]:
    """Long straight printed strokes: (lying at least ``length`` px, standing at least ``height`` px).

    The lying ones may climb a pixel here and there, as rules on a slightly turned page do.
    """
    thick = cv2.dilate(mask, np.ones((2, 1), np.uint8))
    lying = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    if mask.shape[0] <= height:
        return lying, np.zeros_like(mask)
    wide = cv2.dilate(mask, np.ones((1, 2), np.uint8))
    return lying, cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((height, 1), np.uint8))


def remove_rules(mask: Mask) -> Mask:
    """Take printed rules out; strokes of letters that cross them are kept.

    A pixel of a rule belongs to a letter when there is ink just above and just below the rule.
    """
    lying, standing = rules_of(mask, _RULE_LENGTH, _STAND_HEIGHT)
    rules = cv2.dilate(lying, np.ones((3, 7), np.uint8)) | cv2.dilate(standing, np.ones((7, 3), np.uint8))
    out = mask & (1 - rules)
    column = np.ones((_CROSSING, 1), np.uint8)
    above = cv2.dilate(out, column, anchor=(0, _CROSSING - 1))
    below = cv2.dilate(out, column, anchor=(0, 0))
    return out | (rules & mask & above & below)


def remove_dotted_rule(mask: Mask) -> Mask:
    """Drop the dots of a dotted rule: small blobs that line up along one nearly level line."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    small = (stats[:, 2] <= _DOT_SIZE) & (stats[:, 3] <= _DOT_SIZE)
    small[0] = False
    dots = np.flatnonzero(small)
    if len(dots) < _DOTS_IN_A_RULE:
        return mask
    best_count, best_rule = 0, np.array([], int)
    bases = np.arange(0, mask.shape[0], 2)
    for slope in np.linspace(-0.02, 0.02, 9):
        level = centres[dots, 1] - slope * centres[dots, 0]
        ordered = np.sort(level)
        counts = np.searchsorted(ordered, bases + 3, "right") - np.searchsorted(ordered, bases - 3, "left")
        most = int(counts.argmax())
        if counts[most] > best_count:
            best_count, best_rule = int(counts[most]), dots[np.abs(level - bases[most]) <= 3]
    if best_count < _DOTS_IN_A_RULE:
        return mask
    gone = np.zeros(count, bool)
    gone[best_rule] = True
    return np.where(gone[labels], 0, mask).astype(np.uint8)
