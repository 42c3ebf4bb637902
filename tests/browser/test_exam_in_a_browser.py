"""One copy, by one person, in a real browser: name, scores, a stroke, the graded PDF in hand."""

import re

import pypdf
import pypdfium2
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

#: Where the stroke goes, in page units of page 1 (width 1000).
STROKE = ((300, 900), (700, 900))


def test_a_copy_is_named_graded_finalised_and_downloaded(visitor, live, server, shot, tmp_path):
    page = visitor
    page.goto(server.link(live.login))
    page.get_by_role("button", name=re.compile("Sign in|Se connecter")).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shot(page, "home")

    page.goto(live.desk_url)
    page.wait_for_selector("html[data-ready]", state="attached")
    shot(page, "desk")
    first = live.in_order[0]
    proposed = live.proposed(first)
    page.keyboard.press("Enter")
    expect(page.locator("#save")).to_have_text(re.compile("Everything is saved|Tout est enregistré"))
    assert live.name_of(first) == proposed

    page.goto(live.grade_url(first))
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    page.keyboard.type("3,5")
    page.keyboard.press("Enter")
    for _question in ("2", "3"):
        page.keyboard.press("m")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    draw(page)
    shot(page, "grade")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#save")).to_have_text(re.compile("Everything is saved|Tout est enregistré"))
    marks = [value for key, value in live.targets(first).items() if key.startswith("annot:") and value]
    assert [mark["k"] for mark in marks] == ["ink"]

    page.goto(f"{server.url}/grading/exams/{live.exam_id}/finalise")
    row = page.locator("#copy-1")
    row.get_by_role("button", name=re.compile("^(Finalise|Clôturer|Finaliser)")).click()
    graded(page, row)
    shot(page, "finalise")
    with page.expect_download() as download:
        row.get_by_role("button", name=re.compile("PDF|Copie corrigée|Copie annotée")).click()
    file = tmp_path / "graded.pdf"
    download.value.save_as(file)
    check(file, live.students[0]["name"])


def draw(page) -> None:
    """One stroke across page 1, with the mouse."""
    page.locator(".sheet svg.ink").first.scroll_into_view_if_needed()
    box = page.locator(".sheet").first.bounding_box()
    unit = box["width"] / 1000
    (x0, y0), (x1, y1) = ((box["x"] + x * unit, box["y"] + y * unit) for x, y in STROKE)
    page.mouse.wheel(0, y0 - 400)
    page.wait_for_timeout(300)
    box = page.locator(".sheet").first.bounding_box()
    (x0, y0), (x1, y1) = ((box["x"] + x * unit, box["y"] + y * unit) for x, y in STROKE)
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x1, y1, steps=12)
    page.mouse.up()


def graded(page, row) -> None:
    """Reload until the job has made the PDF."""
    for _try in range(60):
        if row.locator(".chip-good").count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(row.inner_text())


def check(file, name: str) -> None:
    """The summary first, then the four pages; the stroke is where it was drawn and nowhere else."""
    reader = pypdf.PdfReader(file)
    assert len(reader.pages) == 5
    summary = reader.pages[0].extract_text()
    assert name in summary
    assert "18,5" in summary.replace(" ", "")
    with pypdfium2.PdfDocument(file) as pdf:
        picture = pdf[1].render(scale=1000 / pdf[1].get_width()).to_pil().convert("RGB")
    (x0, y), (x1, _y) = STROKE
    middle = (x0 + x1) // 2
    assert any(is_red(picture.getpixel((middle, y + dy))) for dy in range(-4, 5))
    assert not any(is_red(picture.getpixel((middle, y + dy))) for dy in range(-60, -20))


def is_red(pixel) -> bool:
    red, green, blue = pixel
    return red > 150 and green < 110 and blue < 110
