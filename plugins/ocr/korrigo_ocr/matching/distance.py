"""Weighted edit distance from one text to every name of a list at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .names import ALPHABET

Floats = NDArray[np.float64]

_CODES = {letter: code + 1 for code, letter in enumerate(ALPHABET)}
_PADDING = 0


@dataclass(frozen=True)
class EditCosts:
    """What it costs to turn a reading into a name, in units of one letter read as another."""

    missed: float = 0.8
    invented: float = 0.8


def distances(text: str, names: Sequence[str], costs: EditCosts) -> Floats:
    """The least cost of turning ``text`` into each of ``names``, all folded: shape (len(names),).

    ``missed`` is a letter of the name that the reading lacks, ``invented`` one that only the reading has.
    """
    if not names:
        return np.zeros(0)
    lengths = np.array([len(name) for name in names])
    codes = np.full((len(names), max(1, int(lengths.max()))), _PADDING)
    for row, name in enumerate(names):
        codes[row, : len(name)] = [_CODES[letter] for letter in name]
    missed = np.arange(codes.shape[1] + 1) * costs.missed
    row = np.tile(missed, (len(names), 1))
    for letter in text:
        swap = (codes != _CODES[letter]).astype(float)
        following = np.empty_like(row)
        following[:, 0] = row[:, 0] + costs.invented
        following[:, 1:] = np.minimum(row[:, 1:] + costs.invented, row[:, :-1] + swap)
        # A run of missed letters: the running minimum along the name replaces a loop over its places.
        row = np.minimum.accumulate(following - missed, axis=1) + missed
    return row[np.arange(len(names)), lengths]
