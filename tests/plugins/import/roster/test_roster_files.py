"""Rosters as schools' programs write them: encodings, delimiters, titles."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_import.roster import Reading, RosterError, read_roster

TODAY = dt.date(2026, 11, 24)
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzéèêëàâçîïôùûüœ")
WORD = st.text(LETTERS, min_size=2, max_size=10).map(str.capitalize)


def read(text: str, **said):
    return read_roster(text.encode(), "", Reading(**said), today=TODAY)


@pytest.mark.parametrize(("batch", "pupils"), [("class-a4", 26), ("mock-a3", 14), ("messy-a4", 14)])
def test_every_pupil_of_a_real_roster_is_accepted(data, batch, pupils):
    roster = read_roster((data / "batches" / batch / "roster.csv").read_bytes(), "roster.csv", today=TODAY)
    assert (len(roster.rows), roster.refused, roster.warnings) == (pupils, (), ())
    assert all(row.last_name and row.first_name and row.birth_date for row in roster.rows)


@pytest.mark.parametrize("batch", ["mock-a3", "messy-a4"])
def test_names_in_one_cell_are_cut_as_the_pupils_are_called(data, batch):
    folder = data / "batches" / batch
    truth = {(row["last"].upper(), row["first"].upper())
             for row in csv.DictReader((folder / "truth.csv").read_text("utf-8").splitlines()) if row["last"]}
    roster = read_roster((folder / "roster.csv").read_bytes(), today=TODAY)
    assert truth <= {(row.last_name, row.first_name) for row in roster.rows}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-15",
                                      "mac_roman"])
def test_accents_survive_the_encoding(encoding):
    text = "Nom;Prénom;Né(e) le\r\nLefèvre;Maëlys;01/02/2008\r\nCœur;Françoise;03/04/2008\r\nÉtienne;Zoé;05/06/2008\r\n"
    roster = read_roster(text.encode(encoding), today=TODAY)
    assert [(row.last_name, row.first_name) for row in roster.rows] == [
        ("Lefèvre", "Maëlys"), ("Cœur", "Françoise"), ("Étienne", "Zoé")]


def test_letters_in_two_parts_are_put_together():
    assert read("Nom;Pre\u0301nom\nLefe\u0300vre;Zoe\u0301\n").rows[0].last_name == "Lefèvre"


@given(names=st.lists(st.tuples(WORD, WORD), min_size=1, max_size=8), delimiter=st.sampled_from(";,\t|"),
       end=st.sampled_from(["\n", "\r\n"]), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
       quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_a_roster_reads_the_same_however_it_is_written(names, delimiter, end, encoding, quoting):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["Nom", "Prénom", "N° candidat"])
    writer.writerows([last, first, str(1000 + place)] for place, (last, first) in enumerate(names))
    roster = read_roster(out.getvalue().encode(encoding), today=TODAY)
    assert [(row.last_name, row.first_name) for row in roster.rows] == names
    assert [row.line for row in roster.rows] == list(range(2, len(names) + 2))
    assert roster.table.delimiter == delimiter


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode) |
       st.text(st.sampled_from('Nom;Prénom,"\r\n\t|=0123/é '), max_size=200).map(lambda text: ("Nom;" + text).encode()))
def test_any_bytes_are_read_or_refused_in_words(data):
    try:
        roster = read_roster(data, today=TODAY)
    except RosterError as error:
        assert str(error).endswith(".")
    else:
        assert roster.rows or roster.refused


@pytest.mark.parametrize(("titles", "mapping"), [
    ("NOM;PRENOM;DATE_NAISSANCE;CLASSE;EMAIL;INE",
     ["last_name", "first_name", "birth_date", "class_name", "email", "ine"]),
    ("Nom de famille;Prénom 1;Né(e) le;Division;Adresse E-mail;N° interne",
     ["last_name", "first_name", "birth_date", "class_name", "email", "number"]),
    ("Last name;First name;Date of birth;Class;E-mail;Candidate number",
     ["last_name", "first_name", "birth_date", "class_name", "email", "number"]),
    ("Nom Elève;Prénom Elève;Date naissance;Classe;Courriel;N° candidat",
     ["last_name", "first_name", "birth_date", "class_name", "email", "number"]),
])
def test_titles_are_known_in_french_and_english(titles, mapping):
    roster = read(f"{titles}\nDupont;Jean;01/02/2008;TG1;a@example.org;123456789AB\n")
    assert roster.mapping == dict(zip(mapping, titles.split(";"), strict=True))


def test_titles_stand_under_the_name_of_the_school():
    roster = read("Lycée des Tests;;\nListe du 12/09/2026;;\n\nNom;Prénom;Classe\nDupont;Jean;TG1\n")
    assert [(row.line, row.last_name) for row in roster.rows] == [(5, "Dupont")]


def test_the_line_that_excel_writes_for_the_delimiter_is_obeyed():
    roster = read("sep=|\nNom|Prénom\nDupont;Durand|Jean\n")
    assert (roster.rows[0].line, roster.rows[0].last_name) == (3, "Dupont;Durand")


def test_a_cell_of_several_lines_does_not_shift_the_line_numbers():
    roster = read('Nom;Prénom;Options\nDupont;Jean;"LV2\nLatin"\nDurand;42;\n')
    assert [row.line for row in roster.rows] == [2]
    assert [row.line for row in roster.refused] == [4]


def test_columns_can_be_named_by_hand():
    text = "A;B;C\nJean;Dupont;TG1\n"
    with pytest.raises(RosterError, match="No column with the pupils' names") as refused:
        read(text)
    assert refused.value.columns == ("A", "B", "C")
    row = read(text, mapping={"last_name": "B", "first_name": "A"}).rows[0]
    assert (row.last_name, row.first_name, row.class_name) == ("Dupont", "Jean", "")


def test_a_column_named_by_hand_is_not_used_twice():
    roster = read("Nom;Prénom;Classe\nDupont;Jean;TG1\n", mapping={"number": "Classe"})
    assert (roster.rows[0].number, roster.rows[0].class_name) == ("TG1", "")


def test_a_field_can_be_left_out_by_hand():
    assert read("Nom;Prénom;Classe\nDupont;Jean;TG1\n", mapping={"class_name": ""}).rows[0].class_name == ""


@pytest.mark.parametrize("mapping", [{"last_name": "Absent"}, {"shoe_size": "Nom"}])
def test_a_mapping_that_does_not_fit_is_refused(mapping):
    with pytest.raises(RosterError):
        read("Nom;Prénom\nDupont;Jean\n", mapping=mapping)


@pytest.mark.parametrize(("data", "words"), [
    (b"", "empty"), (b" \r\n\r\n", "empty"), (b"PK\x03\x04rest", "workbook"), (b"%PDF-1.4", "a PDF"),
    (b"\xff\xfeN\x00o", "damaged"), (b"Nom;Pr\xc3\xa9nom\n", "no pupils"), (b"Nom\x01\x00;\x02", "not a text file"),
    (b'Nom;Pr\xc3\xa9nom\nDupont;"Jean\nDurand;Lea\n', "line 2"),
])
def test_a_file_that_cannot_be_used_says_why(data, words):
    with pytest.raises(RosterError, match=words):
        read_roster(data, today=TODAY)


def test_too_many_rows_are_refused_at_once():
    with pytest.raises(RosterError, match="at most 5000"):
        read("Nom;Prénom\n" + "".join(f"Dupont;{'ab'[n % 2]}{'c' * (n % 7)}\n" for n in range(5001)))


def test_letters_that_were_damaged_before_are_noticed():
    assert read("Nom;PrÃ©nom\nLefÃ¨vre;Jean\n", mapping={"first_name": "PrÃ©nom"}).warnings


def test_whole_names_under_nom_are_cut_when_there_are_no_first_names():
    roster = read("Nom;Classe\nDUPONT Jean;TG1\nDURAND Léa;TG1\n")
    assert [(row.last_name, row.first_name) for row in roster.rows] == [("DUPONT", "Jean"), ("DURAND", "Léa")]
    assert roster.warnings
