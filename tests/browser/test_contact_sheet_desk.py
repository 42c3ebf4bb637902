"""The contact sheet in a real browser, by keyboard and by mouse, with pages of a real pile."""

import re

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from korrigo_import.models import Batch, BatchState, FindingRow
from korrigo_import.services import Stapling
from korrigo_import.services.stapling import Act
from playwright.sync_api import Page, expect

from korrigo.models import Copy, Exam, Side

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Desk:
    """The sheet on screen, and the rows behind it."""

    def __init__(self, page: Page, live):
        self.page, self.live, self.press = page, live, page.keyboard.press
        self.url = f"{live.server.url}/import/exams/{live.exam_id}/pages"
        with live.server.scope() as request:
            self.first = [list(request.db.scalars(
                sa.select(Side.id).where(Side.copy_id == copy).order_by(Side.position))) for copy in live.in_order]

    def open(self) -> "Desk":
        self.page.goto(self.url)
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self

    def tile(self, copy: int, page: int):
        """A page by where it was at first."""
        return self.page.locator(f"#side-{self.first[copy][page]}")

    def sides(self, copy: int) -> list[str]:
        """What is in the database."""
        with self.live.server.scope() as request:
            return list(request.db.scalars(sa.select(Side.id).where(Side.copy_id == self.live.in_order[copy])
                                           .order_by(Side.position)))

    def side(self, copy: int, page: int) -> Side:
        with self.live.server.scope() as request:
            side = request.db.get(Side, self.first[copy][page])
            request.db.expunge(side)
            return side

    def said(self, words: str) -> None:
        expect(self.page.locator("#toasts")).to_contain_text(words)

    def row(self, copy: int):
        return self.page.locator(f"#copy-{self.live.in_order[copy]}")

    def finding(self, copy: int, page: int, kind: str, message: str, **proposal) -> None:
        with self.live.server.scope() as request:
            side = request.db.get(Side, self.first[copy][page])
            batch = request.db.scalar(sa.select(Batch).where(Batch.exam_id == side.exam_id))
            if batch is None:
                batch = Batch(exam_id=side.exam_id, blob_id=side.blob_id, pages_blob_id=side.blob_id, size=1,
                              filename="scan.pdf", state=BatchState.READY)
                request.db.add(batch)
                request.db.flush()
            request.db.add(FindingRow(exam_id=side.exam_id, batch_id=batch.id, side_id=side.id, copy_id=side.copy_id,
                                      kind=kind, message=message, confidence=0.8, proposal=proposal))

    def elsewhere(self, kind: str, copy: int, page: int, **more) -> None:
        """A colleague acts on the same sheet."""
        with self.live.server.scope(self.live.colleague) as request:
            stapling, exam = request.find_service(Stapling), request.db.get(Exam, self.live.exam_id)
            stapling.act(exam, Act(kind, (self.first[copy][page],), **more), stapling.version(exam))


@pytest.fixture
def desk(page, live) -> Desk:
    return Desk(page, live).open()


def test_pages_are_turned_cut_and_joined_by_keys_and_each_act_is_undone_and_done_again(desk):
    desk.tile(0, 1).click()
    for key, turned in (("r", 90), ("r", 180), ("Shift+R", 90)):
        desk.press(key)
        expect(desk.tile(0, 1)).to_contain_text(f"{turned}°")
    assert desk.side(0, 1).turned == 90
    desk.press("ArrowRight")
    desk.press("x")
    desk.said("Cut.")
    assert desk.sides(0) == desk.first[0][:2]
    expect(desk.tile(0, 2)).to_be_focused()
    desk.press("Control+z")
    desk.said("Undone.")
    assert desk.sides(0) == desk.first[0]
    desk.press("Control+y")
    desk.said("Done again.")
    assert desk.sides(0) == desk.first[0][:2]
    desk.press("j")
    desk.said("Joined.")
    assert desk.sides(0) == desk.first[0]


def test_acts_survive_a_reload_and_can_still_be_undone(desk):
    desk.tile(0, 1).click()
    desk.press("Delete")
    desk.said("Moved to the bin.")
    desk.open()
    desk.press("Control+z")
    desk.said("Undone.")
    assert desk.sides(0) == desk.first[0]


def test_several_pages_are_chosen_with_shift_and_space_and_discarded_together(desk):
    desk.tile(0, 0).click()
    desk.press("Shift+ArrowRight")
    desk.press("ArrowRight")
    desk.press("ArrowRight")
    desk.press("Space")
    expect(desk.page.locator("#selected")).to_have_text("3 pages selected")
    desk.press("Delete")
    desk.said("Moved to the bin.")
    assert desk.sides(0) == [desk.first[0][2]]
    expect(desk.page.locator("#n-bin")).to_have_text("3")
    desk.page.get_by_role("button", name=re.compile("^Bin 3")).click()
    expect(desk.page.locator(".tile")).to_have_count(3)


def test_control_a_chooses_the_copy_then_everything_and_escape_nothing(desk):
    desk.tile(1, 2).click()
    for chosen in ("4 pages selected", "96 pages selected"):
        desk.press("Control+a")
        expect(desk.page.locator("#selected")).to_have_text(chosen)
    desk.press("Escape")
    expect(desk.page.locator("#selected")).to_have_text("")


def test_arrows_go_to_the_line_below_and_back(desk):
    desk.tile(0, 1).click()
    desk.press("ArrowDown")
    expect(desk.tile(2, 1)).to_be_focused()
    desk.press("ArrowUp")
    expect(desk.tile(0, 1)).to_be_focused()
    desk.press("ArrowLeft")
    expect(desk.tile(0, 0)).to_be_focused()


def test_pages_are_reordered_carried_and_moved_to_a_copy_by_its_number(desk):
    desk.tile(0, 0).click()
    desk.press("Control+Shift+ArrowRight")
    desk.said("Moved.")
    order = [desk.first[0][1], desk.first[0][0], *desk.first[0][2:]]
    assert desk.sides(0) == order
    desk.press("Control+Shift+ArrowLeft")
    expect(desk.row(0).locator(".tile").first).to_have_id(f"side-{desk.first[0][0]}")
    desk.tile(0, 3).click()
    desk.press("Control+x")
    expect(desk.page.locator("#selected")).to_contain_text("1 page carried")
    desk.tile(1, 1).click()
    desk.press("Control+v")
    expect(desk.row(1).locator(".tile")).to_have_count(5)
    assert desk.sides(1) == [desk.first[1][0], desk.first[0][3], *desk.first[1][1:]]
    desk.press("m")
    desk.page.keyboard.type("99")
    desk.press("Enter")
    expect(desk.page.locator("#move-why")).to_have_text("There is no copy 99.")
    desk.page.locator("#move-to").fill("3")
    desk.press("Enter")
    expect(desk.row(2).locator(".tile")).to_have_count(5)
    assert desk.sides(2) == [*desk.first[2], desk.first[1][1]]


def test_a_blank_page_is_marked_and_shown_by_the_filter(desk):
    desk.tile(0, 3).click()
    desk.press("b")
    expect(desk.tile(0, 3)).to_contain_text("blank")
    desk.page.get_by_role("button", name=re.compile("^Blank 1")).click()
    expect(desk.page.locator(".tile")).to_have_count(1)
    desk.tile(0, 3).click()
    desk.press("b")
    expect(desk.page.locator("#nothing")).to_have_text("No page is blank.")


def test_the_next_problem_is_found_accepted_and_another_called_right(desk):
    desk.finding(2, 1, "upside_down", "This page may be upside down.", turned=180)
    desk.finding(5, 0, "faint", "The writing is faint.")
    desk.open()
    expect(desk.page.locator("#n-look")).to_have_text("2")
    expect(desk.tile(2, 1)).to_have_attribute("aria-label", "Copy 3, Page 2, perhaps upside down")
    desk.press("u")
    expect(desk.tile(2, 1)).to_be_focused()
    desk.press("a")
    desk.said("Done.")
    assert desk.side(2, 1).turned == 180
    desk.press("u")
    expect(desk.tile(5, 0)).to_be_focused()
    desk.press("v")
    desk.said("Noted.")
    expect(desk.page.locator("#right")).to_contain_text("24 copies of 4 pages. Nothing to look at.")
    expect(desk.page.locator("#right a")).to_contain_text("Identification")
    desk.press("u")
    desk.said("Nothing to look at.")


def test_a_copy_with_a_header_in_its_middle_is_proposed_to_be_cut_there(desk):
    desk.tile(1, 0).click()
    desk.press("j")
    desk.said("Joined.")
    expect(desk.tile(1, 0)).to_contain_text("cut here?")
    expect(desk.row(0)).to_contain_text("8 pages instead of 4")
    desk.press("a")
    desk.said("Cut.")
    assert desk.sides(0) == desk.first[0]
    expect(desk.page.locator("#n-look")).to_have_text("")


def test_the_large_view_goes_from_page_to_page_and_acts(desk):
    desk.tile(0, 0).click()
    desk.press("Enter")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Copy 1, Page 1, with the name")
    desk.press("ArrowRight")
    expect(dialog.get_by_role("heading")).to_have_text("Copy 1, Page 2")
    image = dialog.locator("img")
    narrow = image.bounding_box()["width"]
    desk.press("+")
    assert image.bounding_box()["width"] > narrow * 1.4
    desk.press("-")
    desk.press("r")
    expect(dialog.get_by_role("heading")).to_contain_text("turned by 90 degrees")
    desk.press("Escape")
    expect(desk.tile(0, 1)).to_be_focused()
    assert desk.side(0, 1).turned == 90


def drag(page: Page, source, target, *, at: float) -> None:
    """With the mouse; ``at``: how far to the right in the target, 0 to 1."""
    source.hover()
    page.mouse.down()
    box = target.bounding_box()
    x, y = box["x"] + at * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x, y, steps=4)
    page.mouse.move(x + 1, y, steps=2)
    page.mouse.up()


def test_pages_are_dragged_between_pages_onto_a_row_and_to_a_new_copy(desk):
    drag(desk.page, desk.tile(0, 3), desk.tile(0, 1), at=0.2)
    desk.said("Moved.")
    assert desk.sides(0) == [desk.first[0][0], desk.first[0][3], *desk.first[0][1:3]]
    desk.tile(0, 1).click()
    desk.tile(0, 2).click(modifiers=["Shift"])
    drag(desk.page, desk.tile(0, 2), desk.row(1).locator("header"), at=0.8)
    expect(desk.row(1).locator(".tile")).to_have_count(6)
    assert desk.sides(1) == [*desk.first[1], *desk.first[0][1:3]]
    desk.tile(0, 3).hover()
    desk.page.mouse.down()
    desk.page.mouse.move(600, 500, steps=3)
    target = desk.page.locator("#new-copy").bounding_box()
    desk.page.mouse.move(target["x"] + 300, target["y"] + 20, steps=4)
    desk.page.mouse.up()
    expect(desk.row(0).locator(".tile")).to_have_count(1)
    expect(desk.page.locator("#counts")).to_contain_text("25 copies")


def test_what_a_colleague_changed_is_shown_and_the_act_on_it_is_not_done(desk):
    desk.page.expected.append("412")
    desk.elsewhere("cut", 0, 2)
    desk.tile(3, 0).click()
    desk.press("r")
    expect(desk.page.locator(".copy")).to_have_count(25)
    desk.elsewhere("turn", 5, 0)
    desk.tile(5, 1).click()
    desk.press("x")
    desk.said("Somebody else changed these pages")
    expect(desk.tile(5, 0)).to_contain_text("90°")
    assert desk.sides(5) == desk.first[5]


def test_splitting_a_graded_copy_says_where_its_scores_are(desk, live):
    live.write(live.in_order[0], f"score:{live.question('2')}", 3)
    live.write(live.in_order[0], "annot:" + "c" * 24, {"k": "text", "page": 3, "x": 1, "y": 1, "t": "Bien vu"})
    desk.open()
    expect(desk.row(0)).to_contain_text("being graded")
    desk.tile(0, 2).click()
    desk.press("x")
    desk.said("The scores stay with copy 1. Marks that went with their pages: 1.")


def test_a_finalised_copy_is_locked_and_an_act_on_it_refused_with_a_sentence(desk, live):
    desk.page.expected.append("422")
    live.close(live.in_order[0])
    desk.open()
    expect(desk.row(0)).to_contain_text("finalised")
    desk.tile(0, 0).click()
    desk.press("r")
    desk.said("copy 1 is finalised; reopen it before its pages are moved")


def test_a_picture_that_cannot_be_made_is_said_and_tried_again(desk):
    desk.page.expected += ["422", "Failed to load"]
    url = re.compile(f"{desk.first[0][1]}/thumb")
    desk.page.route(url, lambda route: route.fulfill(status=422, body="{}", content_type="application/json"))
    desk.open()
    expect(desk.tile(0, 1)).to_contain_text("unreadable")
    desk.page.unroute(url)
    desk.row(0).get_by_role("button", name="Try again").click()
    expect(desk.tile(0, 1).locator("img")).to_be_visible()
    expect(desk.row(0).get_by_role("button", name="Try again")).to_have_count(0)


def test_pages_of_a_file_that_is_being_read_appear_by_themselves(desk, live):
    desk.finding(0, 0, "faint", "The writing is faint.")
    with live.server.scope() as request:
        batch = request.db.scalar(sa.select(Batch).where(Batch.exam_id == live.exam_id))
        batch.state = BatchState.RECEIVED
    desk.open()
    expect(desk.page.locator("#reading")).to_be_visible()
    with live.server.scope() as request:
        blob = request.db.get(Side, desk.first[0][0]).blob_id
        request.db.add(Side(exam_id=live.exam_id, blob_id=blob, pdf_page=1, region="left", width_mm=105,
                            height_mm=297, ordinal=999, fate="waiting"))
    expect(desk.page.locator("#loose .tile")).to_have_count(1, timeout=10_000)
    with live.server.scope() as request:
        request.db.scalar(sa.select(Batch).where(Batch.exam_id == live.exam_id)).state = BatchState.READY
    expect(desk.page.locator("#reading")).to_be_hidden(timeout=10_000)


def test_an_empty_sheet_says_what_to_do(desk, live):
    with live.server.scope(live.me) as request:
        from korrigo.services import Exams

        exam = request.find_service(Exams).create(title="Nothing yet").id
    desk.page.goto(f"{live.server.url}/import/exams/{exam}/pages")
    expect(desk.page.locator("#empty")).to_contain_text("No pages yet")
    expect(desk.page.locator("#empty a")).to_have_attribute("href", f"/import/exams/{exam}/scans")


def test_buttons_do_what_keys_do_and_help_lists_every_key(desk):
    desk.tile(0, 2).click()
    desk.page.get_by_role("button", name="Cut before").click()
    desk.said("Cut.")
    desk.page.locator("#toasts").get_by_role("button", name="Undo").click()
    desk.said("Undone.")
    assert desk.sides(0) == desk.first[0]
    desk.press("?")
    keys = desk.page.get_by_role("dialog").locator("kbd").all_text_contents()
    assert {"R", "X", "J", "B", "M", "U", "A", "V"} <= set(keys)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sheet_has_no_accessibility_violations(desk, theme):
    desk.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    desk.finding(2, 1, "upside_down", "This page may be upside down.", turned=180)
    desk.open()
    desk.tile(0, 0).click()
    desk.press("Shift+ArrowRight")
    desk.press("r")
    desk.said("Turned.")
    found = Axe().run(desk.page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    desk.press("Enter")
    expect(desk.page.get_by_role("dialog").locator("img")).to_be_visible()
    found = Axe().run(desk.page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_at_twice_the_size_nothing_is_cut_off(desk):
    desk.page.set_viewport_size({"width": 683, "height": 430})
    desk.open()
    assert desk.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    desk.tile(0, 0).click()
    desk.press("ArrowDown")
    box, bar = desk.tile(1, 0).bounding_box(), desk.page.locator(".selbar").bounding_box()
    assert box["y"] < bar["y"]
    with desk.live.server.scope() as request:
        assert request.db.scalar(sa.select(sa.func.count()).where(Copy.exam_id == desk.live.exam_id)) == 24
