"""The summary page: complete, legible, and as long as it has to be."""

from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_grading.paper.check import check_graded
from korrigo_grading.paper.model import QuestionLine
from korrigo_grading.paper.numbers import decimal_comma, decimal_point, number_style
from korrigo_grading.paper.summary import draw_summary
from korrigo_grading.paper.write import write_graded
from paper_samples import CLASS_A4, SUMMARY, copy_of, render, sides, text_of

from korrigo.typeset.fonts import Fonts, FontShelf

FRENCH = {
    "copy": "Copie", "total": "Note", "question": "Question", "points": "Points", "appreciation": "Appréciation",
    "graders": "Corrigé par", "page": "Page {page} sur {pages}", "continued": "suite",
}  # fmt: skip


def pages_of(summary, tmp_path: Path) -> list[str]:
    """The text of each summary page, as a reader finds it."""
    out = tmp_path / "graded.pdf"
    copy = copy_of(sides(CLASS_A4, 1), summary=summary)
    receipt = write_graded(copy, out)
    check_graded(out, copy, receipt)
    return [text_of(out, page).replace("\r\n", "\n").replace("\xa0", " ") for page in range(receipt.summary_pages)]


def test_everything_that_a_pupil_must_know_can_be_read(tmp_path):
    (text,) = pages_of(replace(SUMMARY, labels=FRENCH), tmp_path)
    for words in (
        "Devoir de mathématiques", "Mathématiques", "12 décembre 2026", "Éléonore Œuvrard", "Copie 2624034", "Note",
        "12,75", "/ 20", "Exercice 1", "Suites", "3,5 / 4", "1,25 / 2", "– / 2", "Appréciation", "Bon travail.",
        "Continuez ainsi !", "Corrigé par A. Grader",
    ):  # fmt: skip
        assert words in text
    assert "∀n∈ℕ,√2≤uₙ" in "".join(text.split())
    assert "Page" not in text


def test_a_long_scheme_goes_on_with_heading_name_and_page_numbers(tmp_path):
    questions = tuple(
        QuestionLine(
            f"Q{k}", f"question-{k} " + "mot " * (k % 30), Decimal(k), Decimal(60), k % 3, ("remarque " * 9,) * (k % 4))
        for k in range(60)
    )
    texts = pages_of(replace(SUMMARY, questions=questions, labels=FRENCH), tmp_path)
    assert len(texts) > 2
    for page, text in enumerate(texts, 1):
        assert f"Page {page} sur {len(texts)}" in text
        assert "Éléonore Œuvrard" in text
        assert ("suite" in text) == (page > 1)
    whole = "\n".join(texts)
    assert all(f"question-{k}\n" in whole or f"question-{k} " in whole for k in range(60))
    assert "".join(texts).count("remarque") == 9 * sum(k % 4 for k in range(60))


def test_an_appreciation_longer_than_a_page_is_printed_whole(tmp_path):
    words = [f"mot{k}" for k in range(1500)]
    texts = pages_of(replace(SUMMARY, questions=(), appreciation=" ".join(words)), tmp_path)
    found = " ".join(texts).split()
    assert [w for w in found if w.startswith("mot")] == words


def test_nothing_is_printed_in_the_margins_of_the_page(tmp_path):
    questions = tuple(
        QuestionLine("Q" * 90, "x" * 300, Decimal("99999.125"), Decimal("99999.125"), depth, ("y" * 200,))
        for depth in range(40)
    )
    summary = replace(
        SUMMARY, title="Interminable " * 12, pupil="Prénom-Composé " * 9, total=Decimal("99999.875"),
        maximum=Decimal("100000"), questions=questions, graders=("Somebody",) * 40)  # fmt: skip
    count = len(pages_of(summary, tmp_path))
    for page in range(count):
        ink = render(tmp_path / "graded.pdf", page, 595).min(axis=2) < 225
        ys, xs = np.nonzero(ink)
        assert xs.min() >= 54 and xs.max() <= 541 and ys.min() >= 50 and ys.max() <= 810


def test_a_title_is_not_left_alone_at_the_foot_of_a_page(tmp_path):
    """Whatever stands above, the first remark is on the page of its question."""
    alone = 0
    for above, remarks in product((23, 24), range(10)):
        questions = (
            QuestionLine("0", "q", None, None, 0, ("r",) * remarks),
            *(QuestionLine(f"{k}", "q", None, None) for k in range(1, above)),
            QuestionLine("last", "question", Decimal(1), Decimal(2), 0, ("its-remark",)),
        )
        texts = pages_of(replace(SUMMARY, questions=questions, appreciation=""), tmp_path)
        (page,) = (text for text in texts if "its-remark" in text)
        assert "last" in page
        alone += len(texts)
    assert alone > 20  # some of them did need a second page


def test_an_empty_scheme_makes_one_page(tmp_path):
    bare = replace(SUMMARY, questions=(), appreciation="", graders=(), subject="", date="")
    assert len(pages_of(bare, tmp_path)) == 1


@pytest.mark.parametrize(("value", "point", "comma"), [
    ("12.750", "12.75", "12,75"), ("20.000", "20", "20"), ("0.000", "0", "0"), ("-0.5", "-0.5", "-0,5"),
    ("100", "100", "100"), ("1E+2", "100", "100"),
])  # fmt: skip
def test_points_are_printed_without_useless_zeros(value, point, comma):
    assert decimal_point(Decimal(value)) == point
    assert decimal_comma(Decimal(value)) == comma


def test_only_english_is_printed_with_a_decimal_point():
    written = {language: number_style(language)(Decimal("12.5")) for language in ("fr", "en", "br")}
    assert written == {"fr": "12,5", "en": "12.5", "br": "12,5"}


SHELF = FontShelf()
lines = st.builds(
    QuestionLine, st.text(max_size=20), st.text(max_size=80), st.none() | st.decimals(0, 100, places=3),
    st.none() | st.decimals(0, 100, places=3), st.integers(0, 4), st.lists(st.text(max_size=99), max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(lines, max_size=12).map(tuple), st.text(max_size=300))
def test_any_words_make_pages(questions, appreciation):
    summary = replace(SUMMARY, questions=questions, appreciation=appreciation)
    assert all(draw_summary(summary, Fonts(SHELF), decimal_comma))
