"""A small roster, and exams that are there at once."""

import csv
import io

import pytest
import sqlalchemy as sa
from exam_builder import Browser, build
from korrigo_export.models import ExportFile
from korrigo_import.models import Batch, Upload

from korrigo.api import Exam, ExamRole, Exams, User
from korrigo.security.scopes import scopes
from korrigo.services import Tokens


@pytest.fixture(scope="session")
def small_roster(data) -> bytes:
    """Five pupils, the two of the small scan among them."""
    lines = (data / "batches/class-a4/roster.csv").read_text("utf-8-sig").splitlines(keepends=True)
    return "".join(lines[:6]).encode()


@pytest.fixture(scope="session")
def pupils(small_roster) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(small_roster.decode()), delimiter=";"))


@pytest.fixture
def korrigo_settings(korrigo_settings):
    """Names are found by hand: nothing is read while an exam is made, where no test is about that."""
    return {**korrigo_settings, "korrigo.ocr.reader": "none"}


@pytest.fixture
def browser(app):
    """The application as whoever is signed in uses it."""
    return Browser(app)


@pytest.fixture
def built(scope, small_scan):
    """``built(copies=3, graders=(ann,))`` makes an exam and commits it."""
    def make(**options):
        with scope() as request:
            return build(request, small_scan, **options)
    return make


@pytest.fixture
def cast(scope, sign_in, built):
    """``cast(role)`` signs somebody in who is that, on an anonymous exam; the ids of what there is."""
    made = built()
    known = {"exam": made.exam, "form": "0", "copy": made.copies[0], "side": made.sides[0][0], "file": "f" * 32,
             "act": "retry",
             "student": made.students[0],
             "question": made.leaves["1a"],
             "size": "thumb", "format": "json", "token": "f" * 32}

    def enter(role: str) -> dict[str, str]:
        exam_role = {"grader": ExamRole.GRADER, "exam secretary": ExamRole.SECRETARY,
                     "coordinator": ExamRole.COORDINATOR}.get(role)
        user = sign_in(role.replace(" ", "-"), role if role in ("admin", "secretary") else "teacher")
        with scope() as request:
            exam = request.db.get(Exam, made.exam)
            if exam_role:
                request.find_service(Exams).set_role(exam, user, exam_role)
            if "batch" not in known:
                known["batch"] = request.db.scalar(sa.select(Batch.id))
                upload = Upload(exam_id=made.exam, filename="pile.pdf", size=10)
                wanted = ExportFile(exam_id=made.exam, exporter="csv", filename="marks.csv", media_type="text/csv")
                request.db.add_all([upload, wanted])
                request.db.flush()
                known["upload"], known["wanted"] = upload.id, wanted.id
                known["job"] = request.jobs.add("core.tidy", exam_id=made.exam).id
        known["user"], known["session"] = user, "f" * 32
        return known

    enter.made = made
    return enter


@pytest.fixture
def bearer(scope, registry):
    """``bearer(user, "exams:read")``: the header of a token with these scopes, with all of them when none is said."""
    def make(user_id: str, *names: str) -> dict[str, str]:
        with scope() as request:
            user = request.db.get(User, user_id)
            _token, secret = request.find_service(Tokens).make(user, "test", names or scopes(registry))
        return {"Authorization": f"Bearer {secret}"}

    return make
