"""A cover is read field by field for as long as somebody asks for more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_ocr.matching.decide import identify
from korrigo_ocr.matching.enough import Enough, read_next
from korrigo_ocr.matching.roster import RosterIndex
from korrigo_ocr.reading.covers import CoverReader
from korrigo_ocr.reading.tesseract import TesseractReader

NAMES = ("last", "first", "number", "birth_date", "class_name")


@given(st.dictionaries(st.sampled_from(NAMES), st.booleans(), min_size=1))
def test_every_field_is_read_once_when_nothing_is_ever_enough(boxes):
    read = []
    while left := {name: boxed for name, boxed in boxes.items() if name not in read}:
        following = read_next(left, read)
        assert following
        read += following
    assert sorted(read) == sorted(boxes)


@pytest.mark.parametrize(("boxes", "first"), [
    ({"last": False, "first": False}, ["last", "first"]),
    ({"last": False, "first": False, "number": False, "birth_date": False}, ["last", "number"]),
    ({"last": False, "first": False, "number": True, "birth_date": True}, ["last", "number", "birth_date"]),
    ({"last": False, "birth_date": False, "first": False}, ["last", "first"]),
    ({"first": False, "number": True}, ["number", "first"]),
])
def test_the_most_telling_fields_come_first(boxes, first):
    assert read_next(boxes, []) == first


@pytest.fixture(scope="module")
def covers(batch):
    return [(f"{i:02}", cover) for i, cover in enumerate(batch("class-a4").covers[:4])]


def test_what_is_enough_is_found_among_what_would_have_been_read(batch, covers):
    here = batch("class-a4")
    read = CoverReader(here.forms, TesseractReader()).read(covers, Enough(RosterIndex(here.roster)))
    whole = here.evidence[:len(covers)]
    assert any(found.evidence.unread for found in read)
    for found, all_of_it in zip(read, whole, strict=True):
        assert all(field in all_of_it.fields for field in found.evidence.fields)
        assert {field.name for field in found.evidence.fields} | set(found.evidence.unread) >= {
            field.name for field in all_of_it.fields}
    assert [decision.pupil for decision in identify([found.evidence for found in read], here.roster).decisions] == [
        decision.pupil for decision in identify(whole, here.roster).decisions]


def test_a_cover_is_read_to_the_end_when_nothing_is_enough(batch, covers):
    here = batch("class-a4")
    asked = []
    read = CoverReader(here.forms, TesseractReader()).read(covers, lambda said: asked.append(said) or False)
    assert [found.evidence for found in read] == here.evidence[:len(covers)]
    assert all(said.unread for said in asked)
    assert {said.copy for said in asked} == {copy for copy, _cover in covers}
