"""Which consecutive sheets belong to one copy, when every sheet repeats the header.

A pass over the sheets in scan order (forward-backward, as for a hidden Markov chain): the hidden state is who wrote
the sheet, a pupil of the roster or somebody else. Going on with the same pupil means the same copy; changing the
pupil means a new one. The evidence of a sheet alone is often poor, so neighbours are also compared with each other:
what was read in the same field. How alike two sheets of *different* pupils are is
taken from the batch itself, since candidate numbers of one session have most digits in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from .likeness import pair_log_ratios
from .roster import RosterIndex
from .scores import score_table
from .values import CERTAIN, CopyEvidence, Pupil

Floats = NDArray[np.float64]

DEFAULT_JOIN_THRESHOLD = 3.0
"""Confidence (nats) below which a join, or its absence, should be looked at by a person."""

_SAME_COPY = 0.3
_BARE_SHEET = 2.0


@dataclass(frozen=True)
class Join:
    """Whether a sheet goes on with the copy of the sheet before it.

    ``confidence`` is the log-odds of that answer against the other one, never negative. The first sheet starts a
    copy for certain.
    """

    sheet_index: int
    to_previous: bool
    confidence: float

    def certain(self, threshold: float = DEFAULT_JOIN_THRESHOLD) -> bool:
        """Whether no person needs to look."""
        return self.confidence >= threshold


def group_sheets(sheets: Sequence[CopyEvidence], roster: Sequence[Pupil]) -> tuple[Join, ...]:
    """Join the sheets of each pupil; ``sheets`` in scan order, each pupil's sheets one after the other."""
    if not sheets:
        return ()
    index = RosterIndex(roster)
    emission = np.concatenate([score_table(sheets, index), np.zeros((len(sheets), 1))], axis=1)
    bare = np.array([not sheet.says_something for sheet in sheets[1:]])
    # Nobody begins a copy without a name on purpose, but many leave it out on the second sheet.
    likeness = np.where(bare, _BARE_SHEET, pair_log_ratios(sheets))
    log_odds = _join_log_odds(emission, likeness)
    joins = [Join(0, False, CERTAIN)]
    for i, odds in enumerate(log_odds, start=1):
        joins.append(Join(i, bool(odds > 0), round(min(CERTAIN, abs(float(odds))), 3)))
    return tuple(joins)


def _join_log_odds(emission: Floats, likeness: Floats) -> Floats:
    """Log-odds of "same copy" between each sheet and the one before, given all sheets: shape (sheets - 1,).

    ``emission`` (sheets, pupils + 1) holds log-ratios of each writer, the last column being "somebody else";
    ``likeness`` (sheets - 1,) log-ratios of "one writer" from comparing neighbours directly. A pupil of the roster
    has one copy only, so staying with a pupil is always a join; two sheets by somebody else may be two copies.
    """
    count, writers = emission.shape
    stay = np.log(_SAME_COPY) + likeness
    change = np.log(1 - _SAME_COPY)
    leave = np.full((writers, writers), change - np.log(max(1, writers - 1)))
    np.fill_diagonal(leave, -np.inf)
    leave[-1, -1] = change - np.log(max(1, writers - 1))

    forward = np.zeros_like(emission)
    backward = np.zeros_like(emission)
    forward[0] = emission[0] - np.log(writers)
    for i in range(1, count):
        moved = logsumexp(forward[i - 1][:, None] + leave, axis=0)
        forward[i] = emission[i] + np.logaddexp(forward[i - 1] + stay[i - 1], moved)
    for i in range(count - 2, -1, -1):
        ahead = emission[i + 1] + backward[i + 1]
        backward[i] = np.logaddexp(stay[i] + ahead, logsumexp(leave + ahead[None, :], axis=1))

    odds = np.zeros(count - 1)
    for i in range(1, count):
        ahead = emission[i] + backward[i]
        joined = logsumexp(forward[i - 1] + stay[i - 1] + ahead)
        parted = logsumexp(forward[i - 1][:, None] + leave + ahead[None, :])
        odds[i - 1] = joined - parted
    return odds
