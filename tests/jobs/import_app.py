"""An application with the import plugin, run as a real worker: ``python import_app.py FOLDER DATABASE QUEUE``."""

import sys

from worker_app import LEASE

from korrigo.config import configure
from korrigo.db import migrate


def make(folder: str, database: str, queue: str):
    """The registry of the application; the same in the test and in the worker."""
    backend, _, url = queue.partition("+")
    settings = {
        "korrigo.plugins": "import", "korrigo.secret": "imports-of-the-tests-are-signed-with-this",
        "korrigo.environment": "test", "korrigo.data": folder, "sqlalchemy.url": database, "korrigo.queue": backend,
        "korrigo.jobs.lease": LEASE, "korrigo.jobs.sweep": "1 s", **({"korrigo.queue.url": url} if url else {})}
    registry = configure(settings, here=folder, check=False).registry
    migrate.upgrade(registry["engine"], registry["korrigo plugins"])
    return registry


if __name__ == "__main__":
    import logging

    from korrigo.jobs.worker import run

    logging.basicConfig(level=logging.INFO)
    run(make(*sys.argv[1:]), workers=1)
