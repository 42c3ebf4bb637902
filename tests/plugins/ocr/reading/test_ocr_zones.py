"""Forms found by themselves."""

import json

import numpy as np
import pytest
from korrigo_ocr.reading.forms import Field, FormError, HeaderForm, png_of
from korrigo_ocr.reading.geometry import Box
from korrigo_ocr.reading.zones import propose_fields, propose_forms


def styles(form):
    return {field.name: (field.style, len(field.cells)) for field in form.fields}


def test_frames_and_digit_boxes_are_found(batch):
    (form,) = batch("class-a4").forms
    assert styles(form) == {
        "last": ("frame", 0),
        "first": ("frame", 0),
        "birth_date": ("digits", 8),
        "number": ("digits", 7),
        "class_name": ("frame", 0),
    }


def test_combs_are_found_with_their_cells(batch):
    (form,) = batch("mock-a3").forms
    assert styles(form) == {
        "last": ("comb", 24),
        "first": ("comb", 24),
        "birth_date": ("digits", 8),
        "number": ("digits", 7),
    }


def test_two_forms_in_one_batch_are_told_apart(batch):
    found = [styles(form) for form in batch("messy-a4").forms]
    assert len(found) == 2
    assert {"frame", "line"} == {found[0]["last"][0], found[1]["last"][0]}
    lines = next(form for form in found if form["last"][0] == "line")
    assert set(lines) == {"last", "first", "birth_date", "number", "class_name"}


def test_a_form_survives_json(batch):
    for form in batch("messy-a4").forms:
        again = HeaderForm.from_json(json.loads(json.dumps(form.to_json())))
        assert again.to_json() == form.to_json()
        assert styles(again) == styles(form)
        assert np.array_equal(again.grey(), form.grey())


def test_a_page_without_captions_gives_no_form():
    blank = np.full((1170, 827), 245, np.uint8)
    assert propose_fields([blank]) is None
    assert propose_forms([]) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fields": [{"name": "age", "box": [0, 0, 9, 9], "style": "line"}]}, "unknown field 'age'"),
        ({"fields": [{"name": "last", "box": [0, 0, 0, 9], "style": "line"}]}, "no area"),
        ({"fields": [{"name": "last", "box": [0, 0, 9, 9], "style": "comb"}]}, "0 cells"),
        ({"fields": [{"name": "last", "box": [0, 0, 9], "style": "line"}]}, "not the description"),
        ({"picture": "*"}, "not the description"),
    ],
)
def test_a_damaged_description_is_refused_with_the_reason(change, said):
    form = HeaderForm((Field("last", Box(1, 2, 30, 40), "line"),), png_of(np.zeros((9, 9), np.uint8)))
    with pytest.raises(FormError, match=said):
        HeaderForm.from_json({**form.to_json(), **change})
