"""What a plugin registers: kinds of jobs, and clocks that start them."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from pyramid.exceptions import ConfigurationError

from ..directives import register, table

KINDS = "korrigo jobs"
PERIODIC = "korrigo periodic"


@dataclass(frozen=True)
class Kind:
    """A kind of job.  Times are seconds.

    ``run(context, **args)`` does the work and may be run more than once: it must end with the same result.
    ``failed(context, error, **args)`` is called once, in a transaction of its own, when the last attempt has
    failed; it keeps the failure where people look for it.  ``fatal`` are exceptions that no retry can mend.
    """

    name: str
    run: Callable
    title: str
    max_attempts: int = 3
    backoff: float = 60
    hard_limit: float = 300
    fatal: tuple[type[Exception], ...] = ()
    failed: Callable | None = None


@dataclass(frozen=True)
class Periodic:
    """A clock: ``cron`` (minute hour day month weekday, UTC) starts a job of ``kind``."""

    name: str
    kind: str
    cron: str

    def due(self, moment) -> bool:
        from huey import crontab

        minute, hour, day, month, weekday = self.cron.split()
        return crontab(minute, hour, day, month, weekday)(moment)


@dataclass(frozen=True)
class Later:
    """A function by its dotted name, imported when it is first called: a web server need not hold a worker's
    libraries.  Where it should be is looked at now.
    """

    name: str

    def __post_init__(self):
        module, _dot, function = self.name.rpartition(".")
        if not module or not function.isidentifier() or importlib.util.find_spec(module) is None:
            raise ConfigurationError(f"there is no module for {self.name!r}")

    def __call__(self, *args, **values):
        return self.function(*args, **values)

    @property
    def function(self) -> Callable:
        module, _dot, function = self.name.rpartition(".")
        return getattr(importlib.import_module(module), function)


def add_korrigo_job(config, kind, run, *, title, max_attempts=3, backoff=60, hard_limit=300, fatal=(), failed=None):
    """Register what does the jobs of a kind, named ``<plugin>.<verb>``.  See :class:`Kind`.

    ``run`` and ``failed`` may be dotted names: what they need is then imported by workers only.
    """
    if not hard_limit or hard_limit <= 0:
        raise ConfigurationError(f"the job kind {kind!r} needs a hard limit in seconds")
    handler = Kind(
        kind, Later(run) if isinstance(run, str) else run, title, max_attempts, backoff, hard_limit, tuple(fatal),
        Later(failed) if isinstance(failed, str) else failed,
    )
    register(config, KINDS, kind, handler,
             lambda: table(config.registry, KINDS).__setitem__(kind, handler), title=title)


def add_korrigo_periodic(config, name, *, kind, cron):
    """Start a job of ``kind`` by the clock.  Two schedulers are harmless: the job has a unique key."""
    clock = Periodic(name, kind, cron)
    if len(cron.split()) != 5:
        raise ConfigurationError(f"the clock {name!r}: {cron!r} is not five fields (minute hour day month weekday)")
    register(config, PERIODIC, name, clock,
             lambda: table(config.registry, PERIODIC).__setitem__(name, clock), cron=cron)
