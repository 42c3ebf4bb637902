"""Real worker processes, killed for real."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from worker_app import make

from korrigo.db import scope
from korrigo.models import Exam, Job

pytestmark = pytest.mark.worker

HERE = Path(__file__).parent


@pytest.fixture
def queue_name(backend):
    return backend.queue


@pytest.fixture
def registry(place):
    registry = make(*place)
    yield registry
    registry["engine"].dispose()


class Worker:
    """A worker in processes of its own."""

    def __init__(self, place):
        self.process = subprocess.Popen([sys.executable, str(HERE / "worker_app.py"), *place])

    def children(self) -> list[psutil.Process]:
        return [child for child in psutil.Process(self.process.pid).children(recursive=False)
                if child.status() != psutil.STATUS_ZOMBIE]

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def start(place):
    workers = []

    def begin() -> Worker:
        worker = Worker(place)
        workers.append(worker)
        return worker

    yield begin
    for worker in workers:
        worker.kill()


def add(registry, kind: str, **args) -> str:
    with scope(registry) as request:
        return request.jobs.add(kind, **args).id


def job(registry, job_id: str):
    with registry["engine"].connect() as connection:
        return connection.execute(sa.select(Job.__table__).where(Job.id == job_id)).one()


def titles(registry) -> list[str]:
    with registry["engine"].connect() as connection:
        return list(connection.scalars(sa.select(Exam.title)))


def lines(registry, name: str) -> list[str]:
    file = registry.settings["korrigo.data"] / name
    return file.read_text().splitlines() if file.exists() else []


def until(true, seconds: float = 40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"did not come true within {seconds} s")


def test_a_job_whose_worker_is_killed_is_finished_by_the_next_one(registry, start):
    worker = start()
    job_id = add(registry, "jobs.slow", name="killed", seconds=2)
    until(lambda: lines(registry, "killed") == ["begin 1"])
    worker.kill()
    assert job(registry, job_id).state == "running"
    start()
    until(lambda: job(registry, job_id).state == "done")
    assert lines(registry, "killed") == ["begin 1", "begin 2", "end 2"]
    assert titles(registry) == ["killed"]


def test_a_killed_child_is_replaced_and_its_job_is_done(registry, start):
    worker = start()
    job_id = add(registry, "jobs.slow", name="child", seconds=2)
    until(lambda: lines(registry, "child") == ["begin 1"])
    owner = int(job(registry, job_id).owner.split(":")[1])
    os.kill(owner, signal.SIGKILL)
    until(lambda: job(registry, job_id).state == "done")
    assert worker.process.poll() is None
    assert titles(registry) == ["child"]


def test_children_die_with_a_killed_parent(registry, start):
    worker = start()
    until(lambda: len(worker.children()) == 3)
    children = worker.children()
    worker.kill()
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children), 5)


def test_a_stopped_worker_lets_a_job_end(registry, start):
    worker = start()
    job_id = add(registry, "jobs.slow", name="graceful", seconds=1)
    until(lambda: lines(registry, "graceful") == ["begin 1"])
    worker.process.terminate()
    assert worker.process.wait(20) == 0
    assert job(registry, job_id).state == "done"


def test_a_failing_job_is_tried_again_then_buried_with_its_failure_kept(registry, start):
    start()
    job_id = add(registry, "jobs.fail", name="poor")
    until(lambda: job(registry, job_id).state == "dead")
    row = job(registry, job_id)
    assert row.attempts == 2
    assert "poor cannot be done" in row.error and row.message == "poor cannot be done"
    assert lines(registry, "poor") == ["attempt 1", "attempt 2"]
    assert titles(registry) == ["failed: poor: ValueError"]


def test_a_fatal_error_is_not_tried_again(registry, start):
    start()
    job_id = add(registry, "jobs.hopeless", name="gone")
    until(lambda: job(registry, job_id).state == "dead")
    assert lines(registry, "gone") == ["attempt 1"]


def test_a_job_that_hangs_in_c_code_is_ended_at_its_hard_limit(registry, start):
    start()
    job_id = add(registry, "jobs.hang", name="stuck")
    until(lambda: job(registry, job_id).state == "dead")
    until(lambda: titles(registry) == ["failed: stuck: WorkerDied"])    # told after it is dead


def test_a_job_that_nobody_rang_for_is_found_by_the_sweep(registry, start):
    registry["ring"] = lambda job_id: None
    job_id = add(registry, "jobs.slow", name="silent", seconds=0.1)
    start()
    until(lambda: job(registry, job_id).state == "done")


def test_a_running_job_that_is_cancelled_stops_at_its_next_report(registry, start):
    start()
    job_id = add(registry, "jobs.slow", name="unwanted", seconds=20)
    until(lambda: lines(registry, "unwanted") == ["begin 1"])
    with scope(registry) as request:
        assert request.jobs.cancel(request.db.get(Job, job_id))
    time.sleep(1)
    assert job(registry, job_id).state == "cancelled"
    assert lines(registry, "unwanted") == ["begin 1"]
    assert titles(registry) == []


def test_a_job_of_an_aborted_transaction_never_was(registry, start):
    start()
    with pytest.raises(RuntimeError), scope(registry) as request:
        request.jobs.add("jobs.slow", name="never", seconds=0.1)
        raise RuntimeError
    add(registry, "jobs.slow", name="sentinel", seconds=0.1)
    until(lambda: lines(registry, "sentinel")[-1:] == ["end 1"])
    assert lines(registry, "never") == []
