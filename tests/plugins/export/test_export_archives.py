"""Graded copies as one ZIP: every file has a name of its own that every disk takes."""

import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_export.exporters import EXPORTERS, GradedZip, named_copies
from korrigo_export.formats import ExportRow, ExportTable, RowStatus
from korrigo_export.interfaces import GradedPdf, IExporter, Material
from zope.interface.verify import verifyObject


def material(folder, *names: tuple[str, str]) -> Material:
    """Graded PDFs of these pupils, and one who has none."""
    rows = [ExportRow(RowStatus.GRADED, number, f"CODE{number}", last, first)
            for number, (last, first) in enumerate(names, 1)]
    graded = []
    for place, _row in enumerate(rows):
        path = folder / f"{place}.bin"
        path.write_bytes(b"%%PDF of %d" % place)
        graded.append(GradedPdf(place, path))
    rows.append(ExportRow(RowStatus.ABSENT, last_name="Absent", first_name="Tom"))
    return Material(ExportTable("Exam", None, Decimal(20), (), tuple(rows)), tuple(graded))


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda exporter: exporter.name)
def test_an_exporter_is_what_the_interface_says_and_writes_a_file(exporter, tmp_path):
    assert verifyObject(IExporter, exporter)
    out = tmp_path / "out"
    exporter.write(material(tmp_path, ("Martin", "Léa")), out)
    assert out.stat().st_size > 20


def test_each_pdf_is_there_as_it_is_under_the_name_of_its_pupil(tmp_path):
    out = tmp_path / "copies.zip"
    GradedZip().write(material(tmp_path, ("Étienne", "Maëlys"), ("d'Œuvrard", "Jean Paul")), out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["Etienne_Maelys.pdf", "d_OEuvrard_Jean_Paul.pdf"]
        assert archive.read("Etienne_Maelys.pdf") == b"%PDF of 0"


def test_pupils_of_one_name_and_copies_without_a_name_are_told_apart(tmp_path):
    made = material(tmp_path, ("Martin", "Léa"), ("MARTIN", "lea"), ("", ""), ("李", ""), ("Martin", "Léa 2"))
    names = [name for name, _path in named_copies(made)]
    assert names[0] == "Martin_Lea.pdf"
    assert names[2:4] == ["copie_CODE3.pdf", "copie_CODE4.pdf"]
    assert len({name.casefold() for name in names}) == len(names)


NAME = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(["Ann", "ann", "Ann 2"])


@given(names=st.lists(st.tuples(NAME, NAME), max_size=6))
def test_whatever_pupils_are_called_no_name_leaves_the_folder_or_is_taken_twice(tmp_path_factory, names):
    found = [name for name, _path in named_copies(material(tmp_path_factory.getbasetemp(), *names))]
    assert len({name.casefold() for name in found}) == len(names)
    assert not any(set(name) & set('/\\:*?"<>|\0') or name.startswith(".") for name in found)
