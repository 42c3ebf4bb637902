"""The grading screen in a real browser.

Fixtures that the suite's conftest provides:

``page``   a playwright page that fails its test on any page error, console error or CSP violation; what a test
           provokes on purpose it adds to the list ``page.expected`` (substrings of console messages)
``live``   a running server with an exam of at least six copies of four pages and a signed-in grader:
           ``live.copies`` their ids in order; ``live.grade_url(copy=None)`` the page;
           ``live.targets(copy)`` what is stored, as ``{key: value}``;
           ``live.write(copy, key, value)`` a colleague's write on top of what is stored;
           ``live.sign_out()`` / ``live.sign_in()`` the session of the grader (signing in makes a new token);
           ``live.close(copy)`` makes the server refuse changes of the copy (423) and returns why;
           ``live.expire_leases()`` as if everybody had left

The scheme: 1a (max 4; criteria +1, +1.5, +1.5), 1b (max 5; criteria +1, +2, +2, -0.5), 2 (max 7, step 0.5, no
criteria), 3 (max 4, step 0.5, no criteria), and a bonus question. The interface is in English.
"""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def grade(page: Page, live):
    """Opens a copy (the first by default) and waits until the screen is at work."""

    def open_copy(index: int = 0, on: Page = page) -> Page:
        on.goto(live.grade_url(live.copies[index]))
        on.wait_for_selector("html[data-ready]", state="attached")
        return on

    return open_copy


def saved(page: Page) -> None:
    expect(page.locator("#save")).to_have_text("Everything is saved")


def card(page: Page, label: str):
    """The panel's card of the question with this label."""
    return page.locator(".q", has=page.locator(".q-name b", has_text=re.compile(f"^{label}$")))


def score(page: Page, label: str):
    return card(page, label).locator(".q-head output")


def pressed(page: Page):
    return page.locator('.crit [aria-pressed="true"]')


def stroke(page: Page, x: int = 500, y: int = 500, moves: int = 30) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(moves):
        page.mouse.move(x + i * 4, y + (i % 7) * 3)
    page.mouse.up()


def annotations(live, copy: str) -> list[dict]:
    return [value for key, value in live.targets(copy).items() if key.startswith("annot:") and value]


def scores(live, copy: str) -> list:
    return [value for key, value in live.targets(copy).items() if key.startswith("score:")]


def crash(page: Page) -> None:
    """Kills the renderer: closing a tab is too kind, its last request sometimes gets through."""
    with page.expect_event("crash"):
        try:
            page.goto("chrome://crash", timeout=3000)
        except Exception:  # noqa: BLE001, S110 - the navigation cannot succeed
            pass
    page.close()


class Held(list):
    """Requests that a test keeps back, until `open` is set."""

    open = False


def hold_ops(page: Page) -> Held:
    held = Held()
    page.route("**/ops", lambda route: route.continue_() if held.open else held.append(route))
    return held


def let_go(held: Held) -> None:
    held.open = True
    for route in held:
        route.continue_()


# ---- Scores, criteria, notes -------------------------------------------------------------------


def test_score_ink_text_and_stamp_are_saved_and_shown_again(grade, live):
    page = grade()
    page.keyboard.press("s")
    stroke(page)
    page.keyboard.press("j")
    page.mouse.click(400, 620)
    page.keyboard.press("t")
    page.mouse.click(300, 700)
    page.keyboard.type("Very good")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("indeed")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("3")
    saved(page)
    assert scores(live, live.copies[0]) == [2.5]
    by_kind = {value["k"]: value for value in annotations(live, live.copies[0])}
    assert set(by_kind) == {"ink", "stamp", "text"}
    assert all(isinstance(number, int) for point in by_kind["ink"]["p"] for number in point)
    assert by_kind["text"]["t"] == "Very good\nindeed"
    assert by_kind["stamp"]["t"] == "✓"
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator(".annot")).to_have_count(3)
    expect(page.locator("#total")).to_have_text("2.5")
    expect(page.locator("#remarks")).to_contain_text("Very good")
    expect(pressed(page)).to_have_count(2)


def test_the_digit_row_works_on_azerty_without_shift(grade, live):
    """The key right of ² gives '&' there: as a shortcut it is criterion 1, in the score box it is the digit 1."""
    page = grade()
    press = """([key, code]) => document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}))"""
    page.evaluate(press, ["&", "Digit1"])
    expect(score(page, "1a")).to_have_text("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    page.evaluate(press, ["(", "Digit5"])
    page.keyboard.press("Enter")
    expect(score(page, "2")).to_have_text("5")
    saved(page)
    assert sorted(scores(live, live.copies[0])) == [1, 5]


def test_a_score_typed_with_a_comma_is_set_by_enter_and_the_next_question_opens(grade, live):
    page = grade()
    page.keyboard.press("p")
    page.keyboard.type("2,25")
    page.keyboard.press("Enter")
    expect(score(page, "1a")).to_have_text("2.25")
    expect(card(page, "1b")).to_have_attribute("data-on", "")
    saved(page)
    assert scores(live, live.copies[0]) == [2.25]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("4.5", "above the maximum"), ("1.1", "not a multiple"), ("-1", "below zero"), ("bien", "not a score")],
)
def test_a_score_that_cannot_be_is_refused_with_the_reason(grade, live, typed, problem):
    page = grade()
    page.keyboard.press("p")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(card(page, "1a").locator(".problem")).to_contain_text(problem)
    expect(score(page, "1a")).to_have_text("–")
    page.keyboard.press("Escape")
    expect(card(page, "1a").locator(".problem")).to_be_hidden()
    saved(page)
    assert live.targets(live.copies[0]) == {}


def test_maximum_zero_not_attempted_and_remove_have_a_key_each(grade):
    page = grade()
    for key, shown in [("m", "4"), ("x", "0"), ("a", "NT"), ("r", "–")]:
        page.keyboard.press(key)
        expect(score(page, "1a")).to_have_text(shown)


def test_a_score_by_hand_replaces_the_criteria_and_one_undo_brings_both_back(grade, live):
    page = grade()
    page.keyboard.press("1")
    page.keyboard.press("3")
    page.keyboard.press("m")
    expect(pressed(page)).to_have_count(0)
    expect(page.locator("#total")).to_have_text("4")
    page.keyboard.press("Control+z")
    expect(pressed(page)).to_have_count(2)
    expect(page.locator("#total")).to_have_text("2.5")
    page.keyboard.press("Control+y")
    expect(page.locator("#total")).to_have_text("4")
    saved(page)
    assert scores(live, live.copies[0]) == [4]


def test_note_appreciation_and_flag_are_saved_while_typing(grade, live):
    page = grade()
    page.keyboard.press("k")
    page.keyboard.type("See the lesson")
    page.keyboard.press("Escape")
    page.locator("#appreciation").fill("Solid work")
    page.locator("#appreciation").blur()
    page.keyboard.press("Shift+F")
    page.keyboard.type("Page 3 unreadable")
    page.keyboard.press("Enter")
    expect(page.locator("#flagged")).to_contain_text("Page 3 unreadable")
    saved(page)
    stored = live.targets(live.copies[0])
    assert {"See the lesson", "Solid work", "Page 3 unreadable"} <= {v for v in stored.values() if isinstance(v, str)}


def test_what_is_typed_in_a_note_is_one_undo_step(grade, live):
    page = grade()
    page.keyboard.press("k")
    page.keyboard.type("abc")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    saved(page)
    assert [v for k, v in live.targets(live.copies[0]).items() if k.startswith("note:")] == [None]


# ---- Annotations -------------------------------------------------------------------------------


def test_boxes_lines_and_highlights_are_dragged(grade, live):
    page = grade()
    for key in ("e", "l", "h"):
        page.keyboard.press(key)
        stroke(page, y=450, moves=20)
    saved(page)
    by_kind = {value["k"]: value for value in annotations(live, live.copies[0])}
    assert set(by_kind) == {"box", "line", "hi"}
    assert by_kind["line"]["arrow"] is True
    assert by_kind["box"]["w"] > 50 and by_kind["hi"]["w"] > 50


def test_an_annotation_is_chosen_moved_duplicated_and_removed_with_the_keyboard(grade, live):
    page = grade()
    page.keyboard.press("j")
    page.mouse.click(500, 500)
    page.keyboard.press("v")
    page.mouse.click(500, 500)
    expect(page.locator(".selection")).to_have_count(1)
    saved(page)
    [before] = annotations(live, live.copies[0])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    saved(page)
    [after] = annotations(live, live.copies[0])
    assert (after["x"] - before["x"], after["y"] - before["y"]) == (2, 20)
    page.keyboard.press("Control+d")
    expect(page.locator(".annot")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator(".annot")).to_have_count(1)
    saved(page)
    assert len(annotations(live, live.copies[0])) == 1


def test_an_annotation_follows_the_pointer_that_drags_it(grade, live):
    page = grade()
    page.keyboard.press("f")
    page.mouse.click(500, 500)
    page.keyboard.press("v")
    saved(page)
    [before] = annotations(live, live.copies[0])
    page.mouse.move(500, 500)
    page.mouse.down()
    page.mouse.move(560, 520, steps=4)
    page.mouse.up()
    saved(page)
    [after] = annotations(live, live.copies[0])
    unit = 1000 / page.locator(".sheet").first.bounding_box()["width"]
    assert after["x"] - before["x"] == pytest.approx(60 * unit, abs=2)
    assert after["y"] - before["y"] == pytest.approx(20 * unit, abs=2)


def test_a_text_is_changed_in_place_and_an_emptied_text_is_removed(grade, live):
    page = grade()
    page.keyboard.press("t")
    page.mouse.click(300, 500)
    page.keyboard.type("Tres bien")
    page.keyboard.press("Enter")
    page.keyboard.press("v")
    page.mouse.dblclick(320, 500)
    page.keyboard.press("Control+a")
    page.keyboard.type("Bien")
    page.keyboard.press("Enter")
    saved(page)
    assert [value["t"] for value in annotations(live, live.copies[0])] == ["Bien"]
    page.mouse.dblclick(315, 500)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(page.locator(".annot")).to_have_count(0)


def test_the_eraser_removes_what_it_touches_in_one_step(grade, live):
    page = grade()
    page.keyboard.press("j")
    page.mouse.click(400, 500)
    page.mouse.click(500, 500)
    page.keyboard.press("g")
    stroke(page, x=380, y=500, moves=40)
    expect(page.locator(".annot")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".annot")).to_have_count(2)
    saved(page)
    assert len(annotations(live, live.copies[0])) == 2


def test_a_criterion_is_pinned_on_the_page(grade, live):
    page = grade()
    page.locator(".pin").first.click()
    page.mouse.click(450, 600)
    saved(page)
    [pinned] = annotations(live, live.copies[0])
    assert pinned["k"] == "remark" and pinned["n"] == 1 and pinned["ref"]
    expect(page.locator("#remarks li")).to_have_count(1)


def test_unknown_kinds_are_kept_and_shown_as_a_dashed_box(grade, live):
    live.write(live.copies[0], "annot:" + "a" * 24, {"k": "barcode", "page": 0, "x": 100, "y": 100, "w": 80, "h": 40})
    page = grade()
    expect(page.locator(".annot .unknown")).to_have_count(1)


# ---- Nothing is lost ---------------------------------------------------------------------------


def test_nothing_is_lost_offline_even_if_the_browser_crashes(grade, live, context):
    page = grade()
    context.set_offline(True)
    page.keyboard.press("s")
    stroke(page)
    page.keyboard.press("1")
    expect(page.locator("#save")).to_have_text("Offline — 3 changes kept on this device")
    crash(page)
    context.set_offline(False)
    assert live.targets(live.copies[0]) == {}
    again = grade(on=context.new_page())
    saved(again)
    expect(again.locator(".annot-ink")).to_have_count(1)
    expect(score(again, "1a")).to_have_text("1")
    assert scores(live, live.copies[0]) == [1]


def test_a_lost_answer_is_replayed_and_applied_once(grade, live):
    page = grade()
    attempts = []

    def lose_the_first_answer(route):
        attempts.append(route.request.post_data_json)
        if len(attempts) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/ops", lose_the_first_answer)
    page.keyboard.press("s")
    stroke(page)
    expect.set_options(timeout=8000)
    saved(page)
    assert [op["id"] for op in attempts[0]["ops"]] == [op["id"] for op in attempts[1]["ops"]]
    assert len(live.targets(live.copies[0])) == 1


def test_a_replay_does_not_undo_what_a_colleague_wrote_meanwhile(grade, live):
    page = grade()
    copy = live.copies[0]
    attempts = []

    def lose_the_first_answer(route):
        attempts.append(1)
        if len(attempts) > 1:
            return route.continue_()
        route.fetch()
        [key] = [key for key in live.targets(copy) if key.startswith("score:")]
        live.write(copy, key, 3)
        return route.abort()

    page.route("**/ops", lose_the_first_answer)
    page.keyboard.press("x")
    saved(page)
    expect(score(page, "1a")).to_have_text("3")
    expect(page.locator("#notices")).to_be_empty()
    assert scores(live, copy) == [3]


def test_an_edit_made_while_its_predecessor_flies_waits_for_it(grade, live):
    page = grade()
    held = hold_ops(page)
    page.keyboard.press("x")
    page.wait_for_timeout(600)
    page.keyboard.press("m")
    page.wait_for_timeout(600)
    assert len(held) == 1
    let_go(held)
    saved(page)
    assert scores(live, live.copies[0]) == [4]
    expect(page.locator("#notices")).to_be_empty()


def test_a_conflict_is_about_one_question_and_keeping_mine_settles_it(grade, live):
    page = grade()
    copy = live.copies[0]
    key = f"score:{page.locator('.q').first.get_attribute('data-q')}"
    live.write(copy, key, 2)
    page.keyboard.press("m")
    notice = page.locator("#notices [role=alertdialog]")
    expect(notice).to_contain_text("Two values for 1a. You: 4 — Mme Corre: 2")
    expect(page.locator("#save")).to_have_text("Please check")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    expect(score(page, "1b")).to_have_text("2")
    notice.get_by_role("button", name="Keep 4").click()
    saved(page)
    assert live.targets(copy)[key] == 4
    expect(notice).to_have_count(0)


def test_an_open_conflict_survives_the_browser_and_theirs_can_be_taken(grade, live, context):
    page = grade()
    copy = live.copies[0]
    key = f"score:{page.locator('.q').first.get_attribute('data-q')}"
    live.write(copy, key, 2)
    page.keyboard.press("m")
    expect(page.locator("#notices [role=alertdialog]")).to_have_count(1)
    crash(page)
    live.expire_leases()
    again = grade(on=context.new_page())
    again.get_by_role("button", name="Take 2").click()
    expect(score(again, "1a")).to_have_text("2")
    saved(again)
    again.reload()
    again.wait_for_selector("html[data-ready]", state="attached")
    expect(again.locator("#notices")).to_be_empty()


def test_an_expired_session_keeps_everything_and_sends_it_after_signing_in(grade, live):
    page = grade()
    page.expected += ["401", "403"]
    live.sign_out()
    page.keyboard.press("1")
    expect(page.locator("#session")).to_contain_text("Your work is kept")
    expect(page.locator("#save")).to_contain_text("Sign in again — 2 changes kept")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    live.sign_in()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#session")).to_be_hidden()
    saved(page)
    assert sorted(scores(live, live.copies[0])) == [1, 1]


def test_a_refused_value_is_kept_in_sight_until_it_is_dropped(grade, live):
    page = grade()

    def refuse(route):
        results = [{"id": op["id"], "status": "invalid", "why": "Too much.", "current": None}
                   for op in route.request.post_data_json["ops"]]
        route.fulfill(json={"version": 0, "results": results})

    page.route("**/ops", refuse)
    page.keyboard.press("m")
    notice = page.locator("#notices [role=alertdialog]")
    expect(notice).to_contain_text("1a was refused: 4. Too much.")
    expect(score(page, "1a")).to_have_text("–")
    page.unroute("**/ops")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    notice.get_by_role("button", name="Drop it").click()
    saved(page)
    assert scores(live, live.copies[0]) == [0]


def test_a_page_that_cannot_be_loaded_says_so_and_is_tried_again(grade, live):
    page = grade()
    broken = page.locator(".sheet img").nth(1).get_attribute("src")
    page.route(f"**{broken}", lambda route: route.abort())
    page.reload()
    notice = page.locator(".missing")
    expect(notice).to_contain_text("Your marks are not affected")
    page.unroute(f"**{broken}")
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_have_count(0)


def test_a_closed_copy_keeps_what_could_not_be_sent_and_says_so(grade, live):
    page = grade()
    page.keyboard.press("1")
    saved(page)
    why = live.close(live.copies[0])
    page.keyboard.press("2")
    expect(page.locator("#notices")).to_contain_text(why)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download what was not sent").click()
    assert "score:" in download.value.path().read_text()
    page.keyboard.press("x")
    expect(score(page, "1a")).to_have_text("2.5")


def test_a_colleague_s_later_score_appears_on_a_copy_fetched_ahead(grade, live):
    page = grade()
    page.wait_for_function("""() => performance.getEntriesByType('resource')
        .filter((entry) => entry.name.includes('/grading/copies/')).length > 1""")
    key = f"score:{page.locator('.q').nth(2).get_attribute('data-q')}"
    live.write(live.copies[1], key, 4.5)
    page.keyboard.press("n")
    expect(score(page, "2")).to_have_text("4.5")


def test_an_undo_does_not_touch_what_somebody_wrote_since(grade, live):
    page = grade()
    page.keyboard.press("m")
    saved(page)
    key = f"score:{page.locator('.q').first.get_attribute('data-q')}"
    live.write(live.copies[0], key, 1)
    page.keyboard.press("n")
    expect(page.locator("#title")).not_to_have_text(re.compile(r"\b1$"))
    page.keyboard.press("b")
    expect(score(page, "1a")).to_have_text("1")
    page.keyboard.press("Control+z")
    expect(score(page, "1a")).to_have_text("1")


def test_any_interleaving_ends_in_one_state_and_loses_nothing(grade):
    storm = (Path(__file__).parent / "ledger_storm.js").read_text(encoding="utf-8")
    met = grade().evaluate(storm, {"seeds": 300, "steps": 60})
    assert min(met.values()) > 100, "the storm was too calm to mean anything"


# ---- From copy to copy -------------------------------------------------------------------------


def test_criteria_and_scores_belong_to_their_copy(grade):
    page = grade()
    title = page.locator("#title").text_content()
    page.keyboard.press("1")
    page.keyboard.press("3")
    page.keyboard.press("n")
    expect(page.locator("#title")).not_to_have_text(title)
    expect(pressed(page)).to_have_count(0)
    expect(page.locator("#total")).to_have_text("–")
    page.keyboard.press("b")
    expect(page.locator("#title")).to_have_text(title)
    expect(pressed(page)).to_have_count(2)
    expect(page.locator("#total")).to_have_text("2.5")


def test_a_stale_document_hides_neither_my_work_nor_quarrels_with_it(grade, live):
    """The first copy is fetched again while its op is still in flight: going back must show the op."""
    page = grade()
    page.wait_for_timeout(500)
    held = hold_ops(page)
    page.keyboard.press("m")
    title = page.locator("#title").text_content()
    page.keyboard.press("n")
    expect(page.locator("#title")).not_to_have_text(title)
    page.wait_for_timeout(600)
    assert held
    let_go(held)
    saved(page)
    page.keyboard.press("b")
    expect(page.locator("#title")).to_have_text(title)
    expect(score(page, "1a")).to_have_text("4")
    page.keyboard.press("x")
    saved(page)
    expect(page.locator("#notices")).to_be_empty()


def test_the_next_copy_is_there_at_once(grade):
    page = grade()
    page.wait_for_timeout(1500)
    for seen in range(5):
        page.keyboard.press("n")
        page.wait_for_function("(n) => performance.getEntriesByName('korrigo:next-copy').length > n", arg=seen)
        page.wait_for_timeout(700)
    times = page.evaluate("performance.getEntriesByName('korrigo:next-copy').map((entry) => entry.duration)")
    print("next copy, ms:", [round(ms) for ms in times])
    assert sorted(times)[len(times) // 2] < 100


def test_three_copies_are_graded_with_the_keyboard_alone(grade, live):
    page = grade()
    for number in range(3):
        title = page.locator("#title").text_content()
        page.keyboard.press("1")
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        page.keyboard.press("6")
        page.keyboard.type(",5")
        page.keyboard.press("Enter")
        page.keyboard.press("m")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#title")).not_to_have_text(title)
        expect(page.locator("#progress-text")).to_have_text(re.compile(f"^{number + 1}/"))
    saved(page)
    for copy in live.copies[:3]:
        assert sorted(scores(live, copy)) == [2, 2.5, 4, 6.5]
        assert live.targets(copy)["done"] is True


def test_finishing_with_scores_missing_asks_first(grade, live):
    page = grade()
    page.keyboard.press("m")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("3 scores are missing: 1b, 2, 3.")
    page.get_by_role("button", name="Finish anyway").click()
    saved(page)
    assert live.targets(live.copies[0])["done"] is True


def test_a_second_person_reads_only_and_may_take_over(grade, live, browser):
    page = grade()
    saved(page)
    other = browser.new_context()
    second = grade(on=other.new_page())
    expect(second.locator("#notices")).to_contain_text("another tab or on another device")
    second.keyboard.press("1")
    expect(score(second, "1a")).to_have_text("–")
    second.get_by_role("button", name="Take over").click()
    expect(second.locator("#notices")).to_be_empty()
    second.keyboard.press("1")
    saved(second)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#notices")).to_contain_text("another tab or on another device")
    assert scores(live, live.copies[0]) == [1]
    other.close()


# ---- For everybody -----------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_screen_is_accessible(page, grade, live, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour half-way
    copy = live.copies[0]
    live.write(copy, "annot:" + "b" * 24, {"k": "text", "page": 0, "x": 200, "y": 300, "t": "Bien vu"})
    live.write(copy, "flag", "Page missing")
    live.write(copy, "done", True)
    grade()
    page.keyboard.press("1")
    page.keyboard.press("v")
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()


def test_targets_are_large_enough_for_a_finger(browser, live):
    context = browser.new_context(viewport={"width": 834, "height": 1112}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(live.grade_url())
    page.wait_for_selector("html[data-ready]", state="attached")
    small = page.evaluate("""() => [...document.querySelectorAll(
            '.tools button, .side button, .top > button, .top summary')]
        .map((b) => [b.getAttribute('aria-label') || b.textContent.trim(), b.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.width < 44 || r.height < 44))
        .map(([name, r]) => `${name} ${r.width}x${r.height}`)""")
    context.close()
    assert small == []


def test_a_narrow_window_stacks_and_loses_nothing(page, live):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(live.grade_url())
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("m")
    expect(score(page, "1a")).to_have_text("4")
    expect(page.get_by_role("button", name="Finish, next copy")).to_be_in_viewport()


def test_the_pages_are_walked_with_the_keyboard(grade):
    page = grade()
    current = page.locator("#thumbs [aria-current]")
    page.keyboard.press("PageDown")
    expect(current).to_have_text("2")
    page.keyboard.press("End")
    expect(current).to_have_text("4")
    page.keyboard.press("PageUp")
    expect(current).to_have_text("3")
    page.keyboard.press("Home")
    expect(current).to_have_text("1")


def test_help_lists_what_the_keys_do(grade):
    page = grade()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next copy not finished")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


# ---- What programs propose -----------------------------------------------------------------------


def test_a_proposal_is_shown_as_such_accepted_by_a_key_and_undone_in_one_step(grade, live, shot):
    mark = {"k": "stamp", "page": 0, "x": 500, "y": 900, "t": "✓"}
    first = live.copies[0]
    live.propose(first, "1a", "2.5", confidence=0.97, reason="3.14 was expected and read.", marks=[mark])
    live.propose(first, "1b", None, reason="The grader could not work on this question.")
    page = grade()
    strip = page.locator("[data-q][data-on] .proposal")
    expect(strip).to_contain_text("Proposed: 2.5 (97 % sure)")
    expect(strip).to_contain_text("3.14 was expected and read.")
    expect(page.locator("#total")).to_have_text("–")
    shot(page, "grade-proposal")
    page.keyboard.press("Shift+A")
    expect(page.locator("#total")).to_have_text("2.5")
    expect(page.locator(".annot")).to_have_count(1)
    expect(strip).to_contain_text("No proposal")
    expect(strip.locator("button")).to_be_hidden()
    saved(page)
    assert scores(live, first) == [2.5]
    assert [value["t"] for value in annotations(live, first)] == ["✓"]
    page.keyboard.press("ArrowUp")
    expect(strip).to_contain_text("Accepted: 2.5")
    page.keyboard.press("Control+z")
    expect(page.locator("#total")).to_have_text("–")
    expect(page.locator(".annot")).to_have_count(0)
    expect(strip.locator("button")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("[data-q] .proposal:visible")).to_have_count(0)
