"""Graders and a secretary at work while the worker imports: one SQLite file, nothing locked, nothing lost."""

import concurrent.futures
import json
import secrets
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from live_server import Browser

from korrigo.models import Copy, ExamRole, Fate, Job, JobState, Side
from korrigo.services import Blobs, Copies, Exams

pytestmark = pytest.mark.worker

GRADERS, ROUNDS, COPIES = 6, 12, 4
SCHEME = {"total": "20", "questions": [{"label": "1", "points": "20", "step": "0.25"}]}


@pytest.fixture
def exam(server, data):
    """An exam with four shared copies and six graders."""
    from korrigo_grading.public import Schemes
    from korrigo_grading.scheme import parse_json

    owner = server.user("owner", "secretary")
    graders = [server.user(f"grader{number}", "teacher") for number in range(GRADERS)]
    with server.scope(owner) as request:
        exams, copies = request.find_service(Exams), request.find_service(Copies)
        exam = exams.create(title="Load", anonymous=True)
        for user in graders:
            exams.set_role(exam, user, ExamRole.GRADER)
        scheme = request.find_service(Schemes).set(exam, parse_json(SCHEME))
        blob = request.find_service(Blobs).add_file(data / "batches" / "class-a4" / "scan.pdf", "application/pdf")
        ids = []
        for number in range(COPIES):
            copy = copies.create(exam)
            request.db.add(Side(exam_id=exam.id, blob_id=blob.id, pdf_page=number + 1, region="full", width_mm=210,
                                height_mm=297, ordinal=number, fate=Fate.COPY, copy_id=copy.id, position=1))
            copies.move(copy, "release")
            ids.append(copy.id)
        return {"id": exam.id, "graders": graders, "copies": ids, "question": scheme.leaves()[0].id, "owner": owner}


def grade(server, exam, user: str, number: int) -> dict:
    """Write a note of one's own on each copy, round after round, each based on the last; and read pages between."""
    browser, slowest, written = Browser(server, user), 0.0, {}
    revs = dict.fromkeys(exam["copies"], 0)
    for turn in range(ROUNDS):
        for copy in exam["copies"]:
            annotation = f"annot:{number:024x}"
            value = {"k": "text", "page": 0, "x": 10, "y": 10, "t": f"{number}-{turn}"}
            op = {"id": secrets.token_hex(12), "target": annotation, "value": value, "base": revs[copy]}
            started = time.monotonic()
            status, _headers, body = browser.ask("POST", f"/grading/copies/{copy}/ops", {"ops": [op]})
            slowest = max(slowest, time.monotonic() - started)
            assert status == 200, (status, body[:300])
            (result,) = json.loads(body)["results"]
            assert result["status"] == "ok", result
            revs[copy] = result["rev"]
            written[copy] = value["t"]
        status, _headers, _body = browser.ask("GET", f"/grading/exams/{exam['id']}/queue?n=3")
        assert status == 200
    browser.connection.close()
    return {"number": number, "written": written, "slowest": slowest}


def test_six_graders_and_an_import_share_one_file_without_a_lock_or_a_loss(server, exam, data):
    from korrigo_grading.models import GradedCopyRow, Op
    from korrigo_import.services import Batches

    with server.scope(exam["owner"]) as request:
        other = request.find_service(Exams).create(title="Import")
        request.find_service(Batches).receive(other, data / "batches" / "messy-a4" / "scan.pdf", "scan.pdf")
    with concurrent.futures.ThreadPoolExecutor(GRADERS) as pool:
        results = list(pool.map(lambda item: grade(server, exam, item[1], item[0]), enumerate(exam["graders"])))
    wait_for_jobs(server)
    with server.scope() as request:
        for copy in exam["copies"]:
            version = request.db.get(GradedCopyRow, copy).version
            assert version == GRADERS * ROUNDS
            assert request.db.scalar(sa.select(sa.func.count()).where(Op.copy_id == copy)) == GRADERS * ROUNDS
            targets = targets_of(request, copy)
            for result in results:
                assert targets[f"annot:{result['number']:024x}"]["t"] == result["written"][copy]
        assert request.db.scalar(sa.select(sa.func.count()).where(Copy.exam_id == other_id(request))) == 12
    log = Path(server.log.name).read_text()
    assert "database is locked" not in log
    assert "Traceback" not in log, log


def wait_for_jobs(server) -> None:
    for _try in range(600):
        with server.registry["engine"].connect() as connection:
            states = set(connection.scalars(sa.select(Job.state)))
        if not states & {JobState.QUEUED, JobState.RUNNING}:
            assert states == {JobState.DONE}, states
            return
        time.sleep(0.2)
    raise AssertionError("the jobs do not end")


def targets_of(request, copy: str) -> dict:
    from korrigo_grading.services import Ops

    return {key: target.value for key, target in request.find_service(Ops).targets(copy).items()}


def other_id(request) -> str:
    from korrigo.models import Exam

    return request.db.scalar(sa.select(Exam.id).where(Exam.title == "Import"))
