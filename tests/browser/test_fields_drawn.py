"""Where names are written: fields are drawn on the first copy, tried on six, and every copy is read by them."""

import pytest
import sqlalchemy as sa
from korrigo_ocr.models import FormRow
from playwright.sync_api import expect

from korrigo.models import AuditEntry, Job

pytestmark = pytest.mark.browser

#: On the header of the pile, page units: roughly around the frame of the last name, and around the boxes of the number.
LAST, NUMBER = (95, 115, 815, 195), (95, 280, 360, 340)


@pytest.fixture
def fields(live, server) -> str:
    return f"{server.url}/ocr/exams/{live.exam_id}/fields"


def ready(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")


def draw(page, box) -> None:
    """From the upper left to the lower right corner of a box (page units) of the picture."""
    frame = page.locator(".zones").bounding_box()
    unit = frame["width"] / 1000
    left, top, right, bottom = box
    page.mouse.move(frame["x"] + left * unit, frame["y"] + top * unit)
    page.mouse.down()
    page.mouse.move(frame["x"] + (left + right) / 2 * unit, frame["y"] + (top + bottom) / 2 * unit)
    page.mouse.move(frame["x"] + right * unit, frame["y"] + bottom * unit)
    page.mouse.up()


def numbers(page, name: str) -> list[int]:
    values = page.locator(f"[data-field={name}] input").evaluate_all("all => all.map((input) => input.value)")
    return [int(value) for value in values]


def test_fields_are_drawn_tried_and_saved(page, fields, live, server, shot):
    ready(page, fields)
    expect(page.locator("#try")).to_be_disabled()
    draw(page, LAST)
    expect(page.locator("[data-field=last]")).to_have_attribute("data-drawn", "")
    page.keyboard.press("4")
    expect(page.locator("#hint")).to_contain_text("Number")
    draw(page, NUMBER)
    shot(page, "fields")
    page.keyboard.press("t")
    expect(page.locator(".tried")).to_have_count(6, timeout=30_000)
    expect(page.locator(".tried-box")).to_have_count(12)
    shot(page, "fields-tried")
    with server.scope() as request:
        assert request.db.get(FormRow, live.exam_id) is None, "trying keeps nothing"
    page.locator("#save").click()
    page.wait_for_url("**/desk", timeout=30_000)
    with server.scope() as request:
        [form] = request.db.get(FormRow, live.exam_id).form["forms"]
        styles = {field["name"]: (field["style"], len(field["cells"])) for field in form["fields"]}
        assert styles == {"last": ("frame", 0), "number": ("digits", 7)}, "what is printed inside was found"
        entry = request.db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "ocr.fields")).one()
        assert entry.subject == f"exam:{live.exam_id}"


def test_a_field_is_moved_resized_and_taken_away_by_keys(page, fields):
    ready(page, fields)
    draw(page, LAST)
    before = numbers(page, "last")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert numbers(page, "last") == [before[0] + 2, before[1] + 20, *before[2:]]
    page.keyboard.press("r")
    page.keyboard.press("Shift+ArrowLeft")
    assert numbers(page, "last") == [before[0] + 2, before[1] + 20, before[2] - 20, before[3]]
    for _change in range(3):
        page.keyboard.press("Control+z")
    assert numbers(page, "last") == before
    page.keyboard.press("Delete")
    expect(page.locator(".zone")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".zone")).to_have_count(1)


def test_a_field_is_placed_by_its_numbers(page, fields):
    ready(page, fields)
    draw(page, LAST)
    page.locator("[data-field=last] [data-side=width]").fill("300")
    page.keyboard.press("Tab")
    assert numbers(page, "last")[2] == 300
    page.locator("[data-field=last] [data-side=x]").fill("5000")
    page.keyboard.press("Tab")
    assert numbers(page, "last")[0] == 700, "within the picture"


def test_fields_that_were_saved_are_shown_and_given_back_to_the_program(page, fields, live, server):
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
    with server.scope() as request:
        request.db.add(FormRow(exam_id=live.exam_id, form={"forms": [{"picture": picture, "fields": [
            {"name": "last", "box": [100, 100, 400, 40], "style": "line", "cells": [], "label": None}]}]}))
    ready(page, fields)
    expect(page.locator(".zone[data-zone=last]")).to_be_visible()
    page.get_by_text("Other ways").click()
    page.get_by_role("button", name="The first copy").click()
    expect(page.locator(".zone")).to_have_count(0)
    page.get_by_role("button", name="Let the program find them again").click()
    page.wait_for_url("**/desk", timeout=30_000)
    with server.scope() as request:
        jobs = sa.select(Job.state).where(Job.kind == "ocr.draw", Job.exam_id == live.exam_id)
        assert request.db.scalar(jobs) == "done"
        assert request.db.get(FormRow, live.exam_id).form["forms"] == []
