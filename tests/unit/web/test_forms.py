"""Forms: what a browser sends becomes values, or a message for each field that is wrong."""

import datetime as dt
from decimal import Decimal

import pytest
from pyramid.httpexceptions import HTTPBadRequest
from pyramid.request import Request

from korrigo.web.exams import ExamForm
from korrigo.web.forms import json_object, read

SENT = {"title": " Maths ", "subject": "", "held_on": "", "total": "20", "paper": "a4", "pages_per_copy": "",
        "csrf_token": "x"}


def test_fields_that_are_left_empty_are_nothing():
    form, errors = read(ExamForm, SENT)
    assert errors == {}
    assert (form.title, form.held_on, form.pages_per_copy, form.anonymous) == ("Maths", None, None, False)


def test_texts_become_values_and_a_comma_is_a_decimal_point():
    form, _errors = read(ExamForm, {**SENT, "held_on": "2026-05-04", "total": "12,5", "pages_per_copy": "8"})
    assert (form.held_on, form.total, form.pages_per_copy) == (dt.date(2026, 5, 4), Decimal("12.5"), 8)


@pytest.mark.parametrize(("field", "text"), [
    ("title", "  "), ("title", "x" * 201), ("held_on", "yesterday"), ("total", "0"), ("total", "many"),
    ("total", "1001"), ("paper", "papyrus"), ("pages_per_copy", "0"), ("pages_per_copy", "65"),
    ("pages_per_copy", "four"), ("anonymous", "perhaps"),
])
def test_what_is_wrong_is_said_beside_its_field(field, text):
    form, errors = read(ExamForm, {**SENT, field: text})
    assert form is None
    assert list(errors) == [field]
    assert errors[field][0].isupper()


def request_with(body: bytes) -> Request:
    return Request.blank("/", method="POST", body=body, content_type="application/json")


def test_a_script_sends_an_object():
    assert json_object(request_with(b'{"a": [1]}')) == {"a": [1]}


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"a"', b"null", b"\xff"])
def test_whatever_is_no_object_is_a_bad_request(body):
    with pytest.raises(HTTPBadRequest):
        json_object(request_with(body))
