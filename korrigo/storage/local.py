"""Files on a local disk: content-addressed, written aside, fsynced, renamed."""

import contextlib
import datetime as dt
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zope.interface import implementer

from .interfaces import IBlobStore

CHUNK = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")


@implementer(IBlobStore)
class LocalBlobStore:
    """``<root>/ab/abcdef…``; the folder is made when it is first needed."""

    def __init__(self, root: Path):
        self.root = Path(root)

    def put(self, path: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with open(path, "rb") as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        blob_id = digest.hexdigest()
        target = self._file(blob_id)
        if not self._renewed(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._aside(target.parent) as aside, open(path, "rb") as source, open(aside, "wb") as out:
                while chunk := source.read(CHUNK):
                    out.write(chunk)
                self._commit(out, aside, target)
        return blob_id, size

    def put_bytes(self, data: bytes) -> tuple[str, int]:
        blob_id = hashlib.sha256(data).hexdigest()
        target = self._file(blob_id)
        if not self._renewed(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._aside(target.parent) as aside, open(aside, "wb") as out:
                out.write(data)
                self._commit(out, aside, target)
        return blob_id, len(data)

    @contextlib.contextmanager
    def path(self, blob_id: str) -> Iterator[Path]:
        target = self._file(blob_id)
        if not target.exists():
            raise KeyError(f"the file {blob_id} is not in the store")
        yield target

    def delete(self, blob_id: str) -> None:
        self._file(blob_id).unlink(missing_ok=True)

    def ids(self) -> Iterator[tuple[str, dt.datetime]]:
        for file in self.root.glob("??/*"):
            if SHA256.fullmatch(file.name):
                yield file.name, dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)

    def _file(self, blob_id: str) -> Path:
        if not SHA256.fullmatch(blob_id):
            raise KeyError(f"{blob_id!r} is no blob id")
        return self.root / blob_id[:2] / blob_id

    @staticmethod
    def _renewed(file: Path) -> bool:
        """Whether the file is there; it counts as new, so that nobody tidies it away before its row is committed."""
        try:
            os.utime(file)
        except FileNotFoundError:
            return False
        return True

    @contextlib.contextmanager
    def _aside(self, folder: Path) -> Iterator[Path]:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _commit(self, out, aside: Path, target: Path) -> None:
        """Make the bytes durable, then visible under their name, then make the name durable."""
        out.flush()
        os.fsync(out.fileno())
        os.replace(aside, target)
        folder = os.open(target.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
