"""Files that are damaged, made to harm, or not what their names say: an answer in words, in bounded time."""

import io
import time
import zipfile

import pytest
from korrigo_import.roster import LARGEST, RosterError, read_roster
from workbooks import ods, packed, xlsx

#: Seconds; a refusal takes far less, an endless one far more.
LONG = 30
PUPILS = "Nom;Prénom\nDupont;Jean\nDurand;Léa\n"


def outcome(data: bytes) -> str:
    """What was said of a file, or the names that were read."""
    before = time.monotonic()
    try:
        roster = read_roster(data)
        return ", ".join([*(row.name for row in roster.rows), *(str(row.why) for row in roster.refused)])
    except RosterError as error:
        return str(error)
    finally:
        assert time.monotonic() - before < LONG


@pytest.mark.parametrize(("data", "words"), [
    pytest.param(b"Nom;Pr\x00nom\nDupont;Jean\n", "not a text file", id="NUL bytes"),
    pytest.param(b"\x00" * 1000, "empty", id="nothing but NUL"),
    pytest.param(b"Nom;Prenom\n" + b"x" * (LARGEST - 20), "a cell of it does not end", id="a line of 10 MB"),
    pytest.param(b"Nom;Prenom\n" + b"x;" * (LARGEST // 2 - 20), "more than 250 cells", id="a line of cells"),
    pytest.param(b"Nom;Prenom\n" + b"a;b\n" * 100_000, "at most 5000", id="100 000 rows"),
    pytest.param(b"Nom;Prenom\n" + b"a" * LARGEST, "more than 10 MB", id="more than 10 MB"),
    pytest.param(b'"' * 100_000, "", id="quotation marks"),
    pytest.param(b'Nom;Prenom\nDupont;"Jean\nDurand;L\n' * 1000, "", id="unbalanced quotation marks"),
    pytest.param(b"\xef\xbb\xbf", "empty", id="a mark and nothing"),
    pytest.param(b"\xff\xfe", "empty", id="a mark of UTF-16 and nothing"),
    pytest.param(b"\r\n\r\r\n\n", "empty", id="line ends"),
    pytest.param(b"Nom;Prenom", "no pupils under it", id="titles alone"),
    pytest.param(b"<html><body><table><tr><td>Nom</td></tr></table>", "web page", id="a page called .xls"),
    pytest.param(b"\xef\xbb\xbf\n <!DOCTYPE html><table>", "web page", id="a page behind a mark"),
    pytest.param(b"{\\rtf1 Nom}", "text document", id="RTF"),
    pytest.param(b"\x89PNG\r\n\x1a\n", "a picture", id="a picture"),
    pytest.param(packed({"roster.csv": PUPILS}), "workbook", id="a ZIP called CSV"),
    pytest.param(packed({"../../etc/passwd": "x", "b": "y"}), "workbook", id="a ZIP that climbs"),
    pytest.param(packed({"a.xml": b"\0" * (101 << 20)}), "too large", id="a ZIP bomb of XML"),
    pytest.param(packed({"a.xml": "", "xl/workbook.xml": b" " * (201 << 20)}), "cannot be read", id="a ZIP bomb"),
    pytest.param(xlsx(A=[["Nom"] * 26])[:-40], "damaged", id="half a workbook"),
    pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5000, "cannot be read",
                 id="an old workbook of nothing"),
    pytest.param(xlsx(A=[]), "empty", id="a workbook without rows"),
    pytest.param(ods([["Nom", "Prénom"]] + [["Dupont", "J" + "a" * place] for place in range(5001)]), "at most 5000",
                 id="a workbook of too many rows"),
])
def test_a_hostile_file_is_answered_in_words(data, words):
    said = outcome(data)
    assert words in said and "Error" not in said


XML = ('<?xml version="1.0"?>{0}<BEE_ELEVES><DONNEES><ELEVES><ELEVE><NOM>{1}</NOM><PRENOM>Jean</PRENOM></ELEVE>'
       "</ELEVES></DONNEES></BEE_ELEVES>")


@pytest.mark.parametrize(("doctype", "name"), [
    ('<!DOCTYPE a [<!ENTITY b "' + "x" * 1000 + '">]>', "&b;"), ('<!DOCTYPE a SYSTEM "file:///etc/passwd">', "A"),
    ('<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:1/">]>', "&b;"),
    ('<!DOCTYPE a [<!ENTITY c "cc"><!ENTITY b "' + "&c;" * 1000 + '">]>', "&b;" * 1000)])
def test_no_entity_is_ever_expanded(doctype, name):
    assert "declares a document type" in outcome(XML.format(doctype, name).encode())


@pytest.mark.parametrize("data", [XML.format("", "&b;"), "<?xml version='1.0'?>" + "<ELEVES>" * 100_000,
                                  '<?xml version="1.0" encoding="no-such"?><a/>', XML.format("", "A")[:-20]])
def test_xml_that_is_no_document_is_said_to_be_damaged(data):
    assert "damaged" in outcome(data.encode())


def test_mixed_line_ends_are_all_line_ends():
    roster = read_roster("Nom;Prénom\r\nDupont;Jean\rDurand;Léa\nPetit;Zoé".encode())
    assert [(row.line, row.name) for row in roster.rows] == [(2, "Dupont Jean"), (3, "Durand Léa"), (4, "Petit Zoé")]


def test_titles_that_stand_twice_are_told_apart():
    roster = read_roster("Nom;Prénom;Nom;Nom (2)\nDupont;Jean;Autre;Encore\n".encode())
    assert roster.columns == ("Nom", "Prénom", "Nom (2)", "Nom (2) (2)")
    assert roster.rows[0].last_name == "Dupont" and roster.warnings


def test_rows_of_formulas_are_kept_as_they_stand():
    roster = read_roster("Nom;Prénom\n=cmd|' /C calc'!A;-Jean\n+Dupont;@Léa\n".encode())
    assert [row.name for row in roster.rows] == ["=cmd|' /C calc'!A -Jean", "+Dupont @Léa"]


def test_a_sheet_that_says_it_is_huge_ends_at_the_limits():
    """One cell in the last corner: row 1 048 576, column XFD."""
    sheet = xlsx(A=[["Nom", "Prénom"], ["Dupont", "Jean"]])
    with zipfile.ZipFile(io.BytesIO(sheet)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    files["xl/worksheets/sheet1.xml"] = files["xl/worksheets/sheet1.xml"].replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert "workbook was not read" in (said := outcome(packed(files))) or "more than 250 cells" in said
