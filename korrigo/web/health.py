"""Is it alive, and is it ready?  Plugins add checks of their own."""

import datetime as dt
import logging
import shutil
from collections.abc import Collection

import sqlalchemy as sa

from ..db import migrate
from ..db.base import now
from ..db.sqlite import reading
from ..directives import register, table, verified
from ..interfaces import IHealthCheck
from ..models import WorkerSeen
from ..sentences import Sentence as _
from ..sentences import Told, message_of
from .language import say

log = logging.getLogger(__name__)

CATEGORY = "korrigo checks"
WORKER_SILENCE = dt.timedelta(minutes=2)
LEAST_DISK = 500 << 20


class NotReady(Told, RuntimeError):
    """Something that this server needs is not there; the message says what, and what to do."""


def add_korrigo_check(config, name, check):
    """A check of ``/readyz`` and ``korrigo doctor``; see :class:`korrigo.interfaces.IHealthCheck`."""
    check = verified(config, IHealthCheck, check, f"the check {name!r}")
    register(config, CATEGORY, name, check, lambda: table(config.registry, CATEGORY).__setitem__(name, check))


def database(registry) -> str:
    with reading(registry["engine"]).connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        return connection.dialect.name


def migrations(registry) -> str:
    migrate.check(registry["engine"], registry["korrigo plugins"])
    return _("up to date")


def worker(registry) -> str:
    if registry.settings["korrigo.queue"] == "immediate":
        return _("jobs run at once")
    with reading(registry["engine"]).connect() as connection:
        seen = connection.execute(sa.select(WorkerSeen)).all()
    alive = [row.host for row in seen if row.at > now() - WORKER_SILENCE]
    if not alive:
        raise NotReady(_("no worker has answered for two minutes: start one with korrigo worker"))
    return ", ".join(alive)


def disk(registry) -> str:
    folder = registry.settings["korrigo.data"]
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < LEAST_DISK:
        raise NotReady(_("only ${n} MB are free in ${folder}: make room", n=free >> 20, folder=folder))
    return _("${n} GB free", n=free >> 30)


def run_checks(registry, names: Collection[str] | None = None) -> list[tuple[str, bool, str]]:
    """(name, ok, detail) of every check, or of those that are named."""
    results = []
    for name, check in table(registry, CATEGORY).items():
        if names is not None and name not in names:
            continue
        try:
            results.append((name, True, check(registry) or ""))
        except Exception as error:
            results.append((name, False, message_of(error)))
    return results


def healthz(request):
    """The process answers."""
    return {"status": "alive"}


def readyz(request):
    """Everything that is needed answers; details are for administrators."""
    results = run_checks(request.registry)
    ready = all(ok for _name, ok, _detail in results)
    if not ready:
        request.response.status_int = 503
        log.warning("not ready: %s", "; ".join(f"{name}: {detail}" for name, ok, detail in results if not ok))
    answer = {"status": "ready" if ready else "not ready", "checks": {name: ok for name, ok, _detail in results}}
    if request.has_permission("admin"):
        answer["details"] = {name: say(request, detail) for name, _ok, detail in results}
    return answer


def includeme(config):
    config.add_directive("add_korrigo_check", add_korrigo_check)
    for name, check in (("database", database), ("migrations", migrations), ("worker", worker), ("disk", disk)):
        config.add_korrigo_check(name, check)
    for name, view in (("healthz", healthz), ("readyz", readyz)):
        config.add_route(name, f"/{name}")
        config.add_view(view, route_name=name, renderer="json", permission="public", request_method="GET")
