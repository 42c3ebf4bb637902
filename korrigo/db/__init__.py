"""The engine in the registry, ``request.db``, and one way to work in a transaction outside a request."""

import contextlib
from pathlib import Path

import pyramid_tm
import sqlalchemy as sa
import transaction
from pyramid.request import apply_request_extensions
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from . import sqlite

READING = ("GET", "HEAD", "OPTIONS")


class ReadOnlyRequest(RuntimeError):
    """A request that should only read tried to write."""


def make_engine(url: str, here: Path | None = None) -> sa.Engine:
    """An engine with the discipline of its database; a relative SQLite file is taken from ``here``."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        file = Path(here or ".", parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        parsed = parsed.set(database=str(file))
    engine = sa.create_engine(parsed)
    sqlite.discipline(engine)
    return engine


def tm_session(engine: sa.Engine, tm, *, read_only: bool = False) -> Session:
    """A session that lives and dies with the transaction manager."""
    import zope.sqlalchemy  # with the first session: it brings every driver that is installed

    if read_only:
        engine = sqlite.reading(engine)
    session = Session(engine, autoflush=not read_only)
    zope.sqlalchemy.register(session, transaction_manager=tm)
    if read_only:
        sa.event.listen(session, "before_flush", _refuse_flush)
        sa.event.listen(session, "do_orm_execute", _refuse_writing)
    return session


def _refuse_flush(session, context, instances):
    raise ReadOnlyRequest("a request that only reads tried to write: " + ", ".join(
        type(item).__name__ for item in (*session.new, *session.dirty, *session.deleted)))


def _refuse_writing(state):
    if state.is_insert or state.is_update or state.is_delete:
        raise ReadOnlyRequest(f"a request that only reads tried to write: {state.statement}")


def request_db(request) -> Session:
    """``request.db``: opened at first use, closed when the request is over."""
    read_only = request.method in READING and not request.environ.get("korrigo.writes")
    session = tm_session(request.registry["engine"], request.tm, read_only=read_only)
    request.add_finished_callback(lambda request: session.close())
    return session


@contextlib.contextmanager
def scope(registry, *, user=None, base_url: str | None = None):
    """A request without a browser, inside one transaction: committed at the end, undone by an exception.

    Jobs, commands and tests do their work in it; services cannot tell it from a real request.
    """
    from pyramid.interfaces import IRequestFactory
    from pyramid.request import Request
    from pyramid.threadlocal import manager

    factory = registry.queryUtility(IRequestFactory, default=Request)
    request = factory.blank("/", base_url=base_url or registry.settings["korrigo.url"], method="POST")
    request.registry = registry
    tm = transaction.TransactionManager(explicit=True)
    request.environ.update({"tm.manager": tm, "tm.active": True, "korrigo.actor": user})
    apply_request_extensions(request)
    request.tm = tm
    manager.push({"registry": registry, "request": request})
    tm.begin()
    try:
        yield request
        tm.commit()
    except BaseException:
        tm.abort()
        raise
    finally:
        manager.pop()
        request._process_finished_callbacks()


def includeme(config):
    settings = config.registry.settings
    settings["tm.manager_hook"] = pyramid_tm.explicit_manager
    config.include("pyramid_tm")
    config.include("pyramid_retry")
    config.registry["engine"] = make_engine(settings["sqlalchemy.url"], settings["korrigo.here"])
    config.add_request_method(request_db, "db", reify=True)
