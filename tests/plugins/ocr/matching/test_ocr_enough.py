"""When the first fields of a cover are enough: then the others could not have changed what is decided."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_ocr.interfaces import Reading
from korrigo_ocr.matching.decide import DEFAULT_THRESHOLD, identify
from korrigo_ocr.matching.enough import Enough
from korrigo_ocr.matching.roster import RosterIndex
from korrigo_ocr.matching.values import CODE_READER, CopyEvidence, FieldEvidence
from ocr_builders import PUPILS, cover, field

ENOUGH = Enough(RosterIndex(PUPILS))


def read(last="PREVOST", number="2624103", **more) -> CopyEvidence:
    """A cover whose number was read box by box."""
    fields = [field("last", last), field("number", digits=number), *(field(name, text) for name, text in more.items())]
    return CopyEvidence("1", tuple(fields))


def test_fields_that_mean_one_pupil_and_nobody_else_are_enough():
    assert ENOUGH(read(birth_date="13/10/2007"))


@pytest.mark.parametrize("doubt", [
    cover("1", last="PREVOST"), cover("1", number="2624103"), CopyEvidence("1"), cover("1", last="PREVOST", first=""),
])
def test_one_field_is_never_enough(doubt):
    assert not ENOUGH(doubt)


@pytest.mark.parametrize("doubt", [
    read(last="NGUYEN"), read(number="2624106"), read(number="9999999"), read(last="DUPONT"),
    read(first="MATHILDE"), read(birth_date="01/02/2003"),
])
def test_nothing_is_enough_while_a_field_speaks_against(doubt):
    assert not ENOUGH(doubt)


def test_sisters_whose_numbers_follow_each_other_are_told_apart_by_more():
    assert not ENOUGH(read(last="MOREAU", number="2624101"))
    assert ENOUGH(read(last="MOREAU", number="2624101", first="AMIRA", birth_date="20/01/2007"))


def test_numbers_that_follow_each_other_tell_a_stranger_of_the_same_name_only_little_apart():
    assert not ENOUGH(read())


def test_an_empty_list_of_pupils_is_never_enough():
    assert not Enough(RosterIndex([]))(read())


def test_a_code_alone_is_not_enough():
    code = FieldEvidence("number", CODE_READER, (Reading("2624103", 1.0),))
    assert not ENOUGH(CopyEvidence("1", (code,)))


fields = st.fixed_dictionaries({}, optional={
    "last": st.sampled_from(["PREVOST", "PREVOT", "MOREAU", "NGUYEN", "X"]),
    "first": st.sampled_from(["JULIEN", "AMIRA", "LUCIE"]),
    "birth_date": st.sampled_from(["13/10/2007", "20/01/2007", "13/10/07", "1"]),
    "number": st.sampled_from(["2624103", "2624101", "262410", "2624109"]),
})


@given(fields)
def test_what_is_enough_is_decided_without_a_person(texts):
    here = cover("1", **texts)
    if ENOUGH(here):
        [decision] = identify([here], PUPILS).decisions
        assert decision.verdict == "auto"
        assert decision.confidence >= DEFAULT_THRESHOLD


@given(fields, st.sampled_from(["last", "first", "birth_date", "number"]))
def test_a_field_that_says_nothing_changes_nothing(texts, name):
    here = cover("1", **texts)
    assert ENOUGH(replace(here, fields=(*here.fields, FieldEvidence(name, "test", ())))) == ENOUGH(here)
