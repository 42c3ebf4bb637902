"""Sending scans in pieces, and files that are none."""

import io
import zipfile

import pikepdf
import pytest
from PIL import Image

NOT_A_PDF = b"Dear colleague, the scan is in the other envelope.\n" * 40


@pytest.fixture
def exam(sign_in, built):
    sign_in("sec", "secretary")
    return built(copies=1).exam


def begin(browser, exam: str, name: str, size: int) -> str:
    return browser.send(f"/import/exams/{exam}/uploads", {"name": name, "size": size}).json["url"]


def test_a_file_is_received_in_pieces_and_goes_on_where_it_stopped(browser, exam):
    url = begin(browser, exam, "C:\\scans\\pile\x07.pdf", 100)
    assert browser.patch(url, 0, b"a" * 60).json == {"offset": 60, "size": 100, "state": "receiving"}
    assert browser.get(url).json == {"offset": 60, "size": 100, "state": "receiving"}
    for wrong in (0, 59, 61, 100, -1):
        assert browser.patch(url, wrong, b"b" * 10, status=409).json == {"offset": 60}
    assert "More was sent" in browser.patch(url, 60, b"b" * 41, status=422).json["detail"]
    done = browser.patch(url, 60, b"b" * 40).json
    assert (done["offset"], done["state"]) == (100, "received")
    assert browser.get(url).json["state"] == "received"
    assert browser.get(done["batch"]["url"]).json["filename"] == "pile.pdf"
    assert browser.patch(url, 0, b"a" * 60, status=409).json == {"offset": 100}


def test_a_piece_says_where_it_begins(browser, exam):
    url = begin(browser, exam, "pile.pdf", 10)
    for offset in ({}, {"Upload-Offset": "some"}):
        headers = {**browser.token, **offset, "Content-Type": "application/offset+octet-stream"}
        browser.app.patch(url, b"0123456789", headers=headers, status=400)
    assert browser.get(url).json["offset"] == 0


def test_a_file_that_is_too_large_or_has_no_name_is_refused_before_it_is_sent(browser, exam):
    url = f"/import/exams/{exam}/uploads"
    answer = browser.send(url, {"name": "pile.pdf", "size": 1 << 40}, status=413).json
    assert "Scan the pile in several files" in answer["detail"]
    for wrong in ({"name": "", "size": 5}, {"name": "pile.pdf", "size": 0}, {"name": "pile.pdf"}, {}):
        browser.send(url, wrong, status=422)
    for body in (b"[1]", b"{", b""):
        browser.app.post(url, body, headers=browser.token, content_type="application/json", status=400)


def test_an_upload_of_another_exam_is_not_there(browser, exam, built):
    other = built(copies=1, title="Other").exam
    url = begin(browser, exam, "pile.pdf", 10)
    browser.app.get(url.replace(exam, other), status=404)
    browser.app.patch(url.replace(exam, other), b"0123456789", headers={**browser.token, "Upload-Offset": "0"},
                      status=404)


def test_a_file_that_is_no_pdf_ends_as_refused_with_its_reason_and_can_be_sent_again(browser, exam):
    received = browser.upload(exam, "letter.pdf", NOT_A_PDF)
    batch = browser.get(received["batch"]["url"]).json
    assert (batch["state"], batch["job"]["state"]) == ("refused", "dead")
    assert batch["refusal"] and batch["message"]
    page = browser.get(f"/import/exams/{exam}/scans")
    assert "letter.pdf" in page.text
    again = browser.upload(exam, "letter.pdf", NOT_A_PDF)
    assert again["same"] is None
    assert browser.get(again["batch"]["url"]).json["state"] == "refused"
    assert browser.app.get(received["batch"]["url"], status=404)


def test_the_same_content_under_another_name_is_known(browser, exam, small_scan):
    """The exam was built from this very file."""
    received = browser.upload(exam, "again.pdf", small_scan.read_bytes())
    assert "has the same content as Mock exam.pdf" in received["same"]
    assert browser.get(received["batch"]["url"]).json["filename"] == "Mock exam.pdf"


@pytest.fixture
def empty(sign_in, scope):
    """An exam that nothing was sent to."""
    from korrigo.services import Exams

    sign_in("sec", "secretary")
    with scope() as request:
        return request.find_service(Exams).create(title="Empty").id


def state(browser, received) -> dict:
    return browser.get(received["batch"]["url"]).json


def sides(scope, exam: str) -> list:
    from korrigo.models import Side

    with scope() as request:
        return [(side.fate, round(side.width_mm)) for side in request.db.query(Side).filter_by(exam_id=exam)]


def test_a_tiff_of_several_pages_becomes_sides(browser, scope, empty):
    pages, data = [Image.new("1", (827, 1169), 1) for _page in range(3)], io.BytesIO()
    pages[0].save(data, "TIFF", save_all=True, append_images=pages[1:], dpi=(100, 100))
    received = browser.upload(empty, "pile.tif", data.getvalue())
    assert (state(browser, received)["state"], state(browser, received)["pages"]) == ("ready", 3)
    assert len(sides(scope, empty)) == 3


def test_the_files_of_an_archive_are_received_one_by_one_and_once(browser, scope, empty, small_scan):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("a.pdf", "b.pdf"):
            archive.write(small_scan, name)
        archive.writestr("notes.txt", "Hello")
    received = browser.upload(empty, "class.zip", data.getvalue())
    shown = state(browser, received)
    assert shown["state"] == "ready"
    assert shown["message"] == "Files in it: 3. Here already: b.pdf. Neither PDF nor picture: notes.txt."
    assert len(sides(scope, empty)) == 8
    assert browser.get(f"/import/exams/{empty}/scans").text.count("<article") == 2
    gate = browser.get(f"/import/exams/{empty}/gate").text
    assert "a.pdf" in gate and "class.zip" not in gate     # what was in it is a lot, the archive is none


def locked(scan, password: str) -> bytes:
    data = io.BytesIO()
    with pikepdf.open(scan) as pdf:
        pdf.save(data, encryption=pikepdf.Encryption(owner="o", user=password))
    return data.getvalue()


def test_a_locked_pdf_asks_for_its_password_which_is_not_kept(browser, scope, empty, small_scan):
    from korrigo_import.models import Batch

    received = browser.upload(empty, "locked.pdf", locked(small_scan, "sésame"))
    assert (state(browser, received)["state"], state(browser, received)["refusal"]) == ("refused", "password")
    here = f"{received['batch']['url']}/password"
    assert here in browser.get(f"/import/exams/{empty}/scans").text
    browser.post(here, {"password": "wrong"}, status=302)
    assert state(browser, received)["refusal"] == "password"
    assert sides(scope, empty) == []
    browser.post(here, {"password": "sésame"}, status=302)
    assert (state(browser, received)["state"], state(browser, received)["pages"]) == ("ready", 8)
    assert len(sides(scope, empty)) == 8
    with scope() as request:
        assert request.db.query(Batch.password).all() == [("",)]
    browser.post(here, {"password": "sésame"}, status=409)


def test_a_refused_file_can_be_taken_off_the_list(browser, empty):
    received = browser.upload(empty, "letter.pdf", NOT_A_PDF)
    browser.post(f"{received['batch']['url']}/forget", status=302)
    assert "letter.pdf" not in browser.get(f"/import/exams/{empty}/scans").text


def test_a_file_of_no_known_kind_is_refused_with_the_kinds_that_are(browser, empty):
    received = browser.upload(empty, "letter.docx", b"\xd0\xcf\x11\xe0" * 50)
    assert "images, pdf, zip" in state(browser, received)["message"]


def copies(scope, exam: str) -> list[int]:
    """How many sides each copy has, in their order."""
    from korrigo.models import Copy, Side

    with scope() as request:
        return [request.db.query(Side).filter_by(copy_id=copy.id).count()
                for copy in request.db.query(Copy).filter_by(exam_id=exam).order_by(Copy.serial)]


def test_copies_are_made_anew_in_another_way_without_looking_at_the_pages_again(
        browser, scope, empty, small_scan, monkeypatch):
    received = browser.upload(empty, "pile.pdf", small_scan.read_bytes())
    here = f"/import/exams/{empty}/scans"
    assert copies(scope, empty) == [4, 4]
    shown = browser.get(here).text
    assert shown.count("<figure>") == 2 and shown.count("loading=\"lazy\"") == 8
    monkeypatch.setattr("korrigo_import.jobs.look", None)
    browser.post(f"{received['batch']['url']}/recipe", {"kind": "one-copy"}, status=302)
    assert copies(scope, empty) == [8]
    assert "Chosen by hand." in browser.get(here).text
    browser.post(f"{received['batch']['url']}/recipe", {"kind": "a4", "pages": "4"}, status=302)
    assert copies(scope, empty) == [4, 4]
    assert {fate for fate, _width in sides(scope, empty)} == {"copy"}
    for wrong in ({"kind": "a5"}, {"kind": "a4", "pages": "0"}, {}):
        browser.post(f"{received['batch']['url']}/recipe", wrong, status=400)


def test_copies_that_are_being_graded_are_not_made_anew(browser, scope, empty, small_scan):
    from korrigo.models import Copy
    from korrigo.services import Copies

    received = browser.upload(empty, "pile.pdf", small_scan.read_bytes())
    with scope() as request:
        request.find_service(Copies).move(request.db.query(Copy).filter_by(serial=2).one(), "begin")
    answer = browser.post(f"{received['batch']['url']}/recipe", {"kind": "one-copy"}, status=409)
    assert "being graded" in answer.text
    assert copies(scope, empty) == [4, 4]
