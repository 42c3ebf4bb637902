"""Fields that a person drew roughly on a header: what is printed inside is found, and read on other copies."""

import pytest
from korrigo_ocr import piles
from korrigo_ocr.piles import Header
from korrigo_ocr.readers import Ppocr

from korrigo.api import View

#: On the headers of the pile, page units: x, y, width, height, by a quick hand.
LAST, FIRST, NUMBER, BORN = (95, 115, 720, 80), (98, 195, 710, 70), (95, 280, 265, 60), (470, 280, 345, 65)


def header(page: int) -> Header:
    return Header(f"side-{page}", View(page))


@pytest.fixture(scope="module")
def scan(data):
    return data / "batches" / "class-a4" / "scan.pdf"


@pytest.fixture(scope="module")
def form(scan):
    pages = [header(page) for page in range(1, 40, 4)]
    return piles.draw([(scan, pages)], {"last": LAST, "first": FIRST, "number": NUMBER, "birth_date": BORN})


def test_frames_and_boxes_inside_a_rough_rectangle_are_found(form):
    assert {field["name"]: (field["style"], len(field["cells"])) for field in form["fields"]} == {
        "last": ("frame", 0), "first": ("frame", 0), "number": ("digits", 7), "birth_date": ("digits", 8)}


def test_a_place_without_anything_ruled_is_a_line_as_it_was_drawn(scan):
    made = piles.draw([(scan, [header(1)])], {"last": (120, 600, 300, 35)})
    [field] = made["fields"]
    assert (field["style"], field["box"][2:]) == ("line", [300, 35])
    assert field["box"][:2] == pytest.approx([120, 600], abs=20), "it is moved by what makes the page level"


def test_a_form_is_drawn_anew_on_its_own_picture(form):
    made = piles.draw(form, {"number": NUMBER})
    assert [(field["name"], field["style"]) for field in made["fields"]] == [("number", "digits")]
    assert made["picture"] == form["picture"]


def test_drawn_fields_lie_on_other_copies_and_are_read_there(scan, form):
    tried = piles.try_on([(scan, [header(5), header(9)])], form, Ppocr())
    assert [one.side for one in tried] == ["side-5", "side-9"]
    assert [one.texts["number"] for one in tried] == ["2624001", "2624002"]
    for one in tried:
        assert set(one.boxes) == {"last", "first", "number", "birth_date"}
        assert abs(one.boxes["number"][0] - NUMBER[0]) < 60


def test_without_a_reader_it_is_shown_where_the_fields_lie(scan, form):
    [one] = piles.try_on([(scan, [header(5)])], form, None)
    assert len(one.boxes) == 4
    assert one.texts == {}
