"""Files that were sent: received once, kept as they are, worked on by a job."""

import json
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from korrigo.api import Audit, Blobs, Copy, CopyState, Exam, Fate, MoveRefused, PageIndex, Side, Sides, Told
from korrigo.api import Sentence as _

from ..models import Batch, BatchState, FindingRow, SideFactsRow
from ..scan.facts import SideFacts
from ..scan.recipes import Recipe, regions_of

JOB = "import.scan"
FEW_COPIES = 3
#: So many pages of other files are compared with those of a new one.
MOST_BEFORE = 2000


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
    def __init__(self, db, blobs: Blobs, sides: Sides, audit: Audit, jobs, user_id: str | None):
        self.db, self.blobs, self.audit, self.jobs, self.user_id = db, blobs, audit, jobs, user_id
        self.sides_of_exam = sides

    @classmethod
    def of(cls, request) -> "Batches":
        return cls(request.db, request.find_service(Blobs), request.find_service(Sides), request.audit, request.jobs,
                   request.actor_id)

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
        batch.message = _contents(len(files), known, left)
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

    def first_copies(self, batches: Sequence[Batch]) -> dict[str, list[list[Side]]]:
        """The sides of the first few copies of each file, by its id: what its recipe has made of it.  Two queries."""
        places = self.db.execute(
            sa.select(Side.blob_id, Side.copy_id).where(Side.copy_id.is_not(None), Side.blob_id.in_(
                [batch.pages_blob_id for batch in batches]), Side.exam_id.in_([batch.exam_id for batch in batches]))
            .group_by(Side.blob_id, Side.copy_id).order_by(sa.func.min(Side.ordinal))).all()
        few: dict[str, list[str]] = {}
        for blob_id, copy_id in places:
            if len(few.setdefault(blob_id, [])) < FEW_COPIES:
                few[blob_id].append(copy_id)
        rows: dict[str, list[Side]] = {copy_id: [] for chosen in few.values() for copy_id in chosen}
        for side in self.db.scalars(sa.select(Side).where(Side.copy_id.in_(list(rows))).order_by(Side.position)):
            rows[side.copy_id].append(side)
        return {batch.id: [rows[copy_id] for copy_id in few.get(batch.pages_blob_id, ())] for batch in batches}

    def facts(self, batch: Batch) -> list[SideFacts]:
        """What was measured on its sides, in the order of the scan; nothing before they were looked at."""
        rows = self.db.scalars(sa.select(SideFactsRow.facts).join(Side, Side.id == SideFactsRow.side_id)
                               .where(SideFactsRow.batch_id == batch.id).order_by(Side.ordinal))
        return [SideFacts.from_values(row) for row in rows]

    def before(self, batch: Batch) -> list[tuple[SideFacts, str]]:
        """What was measured on the pages that the exam has from other files, and the files' names."""
        rows = self.db.execute(
            sa.select(SideFactsRow.facts, Batch.filename).join(Side, Side.id == SideFactsRow.side_id)
            .join(Batch, Batch.id == SideFactsRow.batch_id).where(
                Batch.exam_id == batch.exam_id, Batch.id != batch.id, Side.fate == Fate.COPY)
            .order_by(Side.ordinal).limit(MOST_BEFORE))
        return [(SideFacts.from_values(facts), name) for facts, name in rows]

    def others(self, batch: Batch) -> frozenset[str]:
        """The other files of the exam whose pages have their places."""
        return frozenset(self.db.scalars(sa.select(Batch.id).where(
            Batch.exam_id == batch.exam_id, Batch.id != batch.id, Batch.state == BatchState.READY)))

    def redo(self, batch: Batch, recipe: Recipe) -> None:
        """Make the copies of a file anew, by a recipe that a person has chosen.  What was done by hand on its pages is
        undone.  Raises ``MoveRefused`` when a copy of it is being graded, and then changes nothing."""
        graded = self.db.scalar(sa.select(Copy.serial).join(Side, Side.copy_id == Copy.id).where(
            *_of(batch), Copy.state.not_in((CopyState.STAGING, CopyState.READY))).limit(1))
        if graded is not None:
            raise MoveRefused(_("copy ${serial} is being graded: its pages stay as they are. Move single pages on the "
                                "page of all pages", serial=graded))
        self.sides_of_exam.set_fate(self.sides(batch), Fate.WAITING)
        self.db.execute(sa.delete(FindingRow).where(FindingRow.batch_id == batch.id))
        batch.state, batch.message = BatchState.RECEIVED, ""
        batch.recipe = {**json.loads(recipe.to_json()), "by_hand": True}
        batch.job_id = self._queue(batch)
        self.audit.record("import.redone", f"exam:{batch.exam_id}", batch=batch.id, kind=recipe.kind,
                          pages=recipe.pages_per_copy)

    def refuse(self, batch: Batch, code: str, message: str) -> None:
        """Say that a file cannot be used.  Sides that are in no copy are forgotten with it; the file is kept."""
        batch.state, batch.refusal, batch.message = BatchState.REFUSED, code[:40], message
        batch.password = ""
        self.db.execute(sa.delete(Side).where(*_of(batch), Side.copy_id.is_(None), Side.fate == Fate.WAITING))
        self.audit.record("import.refused", f"exam:{batch.exam_id}", batch=batch.id, code=code)

    def sides(self, batch: Batch) -> list[Side]:
        return list(self.db.scalars(sa.select(Side).where(*_of(batch)).order_by(Side.ordinal)))


def _contents(files: int, known: Sequence[str], left: Sequence[str]) -> str:
    """What was in an archive."""
    if known and left:
        return _("Files in it: ${n}. Here already: ${known}. Neither PDF nor picture: ${left}.", n=files,
                 known=_some(known), left=_some(left))
    if known:
        return _("Files in it: ${n}. Here already: ${known}.", n=files, known=_some(known))
    if left:
        return _("Files in it: ${n}. Neither PDF nor picture: ${left}.", n=files, left=_some(left))
    return _("Files in it: ${n}.", n=files)


def _some(names: Sequence[str]) -> str:
    """A few names of many."""
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _of(batch: Batch):
    return Side.exam_id == batch.exam_id, Side.blob_id == batch.pages_blob_id
