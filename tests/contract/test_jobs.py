"""Jobs are run at least once: whatever is repeated or interrupted ends with the same result."""

from collections import Counter
from decimal import Decimal

import pytest
import sqlalchemy as sa
from exam_builder import build
from korrigo_export.exporters import exporters
from korrigo_export.services import ExportFiles
from korrigo_grading.scheme import Criterion, new_question_id
from korrigo_grading.services import Edit, Ops, Papers, Schemes
from korrigo_import.services import Batches
from sites import NAMES

from korrigo.db.base import Base, now
from korrigo.jobs.handlers import KINDS
from korrigo.jobs.run import JobContext, run_job
from korrigo.models import Copy, Exam, Job, JobState
from korrigo.services import Exams
from korrigo.testing.sites import Site

#: What tells of jobs, not of what they made.
BESIDE = {"job", "worker_seen", "audit_entry"}


def tidy(request, scan) -> str:
    return request.jobs.add("core.tidy").id


def import_scan(request, scan) -> str:
    exam = request.find_service(Exams).create(title="Scanned")
    return request.find_service(Batches).receive(exam, scan, "pile.pdf").job_id


def identify(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    return request.jobs.add("ocr.identify", exam_id=made.exam).id


def finalise(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    exam, copy = request.db.get(Exam, made.exam), request.db.get(Copy, made.copies[0])
    leaves = request.find_service(Schemes).leaves(exam)
    edits = [Edit(key[:24], f"score:{key}", 1, 0) for key in leaves]
    request.find_service(Ops).apply(copy, edits, leaves)
    request.find_service(Papers).finalise(copy, exam)
    return request.db.scalar(sa.select(Job.id).where(Job.exam_id == exam.id, Job.kind == "grading.finalise"))


def export(request, scan) -> str:
    made = build(request, scan)
    exporter = exporters(request.registry)["csv"]
    return request.find_service(ExportFiles).ask(request.db.get(Exam, made.exam), exporter).job_id


def ask_graders(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    exam, copy = request.db.get(Exam, made.exam), request.db.get(Copy, made.copies[0])
    schemes, question = request.find_service(Schemes), next(iter(made.leaves.values()))
    criterion = Criterion(new_question_id(), "Well said", Decimal(1))
    schemes.change_question(exam, question, grader="criteria", criteria=(criterion,))
    edit = Edit(question[:24], f"crit:{question}", [criterion.id], 0)
    request.find_service(Ops).apply(copy, [edit], schemes.leaves(exam))
    return request.db.scalar(sa.select(Job.id).where(Job.exam_id == exam.id, Job.kind == "grading.propose"))


#: Kind of job -> what queues one.
QUEUED = {"core.tidy": tidy, "export.make": export, "grading.finalise": finalise, "grading.propose": ask_graders,
          "import.scan": import_scan, "ocr.identify": identify}


@pytest.fixture
def quiet(tmp_path):
    """An application of all plugins whose jobs wait until they are told."""
    site = Site(tmp_path, NAMES, queue="none", reader="tesseract")
    yield site
    site.close()


def queued(site: Site, kind: str, scan) -> str:
    with site.scope() as request:
        return QUEUED[kind](request, scan)


def rows(site: Site) -> dict[str, list]:
    """Everything that is stored, beside what tells of jobs."""
    with site.registry["engine"].connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(sa.select(table))))
                for table in Base.metadata.sorted_tables if table.name not in BESIDE}


def state(site: Site, job: str) -> str:
    with site.registry["engine"].connect() as connection:
        return connection.scalar(sa.select(Job.state).where(Job.id == job))


def again(site: Site, job: str) -> None:
    """Make a job due, as if nobody had heard that it was done."""
    with site.registry["engine"].begin() as connection:
        connection.execute(sa.update(Job).where(Job.id == job).values(state=JobState.QUEUED, run_after=now()))


def test_every_kind_of_job_is_run_here(contract_whole):
    assert set(QUEUED) == set(contract_whole.registry[KINDS])


@pytest.mark.parametrize("kind", QUEUED)
def test_a_job_that_is_run_twice_changes_nothing_more(quiet, kind, small_scan):
    job = queued(quiet, kind, small_scan)
    before = rows(quiet)
    assert run_job(quiet.registry, job, inline=True)
    after = rows(quiet)
    assert state(quiet, job) == JobState.DONE
    assert after != before or kind == "core.tidy"
    again(quiet, job)
    assert run_job(quiet.registry, job, inline=True)
    assert state(quiet, job) == JobState.DONE
    assert rows(quiet) == after


class Interrupted(Exception):
    """The worker is gone."""


class Reports:
    """Stands in the place of ``JobContext.report``: counts, and interrupts the job at one of them."""

    def __init__(self, monkeypatch):
        self.count, self.cut_at = 0, None
        original = JobContext.report

        def report(context, *args, **more):
            self.count += 1
            if self.count == self.cut_at:
                raise Interrupted
            original(context, *args, **more)

        monkeypatch.setattr(JobContext, "report", report)

    def run(self, site: Site, job: str, cut_at: int | None) -> None:
        self.count, self.cut_at = 0, cut_at
        assert run_job(site.registry, job, inline=True)


def sizes(site: Site) -> Counter:
    """How many rows there are of each kind; the same file has one row however often it is sent."""
    return Counter({table: len(found) for table, found in rows(site).items() if table != "blob"})


@pytest.mark.parametrize("kind", QUEUED)
def test_a_job_that_is_interrupted_ends_as_if_it_were_not(quiet, kind, small_scan, monkeypatch):
    """At its first report and at its last one: nothing is done yet, or all but the end."""
    reports = Reports(monkeypatch)
    job = queued(quiet, kind, small_scan)
    reports.run(quiet, job, None)
    whole, last = sizes(quiet), reports.count
    assert last or kind == "core.tidy"
    for place in sorted({min(1, last), last} - {0}):
        before = sizes(quiet)
        job = queued(quiet, kind, small_scan)
        reports.run(quiet, job, place)
        assert state(quiet, job) == JobState.QUEUED
        again(quiet, job)
        reports.run(quiet, job, None)
        assert state(quiet, job) == JobState.DONE
        assert sizes(quiet) - before == whole
