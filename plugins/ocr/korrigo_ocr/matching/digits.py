"""Digits that were read box by box, and how well a number or a date agrees with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from .tables import LogTable

_WRONG = 0.005
"""Share of boxes in which another digit stands than the pupil's, or nothing that a network knows."""
_LOSS = 4.5
"""Nats for each digit by which a number of another length differs from the best reading."""


class Digits(LogTable):
    """Log-probabilities of the ten digits in each box that is written in."""

    columns = 10

    @cached_property
    def text(self) -> str:
        """The best reading."""
        return "".join(map(str, self.log_probs.argmax(axis=1)))

    def log_ratios(self, candidates: Sequence[str]) -> NDArray[np.float64]:
        """How much better each number explains the boxes than any other digits do.

        One of another length is compared by its distance to the best reading: a box was left out, or one too many read.
        """
        boxes = len(self.log_probs)
        if not boxes:
            return np.zeros(len(candidates))
        gains = np.log((1 - _WRONG) * np.exp(self.log_probs) + _WRONG / 10) + math.log(10)
        lengths = np.fromiter(map(len, candidates), np.intp, len(candidates))
        fitting, others = np.flatnonzero(lengths == boxes), np.flatnonzero(lengths != boxes)
        ratios = np.empty(len(candidates))
        if len(fitting):
            written = "".join([candidates[place] for place in fitting]).encode("ascii")
            digits = np.frombuffer(written, np.uint8).reshape(-1, boxes) - ord("0")
            ratios[fitting] = gains[np.arange(boxes), digits].sum(axis=1)
        if len(others):
            distances = process.cdist([self.text], [candidates[place] for place in others],
                                      scorer=Levenshtein.distance, dtype=np.int32)[0]
            ratios[others] = gains.max(axis=1).sum() - _LOSS * distances
        return ratios
