"""A worker that is killed at any moment of an import: the import ends whole, and nothing is there twice."""

import contextlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import psutil
import pytest
import sqlalchemy as sa
from import_app import make
from korrigo_import.models import Batch, FindingRow, SideFactsRow
from korrigo_import.services import Batches

from korrigo.db import scope
from korrigo.models import Copy, Job, Side
from korrigo.services import Exams

pytestmark = [pytest.mark.worker, pytest.mark.timeout(600)]

HERE = Path(__file__).parent
MOMENTS = 10
PAGES, PER_COPY = 24, 4


@pytest.fixture
def registry(place):
    registry = make(*place)
    yield registry
    registry["engine"].dispose()


@pytest.fixture
def scan(data, tmp_path) -> bytes:
    with pikepdf.open(data / "batches" / "class-a4" / "scan.pdf") as pile:
        del pile.pages[PAGES:]
        pile.remove_unreferenced_resources()
        pile.save(tmp_path / "scan.pdf")
    return (tmp_path / "scan.pdf").read_bytes()


class Worker:
    """A worker, with everything that it starts."""

    def __init__(self, place):
        self.process = subprocess.Popen([sys.executable, str(HERE / "import_app.py"), *place])

    def kill(self) -> None:
        """SIGKILL for all at once, as when the machine is switched off."""
        everyone = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for one in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):     # it has ended since
                one.kill()
        self.process.wait()
        psutil.wait_procs(everyone, 10)


@pytest.fixture
def start(place):
    workers = []

    def begin() -> Worker:
        workers.append(Worker(place))
        return workers[-1]

    yield begin
    for worker in workers:
        if worker.process.poll() is None:
            worker.kill()


def receive(registry, folder: Path, scan: bytes, number: int) -> tuple[str, str]:
    """(exam, job) of a file with content of its own."""
    path = folder / f"pile-{number}.pdf"
    path.write_bytes(scan + b"\n%% %d" % number)
    with scope(registry) as request:
        exam = request.find_service(Exams).create(title=f"Exam {number}")
        return exam.id, request.find_service(Batches).receive(exam, path, path.name).job_id


def state(registry, job: str) -> str:
    with registry["engine"].connect() as connection:
        return connection.scalar(sa.select(Job.state).where(Job.id == job))


def until(registry, job: str, *wanted: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while state(registry, job) not in wanted:
        assert time.monotonic() < end, f"the job is still {state(registry, job)}"
        time.sleep(0.02)


def whole(registry, exam: str) -> None:
    with scope(registry) as request:
        db = request.db
        [batch] = db.scalars(sa.select(Batch).where(Batch.exam_id == exam))
        sides = db.scalars(sa.select(Side).where(Side.exam_id == exam).order_by(Side.ordinal)).all()
        assert (batch.state, batch.pages) == ("ready", PAGES)
        assert [side.pdf_page for side in sides] == list(range(1, PAGES + 1))
        assert [side.ordinal for side in sides] == list(range(PAGES))
        copies = db.scalars(sa.select(Copy).where(Copy.exam_id == exam)).all()
        assert sorted(copy.serial for copy in copies) == list(range(1, PAGES // PER_COPY + 1))
        assert sorted((side.copy_id, side.position) for side in sides) == sorted(
            (copy.id, position) for copy in copies for position in range(1, PER_COPY + 1))
        assert db.scalar(sa.select(sa.func.count()).where(SideFactsRow.batch_id == batch.id)) == PAGES
        assert db.scalar(sa.select(sa.func.count()).where(FindingRow.batch_id == batch.id)) == 0


def test_a_worker_that_is_killed_at_ten_moments_of_an_import_loses_and_doubles_nothing(
        registry, place, start, scan, tmp_path):
    exam, job = receive(registry, tmp_path, scan, 0)
    worker = start()
    until(registry, job, "running")
    begun = time.monotonic()
    until(registry, job, "done")
    takes = time.monotonic() - begun
    whole(registry, exam)
    seed = random.randrange(1 << 32)     # noqa: S311 (no secret)
    print(f"moments by seed {seed}, of an import that takes {takes:.1f} s")
    chance, killed, number = random.Random(seed), 0, 0     # noqa: S311
    while killed < MOMENTS:
        number += 1
        assert number <= 5 * MOMENTS, "hardly any import is met by the kill"
        exam, job = receive(registry, tmp_path, scan, number)
        until(registry, job, "running", "done")
        time.sleep(chance.uniform(0, takes))
        worker.kill()
        killed += state(registry, job) == "running"
        worker = start()
        until(registry, job, "done")
        whole(registry, exam)
    with scope(registry) as request:
        stored = {path.name for path in Path(place[0], "blobs").rglob("*") if path.is_file()}
        assert len(stored) == number + 1 == len(request.db.scalars(sa.select(Batch.blob_id)).all())
