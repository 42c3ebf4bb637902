"""The custom grader of the guide: with plain values, and among the others."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_example_grader.grader import Numeric, NumericGrader
from korrigo_grading.graders import graders
from korrigo_grading.public import Answer, Question

PACKAGE = Path(__file__).resolve().parents[3] / "plugins" / "example_grader"
QUESTION = Question("f" * 32, "1", points=Decimal("2.5"))


def proposed(typed: str, **settings):
    config = Numeric(**{"expected": "9,81", "tolerance": "0,02", **settings})
    return NumericGrader().propose(Answer("copy", typed=typed), QUESTION, config)


@pytest.mark.parametrize(("typed", "points"), [
    ("9.81", "2.5"), ("9,81", "2.5"), ("  9,83", "2.5"), ("9.79", "2.5"), ("981e-2", "2.5"),
    ("9.831", 0), ("-9.81", 0), ("0", 0), ("98,1", 0)])
def test_a_number_gets_all_points_within_the_tolerance_and_none_outside(typed, points):
    assert proposed(typed).points == Decimal(points)


@pytest.mark.parametrize("typed", ["", " ", "ten", "9.81 m/s²", "9,8,1", "1/3", "NaN", "sNaN"])
def test_what_is_no_number_is_left_to_a_person(typed):
    assert proposed(typed) is None


def test_a_near_miss_is_less_certain_than_a_far_one():
    near, far = proposed("9.9"), proposed("12")
    assert near.points == far.points == 0
    assert near.confidence < far.confidence < proposed("9.81").confidence


def test_the_reason_says_the_difference():
    assert proposed("9,80").reason == "The difference is 0.01: within the tolerance."
    assert proposed("8").reason == "The difference is 1.81: too large."


def test_without_a_tolerance_the_number_must_be_the_expected_one():
    assert proposed("3,0", expected="3", tolerance="0").points == Decimal("2.5")
    assert proposed("3,0001", expected="3", tolerance="0").points == 0


@given(st.text(max_size=30))
def test_nothing_that_somebody_types_is_an_error(typed):
    found = proposed(typed)
    assert found is None or found.points in (0, Decimal("2.5"))


def test_a_scheme_editor_finds_titles_and_defaults_and_refuses_a_negative_tolerance():
    assert [field.title for field in Numeric.model_fields.values()] == ["Expected number", "Tolerance"]
    assert Numeric() == Numeric(expected="0", tolerance="0")
    with pytest.raises(ValueError):
        Numeric(tolerance="-1")


def test_it_is_offered_beside_the_graders_that_come_with_grading(make_site):
    assert "tolerance" in graders(make_site("grading", "example_grader").registry)
    assert "tolerance" not in graders(make_site("grading").registry)


def test_all_its_python_is_under_sixty_lines():
    lines = [line for file in PACKAGE.rglob("*.py") if "build" not in file.parts
             for line in file.read_text().splitlines()]
    assert 20 < len(lines) < 60
