"""The scan gate in a real browser, by keyboard alone: look, dismiss, accept, take back, sign."""

import pytest
import sqlalchemy as sa
from exam_kit import SCAN
from korrigo_import.models import Batch, BatchState, FindingRow
from playwright.sync_api import expect

from korrigo.models import Copy, CopyState, Exam, Side
from korrigo.services import Blobs, Copies

pytestmark = pytest.mark.browser


@pytest.fixture
def gate(live, server) -> str:
    """The address of the gate of an exam with a faint page on copy 1, one upside down on copy 2, and an odd count."""
    with server.scope(live.me) as request:
        exam = request.db.get(Exam, live.exam_id)
        blob = request.find_service(Blobs).add_file(SCAN, "application/pdf")
        batch = Batch(exam_id=exam.id, blob_id=blob.id, pages_blob_id=blob.id, filename="pile.pdf", size=blob.size,
                      state=BatchState.READY, pages=96)
        request.db.add(batch)
        request.db.flush()
        found = (("odd_count", None, "97 pages.", {}), ("faint", 1, "The writing is faint.", {"contrast": True}),
                 ("upside_down", 2, "This page may be upside down.", {"turned": 180}))
        for kind, serial, message, proposal in found:
            copy = request.db.scalar(sa.select(Copy).where(Copy.exam_id == exam.id, Copy.serial == serial))
            side = copy and request.db.scalar(sa.select(Side).where(Side.copy_id == copy.id, Side.position == 2))
            request.db.add(FindingRow(
                exam_id=exam.id, batch_id=batch.id, copy_id=copy.id if copy else None, kind=kind, message=message,
                side_id=side.id if side else None, confidence=0.9, proposal=proposal))
            if copy:
                request.find_service(Copies).move(copy, "recall")
    return f"{server.url}/import/exams/{live.exam_id}/gate"


def staging(server, live) -> list[int]:
    with server.scope() as request:
        return list(request.db.scalars(sa.select(Copy.serial).where(
            Copy.exam_id == live.exam_id, Copy.state == CopyState.STAGING).order_by(Copy.serial)))


def go_to_the_second(page, gate: str) -> None:
    page.goto(gate)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("u")
    page.keyboard.press("u")


def test_findings_are_decided_by_single_keys_and_the_rest_is_signed_for(page, gate, server, live, shot):
    page.goto(gate)
    page.wait_for_selector("html[data-ready]", state="attached")
    rows, focused = page.locator(".found[data-state=open]"), page.locator(".found:focus")
    expect(rows).to_have_count(3)
    page.keyboard.press("u")
    expect(focused).to_contain_text("97 pages.")
    page.keyboard.press("j")
    expect(focused).to_contain_text("faint")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("d")
    expect(rows).to_have_count(2)
    expect(focused).to_contain_text("faint")
    shot(page, "gate")
    assert staging(server, live) == [1, 2]

    page.keyboard.press("ArrowDown")
    expect(focused).to_contain_text("upside down")
    page.keyboard.press("a")
    expect(rows).to_have_count(1)
    assert staging(server, live) == [1]
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(2)
    expect(focused).to_contain_text("upside down")
    assert staging(server, live) == [1, 2]

    page.keyboard.press("Enter")
    expect(page.locator("dialog img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(focused).to_contain_text("upside down")     # the browser gives the focus back when the dialog has gone
    page.locator("#reason").focus()
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("Both were looked at on paper: a and d are right")
    expect(rows).to_have_count(2)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#signing")).to_contain_text("M. Riou")
    expect(page.locator("#figures")).to_contain_text("signed for")
    assert staging(server, live) == []


def test_a_dialog_that_closes_takes_no_focus_from_where_one_has_gone_meanwhile(page, gate):
    go_to_the_second(page, gate)
    page.keyboard.press("Enter")
    expect(page.locator("dialog img")).to_be_visible()
    page.evaluate("""() => {
        document.querySelector("dialog").close();       // its event comes in a task of its own, after these lines
        document.getElementById("reason").focus();
    }""")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#reason")).to_be_focused()


def test_a_finding_leads_to_its_page_on_the_contact_sheet(page, gate):
    go_to_the_second(page, gate)
    page.keyboard.press("p")
    page.wait_for_url("**/pages#side-*")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator(".tile:focus")).to_have_attribute("id", page.url.partition("#")[2])
