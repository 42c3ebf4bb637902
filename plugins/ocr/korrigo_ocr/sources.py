"""Evidence beside the writing is an extension point: what plugins know of a copy is added to what its header says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from korrigo.api import contained, register, table, verified

from .interfaces import LARGEST, IEvidence

CATEGORY = "korrigo evidence"

Ratios = dict[str, dict[str, float]]
"""Copy id -> pupil id -> log-ratio."""


def add_korrigo_evidence(config, evidence):
    """Add a source of evidence (:class:`korrigo_ocr.interfaces.IEvidence`) under its name."""
    evidence = verified(config, IEvidence, evidence, "the evidence")
    register(config, CATEGORY, evidence.name, evidence,
             lambda: table(config.registry, CATEGORY).__setitem__(evidence.name, evidence))


def gathered(request, exam_id: str, copies: Sequence[str], pupils: Sequence[str]) -> Ratios:
    """What all sources say together; one that raises says nothing."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    known, expected = set(copies), set(pupils)
    for name, evidence in table(request.registry, CATEGORY).items():
        said = {}
        with contained(request.registry, CATEGORY, name, request=request):
            said = {(copy, pupil): min(LARGEST, max(-LARGEST, float(ratio)))
                    for copy, ratios in evidence.log_ratios(request, exam_id, copies, pupils).items()
                    for pupil, ratio in ratios.items()}
        for (copy, pupil), ratio in said.items():
            if copy in known and pupil in expected:
                found[copy][pupil] = found[copy].get(pupil, 0.0) + ratio
    return dict(found)
