"""Scans that the copier puts into a folder."""

import os
import shutil
from types import SimpleNamespace

import pytest
from exam_builder import Browser
from korrigo_import.models import Batch
from korrigo_import.services import WatchedFolder
from korrigo_import.watching import NoFolder, folder_check

from korrigo.models import Exam
from korrigo.services import Exams


@pytest.fixture
def place(make_site, tmp_path):
    """A site that watches a folder, with an exam, and a secretary in the browser."""
    folder = tmp_path / "scans"
    folder.mkdir()
    site = make_site("import", **{"korrigo.import.watch": str(folder)})
    site.sign_in("sec", "secretary")
    with site.scope() as request:
        exam = request.find_service(Exams).create(title="Bac blanc, été").id
    return SimpleNamespace(site=site, folder=folder, exam=exam, browser=Browser(site.app),
                           here=f"/import/exams/{exam}/scan")


def put(folder, name: str, scan, age: float = 60) -> None:
    shutil.copyfile(scan, folder / name)
    os.utime(folder / name, (os.stat(folder / name).st_mtime - age,) * 2)


def look(place) -> None:
    with place.site.scope() as request:
        request.jobs.add("import.watch")


def received(place) -> list[str]:
    with place.site.scope() as request:
        return sorted(name for (name,) in request.db.query(Batch.filename))


@pytest.fixture
def own(place):
    """The exam's folder, made by the button of its page."""
    place.browser.post(f"{place.here}-folder", status=302)
    [folder] = place.folder.iterdir()
    assert folder.name == f"Bac_blanc_ete-{place.exam[:8]}"
    assert folder.name in place.browser.get(f"{place.here}s").text
    return folder


def test_what_is_scanned_to_the_folder_of_an_exam_is_received_once_and_put_away(place, own, small_scan):
    put(own, "pile.pdf", small_scan)
    look(place)
    assert received(place) == ["pile.pdf"]
    assert [path.name for path in own.rglob("*") if path.is_file()] == ["pile.pdf"]
    assert (own / "received" / "pile.pdf").exists()
    put(own, "pile.pdf", small_scan)
    look(place)
    assert received(place) == ["pile.pdf"]
    assert sorted(path.name for path in (own / "received").iterdir()) == ["pile (2).pdf", "pile.pdf"]


def test_what_is_still_being_written_hidden_or_no_file_is_left_alone(place, own, small_scan):
    put(own, "now.pdf", small_scan, age=0)
    put(own, "half.pdf.part", small_scan)
    put(own, ".hidden.pdf", small_scan)
    (own / "empty.pdf").touch()
    (own / "link.pdf").symlink_to(small_scan)
    (own / "folder.pdf").mkdir()
    look(place)
    assert received(place) == []
    assert len(list(own.iterdir())) == 6


def test_a_folder_of_no_exam_is_left_alone(place, small_scan):
    other = place.folder / "Somebody-ffffffff"
    other.mkdir()
    put(other, "pile.pdf", small_scan)
    (place.folder / "-").mkdir()
    put(place.folder / "-", "pile.pdf", small_scan)
    look(place)
    assert received(place) == [] and (other / "pile.pdf").exists()


def test_a_file_that_lies_beside_the_folders_is_claimed_for_an_exam(place, small_scan):
    put(place.folder, "SCAN0042.PDF", small_scan)
    assert "SCAN0042.PDF" in place.browser.get(f"{place.here}s").text
    for wrong in ("", "nothing.pdf", "../scans/SCAN0042.PDF", "/etc/passwd"):
        place.browser.post(f"{place.here}-folder/claim", {"name": wrong}, status=409)
    place.browser.post(f"{place.here}-folder/claim", {"name": "SCAN0042.PDF"}, status=302)
    look(place)
    assert received(place) == ["SCAN0042.PDF"]
    assert "Take into this exam" not in place.browser.get(f"{place.here}s").text


def test_a_worker_that_dies_between_receiving_and_putting_away_loses_and_doubles_nothing(place, own, small_scan):
    put(own, "pile.pdf", small_scan)
    with place.site.scope() as request:
        [(start, path)] = request.find_service(WatchedFolder).due()
        assert request.find_service(WatchedFolder).receive(start, path)
    look(place)
    assert received(place) == ["pile.pdf"]
    assert (own / "received" / "pile.pdf").exists()


def test_a_folder_keeps_its_name_when_the_exam_gets_another_title(place, own):
    with place.site.scope() as request:
        exam = request.db.get(Exam, place.exam)
        exam.title = "Other"
        watched = request.find_service(WatchedFolder)
        watched.open(exam)
        assert watched.is_open(exam) == own
    assert len(list(place.folder.iterdir())) == 1


def test_a_folder_that_is_not_there_is_said_by_the_check(place):
    assert folder_check(place.site.registry) == str(place.folder)
    place.folder.rmdir()
    with pytest.raises(NoFolder, match="korrigo.import.watch"):
        folder_check(place.site.registry)
    look(place)
    assert received(place) == []
    place.browser.get(f"{place.here}s", status=200)
