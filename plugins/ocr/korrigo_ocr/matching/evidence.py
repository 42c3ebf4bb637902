"""From readings to log-ratios: how much better each pupil explains a field than "somebody or garbage" does.

An engine of letter probabilities is asked for each name (`letters`), boxes of digits for each number (`digits`). A
text-only engine is scored by weighted edit distance: each letter that agrees is worth `gain`, each unit of
distance costs `loss`. Every field is then floored by a garbage mixture, so that one crossed-out or swapped field
never vetoes the right pupil.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..interfaces import Kind, Reading
from .distance import EditCosts, distances
from .names import fold
from .values import CODE_READER, KINDS, FieldEvidence

Floats = NDArray[np.float64]

_CEILING = 40.0
_ITS_CODE, _NOT_ITS_CODE = 18.0, -6.0
"""Nats for the pupil whose number a code holds, and against others: codes are read right, but sheets are swapped."""
_WORD = re.compile(r"[^\W_]+")


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

def text_log_ratios(text: str, candidates: Sequence[str], kind: Kind) -> Floats:
    """Log-ratio of each folded candidate for one reading; zeros when nothing was read."""
    folded = fold(text)
    if kind in ("number", "date"):
        folded = "".join(c for c in folded if c.isdigit())
    return _log_ratios(folded, candidates, MODELS[kind])


def _log_ratios(folded: str, candidates: Sequence[str], model: KindModel) -> Floats:
    if not folded:
        return np.zeros(len(candidates))
    return model.gain * len(folded) - model.loss * distances(folded, candidates, model.costs)


class TextScoring:
    """The `IReader.score` of an engine that only gives text: read, then compare by weighted edit distance."""

    read_many: Callable[..., list[tuple[Reading, ...]]]

    def score(self, image: NDArray[np.uint8], candidates: Sequence[str], kind: Kind = "name") -> list[float]:
        """Log-ratios of the folded ``candidates`` for the alternative readings of the picture."""
        (readings,) = self.read_many([image], kind)
        return [float(value) for value in _mixture(readings, candidates, kind)]


def _mixture(readings: Sequence[Reading], candidates: Sequence[str], kind: Kind) -> Floats:
    """Alternative readings of the same ink are not independent: one of them is right, so they are mixed."""
    said = [reading for reading in readings if reading.letters or fold(reading.text)]
    if not said:
        return np.zeros(len(candidates))
    ratios = [reading.letters.log_ratios(candidates) if reading.letters else
              text_log_ratios(reading.text, candidates, kind) for reading in said]
    return np.logaddexp.reduce(ratios) - math.log(len(said))


def _code_log_ratios(codes: Sequence[str], candidates: Sequence[str]) -> Floats:
    """A code holds a number as a whole or as one of its words; one that holds no number of the list says nothing."""
    words = {fold(word) for code in codes for word in (code, *_WORD.findall(code))} - {""}
    meant = np.array([candidate in words for candidate in candidates], bool)
    if not meant.any():
        return np.zeros(len(candidates))
    others = np.where([bool(candidate) for candidate in candidates], _NOT_ITS_CODE, 0.0)
    return np.where(meant, _ITS_CODE, others)


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
    if evidence.engine == CODE_READER:
        return _code_log_ratios([reading.text for reading in evidence.readings], candidates)
    kind = KINDS[evidence.name]
    ratios = evidence.digits.log_ratios(candidates) if evidence.digits else _mixture(
        evidence.readings, candidates, kind)
    if evidence.scores:
        ratios = np.array([evidence.scores.get(c, r) for c, r in zip(candidates, ratios, strict=True)])
    garbage = MODELS[kind].garbage
    return np.logaddexp(math.log(garbage), math.log(1 - garbage) + np.minimum(ratios, _CEILING))
