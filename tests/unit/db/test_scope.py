"""Transactions: committed at the end, undone by an exception; reading requests never write; the bell rings late."""

import pytest
import sqlalchemy as sa
import transaction
from sqlalchemy.exc import IntegrityError

from korrigo.db import ReadOnlyRequest, tm_session
from korrigo.models import Exam, Job, User
from korrigo.services import Accounts


def titles(registry) -> list[str]:
    with registry["engine"].connect() as connection:
        return sorted(connection.scalars(sa.select(Exam.title)))


def test_a_scope_is_committed_at_its_end(scope, registry):
    with scope() as request:
        request.db.add(Exam(title="kept"))
        assert titles_seen(registry) == []
    assert titles(registry) == ["kept"]


def titles_seen(registry) -> list[str]:
    """What another transaction sees, without waiting for a writer."""
    session = tm_session(registry["engine"], transaction.TransactionManager(), read_only=True)
    try:
        return list(session.scalars(sa.select(Exam.title)))
    finally:
        session.close()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_exception_undoes_a_scope_and_goes_on(scope, registry, error):
    with pytest.raises(error), scope() as request:
        request.db.add(Exam(title="lost"))
        request.db.flush()
        raise error
    assert titles(registry) == []


def test_a_refused_commit_undoes_everything(scope, registry):
    with pytest.raises(IntegrityError), scope() as request:
        request.db.add_all([Exam(title="one"), User(email="a@b.c", name="A"), User(email="a@b.c", name="B")])
    assert titles(registry) == []


def test_scopes_of_two_transactions_do_not_mix(scope, registry):
    with scope() as outer:
        with scope() as inner:
            assert inner.db is not outer.db and inner.tm is not outer.tm
            inner.db.add(Exam(title="inner"))
        assert outer.db.scalar(sa.select(sa.func.count()).select_from(Exam)) == 1
        transaction_of = outer.tm.get()
    assert transaction_of is not None and titles(registry) == ["inner"]


def test_a_scope_acts_for_somebody(scope):
    with scope() as request:
        user_id = request.find_service(Accounts).create("ann@example.org", "Ann", []).id
        assert request.actor_id is None and request.actor_name == ""
    with scope(user=user_id) as request:
        assert request.actor_id == user_id
        assert request.actor_name == "ann@example.org"


def test_the_connection_goes_back_when_a_scope_is_over(scope, registry):
    for _ in range(3):
        with scope() as request:
            request.db.scalar(sa.select(Exam.id))
    assert registry["engine"].pool.checkedout() == 0


@pytest.fixture
def reader(registry):
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    session = tm_session(registry["engine"], manager, read_only=True)
    yield session, manager
    manager.abort()
    session.close()


def test_a_reading_session_refuses_to_flush(reader, registry):
    session, manager = reader
    session.add(Exam(title="written by a reader"))
    with pytest.raises(ReadOnlyRequest, match="Exam"):
        manager.commit()
    assert titles(registry) == []


@pytest.mark.parametrize("statement", [
    sa.insert(Exam).values(id="1" * 32, title="x", total=20, anonymous=True, paper="a4", identity_zones=[]),
    sa.update(Exam).values(title="x"),
    sa.delete(Exam),
])
def test_a_reading_session_refuses_statements_that_write(reader, statement):
    session, _manager = reader
    with pytest.raises(ReadOnlyRequest):
        session.execute(statement)


def test_a_reading_session_does_not_flush_before_a_query(reader):
    session, _manager = reader
    session.add(Exam(title="pending"))
    assert session.scalar(sa.select(sa.func.count()).select_from(Exam)) == 0
    session.expunge_all()


class Bell:
    def __init__(self, registry):
        self.registry, self.rung, self.found = registry, [], []

    def __call__(self, job_id):
        self.rung.append(job_id)
        with self.registry["engine"].connect() as connection:
            self.found.append(connection.scalar(sa.select(Job.state).where(Job.id == job_id)))


@pytest.fixture
def bell(registry):
    registry["ring"] = Bell(registry)
    return registry["ring"]


def test_the_bell_rings_once_the_job_can_be_seen(scope, bell):
    with scope() as request:
        job_id = request.jobs.add("core.tidy").id
        assert bell.rung == []
    assert bell.rung == [job_id]
    assert bell.found == ["queued"]


def test_the_bell_never_rings_for_a_transaction_that_was_undone(scope, bell):
    with pytest.raises(RuntimeError), scope() as request:
        request.jobs.add("core.tidy")
        raise RuntimeError
    assert bell.rung == []


def test_a_bell_that_is_broken_does_not_undo_the_job(scope, registry):
    registry["huey"].immediate = False

    def down(*arguments):
        raise ConnectionError("no queue")

    registry["huey"].storage.enqueue = down
    with scope() as request:
        job_id = request.jobs.add("core.tidy").id
    with scope() as request:
        assert request.db.get(Job, job_id).state == "queued"


def test_a_kind_that_nobody_handles_is_refused(scope):
    with pytest.raises(LookupError, match="'x.nothing'"), scope() as request:
        request.jobs.add("x.nothing")


def test_a_live_job_with_the_same_key_is_returned_instead_of_a_second(scope, bell):
    with scope() as request:
        first = request.jobs.add("core.tidy", unique_key="k")
        assert request.jobs.add("core.tidy", unique_key="k") is first
        assert request.jobs.cancel(first)
        second = request.jobs.add("core.tidy", unique_key="k")
        assert second.id != first.id
        assert request.jobs.add_once("k", "core.tidy") is None
