"""Whole batches, from the scan to the decisions."""

import json

import pytest
from korrigo_ocr.matching.decide import DEFAULT_THRESHOLD, identify
from korrigo_ocr.matching.sheets import group_sheets
from korrigo_ocr.matching.values import CopyEvidence

SINGLE_SHEETS = ["class-a4", "messy-a4"]


@pytest.mark.parametrize("name", SINGLE_SHEETS)
def test_every_writer_is_found_and_no_automatic_decision_is_wrong(batch, name):
    here = batch(name)
    decisions = identify(here.evidence, here.roster, threshold=DEFAULT_THRESHOLD).decisions
    right = [decision.pupil == here.writer(row) for row, decision in enumerate(decisions)]
    automatic = [decision.verdict == "auto" for decision in decisions]
    assert all(ok for ok, auto in zip(right, automatic, strict=True) if auto)
    assert sum(right) >= 0.95 * len(right)
    assert sum(automatic) >= 0.85 * len(automatic)


@pytest.mark.parametrize("name", SINGLE_SHEETS)
def test_a_writer_missing_from_the_roster_is_given_to_nobody_automatically(batch, name):
    here = batch(name)
    for row in range(0, len(here.evidence), 5):
        roster = [pupil for pupil in here.roster if pupil.id != here.writer(row)]
        decision = identify(here.evidence, roster, threshold=DEFAULT_THRESHOLD).decisions[row]
        assert decision.verdict != "auto"


def test_folded_sheets_of_one_pupil_are_joined_or_left_to_a_person(batch):
    here = batch("mock-a3")
    truth = [0 < i and here.truth[i - 1]["copy"] == row["copy"] for i, row in enumerate(here.truth)]
    joins = group_sheets(here.evidence, here.roster)
    certain = [join for join in joins if join.certain()]
    assert all(join.to_previous == truth[join.sheet_index] for join in certain)
    assert len(certain) >= 0.9 * len(joins)


def test_copies_of_joined_sheets_are_identified(batch):
    here = batch("mock-a3")
    sheets: dict[str, list[CopyEvidence]] = {}
    writers = {}
    for row, evidence in enumerate(here.evidence):
        sheets.setdefault(here.truth[row]["copy"], []).append(evidence)
        writers[here.truth[row]["copy"]] = here.writer(row)
    copies = [CopyEvidence.of_sheets(copy, parts) for copy, parts in sheets.items()]
    for decision in identify(copies, here.roster, threshold=DEFAULT_THRESHOLD).decisions:
        assert decision.pupil == writers[decision.copy]


@pytest.mark.parametrize("name", SINGLE_SHEETS)
def test_stored_evidence_decides_as_fresh_evidence_does(batch, name):
    here = batch(name)
    stored = [CopyEvidence.from_json(json.loads(json.dumps(e.to_json()))) for e in here.evidence]
    assert stored == here.evidence
    assert identify(stored, here.roster) == identify(here.evidence, here.roster)
