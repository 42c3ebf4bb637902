"""Digits written one in a box: a small network, computed with numpy alone.

Its weights are in the package; ``training/train_digits.py`` beside the package makes them (from MNIST, CC BY-SA 3.0).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from .geometry import Grey

Floats = NDArray[np.float32]

SIDE = 28
_WRITTEN = 20
_TEMPERATURE = 1.3
"""Softens what the network says: real digits are worse than those it was trained with."""


def digit_log_probs(cells: Sequence[Grey]) -> Floats:
    """Natural log of the probability of each digit, (cells, 10), for pictures of single digits, dark on white."""
    if not cells:
        return np.zeros((0, 10), np.float32)
    scores = _network(np.stack([normal(cell) for cell in cells]))[:, :10] / _TEMPERATURE
    return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)


def normal(cell: Grey) -> Floats:
    """A digit as the network knows it: bright on dark, 20 pixels at its longer side, its weight in the middle of 28."""
    ink = (255 - cell).astype(np.float32) / 255
    out = np.zeros((SIDE, SIDE), np.float32)
    written = ink > 0.2
    rows, columns = np.flatnonzero(written.any(1)), np.flatnonzero(written.any(0))
    if not len(rows):
        return out
    ink = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    ink = np.clip(ink / max(0.1, float(np.percentile(ink[ink > 0.2], 70))), 0, 1)
    scale = _WRITTEN / max(ink.shape)
    size = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    moments = cv2.moments(small)
    x, y = (round(SIDE / 2 - moments[first] / moments["m00"]) for first in ("m10", "m01"))
    x, y = min(max(x, 0), SIDE - size[0]), min(max(y, 0), SIDE - size[1])
    out[y:y + size[1], x:x + size[0]] = small
    return out


def _network(pictures: Floats) -> Floats:
    """Scores of the ten digits and of "empty", (n, 11), of (n, 28, 28)."""
    weights = _weights()
    x = pictures[None]
    for number in range(4):
        x = np.maximum(_convolved(x, weights[f"conv{number}"]) + weights[f"conv{number}_bias"][:, None, None, None], 0)
        if number % 2:
            x = np.maximum(x[:, :, ::2], x[:, :, 1::2])
            x = np.maximum(x[..., ::2], x[..., 1::2])
    x = x.transpose(1, 0, 2, 3).reshape(len(pictures), -1)
    x = np.maximum(x @ weights["dense"].T + weights["dense_bias"], 0)
    return x @ weights["last"].T + weights["last_bias"]


def _convolved(x: Floats, kernel: Floats) -> Floats:
    """(in, n, h, w) by (out, in, 3, 3), the edge padded with nothing: (out, n, h, w)."""
    channels, n, height, width = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    columns = np.empty((channels, 3, 3, n, height, width), np.float32)
    for row in range(3):
        for column in range(3):     # whole lines are copied at a time
            columns[:, row, column] = padded[:, :, row:row + height, column:column + width]
    return (kernel.reshape(len(kernel), -1) @ columns.reshape(channels * 9, -1)).reshape(-1, n, height, width)


@cache
def _weights() -> dict[str, Floats]:
    with files("korrigo_ocr").joinpath("reading", "digits.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored}
