"""Rosters as schools' programs write them: encodings, delimiters, titles."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given, settings
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


#: Column -> how its title may be written.
TITLES = {"last_name": ["Nom", "NOM", "Nom de famille", "Last name"],
          "first_name": ["Prénom", "PRENOM", "Prénom 1", "First name"],
          "birth_date": ["Né(e) le", "Date de naissance", "DATE_NAISS", "Date of birth"],
          "number": ["N° candidat", "Numéro", "Candidate number"], "class_name": ["Classe", "Division", "Class"],
          "email": ["Adresse E-mail", "Courriel"], "odd": ["Options", "Groupe "]}
PUPIL = st.fixed_dictionaries({
    "last_name": WORD, "first_name": WORD, "birth_date": st.dates(dt.date(1990, 1, 1), dt.date(2020, 1, 1)),
    "class_name": st.sampled_from(["TG1", "2nde 3", "61"]), "email": st.sampled_from(["", "a.b@example.org"]),
    "odd": st.sampled_from(["", "LV2; Latin", "a, b", "x|y", 'dit "le grand"', "deux\nlignes"])})


@settings(deadline=None)
@given(pupils=st.lists(PUPIL, min_size=1, max_size=8), order=st.permutations(list(TITLES)), data=st.data(),
       delimiter=st.sampled_from(";,\t|"), end=st.sampled_from(["\n", "\r\n", "\r"]),
       encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
       quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), dates=st.sampled_from(["%d/%m/%Y", "%Y-%m-%d"]))
def test_a_roster_reads_the_same_however_it_is_written(
        pupils, order, data, delimiter, end, encoding, quoting, dates):
    titles = [data.draw(st.sampled_from(TITLES[column])) for column in order]
    out = io.StringIO(newline="")
    # Python leaves a line end of another kind unquoted.
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end,
                        quoting=csv.QUOTE_ALL if end == "\r" else quoting)
    writer.writerow(titles)
    for place, pupil in enumerate(pupils):
        cells = {**pupil, "number": str(1000 + place), "birth_date": pupil["birth_date"].strftime(dates)}
        writer.writerow([cells[column] for column in order])
    roster = read_roster(out.getvalue().encode(encoding), today=TODAY)
    assert roster.refused == ()
    assert [(row.last_name, row.first_name, row.birth_date, row.number, row.class_name, row.email)
            for row in roster.rows] == [
        (one["last_name"], one["first_name"], one["birth_date"], str(1000 + place), one["class_name"], one["email"])
        for place, one in enumerate(pupils)]
    assert roster.table.delimiter == delimiter


#: Letters that these codecs write, in words as names have them.
OLD_WORD = st.builds(lambda first, rest, loud: (first + rest).upper() if loud else first.upper() + rest,
                     st.sampled_from("abcdefgijlmnoprstvéè"), st.text(st.sampled_from("abcdeilmnorstuéèêëàâçîïôùû"),
                                                                       min_size=2, max_size=8), st.booleans())


@settings(deadline=None)
@given(names=st.lists(st.tuples(OLD_WORD, OLD_WORD), min_size=25, max_size=30, unique=True),
       encoding=st.sampled_from(["cp1252", "iso8859-15", "mac_roman", "cp850"]))
def test_letters_of_old_programs_are_recognised(names, encoding):
    text = "Nom;Prénom\r\n" + "".join(f"{last};{first}\r\n" for last, first in names)
    roster = read_roster(text.encode(encoding), today=TODAY)
    assert [(row.last_name, row.first_name) for row in roster.rows] == names


def test_a_person_can_say_the_encoding_and_what_is_none_is_found_out():
    text = "Nom;Prénom\nLefèvre;Zoé\n"
    for encoding, said in (("cp850", "cp850"), ("utf-8", ""), ("utf-8", "rot13"), ("utf-8", "no such codec")):
        roster = read_roster(text.encode(encoding), "", Reading(encoding=said), today=TODAY)
        assert roster.rows[0].name == "Lefèvre Zoé"


@settings(deadline=None)
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


def test_a_file_without_titles_is_read_by_what_it_holds():
    rows = [("Dupont", "Jean", "01/02/2008", "TG1", "a@example.org"), ("Durand", "Léa", "13/04/2008", "TG1", ""),
            ("Petit", "Zoé", "05/06/2008", "TG2", "b@example.org")]
    roster = read("".join(";".join(row) + "\n" for row in rows))
    assert [(row.line, row.last_name, row.first_name, row.class_name, row.email) for row in roster.rows] == [
        (place, *row[:2], *row[3:]) for place, row in enumerate(rows, 1)]
    assert not roster.table.titled and roster.warnings


def test_whether_the_first_line_holds_titles_can_be_said():
    text = "DUPONT;Jean\nDURAND;Léa\n"
    with pytest.raises(RosterError, match="No column with the pupils"):
        read(text)
    assert [row.name for row in read(text, titles=False).rows] == ["DUPONT Jean", "DURAND Léa"]


def test_dates_with_the_month_first_are_noticed_when_there_are_many():
    rows = "".join(f"Dupont;{name};{month}/{day}/2008\n" for name, month, day in (
        ("Jean", 2, 13), ("Léa", 3, 25), ("Zoé", 4, 5), ("Paul", 12, 30)))
    roster = read("Nom;Prénom;Né(e) le\n" + rows)
    assert roster.rows[2].birth_date == dt.date(2008, 4, 5)
    assert roster.dates == "month" and roster.warnings
    assert len(read("Nom;Prénom;Né(e) le\n" + rows, dates="day").refused) == 3


def test_the_name_in_use_is_the_last_name_and_the_name_of_birth_is_kept_for_matching():
    row = read("Nom de famille;Nom d'usage;Prénom\nMARTIN;DUPONT;Jeanne\nPETIT;;Zoé\n").rows
    assert [(one.last_name, one.birth_name) for one in row] == [("DUPONT", "MARTIN"), ("PETIT", "")]


def test_names_that_begin_with_the_first_name_are_cut_from_the_end():
    roster = read("Prénom Nom\nJean Dupont\nMarie Le Goff\n")
    assert [(row.last_name, row.first_name) for row in roster.rows] == [("Dupont", "Jean"), ("Le Goff", "Marie")]
    assert [(row.last_name, row.first_name) for row in read("Élève\nJean Dupont\n", names="first").rows] == [
        ("Dupont", "Jean")]
