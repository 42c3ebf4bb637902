"""Its jobs are run at least once: whatever is repeated or interrupted ends as if it were not."""

from collections import Counter

import pytest
import sqlalchemy as sa

from ...db.base import Base, now
from ...jobs.run import JobContext, run_job
from ...models import Job, JobState
from ..sites import Site, names

#: What tells of jobs, not of what they made.
BESIDE = {"job", "worker_seen", "audit_entry"}


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

    def run(self, site: Site, job: str, cut_at: int | None = None) -> None:
        """Run a job until its end, or until its ``cut_at``-th report."""
        self.count, self.cut_at = 0, cut_at
        assert run_job(site.registry, job, inline=True)


def rows(site: Site) -> dict[str, list]:
    """Everything that is stored, beside what tells of jobs."""
    with site.registry["engine"].connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(sa.select(table))))
                for table in Base.metadata.sorted_tables if table.name not in BESIDE}


def sizes(site: Site) -> Counter:
    """How many rows there are of each kind; the same file has one row however often it is sent."""
    return Counter({table: len(found) for table, found in rows(site).items() if table != "blob"})


def state(site: Site, job: str) -> str:
    with site.registry["engine"].connect() as connection:
        return connection.scalar(sa.select(Job.state).where(Job.id == job))


def again(site: Site, job: str) -> None:
    """Make a job due, as if nobody had heard that it was done."""
    with site.registry["engine"].begin() as connection:
        connection.execute(sa.update(Job).where(Job.id == job).values(state=JobState.QUEUED, run_after=now()))


def run_twice(site: Site, reports: Reports, queue, scan) -> None:
    """A second run changes nothing more."""
    job = queued_by(site, queue, scan)
    reports.run(site, job)
    assert state(site, job) == JobState.DONE
    after = rows(site)
    again(site, job)
    reports.run(site, job)
    assert state(site, job) == JobState.DONE
    assert rows(site) == after


def run_interrupted(site: Site, reports: Reports, queue, scan) -> None:
    """Interrupted at its first report and at its last one, when nothing is done yet, or all but the end."""
    start = sizes(site)
    reports.run(site, queued_by(site, queue, scan))
    made, last = sizes(site) - start, reports.count
    for place in sorted({min(1, last), last} - {0}):
        before = sizes(site)
        job = queued_by(site, queue, scan)
        reports.run(site, job, place)
        assert state(site, job) == JobState.QUEUED
        again(site, job)
        reports.run(site, job)
        assert state(site, job) == JobState.DONE
        assert sizes(site) - before == made


def queued_by(site: Site, queue, scan) -> str:
    with site.scope() as request:
        return queue(request, scan)


class Jobs:
    """``queued`` says how each kind of job is queued."""

    @pytest.fixture
    def queued(self) -> dict:
        """Kind of job -> ``function(request, scan)``: prepares what it works on, queues it, returns its id.

        ``scan`` is a PDF of empty pages.  The tests of a plugin that has jobs override this.
        """
        return {}

    @pytest.fixture
    def quiet(self, tmp_path, queued):
        """An application of all plugins whose jobs wait until they are told; none where there is no job to run."""
        if not queued:
            yield None
            return
        site = Site(tmp_path, names(), queue="none", reader="tesseract")
        yield site
        site.close()

    @pytest.fixture
    def reports(self, monkeypatch):
        return Reports(monkeypatch)

    def test_every_kind_of_its_jobs_can_be_queued_here(self, contract_whole, queued, name):
        assert set(queued) == {item["name"] for item in contract_whole.added("korrigo jobs", name)}, "override `queued`"

    def test_a_job_that_is_run_twice_changes_nothing_more(self, quiet, reports, queued, contract_scan):
        for queue in queued.values():
            run_twice(quiet, reports, queue, contract_scan)

    def test_a_job_that_is_interrupted_ends_as_if_it_were_not(self, quiet, reports, queued, contract_scan):
        for queue in queued.values():
            run_interrupted(quiet, reports, queue, contract_scan)
