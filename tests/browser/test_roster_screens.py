"""Lists of pupils and absences, with real clicks and keys, and without any script."""

import random
import re

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from korrigo.models import Student

pytestmark = pytest.mark.browser

@pytest.fixture
def word() -> str:
    """A last name that no other test has: the server and its pupils are shared."""
    return "".join(random.choices("BCDFGLMNPRST", k=8))


@pytest.fixture
def rows(word) -> str:
    year = random.randint(1950, 2015)
    return (f"Élèves;Né(e) le;Stufe\n{word} JEAN;01/02/{year};G1\nLE {word} MARIE;03/04/{year};G1\n"
            f"{word} MARTIN PAUL;05/06/{year};G2\n{word} ZOE;31/02/{year};G2\n")


@pytest.fixture
def roster_url(live, server) -> str:
    return f"{server.url}/import/exams/{live.exam_id}/roster"


def stored(server, word: str) -> set[tuple[str, str, str, bool]]:
    with server.scope() as request:
        return {(one.last_name, one.first_name, one.class_name, one.split_doubtful)
                for one in request.db.scalars(sa.select(Student).where(Student.last_name.contains(word)))}


def send(page, roster_url: str, text: str, purpose: str = "") -> None:
    page.goto(roster_url)
    page.locator("summary", has_text="Send a list").click()
    page.set_input_files("#file", {"name": "liste.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")})
    if purpose:
        page.get_by_label(purpose).check()
    page.get_by_role("button", name="Look at the list").click()
    page.wait_for_url("**/roster/list")


def test_a_list_is_looked_at_and_corrected_by_keys(page, roster_url, server, shot, rows, word):
    send(page, roster_url, rows)
    expect(page.locator(".tally")).to_contain_text("3 new")
    expect(page.locator(".tally")).to_contain_text("2 names to look at")
    page.get_by_role("combobox", name="Stufe").select_option("class_name")
    expect(page.get_by_role("combobox", name="Stufe")).to_have_value("class_name")
    expect(page.locator("#understood ~ * td", has_text="G1").first).to_be_visible()
    shot(page, "roster-list")

    first, second = page.locator("[data-cut]").nth(0), page.locator("[data-cut]").nth(1)
    first.locator("input:checked").focus()
    page.keyboard.press("1")
    expect(second.locator("input:checked")).to_be_focused()
    page.keyboard.press("2")
    page.get_by_role("button", name="Import these 3 pupils").click()
    expect(page.get_by_role("heading", name="Report of the list")).to_be_visible()
    assert stored(server, word) == {(word, "JEAN", "G1", False), (f"LE {word}", "MARIE", "G1", False),
                                    (f"{word} MARTIN", "PAUL", "G2", False)}
    expect(page.get_by_text("does not exist")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="These lines as CSV").click()
    assert f"{word} ZOE" in download.value.path().read_text("utf-8-sig")
    shot(page, "roster-report")


def test_enter_in_a_field_of_the_list_imports_nothing(page, roster_url, rows):
    send(page, roster_url, rows)
    page.locator("[data-cut] input:checked").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("Import these 3"))).to_be_visible()


def test_a_file_that_is_dropped_is_looked_at(page, roster_url, rows):
    page.goto(roster_url)
    page.evaluate("""(text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.csv", {type: "text/csv"}));
      document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }""", rows)
    page.wait_for_url("**/roster/list")
    expect(page.get_by_text("dropped.csv")).to_be_visible()


def test_an_absence_is_one_key_and_the_focus_stays(page, roster_url, live):
    page.goto(roster_url)
    page.keyboard.press("j")
    page.keyboard.press("j")
    name = live.students[1]["name"]
    row = page.locator("#pupils tr", has_text=name)
    page.keyboard.press("a")
    expect(row.locator(".chip", has_text="absent")).to_be_visible()
    expect(row.get_by_role("button", name=re.compile("Mark as present"))).to_be_focused()
    page.keyboard.press("a")
    expect(row.locator(".chip", has_text="absent")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type(name.split()[0])
    page.keyboard.press("Enter")
    expect(page.locator("#pupils tbody tr")).to_have_count(2)


def test_all_of_it_works_without_scripts(browser, roster_url, rows, word):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    send(page, roster_url, rows)
    page.get_by_role("combobox", name="Stufe").select_option("class_name")
    page.get_by_role("button", name="Update the preview").first.click()
    expect(page.get_by_role("combobox", name="Stufe")).to_have_value("class_name")
    page.locator("input[name=seen]").check()
    page.get_by_role("button", name="Import these 3 pupils").click()
    expect(page.get_by_role("heading", name="Report of the list")).to_be_visible()
    page.get_by_role("link", name="Expected pupils").click()
    row = page.locator("#pupils tr", has_text=f"{word} JEAN")
    row.get_by_role("button", name=re.compile("Mark as absent")).click()
    expect(page.locator("#pupils tr", has_text=f"{word} JEAN").locator(".chip")).to_have_text("absent")
    context.close()


def test_the_screens_have_no_fault_that_a_machine_finds(page, roster_url, rows):
    send(page, roster_url, rows)
    for url in (f"{roster_url}/list", roster_url, f"{roster_url}/pupil"):
        page.goto(url)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
