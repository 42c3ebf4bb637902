"""SQLite keeps the discipline of a server's database."""

import threading
import time

import pytest
import sqlalchemy as sa
import transaction
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from korrigo.db import make_engine, migrate, tm_session
from korrigo.jobs.queue import make_huey
from korrigo.web import health

TALLY = sa.Table("tally", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))


@pytest.fixture
def engine(sqlite_engine):
    TALLY.metadata.create_all(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(sa.insert(TALLY).values(id=1, n=0))
    return sqlite_engine


def tally(engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.select(TALLY.c.n))


def rows(engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(TALLY))


@pytest.mark.parametrize("pragma, value", [
    ("journal_mode", "wal"), ("busy_timeout", 10000), ("foreign_keys", 1), ("synchronous", 2)])
def test_every_connection_has_the_pragmas(engine, pragma, value):
    engine.dispose()
    one, two = engine.raw_connection(), engine.raw_connection()
    found = [connection.driver_connection.execute(f"PRAGMA {pragma}").fetchone()[0] for connection in (one, two)]
    one.close()
    two.close()
    assert found == [value, value]


def test_a_transaction_that_has_only_read_already_holds_the_writers_place(engine):
    """In the driver's own mode a SELECT begins nothing, and what was read is old when it is written back."""
    with engine.connect() as first:
        first.execute(sa.select(TALLY))
        assert first.connection.driver_connection.in_transaction
        with engine.connect() as second, pytest.raises(OperationalError, match="locked"):
            second.connection.driver_connection.execute("PRAGMA busy_timeout=50")
            second.execute(sa.select(TALLY))
    engine.dispose()


def test_threads_that_read_then_write_lose_nothing(engine):
    def work():
        for _ in range(25):
            with engine.begin() as connection:
                n = connection.scalar(sa.select(TALLY.c.n))
                time.sleep(0.0005)
                connection.execute(sa.update(TALLY).values(n=n + 1))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally(engine) == 100


def test_a_released_savepoint_is_undone_with_the_transaction(engine):
    with engine.connect() as connection:
        with connection.begin_nested():
            connection.execute(sa.insert(TALLY).values(id=2, n=0))
        connection.rollback()
    assert rows(engine) == 1


def test_a_rolled_back_savepoint_leaves_the_rest_of_the_transaction(engine):
    with Session(engine) as session:
        session.execute(sa.insert(TALLY).values(id=2, n=0))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(sa.insert(TALLY).values(id=2, n=0))
        session.execute(sa.insert(TALLY).values(id=3, n=0))
        session.commit()
    assert rows(engine) == 3


def test_a_schema_change_is_undone_with_its_transaction(engine):
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE more (id INTEGER)"))
        connection.rollback()
    assert not sa.inspect(engine).has_table("more")


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_is_committed(engine):
    with engine.connect() as writer:
        writer.execute(sa.update(TALLY).values(n=7))
        session = tm_session(engine, transaction.TransactionManager(), read_only=True)
        started = time.monotonic()
        assert session.scalar(sa.select(TALLY.c.n)) == 0
        assert time.monotonic() - started < 1
        session.close()
        writer.commit()
    assert tally(engine) == 7


def test_looking_at_health_and_migrations_does_not_wait_for_a_writer(engine):
    with engine.connect() as writer:
        writer.execute(sa.update(TALLY).values(n=7))
        started = time.monotonic()
        assert health.database({"engine": engine}) == "sqlite"
        assert [item.current for item in migrate.status(engine, [])] == [None]
        assert time.monotonic() - started < 5


def test_a_writer_waits_for_a_writer_instead_of_failing(engine):
    entered = threading.Event()

    def hold():
        with engine.begin() as connection:
            connection.execute(sa.update(TALLY).values(n=TALLY.c.n + 1))
            entered.set()
            time.sleep(0.5)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait()
    with engine.begin() as connection:
        connection.execute(sa.update(TALLY).values(n=TALLY.c.n + 1))
    holder.join()
    assert tally(engine) == 2


def test_a_reference_to_nothing_is_refused(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE child (tally_id INTEGER REFERENCES tally (id))"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO child VALUES (99)"))


def test_a_relative_file_is_taken_from_the_folder_of_the_ini_and_its_folder_is_made(tmp_path):
    engine = make_engine("sqlite:///var/deep/korrigo.db", tmp_path)
    with engine.connect() as connection:
        connection.execute(sa.select(1))
    engine.dispose()
    assert (tmp_path / "var" / "deep" / "korrigo.db").is_file()


def test_the_queue_has_a_file_of_its_own(tmp_path):
    huey = make_huey({"korrigo.queue": "sqlite", "korrigo.secret": "s" * 32, "korrigo.data": tmp_path / "var"})
    assert (tmp_path / "var" / "queue.db").is_file()
    assert huey.storage.filename != str(tmp_path / "korrigo.db")
    huey.storage.close()


def test_an_engine_without_the_events_would_lose_updates(tmp_path):
    """What the discipline is for: if the driver ever begins transactions itself, this test says so."""
    bare = sa.create_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    TALLY.metadata.create_all(bare)
    with bare.begin() as connection:
        connection.execute(sa.insert(TALLY).values(id=1, n=0))
    with bare.connect() as one, bare.connect() as two:
        seen = one.scalar(sa.select(TALLY.c.n)), two.scalar(sa.select(TALLY.c.n))
        one.execute(sa.update(TALLY).values(n=seen[0] + 1))
        one.commit()
        two.execute(sa.update(TALLY).values(n=seen[1] + 1))
        two.commit()
    assert tally(bare) == 1
    bare.dispose()
