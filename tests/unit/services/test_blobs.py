"""Files and their rows: the same bytes once, and files that no row knows."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from korrigo.api import IBlobStore
from korrigo.housekeeping import tidy
from korrigo.jobs.run import JobContext
from korrigo.models import Blob
from korrigo.services import Blobs

DAY = 86400


@pytest.fixture
def store(registry):
    return registry.getUtility(IBlobStore)


def make_old(store, blob_id: str, days: float = 2) -> None:
    with store.path(blob_id) as path:
        os.utime(path, times=(time.time() - days * DAY,) * 2)


def test_the_same_file_is_stored_once_and_has_one_row(scope, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"the bytes")
    with scope() as request:
        blobs = request.find_service(Blobs)
        first = blobs.add_file(tmp_path / "a.pdf", "application/pdf")
        assert blobs.add_bytes(b"the bytes", "application/pdf") is first
        assert (first.size, first.media_type) == (9, "application/pdf")
        with blobs.path(first.id) as path:
            assert path.read_bytes() == b"the bytes"
    with scope() as request:
        assert request.db.scalar(sa.select(sa.func.count()).select_from(Blob)) == 1


def test_two_who_send_one_file_at_once_share_it(scope):
    together = threading.Barrier(3)

    def send(_n):
        together.wait()
        with scope() as request:
            return request.find_service(Blobs).add_bytes(b"same", "text/plain").id

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(send, range(3)))) == 1


def test_a_file_whose_transaction_was_undone_is_an_orphan_after_a_day(scope, store):
    with scope() as request:
        kept = request.find_service(Blobs).add_bytes(b"kept", "text/plain").id
    with pytest.raises(RuntimeError), scope() as request:
        lost = request.find_service(Blobs).add_bytes(b"lost", "text/plain").id
        raise RuntimeError
    with scope() as request:
        assert request.find_service(Blobs).orphans() == []
    make_old(store, kept)
    make_old(store, lost)
    with scope() as request:
        assert request.find_service(Blobs).orphans() == [lost]


def test_an_orphan_that_is_sent_again_is_young_again(scope, store):
    """The nightly tidying must not take a file away while its new row is not committed yet."""
    blob_id, _size = store.put_bytes(b"sent twice")
    make_old(store, blob_id)
    store.put_bytes(b"sent twice")
    with scope() as request:
        assert request.find_service(Blobs).orphans() == []


def test_tidying_removes_orphans_and_nothing_else(scope, store, registry):
    with scope() as request:
        kept = request.find_service(Blobs).add_bytes(b"kept", "text/plain").id
        job = request.jobs.add("core.tidy")
        request.jobs.cancel(job)
        request.db.refresh(job)
        context = JobContext(registry, job, "owner")
    lost, _size = store.put_bytes(b"lost")
    young, _size = store.put_bytes(b"young")
    make_old(store, kept)
    make_old(store, lost)
    tidy(context)
    tidy(context)
    assert {blob_id for blob_id, _modified in store.ids()} == {kept, young}
