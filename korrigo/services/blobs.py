"""Files and their rows."""

import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from ..db.base import now
from ..models import Blob
from ..storage import IBlobStore

ORPHAN_AGE = dt.timedelta(hours=24)


class Blobs:
    """Puts files in the store and writes down that they are there."""

    def __init__(self, db, store):
        self.db, self.store = db, store

    @classmethod
    def of(cls, request) -> "Blobs":
        return cls(request.db, request.registry.getUtility(IBlobStore))

    def add_file(self, path: Path, media_type: str) -> Blob:
        return self._row(*self.store.put(path), media_type)

    def add_bytes(self, data: bytes, media_type: str) -> Blob:
        return self._row(*self.store.put_bytes(data), media_type)

    def path(self, blob_id: str):
        """A context manager that gives a local path to read."""
        return self.store.path(blob_id)

    def orphans(self) -> list[str]:
        """Files in the store that no row knows, older than a day: left by a transaction that was undone."""
        limit = now() - ORPHAN_AGE
        old = [blob_id for blob_id, modified in self.store.ids() if modified < limit]
        known: set[str] = set()
        for start in range(0, len(old), 500):
            known.update(self.db.scalars(sa.select(Blob.id).where(Blob.id.in_(old[start:start + 500]))))
        return [blob_id for blob_id in old if blob_id not in known]

    def _row(self, blob_id: str, size: int, media_type: str) -> Blob:
        blob = self.db.get(Blob, blob_id)
        if blob is None:
            blob = Blob(id=blob_id, size=size, media_type=media_type)
            self.db.add(blob)
            self.db.flush()
        return blob
