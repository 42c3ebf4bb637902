"""A blob store keeps files under what they contain, whole or not at all."""

import datetime as dt
import hashlib
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zope.interface.verify import verifyObject

from korrigo.storage import IBlobStore, LocalBlobStore, local


@pytest.fixture
def store(tmp_path):
    return LocalBlobStore(tmp_path / "blobs")


def files(store) -> list[str]:
    return sorted(str(file.relative_to(store.root)) for file in store.root.rglob("*") if file.is_file())


def read(store, blob_id: str) -> bytes:
    with store.path(blob_id) as path:
        return path.read_bytes()


def test_the_store_is_a_blob_store(store):
    assert verifyObject(IBlobStore, store)


@settings(max_examples=20, deadline=None)
@given(data=st.binary(max_size=100))
def test_bytes_come_back_under_their_sha256(tmp_path_factory, data):
    store = LocalBlobStore(tmp_path_factory.mktemp("blobs"))
    blob_id, size = store.put_bytes(data)
    assert (blob_id, size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert read(store, blob_id) == data


def test_a_large_file_comes_back_as_it_was(store, tmp_path):
    data = os.urandom(local.CHUNK * 2 + 17)
    (tmp_path / "big").write_bytes(data)
    blob_id, size = store.put(tmp_path / "big")
    assert size == len(data) and read(store, blob_id) == data


def test_the_same_content_is_one_file_however_it_comes(store, tmp_path):
    (tmp_path / "a").write_bytes(b"same")
    first = store.put(tmp_path / "a")
    assert store.put(tmp_path / "a") == store.put_bytes(b"same") == first
    assert files(store) == [f"{first[0][:2]}/{first[0]}"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_while_writing_leaves_nothing_and_can_be_repeated(store, monkeypatch, step):
    def fail(*arguments):
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(local.os, step, fail)
        with pytest.raises(OSError, match="no space"):
            store.put_bytes(b"whole or not at all")
    assert files(store) == []
    blob_id, _size = store.put_bytes(b"whole or not at all")
    assert read(store, blob_id) == b"whole or not at all"


def test_the_bytes_are_on_the_disk_before_they_have_their_name(store, monkeypatch):
    order = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(local.os, name, lambda *a, name=name, real=real: (order.append(name), real(*a))[1])
    store.put_bytes(b"x")
    assert order == ["fsync", "replace", "fsync"]


def test_many_who_put_one_file_at_once_leave_one_whole_file(store):
    data = os.urandom(200_000)
    threads = [threading.Thread(target=store.put_bytes, args=(data,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    blob_id = hashlib.sha256(data).hexdigest()
    assert files(store) == [f"{blob_id[:2]}/{blob_id}"]
    assert read(store, blob_id) == data


@pytest.mark.parametrize("blob_id", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "g" * 64])
def test_what_is_no_blob_id_never_becomes_a_path(store, blob_id):
    for act in (store.delete, lambda name: store.path(name).__enter__()):
        with pytest.raises(KeyError, match="is no blob id"):
            act(blob_id)


def test_a_file_that_is_not_there_is_a_key_error(store):
    with pytest.raises(KeyError, match="is not in the store"), store.path("a" * 64):
        pass


def test_deleting_twice_is_harmless(store):
    blob_id, _size = store.put_bytes(b"x")
    store.delete(blob_id)
    store.delete(blob_id)
    assert files(store) == []


def test_ids_are_those_of_whole_files_with_aware_times(store):
    blob_id, _size = store.put_bytes(b"x")
    (store.root / blob_id[:2] / ".new-half").write_bytes(b"ha")
    [(found, modified)] = store.ids()
    assert found == blob_id
    assert abs(modified - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_an_empty_store_needs_no_folder(store):
    assert list(store.ids()) == []
    assert not store.root.exists()
