"""Marks as CSV: what a spreadsheet and PRONOTE are given."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_export.formats import (
    ExportQuestion,
    ExportRow,
    ExportTable,
    RowStatus,
    counts,
    generic_csv,
    pronote_csv,
    rounded,
)

D = Decimal
QUESTIONS = (ExportQuestion("a", "1a", "Derivative", D(8)), ExportQuestion("b", "-2", "Limit", D(12)))


def row(last: str = "Martin", first: str = "Léa", status: RowStatus = RowStatus.GRADED, **more) -> ExportRow:
    return ExportRow(status, **{"copy_serial": 1, "code": "ABCDE", "last_name": last, "first_name": first,
                                "class_name": "TG3", "total": D("12.5"), **more})


def absent(last: str, first: str) -> ExportRow:
    return ExportRow(RowStatus.ABSENT, last_name=last, first_name=first)


def table(*rows: ExportRow) -> ExportTable:
    return ExportTable("Bac blanc", dt.date(2026, 5, 4), D(20), QUESTIONS, rows)


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("write", [generic_csv, pronote_csv])
def test_a_french_spreadsheet_opens_the_file_with_its_accents(write):
    data = write(table(row("Cœur-Noël", "Maëlys")))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n") and data.count(b"\n") == data.count(b"\r\n")
    assert "Cœur-Noël;Maëlys;" in data.decode("utf-8-sig")


def test_the_generic_file_has_a_line_for_each_row_and_a_column_for_each_question():
    marked = row(birth_date=dt.date(2008, 5, 23), number="2624000", scores={"a": D("4.50"), "b": "NT"},
                 appreciation="Bien")
    head, one, other = lines(generic_csv(table(marked, absent("Petit", "Tom"))))
    assert head[2:5] == ["Nom", "Prénom", "Né(e) le"]
    assert head[8:] == ["Total /20", "1a /8", "'-2 /12", "Appréciation"]
    assert one == ["1", "ABCDE", "Martin", "Léa", "23/05/2008", "2624000", "TG3", "graded", "12,5", "4,5", "NT", "Bien"]
    assert other == ["", "", "Petit", "Tom", "", "", "", "absent", "", "", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+33 6", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x";"y")'])
def test_no_text_of_others_becomes_a_formula(text):
    rows = table(row(text, text, number=text, class_name=text, appreciation=text))
    for cells in (lines(generic_csv(rows))[1], lines(pronote_csv(rows))[1]):
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []
        assert f"'{text}" in cells


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_comes_back_in_one_cell(text):
    rows = table(row("Martin", appreciation=text))
    _head, cells = lines(generic_csv(rows))
    assert cells[-1] in (text, f"'{text}")
    assert len(cells) == 12


def test_a_mark_is_written_with_a_decimal_comma_and_no_useless_zeros():
    marks = [D("20"), D("0"), D("12.50"), D("7.25"), D("10"), D("0.125")]
    rows = table(*(row(total=mark) for mark in marks))
    assert [cells[8] for cells in lines(generic_csv(rows))[1:]] == ["20", "0", "12,5", "7,25", "10", "0,125"]
    assert lines(generic_csv(rows, decimal="."))[3][8] == "12.5"


@pytest.mark.parametrize(("mark", "step", "wanted"), [
    ("12.125", "0.25", "12.25"), ("12.124", "0.25", "12"), ("12.25", "0.5", "12.5"), ("12.24", "0.5", "12"),
    ("12.5", "1", "13"), ("13.5", "1", "14"), ("0.05", "0.1", "0.1"), ("12.345", "0.01", "12.35"),
])
def test_halves_are_rounded_up_as_french_schools_do(mark, step, wanted):
    assert rounded(D(mark), D(step)) == D(wanted)


@given(st.decimals(0, 100, places=3), st.sampled_from(["0.01", "0.1", "0.25", "0.5", "1"]))
def test_rounding_goes_to_the_nearest_step(mark, step):
    step = D(step)
    found = rounded(mark, step)
    assert found % step == 0
    assert -step / 2 < found - mark <= step / 2


def test_without_a_step_nothing_is_rounded_and_nothing_is_made_of_nothing():
    assert rounded(D("12.345"), None) == D("12.345")
    assert rounded(None, D(1)) is None


def test_pronote_is_given_one_mark_a_pupil_in_the_order_of_a_class():
    rows = table(row("Ügür", "Zoé", total=D(9)), row("Œuvrard", "Ève", total=D(8)), row("Martin", "Zoé", total=D(7)),
                 row("Martin", "Élie", total=D(6)), row("Le Gall", "Yann", total=D(5)), row("Martin", "", total=D(4)),
                 row("leblanc", "Ana", total=D(3)), row("Étienne", "Luc", total=D(2)))
    assert [cells[3] for cells in lines(pronote_csv(rows))[1:]] == ["2", "5", "3", "4", "6", "7", "8", "9"]
    assert lines(pronote_csv(rows))[0] == ["Nom", "Prénom", "Classe", "Note"]


def test_pronote_is_told_who_was_absent_and_whose_mark_is_not_there_yet():
    rows = table(row(total=None, status=RowStatus.PARTIAL), absent("Petit", "Tom"),
                 ExportRow(RowStatus.UNIDENTIFIED, copy_serial=3, code="FGHJK", total=D(12)))
    marks = {cells[0]: cells[3] for cells in lines(pronote_csv(rows))[1:]}
    assert marks == {"Martin": "N.Note", "Petit": "ABS"}
    letters = {RowStatus.ABSENT: "A", RowStatus.PARTIAL: "N"}
    assert [cells[3] for cells in lines(pronote_csv(rows, letters=letters))[1:]] == ["N", "A"]


def test_pronote_takes_no_more_than_two_decimals():
    rows = table(row(total=D("12.345")), row("Zola", total=D("12.344")))
    assert [cells[3] for cells in lines(pronote_csv(rows))[1:]] == ["12,35", "12,34"]


def test_a_mark_of_zero_is_a_mark():
    assert lines(pronote_csv(table(row(total=D(0)))))[1][3] == "0"


def test_what_is_missing_is_counted():
    rows = [row(), row(status=RowStatus.PARTIAL, total=None), absent("A", "A"), absent("B", "B")]
    assert counts(table(*rows)) == {RowStatus.GRADED: 1, RowStatus.PARTIAL: 1, RowStatus.ABSENT: 2}
    assert counts(table()) == {}
