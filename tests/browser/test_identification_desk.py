"""The identification desk in a real browser.

Fixtures that the suite's conftest provides:

``page``   a playwright page that fails its test on any page error, console error or CSP violation; what a test
           provokes on purpose it adds to the list ``page.expected`` (substrings of console messages)
``live``   a running server with an exam of 24 copies and 26 pupils, none identified, and a signed-in person:
           ``live.desk_url`` the page; ``live.copies`` the ids of the copies in order;
           ``live.students`` the roster as ``[{id, last, first, number, ...}]``;
           ``live.proposed(copy)`` the first proposal; ``live.name_of(copy)`` the pupil stored, or None;
           ``live.is_unknown(copy)``; ``live.give(copy, student)`` somebody else's decision;
           ``live.truth`` whose each copy is, not always the first proposal, by ``live.in_order``;
           ``live.sure`` the ids of the copies whose verdict is "auto": not the first three
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def desk(page: Page, live) -> Page:
    page.goto(live.desk_url)
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


def saved(page: Page) -> None:
    expect(page.locator("#save")).to_have_text("Everything is saved")


def title(page: Page):
    return page.locator("#copy-title")


def options(page: Page):
    return page.get_by_role("option")


def student(live, copy: str) -> dict:
    return next(each for each in live.students if each["id"] == live.proposed(copy))


def test_enter_accepts_the_first_proposal_and_shows_the_next_copy(desk, live):
    first = title(desk).text_content()
    desk.keyboard.press("Enter")
    expect(title(desk)).not_to_have_text(first)
    expect(desk.locator("#announce")).to_contain_text(student(live, live.copies[0])["last"])
    saved(desk)
    assert live.name_of(live.copies[0]) == live.proposed(live.copies[0])


def test_a_digit_of_the_physical_row_accepts_the_nth_proposal(desk, live):
    second = options(desk).nth(1).locator("b").text_content()
    desk.evaluate("""() => document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'é', code: 'Digit2', bubbles: true, cancelable: true}))""")
    saved(desk)
    stored = next(each for each in live.students if each["id"] == live.name_of(live.copies[0]))
    assert stored["last"] == second


def test_the_search_ignores_accents_case_and_order(desk, live):
    wanted = next(each for each in live.students if each["first"] != each["first"].encode("ascii", "ignore").decode())
    plain = {"é": "e", "è": "e", "ê": "e", "ë": "e", "ï": "i", "î": "i", "ç": "c", "ô": "o", "à": "a"}
    first = "".join(plain.get(letter, letter) for letter in wanted["first"].lower())
    desk.keyboard.type(f"{first[:4]} {wanted['last'][:4].lower()}")
    expect(options(desk).first).to_contain_text(wanted["last"])
    desk.keyboard.press("Enter")
    saved(desk)
    assert live.name_of(live.copies[0]) == wanted["id"]


def test_a_candidate_number_is_searched_with_the_keypad(desk, live):
    wanted = live.students[7]
    for digit in wanted["number"]:
        desk.keyboard.press(f"Shift+Numpad{digit}")  # as with NumLock: the digit, not End or Home
    expect(options(desk)).to_have_count(1)
    expect(options(desk).first).to_contain_text(wanted["last"])


def test_the_list_is_walked_with_arrows_and_escape_empties_the_box(desk):
    box = desk.get_by_role("combobox")
    desk.keyboard.press("ArrowDown")
    expect(options(desk).nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "option-1")
    desk.keyboard.type("a")
    expect(options(desk).first).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Escape")
    expect(box).to_have_value("")


def test_skip_back_unknown_and_undo_have_a_key_each(desk, live):
    first = title(desk).text_content()
    desk.keyboard.press("ArrowRight")
    expect(title(desk)).not_to_have_text(first)
    desk.keyboard.press("ArrowLeft")
    expect(title(desk)).to_have_text(first)
    desk.keyboard.press("Digit0")
    expect(title(desk)).not_to_have_text(first)
    saved(desk)
    assert live.is_unknown(live.copies[0])
    desk.keyboard.press("Control+z")
    expect(title(desk)).to_have_text(first)
    saved(desk)
    assert not live.is_unknown(live.copies[0]) and live.name_of(live.copies[0]) is None


def test_the_third_last_decision_alone_is_taken_back_and_given_again(desk, live):
    first = title(desk).text_content()
    for _ in range(3):
        desk.keyboard.press("Enter")
    for _ in range(3):
        desk.keyboard.press("ArrowLeft")
    expect(title(desk)).to_have_text(first)
    desk.keyboard.press("Delete")
    expect(desk.locator("#copy-state")).to_have_text("no name yet")
    expect(desk.get_by_role("button", name=re.compile("Take back"))).to_be_hidden()
    saved(desk)
    assert [bool(live.name_of(copy)) for copy in live.copies[:3]] == [False, True, True]
    desk.keyboard.press("Enter")
    saved(desk)
    assert [live.name_of(copy) for copy in live.copies[:3]] == [live.proposed(copy) for copy in live.copies[:3]]


def test_three_times_undo_takes_the_last_three_decisions_back(desk, live):
    first = title(desk).text_content()
    for _ in range(3):
        desk.keyboard.press("Enter")
    for _ in range(3):
        desk.keyboard.press("Control+z")
    expect(title(desk)).to_have_text(first)
    saved(desk)
    assert [live.name_of(copy) for copy in live.copies[:3]] == [None] * 3


def test_a_pupil_who_is_not_on_the_list_is_added_and_found_without_a_reload(desk, live, context):
    first = title(desk).text_content()
    with context.expect_page() as opened:
        desk.keyboard.press("+")
    form = opened.value
    form.get_by_label("Last name").fill("Zwiller")
    form.get_by_label("First name").fill("Ève")
    form.get_by_role("button", name=re.compile("Add|Save")).first.click()
    form.wait_for_load_state()
    form.close()
    desk.bring_to_front()
    desk.evaluate("() => dispatchEvent(new Event('focus'))")     # a headless window has it all the time
    desk.keyboard.type("zwil eve")
    expect(options(desk)).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(title(desk)).not_to_have_text(first)
    saved(desk)
    assert live.name_of(live.copies[0])


def test_space_turns_the_pages_of_the_copy(desk):
    expect(desk.locator("#page-number")).to_have_text("page 1 of 4")
    desk.keyboard.press("Space")
    expect(desk.locator("#page-number")).to_have_text("page 2 of 4")
    desk.keyboard.press("Shift+Space")
    expect(desk.locator("#page-number")).to_have_text("page 1 of 4")


def test_a_letter_typed_anywhere_goes_on_in_the_box(desk):
    desk.get_by_role("button", name=re.compile("^Skip")).focus()
    desk.keyboard.type("ab")
    expect(desk.get_by_role("combobox")).to_have_value("ab")


def test_a_name_already_given_is_shown_as_taken_and_both_copies_are_compared(desk, live):
    taken = student(live, live.copies[0])
    desk.keyboard.press("Enter")
    second = title(desk).text_content()
    desk.keyboard.type(f"{taken['last']} {taken['first']}".lower())
    expect(options(desk).first).to_contain_text("on ")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("is already on")
    desk.get_by_role("button", name="Compare").click()
    expect(desk.get_by_role("dialog")).to_contain_text(second)
    desk.keyboard.press("Digit1")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(title(desk)).not_to_have_text(second)
    saved(desk)
    assert live.name_of(live.copies[1]) == taken["id"]
    assert live.name_of(live.copies[0]) is None


def test_a_name_that_somebody_else_gave_meanwhile_is_refused_on_its_copy(desk, live):
    desk.expected.append("409")
    first = title(desk).text_content()
    live.give(live.copies[5], live.proposed(live.copies[0]))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("has just been given to copy")
    expect(title(desk)).to_have_text(first)
    expect(desk.locator("#copy-state")).to_have_text("no name yet")
    assert live.name_of(live.copies[0]) is None


def test_decisions_wait_for_the_network_and_are_sent_in_order(desk, live, context):
    context.set_offline(True)
    for _ in range(3):
        before = title(desk).text_content()
        desk.keyboard.press("Enter")
        expect(title(desk)).not_to_have_text(before)
    expect(desk.locator("#save")).to_have_text("Offline — 3 decisions wait")
    context.set_offline(False)
    saved(desk)
    assert [live.name_of(copy) for copy in live.copies[:3]] == [live.proposed(copy) for copy in live.copies[:3]]


def test_sheet_mode_accepts_what_is_shown_except_what_was_taken_out(desk, live):
    desk.get_by_role("button", name=re.compile("sure ones")).click()
    expect(desk.locator(".sheet-cell")).to_have_count(len(live.sure))
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Delete")
    expect(desk.locator("#sheet-accept")).to_contain_text(f"Accept the {len(live.sure) - 1} shown")
    desk.keyboard.press("Control+Enter")
    expect(title(desk)).to_be_visible()
    saved(desk)
    kept = [copy for copy in live.sure if live.name_of(copy)]
    assert kept == [live.sure[0], *live.sure[2:]]


def test_all_copies_are_identified_with_one_key_each_and_the_absent_are_listed(desk, live):
    for number in range(1, len(live.copies) + 1):
        desk.keyboard.press("Enter")
        expect(desk.locator("#progress-text")).to_have_text(re.compile(f"^{number} of"))
    expect(desk.locator("#end-students li")).to_have_count(len(live.students) - len(live.copies))
    saved(desk)
    assert all(live.name_of(copy) == live.proposed(copy) for copy in live.copies)


def test_the_next_header_is_there_at_once(desk):
    desk.wait_for_timeout(800)
    times = []
    for _ in range(5):
        times.append(desk.evaluate("""() => new Promise((done) => {
            const began = performance.now();
            document.activeElement.dispatchEvent(
                new KeyboardEvent('keydown', {key: 'Enter', code: 'Enter', bubbles: true, cancelable: true}));
            document.getElementById('crop').decode().then(() => done(performance.now() - began));
        })"""))
        desk.wait_for_timeout(500)
    print("next header, ms:", [round(ms) for ms in times])
    assert sorted(times)[2] < 100


def test_a_batch_of_24_is_cleared_by_keyboard_with_hardly_more_than_a_key_a_copy(desk, live):
    """As a secretary does: look, a digit for the name that is right, a few letters where it is not among them."""
    def position(copy: str, wanted: str) -> int | None:
        names = desk.locator("[role=option]").all_text_contents()
        last = next(each for each in live.students if each["id"] == wanted)
        return next((place for place, text in enumerate(names[:5])
                     if last["last"] in text and last["first"] in text), None)

    keys = among = 0
    waits = []
    desk.wait_for_timeout(500)
    for number, copy in enumerate(live.in_order, 1):
        wanted = live.truth[copy]
        place = position(copy, wanted)
        if place is None:
            last = next(each for each in live.students if each["id"] == wanted)
            desk.keyboard.type(f"{last['last'][:4]} {last['first'][:2]}".lower())
            desk.keyboard.press("Enter")
        else:
            among += 1
            keys += 1
            code = "Enter" if place == 0 else f"Digit{place + 1}"
            waits.append(desk.evaluate("""(code) => new Promise((done) => {
                const before = document.getElementById('copy-title').textContent, began = performance.now();
                const over = () => document.getElementById('copy-title').textContent !== before
                    || document.getElementById('desk').dataset.state === 'end';
                const look = () => over() ? requestAnimationFrame(() => done(performance.now() - began))
                    : requestAnimationFrame(look);
                document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
                    {key: code === 'Enter' ? 'Enter' : code.slice(-1), code, bubbles: true, cancelable: true}));
                look();
            })""", code))
        expect(desk.locator("#progress-text")).to_have_text(re.compile(f"^{number} of"))
    saved(desk)
    assert {copy: live.name_of(copy) for copy in live.in_order} == live.truth
    waits.sort()
    print(f"{among} of {len(live.copies)} among the first five, {keys / among:.2f} keys each; answered in "
          f"{waits[len(waits) // 2]:.0f} ms (median), {waits[-1]:.0f} ms at most")
    assert among >= 20 and keys <= 1.3 * among
    assert waits[len(waits) // 2] < 100


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mode", ["one by one", "sheet"])
def test_the_desk_is_accessible(desk, theme, mode):
    desk.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour half-way
    desk.reload()
    desk.wait_for_selector("html[data-ready]", state="attached")
    desk.keyboard.press("Enter")
    if mode == "sheet":
        desk.get_by_role("button", name=re.compile("sure ones")).click()
    found = Axe().run(desk, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
