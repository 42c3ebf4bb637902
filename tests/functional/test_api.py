"""An exam from the scan to the marks by a program, and the errors that a program meets."""

import json

import pytest
import sqlalchemy as sa

from korrigo.api import Copies, Copy, JobState
from korrigo.models import AuditEntry
from korrigo.services import Exams
from korrigo.web.api.operations import ROOT

PROBLEM = "application/problem+json"


class Program:
    """A program with a token."""

    def __init__(self, app, headers: dict[str, str]):
        self.app, self.headers = app, headers

    def get(self, path: str, **options):
        return self.app.get(ROOT + path, headers=self.headers, **options)

    def send(self, method: str, path: str, data, **options):
        """JSON."""
        return self.app.request(
            ROOT + path, method=method, body=json.dumps(data).encode(), expect_errors=True,
            headers={**self.headers, "Content-Type": "application/json", **options})

    def file(self, path: str, data: bytes, media_type: str, **options):
        answer = self.app.post(ROOT + path, data, headers={**self.headers, "Content-Type": media_type}, **options)
        answer.request.environ["wsgi.input"].close()        # large bodies lie in temporary files
        return answer


@pytest.fixture
def program(app, sign_in, bearer):
    """``program("ann", "teacher")``: a program of somebody's, with every scope."""
    def of(name: str = "root", role: str = "admin") -> Program:
        headers = bearer(sign_in(name, role))
        app.reset()
        return Program(app, headers)

    return of


SCHEME = {"total": "20", "questions": [
    {"label": "1", "children": [{"label": "a", "points": 4}, {"label": "b", "points": "6.5", "step": "0.5"}]},
    {"label": "2", "points": 9.5, "step": "0.5", "criteria": [{"text": "Reads the graph", "points": "1"}]}]}


def test_an_exam_from_the_scan_to_the_marks_by_a_program(program, scope, small_scan, small_roster, pupils):
    ann = program("ann", "teacher")
    exam = ann.send("POST", "/exams", {"title": "Mock exam", "held_on": "2026-05-12", "anonymous": True,
                                       "pages_per_copy": 4})
    assert exam.status_int == 201 and exam.json["held_on"] == "2026-05-12"
    here = f"/exams/{exam.json['id']}"
    roster = ann.file(f"{here}/roster?name=class.csv", small_roster, "text/csv").json
    assert (roster["created"], roster["expected"], len(roster["lines"])) == (5, 5, 5)
    assert {line["outcome"] for line in roster["lines"]} == {"created"}
    received = ann.file(f"{here}/scans?name=pile.pdf", small_scan.read_bytes(), "application/pdf", status=202).json
    assert ann.get(f"/jobs/{received['job']}").json["state"] == JobState.DONE
    again = ann.file(f"{here}/scans", small_scan.read_bytes(), "application/pdf", status=202).json
    assert (again["batch"], again["known"], received["known"]) == (received["batch"], True, False)
    sides = ann.get(f"{here}/sides").json["sides"]
    assert len(sides) == 8 and {side["fate"] for side in sides} <= {"copy", "blank"}
    copies = ann.get(f"{here}/copies").json["copies"]
    assert {side["copy"] for side in sides} == {copy["id"] for copy in copies}
    scheme = ann.send("PUT", f"{here}/scheme", SCHEME).json
    assert ann.get(f"{here}/scheme").json == scheme
    leaves = [*scheme["questions"][0]["children"], scheme["questions"][1]]
    copy = copies[0]["id"]
    with scope() as request:
        if request.db.get(Copy, copy).state == "staging":
            request.find_service(Copies).move(request.db.get(Copy, copy), "release")
    identity = ann.get(f"{here}/identification").json
    shown = next(item for item in identity["copies"] if item["id"] == copy)
    pupil = next(one for one in identity["pupils"] if one["number"] == pupils[0]["N° candidat"])
    said = ann.send("PUT", f"/copies/{copy}/pupil", {"pupil": pupil["id"], "version": shown["version"]})
    assert (said.status_int, said.json["identification"]) == (200, "manual")
    assert ann.send("POST", f"/copies/{copy}/finalise", {}).status_int == 409
    written = ann.send("POST", f"/copies/{copy}/ops", {"ops": [
        {"id": f"{n:024x}", "target": f"score:{leaf['id']}", "value": leaf["points"], "base": 0}
        for n, leaf in enumerate(leaves)]}).json
    assert [result["status"] for result in written["results"]] == ["ok"] * 3
    targets = ann.get(f"/copies/{copy}/targets").json
    assert (targets["version"], len(targets["targets"])) == (3, 3)
    closing = ann.send("POST", f"/copies/{copy}/finalise", {})
    assert closing.status_int == 202
    assert ann.get(f"/jobs/{closing.json['job']}").json["state"] == JobState.DONE
    [row] = [row for row in ann.get(f"{here}/marks").json["rows"] if row["copy"] == copy]
    assert (row["total"], row["pupil"], row["status"]) == ("20.0", pupil["id"], "graded")
    wanted = ann.send("POST", f"{here}/exports", {"exporter": "csv"})
    assert wanted.status_int == 202
    file = ann.get(f"/exports/{wanted.json['file']}")
    assert file.content_type == "text/csv" and row["last_name"] in file.body.decode("utf-8-sig")
    with scope() as request:
        taken = request.db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "export.downloaded")).all()
        assert [entry.actor.partition(" ")[0] for entry in taken] == ["ann@example.org"]
        assert request.audit.verify() is None


def test_a_list_is_read_page_by_page_newest_first_and_each_exam_once(program, scope):
    root = program()
    with scope() as request:
        made = [request.find_service(Exams).create(title=str(n)).id for n in range(7)]
    seen, after = [], ""
    while True:
        page = root.get(f"/exams?limit=3{after}").json
        seen += [exam["id"] for exam in page["exams"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(seen) == sorted(made) and len(seen) == 7
    assert root.get("/exams?limit=7").json["next"] is None
    root.get(f"/exams?after={'0' * 32}", status=422)


def test_a_list_holds_only_what_the_owner_sees(program, scope, sign_in, built):
    built(title="Somebody else’s")
    ann = program("ann", "teacher")
    assert ann.get("/exams").json == {"exams": [], "next": None}


def test_a_roster_is_reported_line_by_line(program, built):
    root, here = program(), f"/exams/{built().exam}"
    sent = "Nom;Prénom;Né(e) le\nDupont;Jean;31/02/2008\nMartin;Zoé;01/02/2008\nMartin;Zoé;01/02/2008\n"
    report = root.file(f"{here}/roster", sent.encode(), "text/csv").json
    assert [(line["line"], line["outcome"], bool(line["pupil"])) for line in report["lines"]] == [
        (2, "refused", False), (3, "created", True), (4, "refused", False)]
    assert all(line["notes"] for line in report["lines"] if line["outcome"] == "refused")
    refused = root.file(f"{here}/roster", b"\x00\x01\x02", "text/csv", status=422)
    assert refused.content_type == PROBLEM


def test_a_pupil_of_whom_it_is_not_sure_is_left_undecided(program, built):
    root, made = program(), built()
    other = built(title="Other")
    sent = "Nom;Prénom;Né(e) le\nDupont;Jean;01/02/2008\n"
    root.file(f"/exams/{made.exam}/roster", sent.encode(), "text/csv")
    report = root.file(f"/exams/{other.exam}/roster", b"Nom;Prenom\nDupont;Jean\n", "text/csv").json
    assert [(line["outcome"], line["pupil"], bool(line["notes"])) for line in report["lines"]] == [
        ("undecided", None, True)]
    assert (report["created"], report["expected"]) == (0, 0)


def test_an_edit_that_is_sent_again_is_made_once_and_a_stale_one_is_a_conflict(program, built):
    root, made = program(), built()
    target = f"score:{made.leaves['1a']}"
    ops, edit = f"/copies/{made.copies[0]}/ops", {"id": "a" * 24, "target": target, "value": 2, "base": 0}
    first, again = (root.send("POST", ops, {"ops": [edit]}).json for _again in range(2))
    assert first == again
    stale, wrong = root.send("POST", ops, {"ops": [
        {**edit, "id": "b" * 24, "value": 3}, {**edit, "id": "c" * 24, "value": 99, "base": 1}]}).json["results"]
    assert (stale["status"], stale["current"]["value"], wrong["status"]) == ("conflict", 2, "invalid")
    assert wrong["why"]


def test_whoever_decides_on_an_old_version_is_told_and_a_pupil_has_one_copy(program, built):
    root, made = program(), built()
    version = root.get(f"/exams/{made.exam}/identification").json["copies"][0]["version"]
    one, two = (f"/copies/{copy}/pupil" for copy in made.copies)
    assert root.send("PUT", one, {"pupil": made.students[0], "version": version}).status_int == 200
    assert root.send("PUT", one, {"pupil": None, "version": version}).status_int == 409
    taken = root.send("PUT", two, {"pupil": made.students[0], "version": version})
    assert (taken.status_int, taken.content_type) == (409, PROBLEM)
    assert "copy 1" in taken.json["detail"]
    assert root.send("PUT", two, {"pupil": "0" * 32, "version": version}).status_int == 422


def test_a_scheme_that_is_wrong_is_refused_with_every_reason(program, built):
    root, made = program(), built()
    here = f"/exams/{made.exam}/scheme"
    wrong = root.send("PUT", here, {"total": 20, "questions": [{"label": "1", "points": 0}, {"label": "1"}]})
    assert wrong.status_int == 422 and len(wrong.json["errors"]) >= 3
    now = root.get(here).json
    assert root.send("PUT", here, {**SCHEME, "version": now["version"] + 1}).status_int == 409
    assert root.get(here).json == now
    assert root.send("PUT", here, {**SCHEME, "version": now["version"]}).json["version"] == now["version"] + 1


@pytest.mark.parametrize("body, status", [
    (b"{", 400), (b"\xff", 400), (b'{"title": NaN}', 400), (b'{"title": "\\ud800"}', 400), (b"[" * 5000, 400),
    (b'{"title": "a\\u0000b"}', 400), (b'{"title": "x", "total": 1e999}', 400), (b"", 400), (b"[]", 422),
    (b"{}", 422), (b'{"title": ""}', 422), (b'{"title": "x", "colour": "red"}', 422)])
def test_what_cannot_be_understood_is_refused_with_a_problem(program, body, status):
    answer = program().app.post(f"{ROOT}/exams", body, status=status, headers={
        **program().headers, "Content-Type": "application/json"})
    assert answer.content_type == PROBLEM and answer.json["status"] == status
    assert {"type", "title", "detail", "reference"} <= set(answer.json)


def test_each_field_that_is_wrong_is_named(program):
    answer = program().send("POST", "/exams", {"title": "", "total": "many", "colour": "red"})
    assert {error["field"] for error in answer.json["errors"]} == {"title", "total", "colour"}
    french = program().send("POST", "/exams", {"title": ""}, **{"Accept-Language": "fr"})
    assert french.json["errors"] == [{"field": "title", "message": "À remplir."}]


def test_addresses_methods_types_and_sizes_that_are_not_taken(program, built, registry):
    root, made = program(), built()
    here = f"{ROOT}/exams/{made.exam}"
    for method, url, kind, status in (
            ("GET", f"{ROOT}/nothing", "", 404), ("GET", f"{ROOT}/exams/{'0' * 32}", "", 404),
            ("GET", f"{ROOT}/exams/1", "", 404), ("GET", "/api/", "", 404), ("DELETE", f"{ROOT}/exams", "", 405),
            ("POST", here, "application/json", 405), ("POST", f"{ROOT}/exams", "text/plain", 415),
            ("POST", f"{here}/scans", "application/json", 415), ("POST", f"{here}/roster", "application/pdf", 415)):
        answer = root.app.request(url, method=method, expect_errors=True, headers={
            **root.headers, **({"Content-Type": kind} if kind else {})})
        assert (answer.status_int, answer.content_type) == (status, PROBLEM), (method, url)
    assert root.app.delete(f"{ROOT}/exams", headers=root.headers, status=405).headers["Allow"] == "GET, HEAD, POST"
    registry.settings["korrigo.upload.max"] = 100
    root.file(f"/exams/{made.exam}/scans", b"%PDF" * 100, "application/pdf", status=413)


def test_an_error_of_ours_shows_no_traceback(program, monkeypatch, caplog):
    def broken(*args):
        raise ZeroDivisionError("a secret of the server")

    monkeypatch.setattr("korrigo.web.api.core.copy_counts", broken)
    answer = program().get("/exams", status=500)
    assert answer.content_type == PROBLEM and "secret" not in answer.text
    assert answer.json["reference"] in caplog.text


def test_an_address_that_is_not_utf8_is_refused_everywhere(app):
    for url in ("/signin?next=%ff", "/%ff", f"{ROOT}/me?x=%ff", f"{ROOT}/exams/%ff"):
        assert app.get(url, status=400).content_type == PROBLEM


@pytest.mark.parametrize("path", ["copies", "sides", "identification", "marks"])
def test_a_list_asks_the_database_as_often_for_many_copies_as_for_few(program, built, registry, path):
    root, asked = program(), []
    root.get("/me")                     # the use of the token is noted once
    for copies in (2, 8):
        exam, statements = built(copies=copies, pages=1, pupils=copies, title=str(copies)).exam, []

        def note(connection, cursor, statement, *more, found=statements):
            found.append(statement)

        sa.event.listen(registry["engine"], "before_cursor_execute", note)
        root.get(f"/exams/{exam}/{path}")
        sa.event.remove(registry["engine"], "before_cursor_execute", note)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 12
