"""Readings turned into log-ratios."""

import json
import math

import numpy as np
import pytest
from korrigo_ocr.interfaces import Reading
from korrigo_ocr.matching.evidence import MODELS, field_log_ratios
from korrigo_ocr.matching.values import CopyEvidence, EvidenceError, FieldEvidence
from ocr_builders import field

NAMES = ["MARTIN", "MARTINEZ", "DURAND"]


def test_the_nearer_name_explains_the_reading_better():
    near, far, other = field_log_ratios([field("last", "MARTlN")], NAMES)
    assert near > far > other


def test_a_field_that_was_not_read_says_nothing():
    assert np.array_equal(field_log_ratios([], NAMES), np.zeros(3))
    assert np.array_equal(field_log_ratios([field("last")], NAMES), np.zeros(3))


def test_a_crossed_out_field_never_vetoes():
    worst = field_log_ratios([field("last", "XXQWXXQWXXQW")], NAMES).min()
    assert worst == pytest.approx(math.log(MODELS["name"].garbage), abs=0.1)


def test_one_right_reading_among_several_is_enough():
    alone = field_log_ratios([field("last", "MARTIN")], NAMES)
    mixed = field_log_ratios([field("last", "MARTIN", "HQTIH")], NAMES)
    assert alone[0] > mixed[0] > alone[0] - 1


def test_digits_read_cell_by_cell_are_compared_place_by_place():
    right, shifted = field_log_ratios([field("number", digits="26?4031")], ["2624031", "6240312"])
    assert right > 10
    assert shifted < 0


def test_the_scores_of_an_engine_go_before_the_text():
    scored = FieldEvidence("last", "test", (Reading("DURAND", 0.9),), scores={"MARTIN": 9.0, "DURAND": -3.0})
    ratios = field_log_ratios([scored], NAMES)
    assert ratios[0] == pytest.approx(9.0, abs=0.1)
    assert ratios[2] < 0


def test_two_sheets_say_more_than_one():
    once = field_log_ratios([field("last", "MARTIN")], NAMES)
    assert np.allclose(field_log_ratios([field("last", "MARTIN")] * 2, NAMES), 2 * once)


def test_evidence_survives_json():
    said = CopyEvidence("7", (field("last", "MARTIN", "MARTI N"), field("number", "26?4", digits="26?4")))
    assert CopyEvidence.from_json(json.loads(json.dumps(said.to_json()))) == said


@pytest.mark.parametrize(
    "damage", [{"fields": [{"name": "age"}]}, {"fields": [{"name": "last"}]}, {"copy": "1"}]
)
def test_damaged_evidence_is_refused(damage):
    with pytest.raises(EvidenceError, match="unknown field|read the copy again"):
        CopyEvidence.from_json({"copy": "7", **damage})
