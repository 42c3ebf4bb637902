"""Receiving a large file in pieces, over a network that may go away."""

import os
import re
from pathlib import Path

from korrigo.api import Exam, Told
from korrigo.api import Sentence as _

from ..models import Upload
from .batches import AlreadyReceived, Batches

#: The largest piece that is taken in one request.
PIECE = 8 << 20


class WrongOffset(ValueError):
    """A piece that does not begin where the last one ended; ``offset`` is where it should."""

    def __init__(self, offset: int):
        super().__init__(f"the upload goes on at {offset}")
        self.offset = offset


class UploadRefused(Told, ValueError):
    """The file cannot be taken; the message says why."""


class Uploads:
    def __init__(self, db, batches: Batches, folder: Path, largest: int, user_id: str | None):
        self.db, self.batches, self.folder, self.largest, self.user_id = db, batches, folder, largest, user_id

    @classmethod
    def of(cls, request) -> "Uploads":
        settings = request.registry.settings
        return cls(request.db, request.find_service(Batches), settings["korrigo.data"] / "uploads",
                   settings["korrigo.upload.max"], request.actor_id)

    def begin(self, exam: Exam, filename: str, size: int) -> Upload:
        """Announce a file; its pieces follow."""
        if not 0 < size <= self.largest:
            raise UploadRefused(_("This file has ${size} MB; at most ${most} MB are taken. Scan the pile in several "
                                  "files.", size=size >> 20, most=self.largest >> 20))
        upload = Upload(exam_id=exam.id, filename=clean_name(filename), size=size, created_by=self.user_id)
        self.db.add(upload)
        self.db.flush()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file(upload).touch()
        return upload

    def offset(self, upload: Upload) -> int:
        """How many bytes are here."""
        if upload.batch_id is not None:
            return upload.size
        try:
            return self.file(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload: Upload, offset: int, data: bytes) -> int:
        """Add a piece that begins at ``offset``; the new offset."""
        here = self.offset(upload)
        if offset != here:
            raise WrongOffset(here)
        if here + len(data) > upload.size:
            raise UploadRefused(_("More was sent than was announced. Choose the file again."))
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.file(upload), "ab") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        return here + len(data)

    def finish(self, upload: Upload):
        """All is here: keep the file and queue its import.  ``AlreadyReceived`` when it was sent before."""
        exam = self.db.get(Exam, upload.exam_id)
        try:
            batch = self.batches.receive(exam, self.file(upload), upload.filename)
        except AlreadyReceived as error:
            upload.batch_id = error.batch.id
            raise
        upload.batch_id = batch.id
        return batch

    def file(self, upload: Upload) -> Path:
        return self.folder / upload.id


def clean_name(filename: str) -> str:
    """The last part of a name, without control characters; it is shown, never used as a path."""
    last = re.split(r"[\\/]", filename)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip()[:255] or "scan.pdf"
