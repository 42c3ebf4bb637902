"""SQLite as a server's database: own BEGIN, write-ahead log, foreign keys.

The driver's legacy mode opens no transaction for a SELECT, so read-modify-write loses updates without a word,
and a deferred transaction fails at once when it turns into a writer.  Hence every transaction says BEGIN
IMMEDIATE itself; requests that only read say BEGIN DEFERRED and may not write.
"""

import sqlalchemy as sa

PRAGMAS = ("journal_mode=WAL", "busy_timeout=10000", "foreign_keys=ON", "synchronous=FULL")

#: The execution option with which a connection asks for another kind of BEGIN.
BEGIN = "sqlite_begin"


def reading(engine: sa.Engine) -> sa.Engine:
    """The engine for transactions that only read: they never wait for a writer.  The same on other databases."""
    return engine.execution_options(**{BEGIN: "DEFERRED"})


def discipline(engine: sa.Engine, pragmas: tuple[str, ...] = PRAGMAS) -> None:
    """Attach the two events to an engine."""

    @sa.event.listens_for(engine, "connect")
    def connect(connection, record):
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection):
        mode = connection.get_execution_options().get(BEGIN, "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")
