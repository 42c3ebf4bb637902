"""Do all that is due in a few forked processes, or wait until workers have: for the command line."""

import multiprocessing
import os
import time
from collections.abc import Callable

import sqlalchemy as sa

from ..db.base import now
from ..db.sqlite import reading
from ..models import Job, JobState
from .run import run_job
from .sweep import due, take_back

LIVE = (JobState.QUEUED, JobState.RUNNING)


def wait(registry, watch: Callable[[list[sa.Row]], None], *, pause: float = 0.3) -> None:
    """Wait until workers have done every job."""
    while jobs := live(registry):
        watch(jobs)
        time.sleep(pause)
    watch([])


def drain(registry, watch: Callable[[list[sa.Row]], None], *, processes: int = 2, pause: float = 0.2) -> None:
    """Run jobs until none is waiting or running.  ``watch`` is given the live jobs every ``pause`` seconds.

    Somebody is waiting: a job that failed is tried again at once, without its back-off.
    """
    registry["engine"].dispose()
    context = multiprocessing.get_context("fork")
    parent = os.getpid()
    workers = [context.Process(target=_work, args=(registry, parent), daemon=False) for _ in range(processes)]
    for worker in workers:
        worker.start()
    try:
        while any(worker.is_alive() for worker in workers):
            watch(live(registry))
            workers[0].join(pause)
            if not workers[0].is_alive():
                for worker in workers:
                    worker.join(pause)
        watch(live(registry))
    finally:
        for worker in workers:
            if worker.is_alive():
                worker.kill()
                worker.join()


def live(registry) -> list[sa.Row]:
    """The jobs that are not over, oldest first."""
    with reading(registry["engine"]).connect() as connection:
        return connection.execute(sa.select(Job.__table__).where(Job.state.in_(LIVE)).order_by(Job.created)).all()


def without_back_off(registry) -> None:
    """Make jobs that wait for another attempt due."""
    with registry["engine"].begin() as connection:
        connection.execute(sa.update(Job).where(Job.state == JobState.QUEUED, Job.attempts > 0, Job.run_after > now())
                           .values(run_after=now()))


def _work(registry, parent: int) -> None:
    from .worker import die_with  # in the child: commands that never drain need no queue

    die_with(parent)
    registry["engine"].dispose(close=False)
    registry["ring"] = lambda job_id: None
    while True:
        take_back(registry)
        without_back_off(registry)
        if any(run_job(registry, job_id) for job_id in due(registry)):
            continue
        if not live(registry):
            return
        time.sleep(0.1)
