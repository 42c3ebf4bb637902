"""What a recogniser of letters saw, step by step along a line, and how well a name agrees with that.

A recogniser that is trained with CTC (A. Graves et al., 2006) gives, for each step from left to right, a probability of
each letter and of "no new letter".  Kept instead of its text, that answers later, without the picture: how probable is
this name, which was not on the roster then?
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from .names import ALPHABET
from .tables import LogTable

Floats = NDArray[np.float64]

CLASSES = 1 + len(ALPHABET)
"""No new letter, then A-Z and 0-9."""

_NUMBER = {letter: place for place, letter in enumerate(ALPHABET, 1)}
_SURE = 0.999
"""Steps at which "no new letter" is as probable as that say nothing, but that letters stand apart."""
_SHORT_LIST = 40
_TEMPERATURE = 1.6
"""The probabilities of steps are not independent: without that, scores are far too sure."""
_PER_LETTER = 2.0
"""Nats by which writing that agrees beats arbitrary writing, for each letter."""
_LOSS = 2.6
"""Nats that each letter costs by which a name differs from the best reading, where it was not compared itself."""


class Letters(LogTable):
    """Log-probabilities of ``CLASSES`` at each step of a line."""

    columns = CLASSES

    @classmethod
    def of(cls, log_probs: NDArray[np.floating]) -> Letters:
        """From (steps, CLASSES) natural logs; steps that say nothing are left out."""
        return super().of(_without_silence(log_probs))

    @cached_property
    def text(self) -> str:
        """The best reading, folded."""
        best = self.log_probs.argmax(axis=1)
        new = np.concatenate([[True], best[1:] != best[:-1]]) & (best > 0)
        return "".join(ALPHABET[place - 1] for place in best[new])

    def log_ratios(self, candidates: Sequence[str]) -> Floats:
        """How much better each folded candidate explains the line than arbitrary writing of its length does.

        The nearest ones to the best reading are compared with all that was seen; the others are far worse, and only
        their distance is taken.
        """
        if not self.text:
            return np.zeros(len(candidates))
        given = _PER_LETTER * len(self.text)
        distances = process.cdist([self.text], candidates, scorer=Levenshtein.distance, dtype=np.int32)[0]
        ratios = given - _LOSS * distances.astype(float)
        near = np.argpartition(distances, _SHORT_LIST)[:_SHORT_LIST] if len(distances) > _SHORT_LIST \
            else np.arange(len(distances))
        near = np.array([place for place in near if candidates[place]], int)
        if len(near):
            best_path = self.log_probs.max(axis=1).sum()
            scores = _forward(self.log_probs, [candidates[place] for place in near])
            ratios[near] = given + (scores - best_path) / _TEMPERATURE
        return ratios


def _without_silence(log_probs: NDArray[np.floating]) -> NDArray[np.floating]:
    """The steps without those that repeat a sure "no new letter"."""
    silent = log_probs[:, 0] >= math.log(_SURE)
    return log_probs[~(silent & np.concatenate([[False], silent[:-1]]))]


def _forward(log_probs: Floats, words: Sequence[str]) -> Floats:
    """Log-probability of each word: the sum over all ways to write it along the steps."""
    longest = max(map(len, words))
    states = 2 * longest + 1
    labels = np.zeros((len(words), states), np.intp)
    for row, word in enumerate(words):
        labels[row, 1:2 * len(word):2] = [_NUMBER[letter] for letter in word]
    skips = np.zeros(labels.shape, bool)
    skips[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    probs = np.exp(log_probs)
    # In probabilities, scaled at each step, so that nothing is lost: logarithms of sums cost three times as much.
    paths = np.zeros(labels.shape)
    paths[:, 0], paths[:, 1] = probs[0, 0], probs[0][labels[:, 1]]
    scale = np.zeros(len(words))
    for step in probs[1:]:
        following = paths.copy()
        following[:, 1:] += paths[:, :-1]
        following[:, 2:] += np.where(skips[:, 2:], paths[:, :-2], 0.0)
        paths = following * step[labels]
        most = np.maximum(paths.max(axis=1), 1e-300)
        paths /= most[:, None]
        scale += np.log(most)
    rows, ends = np.arange(len(words)), 2 * np.array([len(word) for word in words])
    return scale + np.log(np.maximum(paths[rows, ends] + paths[rows, ends - 1], 1e-300))
