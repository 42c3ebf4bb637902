"""A small exam by the web, from a roster and a scan to graded copies and marks."""

import io
import re
import secrets
import zipfile

import numpy as np
import pytest
from exam_builder import LINES, boot, traces
from PIL import Image
from pypdf import PdfReader

from korrigo.api import Blobs, Exam, ExamRole, Exams


@pytest.fixture
def korrigo_settings(korrigo_settings):
    return {**korrigo_settings, "korrigo.ocr.reader": "tesseract"}


def strip(browser, url: str, zone: list[float]) -> np.ndarray:
    """The pixels of a zone (page units, at the top) of a picture, without the JPEG block on its lower edge."""
    picture = Image.open(io.BytesIO(browser.get(url).body)).convert("L")
    scale = picture.width / 1000
    return np.asarray(picture)[:int(zone[3] * scale) - 16, int(zone[0] * scale):int(zone[2] * scale)]


def make_exam(browser, roster: bytes, scan: bytes) -> str:
    made = browser.post("/exams/new", {"title": "Mathématiques", "total": "20", "paper": "a4", "anonymous": "true"})
    exam = made.location.rpartition("/")[2]
    report = browser.import_list(browser.send_list(exam, roster))
    assert "Alaoui" in report.text
    received = browser.upload(exam, "pile.pdf", scan, piece=400_000)
    assert (received["state"], received["same"]) == ("received", None)
    state = browser.get(received["batch"]["url"]).json
    assert (state["state"], state["pages"], state["done"], state["total"]) == ("ready", 8, 8, 8)
    return exam


def decide_all(browser, exam: str, pupils: list[dict]) -> list[dict]:
    """Confirm what is not certain; the copies as the desk shows them at the end."""
    shown = boot(browser.get(f"/ocr/exams/{exam}/desk"))
    students = {student["number"]: student["id"] for student in shown["students"]}
    assert len(students) == len(pupils)
    for copy, pupil in zip(shown["copies"], pupils, strict=False):
        right = students[pupil["N° candidat"]]
        assert right in [candidate["student"] for candidate in copy["candidates"]]
        if copy["student"] != right:
            answer = browser.send(f"/ocr/copies/{copy['id']}/decide", {"student": right, "version": copy["version"]})
            assert answer.json["copy"]["student"] == right
    return boot(browser.get(f"/ocr/exams/{exam}/desk"))["copies"]


def grade(browser, exam: str) -> list[dict]:
    """Give every score of every copy on the grading screen; the documents of the copies at the end."""
    screen = boot(browser.get(f"/grading/exams/{exam}/grade"))
    leaves = [question for question in screen["questions"] if question["leaf"]]
    assert sum(question["max"] for question in leaves) == 20
    documents = []
    for copy in screen["queue"]["ids"]:
        url = f"/grading/copies/{copy}"
        assert browser.send(f"{url}/lease", {"token": "tab-of-the-grader"}).json == {"ttl": 60}
        ops = [{"id": secrets.token_hex(12), "target": f"score:{question['id']}", "value": question["max"] - 0.5,
                "base": 0} for question in leaves]
        ops.append({"id": secrets.token_hex(12), "target": f"annot:{secrets.token_hex(12)}", "base": 0,
                    "value": {"k": "text", "page": 1, "x": 100, "y": 300, "t": "Bien raisonné"}})
        ops.append({"id": secrets.token_hex(12), "target": "appreciation", "value": "Travail solide", "base": 0})
        ops.append({"id": secrets.token_hex(12), "target": "done", "value": True, "base": 0})
        answer = browser.send(f"{url}/ops", {"ops": ops}).json
        assert [result["status"] for result in answer["results"]] == ["ok"] * len(ops)
        browser.send(f"{url}/lease", {"token": "tab-of-the-grader", "release": True})
        documents.append(browser.get(url).json)
    assert browser.get(f"/grading/exams/{exam}/queue").json == {"ids": [], "done": 2, "total": 2}
    return documents


def test_a_small_exam_goes_by_the_web_from_a_scan_to_graded_copies(
        browser, sign_in, scope, small_scan, small_roster, pupils):
    sign_in("sec", "secretary")
    exam = make_exam(browser, small_roster, small_scan.read_bytes())
    sheet = boot(browser.get(f"/import/exams/{exam}/pages"))
    assert [len(copy["sides"]) for copy in sheet["copies"]] == [4, 4]
    assert (sheet["counts"]["copies"], sheet["counts"]["copy"] + sheet["counts"]["blank"], sheet["loose"]) == (2, 8, [])
    for copy in sheet["copies"]:
        if copy["state"] == "staging":
            version = boot(browser.get(f"/import/exams/{exam}/pages"))["version"]
            browser.send(f"/import/exams/{exam}/pages/act", {"act": "valid", "copy": copy["id"], "version": version})
    copies = decide_all(browser, exam, pupils)
    assert all(copy["identified"] for copy in copies)

    header = sheet["copies"][0]["sides"][0]
    with scope() as request:
        [zone] = request.db.get(Exam, exam).identity_zones
    assert strip(browser, header["thumb"].replace("/thumb.", "/work."), zone).std() > 5
    browser.post(f"/grading/exams/{exam}/scheme", {"lines": LINES}, status=302)

    grader_id = sign_in("gil", "teacher")
    browser.app.get(f"/exams/{exam}", status=403)
    with scope() as request:
        request.find_service(Exams).set_role(request.db.get(Exam, exam), grader_id, ExamRole.GRADER)
    browser.seen.clear()
    for page in ("/", f"/exams/{exam}", "/profile"):
        browser.get(page)
    documents = grade(browser, exam)
    for document in documents:
        assert (document["name"], document["serial"]) == (None, None)
        for page in document["pages"]:
            for size in ("url", "zoom", "thumb"):
                masked = bool(strip(browser, page[size], zone).std() == 0)
                assert masked is (page["n"] == 0)
    for side in (side for copy in sheet["copies"] for side in copy["sides"] if side["header"]):
        shown = [strip(browser, f"/pages/{side['id']}/{size}.jpg", zone) for size in ("thumb", "work", "zoom", "full")]
        assert [picture.std() for picture in shown] == [0, 0, 0, 0]
        browser.app.get(f"/ocr/sides/{side['id']}/header.jpg", status=403)
    people = [word for pupil in pupils for word in (pupil["Nom"], pupil["N° candidat"], pupil["Date de naissance"])]
    firsts = [pupil["Prénom"] for pupil in pupils]
    files = ["pile.pdf", "roster.csv"]
    assert len(browser.seen) > 40
    texts = [(url, body) for url, body in browser.seen if not url.startswith("/pages/")]
    assert traces(browser.seen, people[1::3] + people[2::3] + files) == []
    assert traces(texts, people + firsts) == []
    for refused in (f"/export/exams/{exam}", f"/ocr/exams/{exam}/desk", f"/import/exams/{exam}/pages",
                    f"/import/exams/{exam}/roster", f"/grading/exams/{exam}/finalise"):
        browser.app.get(refused, status=403)
    browser.app.post(f"/export/exams/{exam}", {"exporter": "csv"}, headers=browser.token, status=403)

    sign_in("sec", "secretary")
    assert "2" in browser.get(f"/grading/exams/{exam}/finalise").text
    browser.post(f"/grading/exams/{exam}/finalise", status=302)
    first = copies[0]["id"]
    graded = browser.post(f"/grading/copies/{first}/download")
    reader = PdfReader(io.BytesIO(graded.body))
    assert len(reader.pages) == 5
    words = "\n".join(page.extract_text() for page in reader.pages)
    assert all(word in words for word in ("Bien raisonné", "Travail solide", pupils[0]["Nom"], "17.5"))

    for exporter in ("csv", "pronote", "copies"):
        browser.post(f"/export/exams/{exam}", {"exporter": exporter}, status=302)
    centre = browser.get(f"/export/exams/{exam}")
    files = {}
    for url in dict.fromkeys(re.findall(rf"/export/exams/{exam}/files/[0-9a-f]{{32}}", centre.text)):
        made = browser.post(url)
        files[made.headers["Content-Disposition"]] = made.body
    [marks] = [body.decode("utf-8-sig") for name, body in files.items() if "_csv.csv" in name]
    [pronote] = [body.decode("utf-8-sig") for name, body in files.items() if "_pronote.csv" in name]
    [archive] = [body for name, body in files.items() if name.endswith('.zip"')]
    assert marks.count(";17,5;") == 2
    assert pronote.splitlines()[1] == "Alaoui;Marie-Claire;TG3;17,5"
    assert pronote.splitlines()[3].endswith(";ABS")
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert sorted(packed.namelist()) == ["Alaoui_Marie_Claire.pdf", "Andre_Maelys.pdf"]
        assert packed.read("Alaoui_Marie_Claire.pdf") == graded.body

    browser.app.post(f"/grading/copies/{first}/reopen", {"reason": " "}, headers=browser.token, status=409)
    browser.post(f"/grading/copies/{first}/reopen", {"reason": "A page was overlooked"}, status=302)
    browser.app.post(f"/grading/copies/{first}/download", headers=browser.token, status=404)
    with scope() as request:
        from korrigo_grading.models import Paper

        [paper] = request.db.query(Paper).filter_by(copy_id=first)
        assert paper.superseded
        with request.find_service(Blobs).path(paper.blob_id) as kept:
            assert kept.read_bytes() == graded.body
        assert request.audit.verify() is None
