"""How a worker owns a job, keeps it alive, and writes down how it ended.

A worker owns a job by winning an UPDATE, so a doubled message is harmless.  A heartbeat renews the lease; a
job whose lease has run out is taken back by the sweep.  The hard limit is a C thread that ends the process
whatever it is doing: a soft limit is swallowed by a broad ``except`` and blind to C code.
"""

import contextlib
import datetime as dt
import faulthandler
import logging
import os
import socket
import sys
import threading
import traceback
import uuid

import sqlalchemy as sa

from ..db import scope
from ..db.base import now
from ..models import Job, JobState
from ..sentences import Sentence, message_of
from ..storage import IBlobStore
from .handlers import KINDS, Kind

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody cancelled the job; the handler should let this pass."""


class LostLease(Exception):
    """Another worker owns the job now; nothing more may be written for it."""


class JobContext:
    """What a handler receives beside its own arguments."""

    def __init__(self, registry, job: sa.Row, owner: str, *, inline: bool = False):
        self.registry = registry
        self.job_id = job.id
        self.exam_id = job.exam_id
        self.user_id = job.created_by
        self.attempt = job.attempts
        self.owner = owner
        self.inline = inline

    def transaction(self):
        """``with context.transaction() as request``: one short transaction.  Never hold one around slow work."""
        return scope(self.registry, user=self.user_id)

    def blob_path(self, blob_id: str):
        """A context manager that gives a local path of a stored file."""
        return self.registry.getUtility(IBlobStore).path(blob_id)

    def report(self, done: int, total: int, *, unit: str = "", stage: str = "", message: str = "") -> None:
        """Store how far the job is, renew the lease, and raise :class:`Cancelled` if somebody cancelled."""
        update(self.registry, self.job_id, self.owner, done=done, total=total, unit=unit, stage=stage,
               message=message, lease_until=now() + lease(self.registry))

    def result(self, **values) -> None:
        """Keep what the job made, for the page that waits for it."""
        update(self.registry, self.job_id, self.owner, result=values)


def lease(registry) -> dt.timedelta:
    return registry.settings["korrigo.jobs.lease"]


def update(registry, job_id: str, owner: str, /, **values) -> None:
    """Write to a job that is still ours; raise when it is not."""
    mine = (Job.id == job_id, Job.owner == owner, Job.state == JobState.RUNNING)
    with registry["engine"].begin() as connection:
        if connection.execute(sa.update(Job).where(*mine).values(values)).rowcount:
            return
        state = connection.scalar(sa.select(Job.state).where(Job.id == job_id))
    raise Cancelled(job_id) if state == JobState.CANCELLED else LostLease(job_id)


def claim(registry, job_id: str) -> tuple[sa.Row, str] | None:
    """Own a job that is due; None when somebody has it, it is over, or its plugin is off here."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
    due = (Job.id == job_id, Job.state == JobState.QUEUED, Job.run_after <= now(),
           Job.kind.in_(list(registry.get(KINDS, ()))))
    with registry["engine"].begin() as connection:
        won = connection.execute(sa.update(Job).where(*due).values(
            state=JobState.RUNNING, owner=owner, attempts=Job.attempts + 1, started=now(),
            lease_until=now() + lease(registry)))
        if not won.rowcount:
            return None
        return connection.execute(sa.select(Job.__table__).where(Job.id == job_id)).one(), owner


def run_job(registry, job_id: str, *, inline: bool = False) -> bool:
    """Do one job if it is due and free; True when it was run.  ``inline``: in a process that is no worker."""
    claimed = claim(registry, job_id)
    if claimed is None:
        return False
    job, owner = claimed
    kind: Kind = registry[KINDS][job.kind]
    context = JobContext(registry, job, owner, inline=inline)
    with heartbeat(registry, job_id, owner), hard_limit(None if inline else kind.hard_limit):
        try:
            kind.run(context, **job.args)
        except Cancelled:
            log.info("job %s (%s) was cancelled", job_id, job.kind)
        except LostLease:
            log.warning("job %s (%s) was taken over by another worker", job_id, job.kind)
        except Exception as error:
            _failed(context, kind, job, error)
        except BaseException:
            _give_back(context)
            raise
        else:
            with contextlib.suppress(Cancelled, LostLease):
                update(registry, job_id, owner, state=JobState.DONE, owner=None, lease_until=None,
                       finished=now(), error="", message="")
    return True


def _failed(context: JobContext, kind: Kind, job: sa.Row, error: Exception) -> None:
    """Queue the job again after its back-off, or bury it and keep the failure where people look."""
    log.error("job %s (%s), attempt %d of %d: %r", job.id, job.kind, job.attempts, job.max_attempts, error,
              exc_info=None if isinstance(error, kind.fatal) else error)
    final = job.attempts >= job.max_attempts or isinstance(error, kind.fatal)
    delay = dt.timedelta(seconds=min(3600, kind.backoff * 2 ** (job.attempts - 1)))
    message = message_of(error)
    values = {"error": "".join(traceback.format_exception(error))[-8000:],
              "message": message if isinstance(message, Sentence) else message[:500],
              "owner": None, "lease_until": None}
    if final:
        values |= {"state": JobState.DEAD, "finished": now()}
        call_failed(context.registry, kind, job, error)
    else:
        values |= {"state": JobState.QUEUED, "run_after": now() + delay}
    with contextlib.suppress(Cancelled, LostLease):
        update(context.registry, context.job_id, context.owner, **values)


def call_failed(registry, kind: Kind, job: sa.Row, error: Exception) -> None:
    """Tell the handler's owner that the last attempt has failed, in a transaction of its own."""
    if kind.failed is None:
        return
    try:
        with scope(registry, user=job.created_by) as request:
            kind.failed(request, error, **job.args)
    except Exception:
        log.exception("job %s (%s): its failure could not be kept", job.id, job.kind)


def _give_back(context: JobContext) -> None:
    """An attempt that was interrupted (a stop of the worker) does not count."""
    with contextlib.suppress(Cancelled, LostLease):
        update(context.registry, context.job_id, context.owner, state=JobState.QUEUED, owner=None,
               lease_until=None, attempts=Job.attempts - 1)


@contextlib.contextmanager
def heartbeat(registry, job_id: str, owner: str):
    """Renew the lease from a thread.  It proves a live process, not progress: hence the hard limit."""
    stop = threading.Event()

    def beat():
        while not stop.wait(lease(registry).total_seconds() / 3):
            try:
                update(registry, job_id, owner, lease_until=now() + lease(registry))
            except (Cancelled, LostLease):
                return
            except sa.exc.OperationalError:
                log.warning("a heartbeat of job %s was missed: the database did not answer", job_id)

    thread = threading.Thread(target=beat, daemon=True, name=f"heartbeat {job_id}")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def hard_limit(seconds: float | None):
    """End this process when the work takes longer, with every stack in the log."""
    if not seconds:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
