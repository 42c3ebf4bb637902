"""Rows of a roster: what is refused and why, pupils that look alike, keys, writing back."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_import.roster import RosterRow, match_key, read_roster, refused_csv
from korrigo_import.roster.refused import safe, unsafe

TODAY = dt.date(2026, 11, 24)


def read(*lines: str):
    return read_roster("\n".join(lines).encode(), today=TODAY)


@pytest.mark.parametrize(("written", "born"), [
    ("23/05/2008", dt.date(2008, 5, 23)), ("3/5/2008", dt.date(2008, 5, 3)), ("2008-05-23", dt.date(2008, 5, 23)),
    ("23/05/08", dt.date(2008, 5, 23)), ("23.05.2008", dt.date(2008, 5, 23)), ("", None),
    ("2008-05-23 00:00:00", dt.date(2008, 5, 23)), ("29/02/2008", dt.date(2008, 2, 29)),
    ("01/01/98", dt.date(1998, 1, 1)),
])
def test_birth_dates_are_read_as_they_are_written(written, born):
    assert read("Nom;Prénom;Né(e) le", f"Dupont;Jean;{written}").rows[0].birth_date == born


@pytest.mark.parametrize(("written", "why"), [
    ("29/02/2007", "does not exist"), ("05/23/2008", "does not exist"), ("1 mai", "day/month/year"),
    ("01/01/2026", "cannot be"), ("01/01/2031", "cannot be"), ("01/01/1850", "cannot be"), ("01/01/40", "four digits"),
])
def test_a_birth_date_without_sense_refuses_its_row_alone(written, why):
    roster = read("Nom;Prénom;Né(e) le", f"Dupont;Jean;{written}", "Durand;Léa;01/02/2008")
    assert [row.last_name for row in roster.rows] == ["Durand"]
    assert [(row.line, why in row.why, written in row.why) for row in roster.refused] == [(2, True, True)]


@given(st.dates(dt.date(1950, 1, 1), dt.date(2024, 1, 1)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y"]))
def test_any_birth_date_comes_back(born, style):
    assert read("Nom;Prénom;Né(e) le", f"Dupont;Jean;{born.strftime(style)}").rows[0].birth_date == born


@pytest.mark.parametrize(("line", "why"), [
    (";;TG1", "no name"), ("Total : 26;;", "holds digits"), (";Jean;TG1", "no last name"),
    ("Dupont;Jean;TG1;more", "4 cells under 3 titles"), (f"Dupont;Jean;{'x' * 501}", "more than 500"),
    (f"{'D' * 121};Jean;TG1", "last name has more than 120"),
])
def test_a_row_that_is_no_pupil_is_refused_with_its_reason(line, why):
    roster = read("Nom;Prénom;Classe", line, "Durand;Léa;TG1")
    assert len(roster.rows) == 1
    assert (roster.refused[0].line, why in roster.refused[0].why) == (2, True)


def test_a_number_that_a_spreadsheet_shortened_is_refused():
    roster = read("Nom;Prénom;N° candidat", "Dupont;Jean;2,62E+09", "Durand;Léa;2624001.0")
    assert "shortened" in roster.refused[0].why
    assert roster.rows[0].number == "2624001"


def test_an_address_or_an_ine_that_cannot_be_used_is_left_out_with_a_note():
    row = read("Nom;Prénom;INE;E-mail", "Dupont;Jean;12;jean(at)example").rows[0]
    assert (row.ine, row.email, len(row.notes)) == ("", "", 2)


@pytest.mark.parametrize("ine", ["123456789AB", "1234567890A", "012345_789A", "1234A56789B"])
def test_the_known_shapes_of_an_ine_are_taken(ine):
    assert read("Nom;Prénom;INE", f"Dupont;Jean;{ine.lower()}").rows[0].ine == ine


def test_twins_are_two_pupils_without_remark():
    roster = read("Nom;Prénom;Né(e) le", "Dupont;Jean;01/02/2008", "Dupont;Léa;01/02/2008")
    assert [row.notes for row in roster.rows] == [(), ()]


def test_namesakes_are_both_kept_and_both_noted():
    roster = read("Nom;Prénom;Né(e) le", "Dupont;Jean;01/02/2008", "DUPONT;Jéan;03/04/2007", "Durand;Léa;01/02/2008")
    assert "line 3" in roster.rows[0].notes[0]
    assert "line 2" in roster.rows[1].notes[0]
    assert roster.rows[2].notes == ()


def test_the_same_pupil_again_is_refused():
    roster = read("Nom;Prénom;Né(e) le", "Le Goff;Jean;01/02/2008", "LEGOFF;JEAN;2008-02-01")
    assert len(roster.rows) == 1
    assert "line 2" in roster.refused[0].why


def test_a_number_belongs_to_one_pupil():
    roster = read("Nom;Prénom;N° candidat", "Dupont;Jean;17", "Durand;Léa;17")
    assert [row.last_name for row in roster.rows] == ["Dupont"]
    assert "Dupont Jean has the number 17 on line 2" in roster.refused[0].why


def test_titles_repeated_between_two_classes_are_no_pupil():
    roster = read("Nom;Prénom", "Dupont;Jean", "Nom;Prénom", "Durand;Léa")
    assert ([row.last_name for row in roster.rows], roster.refused) == (["Dupont", "Durand"], ())


def test_the_key_does_not_depend_on_how_the_name_is_written_or_cut():
    born = dt.date(2008, 2, 1)
    one = RosterRow(2, "LE GOFF", "ÉLÉONORE", "LE GOFF ÉLÉONORE", True, born)
    other = RosterRow(9, "Le", "Goff Eléonore", "Le  Goff-Eléonore", False, born)
    assert match_key(one) == match_key(other)


def test_a_candidate_number_of_another_exam_does_not_find_a_stranger():
    jean = RosterRow(2, "Dupont", "Jean", birth_date=dt.date(2008, 2, 1), number="1")
    lea = RosterRow(2, "Durand", "Léa", birth_date=dt.date(2008, 5, 6), number="1")
    assert match_key(jean) != match_key(lea)
    assert match_key(RosterRow(2, "Dupont", "Jean", number="1")) != match_key(RosterRow(2, "Durand", "Léa", number="1"))


def test_the_ine_finds_a_pupil_whose_name_was_corrected():
    assert (match_key(RosterRow(2, "Dupond", "Jean", ine="123456789AB"))
            == match_key(RosterRow(7, "Dupont", "Jean", ine="123456789AB", number="4")))


def test_names_of_any_script_have_keys_of_their_own():
    assert match_key(RosterRow(2, "李", "明")) != match_key(RosterRow(3, "王", "芳"))


def test_without_a_birth_date_the_class_keeps_namesakes_apart():
    assert (match_key(RosterRow(2, "Dupont", "Jean", class_name="TG1"))
            != match_key(RosterRow(3, "Dupont", "Jean", class_name="TG2")))


def test_refused_rows_are_written_back_corrected_and_read():
    roster = read("Nom;Prénom;Né(e) le", "Dupont;Jean;31/02/2008", "Durand;Léa;01/02/2008", "Petit;Zoé;x")
    text = refused_csv(roster, roster.refused).decode("utf-8-sig")
    assert [row["Nom"] for row in csv.DictReader(io.StringIO(text), delimiter=";")] == ["Dupont", "Petit"]
    corrected = text.replace("31/02/2008;", "28/02/2008;").replace(";x;", ";;")
    again = read_roster(corrected.encode("utf-8-sig"), today=TODAY)
    assert [(row.last_name, row.birth_date) for row in again.rows] == [
        ("Dupont", dt.date(2008, 2, 28)), ("Petit", None)]


@given(st.text(st.sampled_from("'=+-@\t\r\n aé;|,1"), max_size=8))
def test_a_refused_cell_is_never_a_formula_and_comes_back(text):
    cell = safe(text)
    assert not cell.lstrip(" \t\r\n").startswith(("=", "+", "-", "@"))
    assert unsafe(cell) == text


def test_a_row_of_formulas_is_harmless_when_it_is_written_back():
    roster = read("Nom;Prénom;Né(e) le", '=HYPERLINK("http://x");Jean;x')
    written = refused_csv(roster, roster.refused).decode("utf-8-sig")
    cells = next(csv.reader(io.StringIO(written.splitlines()[1]), delimiter=";"))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
