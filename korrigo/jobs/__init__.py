"""Background jobs: Huey is the doorbell, the ``job`` table is the truth."""

import logging
from collections.abc import Iterable

import sqlalchemy as sa

from ..db.base import new_id, now
from ..models import Job, JobState
from .handlers import KINDS, add_korrigo_job, add_korrigo_periodic
from .queue import make_huey
from .run import run_job

log = logging.getLogger(__name__)


class Jobs:
    """``request.jobs``: adds rows in the caller's transaction and rings once it is committed."""

    def __init__(self, registry, db, tm, user_id: str | None):
        self.registry, self.db, self.tm, self.user_id = registry, db, tm, user_id

    def add(self, kind: str, *, unique_key: str | None = None, exam_id: str | None = None, priority: int = 0,
            **args) -> Job:
        """Queue a job.  With a ``unique_key`` that a live job carries already, that job is returned instead."""
        handler = self.registry.get(KINDS, {}).get(kind)
        if handler is None:
            raise LookupError(f"no enabled plugin handles jobs of kind {kind!r}")
        if unique_key:
            live = self.db.scalar(sa.select(Job).where(
                Job.unique_key == unique_key, Job.state.in_([JobState.QUEUED, JobState.RUNNING])))
            if live is not None:
                return live
        job = Job(id=new_id(), kind=kind, args=args, unique_key=unique_key, exam_id=exam_id, priority=priority,
                  max_attempts=handler.max_attempts, created_by=self.user_id)
        self.db.add(job)
        self.db.flush()
        self.ring_after_commit(job.id)
        return job

    def add_once(self, unique_key: str, kind: str, **args) -> Job | None:
        """Queue a job unless one with this key was ever queued."""
        if self.db.scalar(sa.select(Job.id).where(Job.unique_key == unique_key)):
            return None
        return self.add(kind, unique_key=unique_key, **args)

    def by_id(self, ids: Iterable[str | None]) -> dict[str, Job]:
        """Jobs by id, in one query; those that are gone are left out."""
        wanted = {job_id for job_id in ids if job_id}
        return {job.id: job for job in self.db.scalars(sa.select(Job).where(Job.id.in_(wanted)))} if wanted else {}

    def cancel(self, job: Job) -> bool:
        """Stop a job that is not over: a queued one never starts, a running one stops at its next report."""
        return self._move(job, (JobState.QUEUED, JobState.RUNNING), state=JobState.CANCELLED, finished=now())

    def retry(self, job: Job) -> bool:
        """Give a dead job its attempts back."""
        moved = self._move(job, (JobState.DEAD,), state=JobState.QUEUED, attempts=0, run_after=now(), finished=None)
        if moved:
            self.ring_after_commit(job.id)
        return moved

    def forget(self, job: Job) -> bool:
        """Take a dead job out of sight; it stays in the table as cancelled."""
        return self._move(job, (JobState.DEAD,), state=JobState.CANCELLED)

    def _move(self, job: Job, states, **values) -> bool:
        moved = self.db.execute(
            sa.update(Job).where(Job.id == job.id, Job.state.in_(states)).values(values)
            .execution_options(synchronize_session=False))
        self.db.expire(job)
        return bool(moved.rowcount)

    def ring_after_commit(self, job_id: str) -> None:
        self.tm.get().addAfterCommitHook(_ring, (self.registry, job_id))


def _ring(committed: bool, registry, job_id: str) -> None:
    if committed:
        registry["ring"](job_id)


def make_ring(registry):
    """The function that rings for a job.  A queue that is down costs nothing: the sweep rings later."""
    huey = registry["huey"]
    if huey is None:
        return lambda job_id: None
    task = huey.task(name="run_job")(lambda job_id: run_job(registry, job_id, inline=huey.immediate))

    def ring(job_id: str) -> None:
        try:
            task(job_id)
        except Exception:
            log.exception("could not ring for job %s; it will be found by the sweep", job_id)

    return ring


def request_jobs(request) -> Jobs:
    return Jobs(request.registry, request.db, request.tm, request.actor_id)


def includeme(config):
    config.add_directive("add_korrigo_job", add_korrigo_job)
    config.add_directive("add_korrigo_periodic", add_korrigo_periodic)
    registry = config.registry
    registry["huey"] = make_huey(registry.settings)
    registry["ring"] = make_ring(registry)
    config.add_request_method(request_jobs, "jobs", reify=True)
