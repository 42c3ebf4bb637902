"""Workbooks and SIECLE's XML become the same rows as CSV."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from korrigo_import.roster import Reading, RosterError, read_roster
from workbooks import ods, packed, xlsx

TODAY = dt.date(2026, 11, 24)
ROWS = [["Nom", "Prénom", "Né(e) le", "N° candidat", "Classe"],
        ["Dupont", "Jean", dt.date(2008, 2, 1), 2624001, "TG1"], ["Lefèvre", "Zoé", dt.date(2007, 12, 31), 17, 61]]


def seen(data: bytes, **said):
    roster = read_roster(data, "", Reading(**said), today=TODAY)
    return [(row.line, row.name, row.birth_date, row.number, row.class_name) for row in roster.rows]


EXPECTED = [(2, "Dupont Jean", dt.date(2008, 2, 1), "2624001", "TG1"),
            (3, "Lefèvre Zoé", dt.date(2007, 12, 31), "17", "61")]


@pytest.mark.parametrize("write", [lambda rows: xlsx(Feuille=rows), ods], ids=["xlsx", "ods"])
def test_a_workbook_is_read_as_csv_is(write):
    assert seen(write(ROWS)) == EXPECTED


def test_lines_are_those_of_the_sheet_and_titles_may_stand_lower():
    assert seen(xlsx(A=[["Lycée des Tests"], [], *ROWS])) == [(line + 2, *rest) for line, *rest in EXPECTED]


def test_the_first_sheet_with_rows_is_read_unless_another_is_named():
    book = xlsx(Vide=[], Eleves=ROWS, Autres=[["Nom", "Prénom"], ["Petit", "Ève"]])
    assert seen(book) == EXPECTED
    assert seen(book, sheet="Autres") == [(2, "Petit Ève", None, "", "")]
    assert read_roster(book).table.sheets == ("Vide", "Eleves", "Autres")
    assert seen(book, sheet="no such sheet") == EXPECTED


TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x17F, exclude_categories=("Cc",)), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6), st.booleans())
def test_whatever_cells_hold_a_workbook_says_what_csv_says(cells, open_document):
    rows = [["Nom", "Prénom", "Classe"], *map(list, cells)]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    told = []
    for data in (out.getvalue().encode("utf-8-sig"), ods(rows) if open_document else xlsx(A=rows)):
        try:
            roster = read_roster(data, "", Reading(delimiter=";"), today=TODAY)
            told.append(([(row.line, row.name, row.class_name) for row in roster.rows],
                         [(row.line, str(row.why)) for row in roster.refused]))
        except RosterError as error:
            told.append(str(error))
    assert told[0] == told[1]


SIECLE = """<?xml version="1.0" encoding="{0}"?>
<BEE_ELEVES VERSION="4.0"><PARAMETRES><UAJ>0290009C</UAJ></PARAMETRES><DONNEES><ELEVES>
<ELEVE ELEVE_ID="11" ELENOET="501"><ID_NATIONAL>123456789AB</ID_NATIONAL><NOM_DE_FAMILLE>LEFÈVRE</NOM_DE_FAMILLE>
<PRENOM>Chloé</PRENOM><PRENOM2>Anne</PRENOM2><DATE_NAISS>01/02/2008</DATE_NAISS><MEL>c@example.org</MEL>
<ADRESSE><NOM>X</NOM></ADRESSE></ELEVE>
<ELEVE ELEVE_ID="12" ELENOET="502"><NOM>MARTIN</NOM><PRENOM>Zoé</PRENOM><DATE_NAISS>01/02/2007</DATE_NAISS>
<DATE_SORTIE>01/02/2024</DATE_SORTIE></ELEVE>
<ELEVE ELEVE_ID="13" ELENOET="503"><NOM_DE_FAMILLE>PETIT</NOM_DE_FAMILLE><NOM_USAGE>GRAND</NOM_USAGE>
<PRENOM>Ève</PRENOM><DATE_NAISS>03/04/2008</DATE_NAISS><DATE_SORTIE>01/07/2031</DATE_SORTIE></ELEVE>
</ELEVES><STRUCTURES><STRUCTURES_ELEVE ELEVE_ID="11"><STRUCTURE><CODE_STRUCTURE>G1</CODE_STRUCTURE>
<TYPE_STRUCTURE>G</TYPE_STRUCTURE></STRUCTURE><STRUCTURE><CODE_STRUCTURE>61</CODE_STRUCTURE>
<TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE></STRUCTURES></DONNEES></BEE_ELEVES>"""


@pytest.mark.parametrize("encoding", ["ISO-8859-15", "UTF-8", "ISO-8859-1", "windows-1252"])
@pytest.mark.parametrize("wrap", [bytes, lambda data: packed({"ElevesSansAdresses.xml": data})], ids=["xml", "zip"])
def test_pupils_of_siecle_have_their_class_and_number_and_those_who_left_are_refused(encoding, wrap):
    roster = read_roster(wrap(SIECLE.format(encoding).encode(encoding)), today=TODAY)
    assert [(row.line, row.name, row.ine, row.number, row.class_name, row.email, row.birth_name)
            for row in roster.rows] == [
        (3, "LEFÈVRE Chloé", "123456789AB", "501", "61", "c@example.org", ""),
        (8, "GRAND Ève", "", "503", "", "", "PETIT")]
    assert [(row.line, "has left the school" in row.why) for row in roster.refused] == [(6, True)]


@pytest.mark.parametrize(("titles", "rows"), [
    ("Nom;Prénom 1;Prénom 2;Prénom 3;Date de naissance;N° interne;Division", "LEFÈVRE;Chloé;Anne;;01/02/2008;501;61"),
    ("Nom Elève;Nom d'usage Elève;Prénom Elève;Date naissance;Sexe;Niveau;Classe",
     "LEFÈVRE;;Chloé;2008-02-01;F;CM2;61"),
    ("Élève;Né(e) le;Classe;Groupes", "LEFÈVRE Chloé;01/02/2008;61;G1, G2"),
    ("numéro;genre;nom;prenom;date naiss.;courriel;classe;groupes", "501;F;LEFÈVRE;Chloé;01/02/2008;;61;a|b")],
    ids=["SIECLE", "ONDE", "PRONOTE", "SACoche"])
def test_csv_of_the_programs_of_schools_is_understood_without_a_word(titles, rows):
    row = read_roster(f"{titles}\n{rows}\n".encode(), today=TODAY).rows[0]
    assert (row.name, row.birth_date, row.class_name) == ("LEFÈVRE Chloé", dt.date(2008, 2, 1), "61")
