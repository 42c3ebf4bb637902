"""The decisions of a whole batch, made in a child: numpy and SciPy are loaded there alone, and given back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from korrigo.api import sandbox

from .matching.values import BatchDecision, CopyEvidence, Pupil

#: Copy id -> what each of its headers says, as ``CopyEvidence.to_json`` writes it.
Stored = Mapping[str, Sequence[Mapping[str, Any]]]

PRELOAD = ("korrigo_ocr.matching.decide", "korrigo_ocr.matching.sheets")


def decide(evidence: Stored, pupils: Sequence[Pupil], threshold: float, fixed: Mapping[str, str | None],
           absent: Collection[str], beside: Mapping[str, Mapping[str, float]]) -> BatchDecision:
    """See ``matching.decide.identify``."""
    return sandbox.run(decide_in_child, dict(evidence), list(pupils), threshold, dict(fixed), set(absent), dict(beside),
                       limits=_limits(len(evidence)), preload=PRELOAD)


def joins(evidence: Stored, pupils: Sequence[Pupil]) -> list[bool]:
    """For each copy whether it is, for certain, another sheet of the copy before it."""
    return sandbox.run(joins_in_child, dict(evidence), list(pupils), limits=_limits(len(evidence)), preload=PRELOAD)


def _limits(copies: int) -> sandbox.Limits:
    return sandbox.Limits(memory_mb=2048, cpu_s=60 + copies / 2, wall_s=120 + copies)


def decide_in_child(evidence, pupils, threshold, fixed, absent, beside) -> BatchDecision:
    """In the child."""
    from .matching.decide import identify

    return identify(_read(evidence), pupils, threshold=threshold, fixed=fixed, absent=absent, beside=beside)


def joins_in_child(evidence, pupils) -> list[bool]:
    """In the child."""
    from .matching.sheets import group_sheets

    return [join.to_previous and join.certain() for join in group_sheets(_read(evidence), pupils)]


def _read(evidence: Stored) -> list[CopyEvidence]:
    return [CopyEvidence.of_sheets(copy, [CopyEvidence.from_json(sheet) for sheet in sheets])
            for copy, sheets in evidence.items()]
