"""``korrigo worker``: processes that the queue wakes, under a parent that sweeps.

Children die with their parent (PR_SET_PDEATHSIG): an orphan would go on taking jobs with old code.  The parent
sweeps in its own loop, not in a thread: it forks whenever a child has died, and a fork must not copy the locks
of a running thread.
"""

import ctypes
import gc
import logging
import os
import signal
import socket
import time

import sqlalchemy as sa
import zope.sqlalchemy  # noqa: F401  what every transaction needs, before the forks
from huey.consumer import Consumer, ProcessEnvironment

from ..db.base import now
from ..models import WorkerSeen
from ..pages.picture import warm
from .handlers import KINDS, Later
from .sweep import sweep, tick

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
SHUTDOWN_SECONDS = 25


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class _Environment(ProcessEnvironment):
    """Children that die with the consumer and never use its connections."""

    def __init__(self, *args, registry):
        super().__init__(*args)
        self.registry = registry
        self.parent = os.getpid()

    def create_process(self, runnable, name):
        process = super().create_process(runnable, name)
        process.daemon = False          # a daemon may have no children, and hostile files are opened in one
        return process

    def init_child(self, process):
        die_with(self.parent)
        self.registry["engine"].dispose(close=False)
        warm()
        super().init_child(process)


class Worker(Consumer):
    """Huey's consumer of processes, which also looks for lost and due jobs."""

    def __init__(self, registry, workers: int):
        self.registry = registry
        self.pause = registry.settings["korrigo.jobs.sweep"].total_seconds()
        self.next_sweep = 0.0
        self.minute = None
        super().__init__(
            registry["huey"], workers=workers, worker_type="process", periodic=False, max_delay=0.5,
            health_check_interval=1, graceful_signal="TERM", shutdown_timeout=SHUTDOWN_SECONDS,
        )

    def get_environment(self, worker_type):
        return _Environment(self._graceful_sig, self._interrupt_sig, registry=self.registry)

    def loop(self, health_check_ts=None):
        if time.monotonic() >= self.next_sweep:
            try:
                self.look()
            except Exception:
                log.exception("the sweep failed; it will be tried again")
            self.next_sweep = time.monotonic() + self.pause
        return super().loop(health_check_ts)

    def look(self) -> None:
        """One sweep: the clock's jobs, the lost ones, the due ones, and a sign of life."""
        moment = now().replace(second=0, microsecond=0)
        if moment != self.minute:
            tick(self.registry, moment)
            self.minute = moment
        sweep(self.registry)
        seen(self.registry)
        self.registry["engine"].dispose()


def seen(registry) -> None:
    """Write that a worker of this host is alive."""
    host = socket.gethostname()
    with registry["engine"].begin() as connection:
        if not connection.execute(sa.update(WorkerSeen).where(WorkerSeen.host == host).values(at=now())).rowcount:
            connection.execute(sa.insert(WorkerSeen).values(host=host, at=now()))


def load_handlers(registry) -> None:
    """Import what jobs need before there are children: they share it, and a job does not wait for it."""
    for kind in registry[KINDS].values():
        for function in (kind.run, kind.failed):
            if isinstance(function, Later):
                log.debug("loaded %s", function.function)


def run(registry, workers: int) -> None:
    """Work until a signal ends it: TERM lets running jobs finish for 25 s, then gives them back."""
    log.info("worker of %d processes", workers)
    load_handlers(registry)
    registry["engine"].dispose()
    gc.freeze()     # what is here stays: a child need not copy it by counting it
    worker = Worker(registry, workers)
    try:
        worker.run()
    finally:
        for _, process in worker.worker_threads:
            if process.is_alive():
                process.kill()
