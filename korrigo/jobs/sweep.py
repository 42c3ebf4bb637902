"""What nobody rang for: jobs of dead workers, jobs whose message was lost, jobs that the clock starts."""

import datetime as dt
import logging

import sqlalchemy as sa

from ..db import scope
from ..db.base import now
from ..db.sqlite import reading
from ..models import Job, JobState
from ..sentences import Sentence as _
from ..sentences import Told
from .handlers import KINDS, PERIODIC
from .run import call_failed

log = logging.getLogger(__name__)


class WorkerDied(Told):
    """The worker that had the job stopped answering."""


def take_back(registry) -> None:
    """Queue the jobs of silent workers again; bury those out of attempts."""
    silent = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now())
    message = _("The worker stopped answering")
    with registry["engine"].begin() as connection:
        spent = connection.execute(sa.select(Job.__table__).where(silent, Job.attempts >= Job.max_attempts)).all()
        for job in spent:
            connection.execute(sa.update(Job).where(Job.id == job.id, silent).values(
                state=JobState.DEAD, owner=None, message=message, error=message, finished=now()))
        again = connection.execute(sa.update(Job).where(silent).values(
            state=JobState.QUEUED, owner=None, message=message, run_after=now()))
    for job in spent:
        kind = registry.get(KINDS, {}).get(job.kind)
        if kind is not None:
            call_failed(registry, kind, job, WorkerDied(message))
    if spent or again.rowcount:
        log.warning("silent workers: %d jobs queued again, %d buried", again.rowcount, len(spent))


def tick(registry, moment: dt.datetime | None = None) -> None:
    """Add the jobs that the clock starts this minute; the key makes a second scheduler harmless."""
    moment = (moment or now()).replace(second=0, microsecond=0)
    for clock in registry.get(PERIODIC, {}).values():
        if clock.due(moment):
            with scope(registry) as request:
                request.jobs.add_once(f"{clock.name}:{moment:%Y-%m-%dT%H:%M}", clock.kind)


def due(registry) -> list[str]:
    """The ids of jobs that could run now, most urgent first."""
    with reading(registry["engine"]).connect() as connection:
        return list(connection.scalars(
            sa.select(Job.id)
            .where(Job.state == JobState.QUEUED, Job.run_after <= now(), Job.kind.in_(list(registry.get(KINDS, ()))))
            .order_by(Job.priority.desc(), Job.created)))


def sweep(registry) -> list[str]:
    """Take back what is lost, then ring for all that is due."""
    take_back(registry)
    found = due(registry)
    for job_id in found:
        registry["ring"](job_id)
    return found
