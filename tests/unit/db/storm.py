"""One of several processes that write the same rows: ``python storm.py DATABASE ROUNDS``."""

import sys

from korrigo import quiet  # noqa: F401  what is written on stderr is a failure

# isort: split
import sqlalchemy as sa
import transaction
import zope.sqlalchemy

from korrigo.db import make_engine, tm_session
from korrigo.models import Exam
from korrigo.services import Audit


def main(url: str, rounds: int) -> None:
    """Read, add one, write back, and tell the journal, each time in a transaction of its own."""
    engine = make_engine(url)
    for _ in range(rounds):
        manager = transaction.TransactionManager(explicit=True)
        manager.begin()
        session = tm_session(engine, manager)
        exam = session.scalar(sa.select(Exam).with_for_update())
        exam.pages_per_copy += 1
        Audit(session, "storm").record("storm.added", f"exam:{exam.id}")
        zope.sqlalchemy.mark_changed(session)
        manager.commit()
        session.close()
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
