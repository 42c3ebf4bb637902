"""The scan gate: figures, decisions that can be taken back, copies handed over or held, signatures, the receipt."""

import io
import re

import pytest
import sqlalchemy as sa
from exam_builder import boot
from korrigo_import.models import Batch, FindingRow, HandOver, SignOff
from korrigo_import.services import Batches, Gate, HandingOver, Stapling
from korrigo_import.services.stapling import Act
from pypdf import PdfReader

from korrigo.api import Copies, Copy, CopyState, Exam, Exams, Side
from korrigo.models import AuditEntry


class GatePage:
    """The gate of an exam as somebody uses it."""

    def __init__(self, browser, exam: str):
        self.browser, self.url, self.exam = browser, f"/import/exams/{exam}/gate", exam

    def words(self, **options) -> str:
        return words(self.browser.get(self.url, **options).text)

    def load(self) -> dict:
        return boot(self.browser.get(self.url))

    def open(self) -> list[dict]:
        return [found for found in self.load()["findings"] if found["state"] == "open"]

    def act(self, act: str, *, status: int = 200, version: int | None = None, **more) -> dict:
        version = self.load()["version"] if version is None else version
        return self.browser.send(f"{self.url}/act", {"act": act, "version": version, **more}, status=status).json

    def undo(self, tokens: list[str], status: int = 200) -> dict:
        return self.browser.send(f"{self.url}/undo", {"tokens": tokens}, status=status).json

    def sign(self, batches: list[str], reason: str, status: int = 302):
        form = [("csrf_token", self.browser.token["X-CSRF-Token"]), ("reason", reason)]
        return self.browser.post(f"{self.url}/sign", form + [("batch", batch) for batch in batches], status=status)

    def receipt(self) -> str:
        """The text of the PDF, on one line."""
        answer = self.browser.get(f"/import/exams/{self.exam}/receipt.pdf")
        assert answer.content_type == "application/pdf"
        return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.body)).pages).split())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


@pytest.fixture
def made(sign_in, built):
    sign_in("sec", "secretary")
    return built(copies=2)


@pytest.fixture
def gate(browser, made):
    return GatePage(browser, made.exam)


@pytest.fixture
def batch(scope, made) -> str:
    with scope() as request:
        return request.db.scalar(sa.select(Batch.id).where(Batch.exam_id == made.exam))


@pytest.fixture
def find(scope, made, batch):
    """``find(copy=1, side=0, kind="faint", …)`` adds an open finding; the copy goes back to staging."""
    def add(copy: int = 0, side: int = 0, kind: str = "faint", **values) -> str:
        with scope() as request:
            row = FindingRow(exam_id=made.exam, batch_id=batch, side_id=made.sides[copy][side],
                             copy_id=made.copies[copy], kind=kind,
                             **{"confidence": 0.8, "message": "Look.", **values})
            request.db.add(row)
            request.db.flush()
            held = request.db.get(Copy, made.copies[copy])
            if held.state == CopyState.READY:
                request.find_service(Copies).move(held, "recall")
            return row.id
    return add


@pytest.fixture
def states(scope, made):
    """The states of the copies."""
    def read() -> list[str]:
        with scope() as request:
            return [request.db.get(Copy, copy).state for copy in made.copies]
    return read


def test_the_page_tells_what_is_missing_and_where_every_page_is(gate, made, scope):
    shown = gate.words()
    assert "1 copy is missing." in shown and "Every lot is green" in shown
    assert "Pupils expected 3 Absent 0 Copies to be found 3 Copies found 2" in shown
    assert "Received 8 in copies 8 blank ones 0" in shown
    with scope() as request:
        request.find_service(Exams).set_absent(request.db.get(Exam, made.exam), made.students[2], True)
    assert "As many copies as pupils who were there." in gate.words()
    with scope() as request:
        request.find_service(Exams).set_absent(request.db.get(Exam, made.exam), made.students[1], True)
    assert "1 copy more than pupils who were there." in gate.words()


def test_an_exam_without_a_scan_or_a_roster_says_so(browser, sign_in, scope):
    sign_in("sec", "secretary")
    with scope() as request:
        exam = request.find_service(Exams).create(title="New").id
    assert "No pages yet" in GatePage(browser, exam).words()


def test_a_finding_is_dismissed_by_somebody_and_comes_back(gate, made, find, states):
    find(copy=1, side=2)
    [found] = gate.open()
    assert (found["copy"], found["page"], found["scan"], found["sure"]) == (2, 3, 7, "probable")
    assert found["url"].endswith(f"/pages#side-{made.sides[1][2]}")
    assert states() == ["ready", "staging"]
    done = gate.act("dismiss", finding=found["id"])
    assert [(row["state"], row["by"]) for row in done["findings"]] == [("dismissed", "Sec")]
    assert "Every lot is green" in words(done["figures"]) and states() == ["ready", "ready"]
    back = gate.undo(done["undo"])
    assert [row["state"] for row in back["findings"]] == ["open"]
    assert "1 lot is not green." in words(back["figures"]) and states() == ["ready", "staging"]
    gate.undo(done["undo"], status=409)


def test_a_copy_that_is_being_graded_is_not_taken_back(gate, made, find, states, scope):
    finding = find()
    done = gate.act("dismiss", finding=finding)
    with scope() as request:
        request.find_service(Copies).move(request.db.get(Copy, made.copies[0]), "begin")
    gate.undo(done["undo"])
    assert states() == ["grading", "ready"]


def test_what_a_finding_proposes_is_done_and_undone(gate, made, find, scope):
    finding = find(side=1, kind="foreign", proposal={"fate": "foreign"})
    assert gate.open()[0]["proposal"] == "leave the page out of the copy"
    done = gate.act("accept", finding=finding)
    assert "in copies 7 blank ones 0 second scans 0 foreign ones 1" in words(done["figures"])
    gate.undo(done["undo"])
    with scope() as request:
        assert request.db.get(Side, made.sides[0][1]).copy_id == made.copies[0]


def test_all_that_is_sure_of_a_kind_is_accepted_together_and_comes_back_together(gate, made, find, scope):
    sure = [find(copy=copy, side=1, kind="upside_down", confidence=0.97, proposal={"turned": 180}) for copy in (0, 1)]
    unsure = find(side=2, kind="upside_down", confidence=0.9, proposal={"turned": 180})
    other = find(side=3, kind="foreign", confidence=0.99, proposal={"fate": "foreign"})
    assert [found["id"] for found in gate.open() if found["certain"]] == [sure[0], other, sure[1]]
    done = gate.act("accept_all", kind="upside_down")
    assert {found["id"] for found in gate.open()} == {unsure, other} and len(done["undo"]) == 2
    with scope() as request:
        assert [request.db.get(Side, made.sides[copy][1]).turned for copy in (0, 1)] == [180, 180]
    gate.undo(done["undo"])
    assert {found["id"] for found in gate.open()} == {*sure, unsure, other}


def test_a_decision_that_somebody_made_meanwhile_is_refused_with_the_gate_as_it_is_and_others_go_on(gate, find):
    first, second = find(), find(copy=1)
    old = gate.load()["version"]
    gate.act("dismiss", finding=first)
    now = gate.act("accept", finding=first, version=old, status=412)
    assert now["whole"] and {row["id"]: row["state"] for row in now["findings"]} == {
        first: "dismissed", second: "open"}
    gate.act("dismiss", finding=second, version=old)


@pytest.mark.parametrize("act", [{"act": "fly"}, {"act": "accept"}, {"act": "accept", "finding": "f" * 32},
                                 {"act": "valid", "copy": "f" * 32}, {"act": "dismiss", "finding": "no id"}])
def test_what_cannot_be_decided_is_refused_in_words(gate, find, act):
    find()
    before = gate.load()
    assert gate.act(act.pop("act"), **act, status=422)["detail"]
    assert gate.load() == before


def test_another_number_of_pages_is_open_until_somebody_says_that_the_copy_is_right(gate, made, scope):
    with scope() as request:
        request.find_service(Exams).change(request.db.get(Exam, made.exam), pages_per_copy=4)
        exam, stapling = request.db.get(Exam, made.exam), request.find_service(Stapling)
        stapling.act(exam, Act("fate", (made.sides[0][3],), fate="discarded"), stapling.version(exam))
    [found] = gate.open()
    assert (found["message"], found["of_copy"]) == ("Pages: 3; expected: 4.", made.copies[0])
    assert "Copies with another number of pages than expected: 1." in gate.words()
    done = gate.act("valid", copy=made.copies[0])
    assert "Every lot is green" in words(done["figures"])
    [row] = [row for row in done["findings"] if row["kind"] == "missing_page"]
    assert (row["state"], row["message"], row["by"]) == ("dismissed", "3 pages instead of 4.", "Sec")
    assert [row["state"] for row in gate.undo(done["undo"])["findings"]] == ["open"]


def test_a_lot_is_signed_for_by_name_with_a_reason_and_its_copies_go(gate, made, find, batch, states, scope):
    find(message="A page is lost.")
    refused = gate.sign([batch], "  ", status=422)
    assert "say why it can go to graders" in words(refused.text) and states() == ["staging", "ready"]
    assert "Choose a lot first." in words(gate.sign([], "Lost", status=422).text)
    assert "reload the page" in words(gate.sign(["f" * 32], "Lost", status=422).text)
    gate.sign([batch], "The pupil left with the sheet.")
    assert states() == ["ready", "ready"]
    shown = gate.words()
    assert "Every lot is green or signed for." in shown
    assert "Sec" in shown and "The pupil left with the sheet." in shown and "for the lot as it is" in shown
    with scope() as request:
        [row] = request.db.scalars(sa.select(SignOff))
        [lot] = request.find_service(Gate).tally(request.db.get(Exam, made.exam)).lots
        assert (row.name, row.batch_id, row.version, len(row.open)) == ("Sec", batch, lot.version, 1)
        entry = request.db.scalar(sa.select(AuditEntry).where(AuditEntry.action == "import.signed"))
        assert (entry.details["reason"], entry.details["open"]) == ("The pupil left with the sheet.", 1)
        assert request.audit.verify() is None


def test_what_happens_after_a_signature_shows(gate, made, find, batch, states):
    finding = find()
    gate.sign([batch], "It can be read well enough.")
    gate.act("dismiss", finding=finding)
    assert "signed for an earlier state" not in words(gate.browser.get("/").text)
    shown = gate.words()
    assert "signed for an earlier state" in shown and "the lot has changed since" in shown
    assert "The lot has changed since." in gate.receipt()
    assert states() == ["ready", "ready"]


def test_a_decision_taken_back_in_a_signed_lot_takes_no_copy_back(gate, find, batch, states):
    done = gate.act("dismiss", finding=find())
    find(copy=1)
    gate.sign([batch], "Seen.")
    gate.undo(done["undo"])
    assert states() == ["ready", "ready"]


def test_an_exam_may_hand_over_whole_lots_only(gate, find, states, browser, made, scope):
    first, second = find(), find(copy=1)
    browser.post(f"{gate.url}/choice", {"hand_over": "lot"}, status=302)
    gate.act("dismiss", finding=first)
    assert states() == ["staging", "staging"]
    gate.act("dismiss", finding=second)
    assert states() == ["ready", "ready"]
    with scope() as request:
        request.find_service(Copies).move(request.db.get(Copy, made.copies[0]), "recall")
    assert "1 copy is not with graders yet" in gate.words()
    batch = re.search(r'name="batch" value="(\w+)"', browser.get(gate.url).text)[1]
    browser.post(f"{gate.url}/hand-over", {"batch": batch}, status=302)
    assert states() == ["ready", "ready"]
    find()
    browser.post(f"{gate.url}/hand-over", {"batch": batch}, status=409)


def test_an_exam_may_ask_for_a_signature_before_any_copy_goes(browser, sign_in, scope, small_scan):
    sign_in("sec", "secretary")
    with scope() as request:
        exam = request.find_service(Exams).create(title="Signed", pages_per_copy=4)
        request.find_service(HandingOver).choose(exam, HandOver.SIGNED)
        exam_id = exam.id
    browser.upload(exam_id, "pile.pdf", small_scan.read_bytes())
    gate = GatePage(browser, exam_id)
    for found in gate.open():
        gate.act("dismiss", finding=found["id"])

    def copies() -> set[str]:
        with scope() as request:
            return set(request.db.scalars(sa.select(Copy.state).where(Copy.exam_id == exam_id)))

    assert copies() == {"staging"} and "Green: nothing is open." in gate.words()
    with scope() as request:
        batch = request.db.scalar(sa.select(Batch.id).where(Batch.exam_id == exam_id))
    browser.post(f"{gate.url}/hand-over", {"batch": batch}, status=409)
    gate.sign([batch], "")
    assert copies() == {"ready"} and "Nothing was open." in gate.words()


def test_only_who_may_change_the_exam_says_how_it_hands_over(app, cast):
    known = cast("exam secretary")
    url = f"/import/exams/{known['exam']}/gate"
    assert "When copies go to graders" not in app.get(url).text
    cast("coordinator")
    assert "When copies go to graders" in app.get(url).text


def test_a_file_that_was_refused_keeps_the_exam_from_being_green(gate, made, scope, data):
    with scope() as request:
        exam, batches = request.db.get(Exam, made.exam), request.find_service(Batches)
        batch = batches.receive(exam, data / "batches/class-a4/roster.csv", "list.pdf").id
    shown = gate.words()
    assert "list.pdf" in shown and "The file was refused" in shown
    gate.sign([batch], "It was the wrong file.")
    assert "Every lot is green or signed for." in gate.words()


def test_the_receipt_proves_what_was_received_and_what_became_of_it(gate, made, find, batch, scope):
    lost = find(copy=1, side=3, kind="foreign", proposal={"fate": "foreign"}, message="Not exam paper.")
    gate.act("accept", finding=lost)
    find(copy=0, message="The writing is faint.")
    gate.sign([batch], "Léa Kovač — seen on paper ☑")
    text = gate.receipt()
    with scope() as request:
        sha256 = request.db.get(Batch, batch).blob_id
        copies = request.db.execute(sa.select(Copy.serial, Copy.code).where(Copy.exam_id == made.exam)
                                    .order_by(Copy.serial)).all()
        number, seal = request.audit.newest()
        sealed = request.db.get(AuditEntry, number).seal
    for expected in (
            "Receipt of the scans", "Mock exam", "Mock exam.pdf", sha256[:12], sha256,
            "Pupils expected 3", "Copies found 2", "Copies missing: 1",
            "in copies 7, foreign ones 1", "Mock exam.pdf 8 foreign Not exam paper.", "The writing is faint. open",
            "accepted · Sec", "Léa Kovač — seen on paper ☑", f"entry {number}, seal {seal}", "Page 1 of"):
        assert expected in text, expected
    assert sealed == seal
    for copy, pages in zip(copies, (4, 3), strict=True):
        assert f"{copy.serial} {copy.code} {pages} 0" in text
    page = words(gate.browser.get(f"/import/exams/{made.exam}/receipt").text)
    for expected in (sha256, "Not exam paper.", "Léa Kovač", f"seal {seal}"):
        assert expected in page


def test_the_receipt_names_no_pupil(gate, made):
    for url in ("receipt", "receipt.pdf"):
        assert b"Lastname" not in gate.browser.get(f"/import/exams/{made.exam}/{url}").body
    assert "Lastname" not in gate.receipt()


def test_a_program_reads_the_gate_and_the_receipt(app, gate, made, find, batch, sign_in, bearer):
    find(message="The writing is faint.")
    headers = bearer(sign_in("root", "admin"))
    app.reset()
    base = f"/api/v1/exams/{made.exam}"
    answer = app.get(f"{base}/gate", headers=headers).json
    assert (answer["expected"], answer["copies"], answer["balance"], answer["sides"]) == (3, 2, -1, 8)
    assert answer["columns"]["copy"] == 8 and answer["open"] == 1
    [lot] = answer["lots"]
    assert (lot["batch"], lot["green"], lot["not_handed_over"], lot["signed"]) == (batch, False, 1, None)
    assert [(row["copy"], row["page"], row["state"]) for row in answer["findings"]] == [(1, 1, "open")]
    receipt = app.get(f"{base}/receipt", headers=headers).json
    assert [file["name"] for file in receipt["files"]] == ["Mock exam.pdf"]
    assert [(copy["serial"], copy["pages"]) for copy in receipt["copies"]] == [(1, 4), (2, 4)]
    assert len(receipt["seal"]) == 64 and receipt["made_by"] == "Root"
    assert app.get(f"{base}/receipt/pdf", headers=headers).body.startswith(b"%PDF")
