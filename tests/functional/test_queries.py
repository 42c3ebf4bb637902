"""How often a page asks the database: the same for two copies and for twelve."""

import secrets
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from korrigo_export.models import ExportFile
from korrigo_grading.services import Edit, Ops, Schemes
from korrigo_import.models import Batch

from korrigo.api import Blobs, Copies, Copy, Exam, Exams, ExamStudent, Identification, Student
from korrigo.web.exams import RECENT

#: What is asked before a page: who is signed in.
AUTHENTICATION = 1
#: The most that a listing of copies may ask, besides.
MOST = 10
#: {0} is the exam, {1} its first copy.
LISTINGS = ("/import/exams/{0}/pages", "/import/exams/{0}/gate", "/import/exams/{0}/receipt",
            "/import/exams/{0}/receipt.pdf", "/import/exams/{0}/scans", "/import/exams/{0}/roster",
            "/ocr/exams/{0}/desk",
            "/grading/exams/{0}/finalise", "/grading/exams/{0}/queue", "/export/exams/{0}")
PAGES = ("/exams/{0}", "/exams/{0}/edit", "/grading/exams/{0}/grade?copy={1}", "/grading/copies/{1}", "/students",
         "/jobs/mine", "/admin/jobs", "/admin/journal", "/admin/accounts", *LISTINGS)


@pytest.fixture
def statements(registry):
    """``with statements() as asked``: what the database is asked, without the frame of transactions."""
    @contextmanager
    def listen():
        asked = []

        def note(connection, cursor, statement, *more):
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                asked.append(statement)

        sa.event.listen(registry["engine"], "before_cursor_execute", note)
        try:
            yield asked
        finally:
            sa.event.remove(registry["engine"], "before_cursor_execute", note)

    return listen


@pytest.fixture
def graders(sign_in) -> list[str]:
    return [sign_in(f"grader{number}", "teacher") for number in range(4)]


@pytest.fixture
def exam_of(built, scope, graders, sign_in):
    """``exam_of(12)``: an exam of twelve copies, half of them with a name."""
    def make(copies: int):
        made = built(copies=copies, pages=2, pupils=copies, graders=tuple(graders), title=f"{copies} copies")
        with scope() as request:
            for number in range(0, copies, 2):
                request.find_service(Copies).identify(
                    request.db.get(Copy, made.copies[number]), request.db.get(Student, made.students[number]),
                    Identification.MANUAL)
        sign_in("admin", "admin")
        return made
    return make


@pytest.fixture
def count(app, statements):
    """``count(url)``: how often a page asks, besides who it is for."""
    def ask(url: str) -> int:
        app.get(url, status=200)        # whatever is asked only once is asked now
        with statements() as asked:
            app.get(url, status=200)
        return len(asked) - AUTHENTICATION
    return ask


def test_a_page_asks_as_often_for_twelve_copies_as_for_two(exam_of, count):
    few, many = exam_of(2), exam_of(12)
    asked = {page: [count(page.format(made.exam, made.copies[0])) for made in (few, many)] for page in PAGES}
    assert {page: counts for page, counts in asked.items() if counts[0] != counts[1]} == {}
    assert {page: asked[page] for page in LISTINGS if asked[page][1] >= MOST} == {}


def test_pupils_whom_nobody_expected_are_asked_for_together(scope, exam_of, count):
    few, many = exam_of(2), exam_of(12)
    with scope() as request:
        request.db.execute(sa.delete(ExamStudent))
    assert count(f"/export/exams/{few.exam}") == count(f"/export/exams/{many.exam}")


def test_the_start_page_asks_for_exams_and_not_for_copies(scope, exam_of, count):
    made = exam_of(2)
    few = count("/")
    with scope() as request:
        exam, copies = request.db.get(Exam, made.exam), request.find_service(Copies)
        for _number in range(10):
            copies.create(exam)
    assert count("/") == few


def test_the_start_page_asks_no_more_for_forty_exams_than_for_the_newest_few(scope, exam_of, count, app):
    exam_of(2)

    def more(exams: int) -> int:
        with scope() as request:
            for number in range(exams):
                request.find_service(Exams).create(title=f"Old exam {number}")
        return count("/")

    assert more(RECENT) == more(40)
    assert app.get("/").text.count("Old exam") >= 40


def test_a_search_for_pupils_is_one_question(exam_of, count, app):
    exam_of(12)
    assert count("/students?q=lastname+771") == 1
    assert "Lastname3" in app.get("/students?q=lastname+771")


def write(scope, made, user: str, label: str) -> None:
    """A score, given by somebody."""
    with scope(user=user) as request:
        leaves = request.find_service(Schemes).leaves(request.db.get(Exam, made.exam))
        edit = Edit(secrets.token_hex(12), f"score:{made.leaves[label]}", 1, 0)
        request.find_service(Ops).apply(request.db.get(Copy, made.copies[0]), [edit], leaves)


def test_a_copy_asks_as_often_for_four_graders_as_for_one(scope, exam_of, graders, count):
    made = exam_of(2)
    pages = (f"/grading/copies/{made.copies[0]}", f"/grading/exams/{made.exam}/grade?copy={made.copies[0]}")
    write(scope, made, graders[0], "1a")
    one = [count(page) for page in pages]
    for user, label in zip(graders[1:], ("1b", "2", "3"), strict=True):
        write(scope, made, user, label)
    assert [count(page) for page in pages] == one


def test_a_list_of_files_asks_as_often_for_many_as_for_one(scope, exam_of, count):
    made = exam_of(2)
    pages = (f"/import/exams/{made.exam}/scans", f"/export/exams/{made.exam}")

    def more(number: int) -> None:
        with scope() as request:
            exam, blobs = request.db.get(Exam, made.exam), request.find_service(Blobs)
            blob = blobs.add_bytes(b"%d" % number, "application/pdf")
            job = request.jobs.add("core.tidy", exam_id=exam.id)
            request.db.add(Batch(exam_id=exam.id, blob_id=blob.id, pages_blob_id=blob.id, filename=f"{number}.pdf",
                                 size=1, job_id=job.id))
            request.db.add(ExportFile(exam_id=exam.id, exporter="csv", job_id=job.id))

    more(0)
    one = [count(page) for page in pages]
    for number in range(1, 4):
        more(number)
    assert [count(page) for page in pages] == one
