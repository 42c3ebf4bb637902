"""Files that were sent: received once, kept as they are, worked on by a job."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from korrigo.api import Audit, Blobs, Exam, Fate, PageIndex, Side, Told
from korrigo.api import Sentence as _

from ..models import Batch, BatchState
from ..scan.recipes import regions_of

JOB = "import.scan"


class AlreadyReceived(Told, ValueError):
    """The same content was sent before; ``batch`` is that one."""

    def __init__(self, batch: Batch):
        super().__init__(_("This file has the same content as ${file}. It was not added twice.", file=batch.filename))
        self.batch = batch


def media_type(path: Path) -> str:
    """What a file is stored as: a PDF as such, anything else as bytes."""
    with open(path, "rb") as file:
        return "application/pdf" if b"%PDF-" in file.read(1024) else "application/octet-stream"


class Batches:
    def __init__(self, db, blobs: Blobs, audit: Audit, jobs, user_id: str | None):
        self.db, self.blobs, self.audit, self.jobs, self.user_id = db, blobs, audit, jobs, user_id

    @classmethod
    def of(cls, request) -> "Batches":
        return cls(request.db, request.find_service(Blobs), request.audit, request.jobs, request.actor_id)

    def receive(self, exam: Exam, path: Path, filename: str) -> Batch:
        """Keep a scanned file and queue its import.  Raises :class:`AlreadyReceived` for content known here."""
        blob = self.blobs.add_file(path, media_type(path))
        known = self.db.scalar(sa.select(Batch).where(Batch.exam_id == exam.id, Batch.blob_id == blob.id))
        if known is not None and known.state != BatchState.REFUSED:
            raise AlreadyReceived(known)
        if known is not None:
            self.db.delete(known)
            self.db.flush()
        batch = Batch(exam_id=exam.id, blob_id=blob.id, pages_blob_id=blob.id, filename=filename[:255], size=blob.size,
                      created_by=self.user_id)
        self.db.add(batch)
        self.db.flush()
        batch.job_id = self._queue(batch)
        self.audit.record("import.received", f"exam:{exam.id}", batch=batch.id, sha256=blob.id, size=blob.size)
        return batch

    def _queue(self, batch: Batch) -> str:
        return self.jobs.add(JOB, unique_key=f"{JOB}:{batch.id}", exam_id=batch.exam_id, batch_id=batch.id).id

    def of_exam(self, exam: Exam) -> list[Batch]:
        return list(self.db.scalars(sa.select(Batch).where(Batch.exam_id == exam.id).order_by(Batch.created)))

    def keep_pages(self, batch: Batch, path: Path) -> None:
        """Keep the PDF that was made of a file which is none, or is damaged or locked: its sides point into it."""
        batch.pages_blob_id = self.blobs.add_file(path, "application/pdf").id
        self.audit.record("import.pages_made", f"exam:{batch.exam_id}", batch=batch.id, sha256=batch.pages_blob_id)

    def unpacked(self, batch: Batch, files: Sequence[tuple[Path | None, str]]) -> None:
        """Receive the files ``(path, name)`` that were in one; without a path: what is neither PDF nor picture."""
        exam = self.db.get(Exam, batch.exam_id)
        known, left = [], [name for path, name in files if path is None]
        for path, name in files:
            if path is not None:
                try:
                    self.receive(exam, path, name)
                except AlreadyReceived:
                    known.append(name)
        batch.state, batch.password = BatchState.READY, ""
        batch.message = _("Files in it: ${n}. Here already: ${known}. Not read: ${left}.", n=len(files),
                          known=_some(known), left=_some(left))
        self.audit.record("import.unpacked", f"exam:{exam.id}", batch=batch.id, files=len(files), known=len(known),
                          left=len(left))

    def open_with(self, batch: Batch, password: str) -> None:
        """Try a locked file again, with its password."""
        batch.state, batch.refusal, batch.message, batch.password = BatchState.RECEIVED, "", "", password
        batch.job_id = self._queue(batch)
        self.audit.record("import.password", f"exam:{batch.exam_id}", batch=batch.id)

    def forget(self, batch: Batch) -> None:
        """Take a refused file off the list."""
        self.audit.record("import.forgotten", f"exam:{batch.exam_id}", batch=batch.id, sha256=batch.blob_id)
        self.db.delete(batch)

    def lay_out(self, batch: Batch, pages: tuple[PageIndex, ...]) -> None:
        """Add the sides of an indexed file, all waiting: from now on they can be seen.  Harmless when repeated."""
        batch.pages = len(pages)
        if self.db.scalar(sa.select(sa.exists().where(*_of(batch)))):
            return
        last = self.db.scalar(sa.select(sa.func.max(Side.ordinal)).where(Side.exam_id == batch.exam_id))
        ordinal = 0 if last is None else last + 1
        for page in pages:
            for region in regions_of(page.width_mm, page.height_mm):
                width = page.width_mm / 2 if region != "full" else page.width_mm
                self.db.add(Side(
                    exam_id=batch.exam_id, blob_id=batch.pages_blob_id, pdf_page=page.number, region=region,
                    width_mm=width, height_mm=page.height_mm, ordinal=ordinal, fate=Fate.WAITING,
                    reason=page.error or ""))
                ordinal += 1
        self.db.flush()

    def refuse(self, batch: Batch, code: str, message: str) -> None:
        """Say that a file cannot be used.  Sides that are in no copy are forgotten with it; the file is kept."""
        batch.state, batch.refusal, batch.message = BatchState.REFUSED, code[:40], message
        batch.password = ""
        self.db.execute(sa.delete(Side).where(*_of(batch), Side.copy_id.is_(None), Side.fate == Fate.WAITING))
        self.audit.record("import.refused", f"exam:{batch.exam_id}", batch=batch.id, code=code)

    def sides(self, batch: Batch) -> list[Side]:
        return list(self.db.scalars(sa.select(Side).where(*_of(batch)).order_by(Side.ordinal)))


def _some(names: Sequence[str]) -> str:
    """A few names of many."""
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "") or "0"


def _of(batch: Batch):
    return Side.exam_id == batch.exam_id, Side.blob_id == batch.pages_blob_id
