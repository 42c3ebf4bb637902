"""From readings to log-ratios: how much better each pupil explains a field than "somebody or garbage" does.

A text-only engine is scored by weighted edit distance: each letter that agrees is worth `gain`, each unit of
distance costs `loss`. Every field is then floored by a garbage mixture, so that one crossed-out or swapped field
never vetoes the right pupil.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Kind, Reading
from .distance import UNREAD, EditCosts, distances
from .names import fold
from .values import KINDS, FieldEvidence

Floats = NDArray[np.float64]

_CEILING = 40.0


@dataclass(frozen=True)
class KindModel:
    """How far readings of one kind can be trusted, in nats.

    ``gain`` per letter read, ``loss`` per unit of edit distance, ``garbage`` the share of fields whose reading has
    nothing to do with the pupil.
    """

    gain: float
    loss: float
    garbage: float
    costs: EditCosts = EditCosts()


MODELS: dict[Kind, KindModel] = {
    "name": KindModel(1.7, 2.8, 0.02, EditCosts(0.8, 1.0)),
    "number": KindModel(1.7, 2.9, 0.03, EditCosts(1.0, 1.0)),
    "date": KindModel(1.7, 2.9, 0.03, EditCosts(1.0, 1.0)),
    "class": KindModel(0.8, 1.4, 0.2),
}

CELLS = KindModel(2.15, 4.1, 0.03)
"""Digits read cell by cell: 87 % of those read are right, and their places are certain."""

CELLS_TRUST = 0.9
"""Weight of the cells against the same field read as a line."""


def text_log_ratios(text: str, candidates: Sequence[str], kind: Kind) -> Floats:
    """Log-ratio of each folded candidate for one reading; zeros when nothing was read."""
    folded = fold(text)
    if kind in ("number", "date"):
        folded = "".join(c for c in folded if c.isdigit())
    return _log_ratios(folded, candidates, MODELS[kind])


def _log_ratios(folded: str, candidates: Sequence[str], model: KindModel) -> Floats:
    read = len(folded) - folded.count(UNREAD)
    if not read:
        return np.zeros(len(candidates))
    return model.gain * read - model.loss * distances(folded, candidates, model.costs)


def _cell_log_ratios(cells: str, candidates: Sequence[str]) -> Floats:
    """Place by place where a candidate has as many digits as cells were written in; by edit distance otherwise."""
    fitting = np.array([len(candidate) == len(cells) for candidate in candidates], bool)
    ratios = np.zeros(len(candidates))
    others = [candidate for candidate in candidates if len(candidate) != len(cells)]
    ratios[~fitting] = _log_ratios(cells, others, CELLS)
    if fitting.any():
        read = np.array(list(cells))
        legible = read != UNREAD
        digits = np.array([list(candidate) for candidate in candidates if len(candidate) == len(cells)])
        wrong = (digits[:, legible] != read[legible]).sum(axis=1)
        ratios[fitting] = CELLS.gain * legible.sum() - CELLS.loss * wrong
    return ratios


class TextScoring:
    """The `IReader.score` of an engine that only gives text: read, then compare by weighted edit distance."""

    read_many: Callable[..., list[tuple[Reading, ...]]]

    def score(self, image: NDArray[np.uint8], candidates: Sequence[str], kind: Kind = "name") -> list[float]:
        """Log-ratios of the folded ``candidates`` for the alternative readings of the picture."""
        (readings,) = self.read_many([image], kind)
        return [float(value) for value in _mixture([r.text for r in readings], candidates, kind)]


def _mixture(texts: Sequence[str], candidates: Sequence[str], kind: Kind) -> Floats:
    """Alternative readings of the same ink are not independent: one of them is right, so they are mixed."""
    said = [text for text in texts if fold(text)]
    if not said:
        return np.zeros(len(candidates))
    return np.logaddexp.reduce([text_log_ratios(text, candidates, kind) for text in said]) - math.log(
        len(said)
    )


def field_log_ratios(evidence: Sequence[FieldEvidence], candidates: Sequence[str]) -> Floats:
    """Log-ratio of each folded candidate for one field, 0 everywhere when it says nothing.

    The field is given once, or once for each sheet that repeats the header: sheets are written anew, so what they
    say is added, each floored by itself.
    """
    total = np.zeros(len(candidates))
    for one in evidence:
        if one.says_something:
            total += _floored_log_ratios(one, candidates)
    return total


def _floored_log_ratios(evidence: FieldEvidence, candidates: Sequence[str]) -> Floats:
    kind = KINDS[evidence.name]
    ratios = _mixture([reading.text for reading in evidence.readings], candidates, kind)
    if evidence.cells.strip(UNREAD):
        by_cell = _cell_log_ratios(evidence.cells, candidates)
        ratios = np.logaddexp(math.log(CELLS_TRUST) + by_cell, math.log(1 - CELLS_TRUST) + ratios)
    if evidence.scores:
        ratios = np.array([evidence.scores.get(c, r) for c, r in zip(candidates, ratios, strict=True)])
    garbage = MODELS[kind].garbage
    return np.logaddexp(math.log(garbage), math.log(1 - garbage) + np.minimum(ratios, _CEILING))
