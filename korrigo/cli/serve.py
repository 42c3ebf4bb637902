"""``korrigo serve`` (web and worker together) and ``korrigo worker``."""

import logging
import os
import subprocess
import sys
import threading
import time

from ..jobs.worker import die_with, run
from ..pages.picture import warm
from .bootstrap import loader_of, registry_of

log = logging.getLogger(__name__)

#: A worker that dies sooner than this is not started again at once.
SHORT_LIFE = 5


def add_serve(commands, name):
    parser = commands.add_parser(name, help="serve pages, with a worker beside")
    parser.add_argument("--no-worker", action="store_true", help="pages only; workers run elsewhere")
    parser.set_defaults(run=serve)


def add_worker(commands, name):
    parser = commands.add_parser(name, help="run background jobs on this machine")
    parser.add_argument("--processes", type=int, help="instead of korrigo.jobs.workers")
    parser.add_argument("--parent", type=int, help="end when this process does")
    parser.set_defaults(run=worker)


def worker(arguments) -> int:
    if arguments.parent:
        die_with(arguments.parent)
    registry = registry_of(arguments.ini)
    run(registry, arguments.processes or registry.settings["korrigo.jobs.workers"])
    return 0


def serve(arguments) -> int:
    """Pages in this process, a worker in another that ends with this one."""
    registry_of(arguments.ini, logs=False)["engine"].dispose()
    if not arguments.no_worker:
        keep_worker(arguments.ini)
    serve_pages(arguments.ini)
    return 0


def serve_pages(ini) -> None:
    """The WSGI server of the ini's section ``server:main``, until it is stopped."""
    loader = loader_of(ini)
    loader.setup_logging()
    warm()
    loader.get_wsgi_server()(loader.get_wsgi_app())


def keep_worker(ini) -> None:
    """Start a worker and start it again whenever it dies."""
    command = [sys.executable, "-m", "korrigo.cli", "-c", str(ini), "worker", "--parent", str(os.getpid())]

    def keep():
        while True:
            started = time.monotonic()
            code = subprocess.run(command, check=False).returncode  # noqa: S603 (our own command)
            log.warning("the worker ended (%s); starting another", code)
            if time.monotonic() - started < SHORT_LIFE:
                time.sleep(SHORT_LIFE)

    threading.Thread(target=keep, daemon=True, name="keep worker").start()
