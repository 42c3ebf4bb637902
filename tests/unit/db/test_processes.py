"""Several processes write at once: nothing is lost, and nobody is told that the database is locked."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
import transaction

from korrigo.db import tm_session
from korrigo.models import AuditEntry, Exam
from korrigo.services import Audit

STORM = Path(__file__).with_name("storm.py")
PROCESSES, ROUNDS = 3, 40


@pytest.fixture
def exam_id(scope):
    with scope() as request:
        exam = Exam(title="stormy", pages_per_copy=0)
        request.db.add(exam)
        request.db.flush()
        return exam.id


def test_processes_that_read_then_write_lose_nothing_and_keep_the_journal_whole(backend, registry, scope, exam_id):
    storms = [subprocess.Popen([sys.executable, str(STORM), backend.url, str(ROUNDS)], stderr=subprocess.PIPE,
                               text=True) for _ in range(PROCESSES)]
    slowest = 0.0
    while any(storm.poll() is None for storm in storms):
        started = time.monotonic()
        session = tm_session(registry["engine"], transaction.TransactionManager(), read_only=True)
        session.scalar(sa.select(Exam.pages_per_copy))
        session.close()
        slowest = max(slowest, time.monotonic() - started)
        time.sleep(0.02)
    errors = [storm.communicate()[1] for storm in storms]
    assert errors == [""] * PROCESSES
    with scope() as request:
        assert request.db.get(Exam, exam_id).pages_per_copy == PROCESSES * ROUNDS
        assert request.db.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == PROCESSES * ROUNDS
        assert Audit.of(request).verify() is None
    assert slowest < 5, "a reader waited for writers"


def test_threads_chain_the_journal_one_after_another(scope, registry):
    def work(name):
        for n in range(10):
            with scope() as request:
                request.audit.record("test.act", f"thread:{name}", n=n)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope() as request:
        entries = request.db.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.id for entry in entries] == list(range(1, 31))
        for name in "abc":
            assert [entry.details["n"] for entry in entries if entry.subject == f"thread:{name}"] == list(range(10))
        assert request.audit.verify() is None
