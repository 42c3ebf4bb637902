"""Deciding a batch: who wrote each copy, and which decisions need no person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .assign import NOBODY, assign, confidences
from .roster import RosterIndex
from .scores import score_table
from .values import CERTAIN, BatchDecision, Candidate, CopyEvidence, Decision, Pupil, Reason, Verdict

DEFAULT_THRESHOLD = 8.0
"""Confidence (nats) from which a decision is automatic.

Fitted with Tesseract on covers whose writer is missing from the roster, where the nearest pupil takes the place."""

STRAY = 5.0
"""Nats by which somebody else must explain a sheet of a copy better, for a person to look at it."""

_CANDIDATES = 5


class BatchError(ValueError):
    """The batch cannot be decided as given; the message says which copy or pupil is wrong."""


def identify(
    copies: Sequence[CopyEvidence],
    roster: Sequence[Pupil],
    *,
    threshold: float = DEFAULT_THRESHOLD,
    fixed: Mapping[str, str | None] | None = None,
    absent: Collection[str] = (),
    beside: Mapping[str, Mapping[str, float]] | None = None,
) -> BatchDecision:
    """Assign the copies of one exam to the pupils of its roster, one to one.

    ``fixed`` are decisions of persons, copy id to pupil id (None = nobody of the roster): they are kept, and their
    pupils, on this roster or not, are free for no other copy. ``absent`` are ids of pupils who cannot have a copy.
    ``beside`` is what speaks for pupils beside the headers: copy id, pupil id, log-ratio.
    The result does not depend on the order of copies or pupils. Raises `BatchError` when ids clash.
    """
    fixed = dict(fixed or {})
    _check(copies, fixed)
    index = RosterIndex(roster)
    ordered = sorted(copies, key=lambda copy: copy.copy)
    table = score_table(ordered, index)
    for row, copy in enumerate(ordered):
        for pupil, ratio in (beside or {}).get(copy.copy, {}).items():
            if (column := index.place_of(pupil)) is not None:
                table[row, column] += ratio

    barred = {*absent, *(pupil for pupil in fixed.values() if pupil is not None)}
    open_rows = [i for i, copy in enumerate(ordered) if copy.copy not in fixed]
    open_columns = [j for j, pupil in enumerate(index.pupils) if pupil.id not in barred]
    scores = table[np.ix_(open_rows, open_columns)]
    chosen = assign(scores)
    losses = confidences(scores, chosen)

    judge = _Judge(table, index, threshold, open_columns)
    decided: dict[str, Decision] = {}
    for k, row in enumerate(open_rows):
        column = open_columns[chosen[k]] if chosen[k] != NOBODY else None
        decided[ordered[row].copy] = judge.decision(ordered[row], row, column, float(losses[k]))
    for row, copy in enumerate(ordered):
        if copy.copy in fixed:
            decided[copy.copy] = judge.decision_of_a_person(copy, row, fixed[copy.copy])
    return BatchDecision(tuple(decided[copy.copy] for copy in copies))


@dataclass(frozen=True)
class _Judge:
    """Turns assigned cells into decisions."""

    table: NDArray[np.float64]
    index: RosterIndex
    threshold: float
    open_columns: Sequence[int]

    def decision(self, copy: CopyEvidence, row: int, column: int | None, confidence: float) -> Decision:
        """The decision for an open copy, with the reason why it is not automatic."""
        reason = self._doubt(copy, row, column, confidence)
        verdict: Verdict = "none" if column is None else "review" if reason else "auto"
        pupil = None if column is None else self.index.pupils[column].id
        confidence = round(min(CERTAIN, confidence), 3)
        strays = self._strays(copy, column)
        return Decision(copy.copy, pupil, confidence, verdict, self._proposed(row, self.open_columns), reason, strays)

    def decision_of_a_person(self, copy: CopyEvidence, row: int, pupil: str | None) -> Decision:
        """A manual decision, as it was made."""
        proposed = self._proposed(row, range(len(self.index)))
        return Decision(copy.copy, pupil, CERTAIN, "auto" if pupil else "none", proposed)

    def _doubt(self, copy: CopyEvidence, row: int, column: int | None, confidence: float) -> Reason:
        if not copy.says_something:
            return "empty"
        if column is None:
            return "nobody"
        if self._strays(copy, column):
            return "sheets"
        if confidence < self.threshold:
            return "low"
        # The batch may leave only one of two namesakes free; the cover itself must tell them apart.
        own = self.table[row, column]
        close = any(own - self.table[row, other] < self.threshold for other in self.index.namesakes[column])
        return "namesake" if close else ""

    def _strays(self, copy: CopyEvidence, column: int | None) -> tuple[int, ...]:
        """The sheets of a copy that another pupil, or a stranger, explains better than this one."""
        if column is None or not copy.sheets:
            return ()
        table = score_table(copy.sheets, self.index)
        own = table[:, column].copy()
        table[:, column] = 0.0      # what nobody of the roster gets
        return tuple(int(place) for place in np.flatnonzero(table.max(axis=1) - own >= STRAY))

    def _proposed(self, row: int, columns: Sequence[int]) -> tuple[Candidate, ...]:
        best = sorted(columns, key=lambda j: (-self.table[row, j], j))[:_CANDIDATES]
        return tuple(Candidate(self.index.pupils[j].id, round(float(self.table[row, j]), 3)) for j in best)


def _check(copies: Sequence[CopyEvidence], fixed: Mapping[str, str | None]) -> None:
    ids = [copy.copy for copy in copies]
    if len(set(ids)) < len(ids):
        raise BatchError("two copies of the batch have the same id: give each copy its own")
    given = [pupil for pupil in fixed.values() if pupil is not None]
    twice = sorted({pupil for pupil in given if given.count(pupil) > 1})
    if twice:
        raise BatchError(
            f"decided by hand for two copies each: {', '.join(twice)}; take one of the decisions back"
        )
