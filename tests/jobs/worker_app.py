"""An application with a plugin of test jobs, run as a real worker: ``python worker_app.py FOLDER DATABASE QUEUE``."""

import ctypes
import sys
import time
from pathlib import Path

from korrigo.config import configure
from korrigo.db import migrate
from korrigo.models import Exam
from korrigo.plugins import Plugin

LEASE = "2 s"


class Hopeless(Exception):
    """No retry mends this."""


def mark(context, name: str, text: str) -> None:
    """Append a line to a file that the test reads."""
    folder = Path(context.registry.settings["korrigo.data"])
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / name, "a") as out:
        out.write(text + "\n")


def slow(context, name, seconds):
    mark(context, name, f"begin {context.attempt}")
    for step in range(int(seconds * 10)):
        context.report(step, int(seconds * 10), unit="steps")
        time.sleep(0.1)
    with context.transaction() as request:
        request.db.add(Exam(title=name))
    mark(context, name, f"end {context.attempt}")


def fail(context, name):
    mark(context, name, f"attempt {context.attempt}")
    raise ValueError(f"{name} cannot be done")


def hopeless(context, name):
    mark(context, name, f"attempt {context.attempt}")
    raise Hopeless(f"{name} will never work")


def hang(context, name):
    mark(context, name, f"attempt {context.attempt}")
    ctypes.PyDLL(None).sleep(60)        # holds the interpreter: no signal handler and no thread of Python runs


def keep_failure(request, error, name):
    request.db.add(Exam(title=f"failed: {name}: {type(error).__name__}"))


def includeme(config):
    config.add_korrigo_job("jobs.slow", slow, title="Slow", hard_limit=60)
    config.add_korrigo_job("jobs.fail", fail, title="Fail", max_attempts=2, backoff=0.5, failed=keep_failure)
    config.add_korrigo_job("jobs.hopeless", hopeless, title="Hopeless", fatal=(Hopeless,), failed=keep_failure)
    config.add_korrigo_job("jobs.hang", hang, title="Hang", hard_limit=1, max_attempts=1, failed=keep_failure)


PLUGIN = Plugin("jobs", "Jobs of the tests", includeme)


def make(folder: str, database: str, queue: str):
    """The registry of the application; the same in the test and in the worker."""
    backend, _, url = queue.partition("+")
    settings = {
        "korrigo.secret": "jobs-of-the-tests-are-signed-with-this", "korrigo.environment": "test",
        "korrigo.data": folder, "sqlalchemy.url": database, "korrigo.queue": backend,
        "korrigo.jobs.lease": LEASE, "korrigo.jobs.sweep": "1 s",
    }
    if url:
        settings["korrigo.queue.url"] = url
    registry = configure(settings, here=folder, plugins=[PLUGIN], check=False).registry
    migrate.upgrade(registry["engine"], [PLUGIN])
    return registry


if __name__ == "__main__":
    import logging

    from korrigo.jobs.worker import run

    logging.basicConfig(level=logging.INFO)
    run(make(*sys.argv[1:]), workers=2)
