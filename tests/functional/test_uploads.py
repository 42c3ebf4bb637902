"""Sending scans in pieces, and files that are none."""

import pytest

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
