"""How often names were right, as people said: this server's own calibration, which never leaves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import sqlalchemy as sa

from korrigo.api import Copy, Identification

from .models import DecisionRow


@dataclass(frozen=True)
class Band:
    """Proposals from a confidence on: how many of them people judged, and how many were wrong."""

    least: float
    judged: int
    wrong: int

    @property
    def at_most(self) -> float:
        """The share of wrong ones is below this, with 95 % certainty (E. B. Wilson, 1927)."""
        if not self.judged:
            return 1.0
        z, share = 1.96, self.wrong / self.judged
        half = z * math.sqrt(share * (1 - share) / self.judged + z * z / (4 * self.judged**2))
        return min(1.0, (share + z * z / (2 * self.judged) + half) / (1 + z * z / self.judged))


class Measured:
    """How often proposals were right, as people said at the desks of this server."""

    def __init__(self, db, settings):
        self.db, self.threshold = db, settings["korrigo.ocr.threshold"]

    @classmethod
    def of(cls, request) -> Measured:
        return cls(request.db, request.registry.settings)

    def bands(self) -> list[Band]:
        """The surest first.  Of each copy counts the last decision that stands; a name that was only taken back is no
        judgement."""
        last: dict[str, tuple[float, bool] | None] = {}
        rows = self.db.execute(
            sa.select(DecisionRow.copy_id, DecisionRow.confidence, DecisionRow.proposed_id, DecisionRow.student_id,
                      Copy.identification)
            .join(Copy, Copy.id == DecisionRow.copy_id)
            .where(~DecisionRow.undone, DecisionRow.proposed_id.is_not(None)).order_by(DecisionRow.at))
        for copy_id, confidence, proposed, given, now in rows:
            judged = now in (Identification.MANUAL, Identification.UNKNOWN)
            last[copy_id] = (confidence, given != proposed) if judged else None
        judged = [item for item in last.values() if item is not None]
        edges = [self.threshold, self.threshold / 2, 0.0, float("-inf")]
        bands, above = [], float("inf")
        for edge in edges:
            here = [wrong for confidence, wrong in judged if edge <= confidence < above]
            bands.append(Band(edge, len(here), sum(here)))
            above = edge
        return bands

    def automatic(self) -> tuple[int, int]:
        """How many names were accepted without a person, and how many of these a person has corrected."""
        stand = self.db.scalar(sa.select(sa.func.count()).select_from(Copy).where(
            Copy.identification == Identification.AUTO)) or 0
        corrected = self.db.scalar(sa.select(sa.func.count(DecisionRow.copy_id.distinct())).where(
            ~DecisionRow.undone, DecisionRow.before == Identification.AUTO,
            DecisionRow.student_id.is_distinct_from(DecisionRow.before_student_id))) or 0
        return stand + corrected, corrected
