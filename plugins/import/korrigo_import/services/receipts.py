"""The receipt: what was received of an exam, what became of it, and who answers for what is open.

It holds no pupil's name.  Sentences in it are said in the reader's language where it is written.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from korrigo.api import Audit, Exam, Fate, now, unpack

from .. import wording
from ..models import FindingState
from ..tally import UNREADABLE, Tally
from .gate import Gate, Loaded


@dataclass(frozen=True)
class FileLine:
    """A file as it was sent.  ``mended``: the SHA-256 of the repaired file in which its sides are, if there is one."""

    name: str
    size: int
    sha256: str
    mended: str
    received: dt.datetime
    by: str
    state: str
    message: str
    pages: int
    sides: int
    recipe: str
    sure: float | None
    columns: Mapping[str, int]
    copies: int
    green: bool


@dataclass(frozen=True)
class SideLine:
    """A side that is no page of a copy, or that nobody can read, and why."""

    file: str
    page: int
    region: str
    column: str
    why: str


@dataclass(frozen=True)
class CopyLine:
    serial: int
    code: str
    pages: int
    blank: int
    odd: bool


@dataclass(frozen=True)
class FindingLine:
    """``by`` and ``at``: who decided and when; empty for what the program has settled and for what is open."""

    kind: str
    file: str
    page: int | None
    region: str
    copy: int | None
    message: str
    state: str
    by: str
    at: dt.datetime | None


@dataclass(frozen=True)
class SignLine:
    file: str
    name: str
    at: dt.datetime
    reason: str
    version: str
    current: bool
    open: tuple[str, ...]


@dataclass(frozen=True)
class Receipt:
    """``entry`` and ``seal``: the newest entry of the journal.  As long as the journal's entry of that number has that
    seal and its chain is whole, nothing that was written down before this receipt has been changed since."""

    exam: str
    subject: str
    held_on: dt.date | None
    made: dt.datetime
    made_by: str
    tally: Tally
    files: tuple[FileLine, ...]
    sides: tuple[SideLine, ...]
    copies: tuple[CopyLine, ...]
    findings: tuple[FindingLine, ...]
    signoffs: tuple[SignLine, ...]
    entry: int
    seal: str


class Receipts:
    def __init__(self, gate: Gate, audit: Audit, person: str):
        self.gate, self.audit, self.person = gate, audit, person

    @classmethod
    def of(cls, request) -> "Receipts":
        return cls(request.find_service(Gate), request.audit, request.identity.name if request.identity else "")

    def make(self, exam: Exam) -> Receipt:
        loaded = self.gate.load(exam)
        entry, seal = self.audit.newest()
        return Receipt(
            exam.title, exam.subject, exam.held_on, now(), self.person, loaded.tally, _files(loaded), _sides(loaded),
            _copies(loaded), _findings(loaded), _signoffs(loaded), entry, seal)


def _files(loaded: Loaded) -> tuple[FileLine, ...]:
    lines = []
    for lot in loaded.tally.lots:
        if lot.batch is not None:
            batch, by = loaded.batches[lot.batch.id]
            mended = batch.pages_blob_id if batch.pages_blob_id != batch.blob_id else ""
            lines.append(FileLine(
                batch.filename, batch.size, batch.blob_id, mended, batch.created, by or "", batch.state, batch.message,
                batch.pages, len(lot.sides), wording.recipe(batch.recipe), batch.recipe.get("sure"), lot.columns,
                len(lot.copies), lot.green))
    return tuple(lines)


def _sides(loaded: Loaded) -> tuple[SideLine, ...]:
    """Every side outside the copies, in the order of the scan; a blank page of a copy is in its copy."""
    said: dict[str, str] = {}
    for row, _name in loaded.findings:
        if row.side_id and row.state != FindingState.DISMISSED:
            said.setdefault(row.side_id, row.message)
    lines = []
    for lot in loaded.tally.lots:
        for line in lot.sides:
            column, side = loaded.tally.column_of[line.id], loaded.sides[line.id]
            if line.copy is None or column == UNREADABLE:
                lines.append(SideLine(_file(loaded, line.batch), side.pdf_page, side.region, column,
                                      side.reason or said.get(line.id, "")))
    return tuple(lines)


def _file(loaded: Loaded, batch_id: str | None) -> str:
    return loaded.batches[batch_id][0].filename if batch_id else ""


def _copies(loaded: Loaded) -> tuple[CopyLine, ...]:
    lines = []
    for copy in loaded.tally.copies:
        fates = Counter(side.fate for side in copy.sides)
        lines.append(CopyLine(copy.line.serial, copy.line.code, copy.pages, fates[Fate.BLANK], copy.odd))
    return tuple(lines)


def _findings(loaded: Loaded) -> tuple[FindingLine, ...]:
    lines = []
    for row, by in loaded.findings:
        side = loaded.sides.get(row.side_id)
        copy = loaded.copies.get(side.copy_id if side and side.copy_id else row.copy_id)
        lines.append(FindingLine(
            row.kind, _file(loaded, row.batch_id), side.pdf_page if side else None, side.region if side else "full",
            copy.serial if copy else None, row.message, row.state, by or "", row.decided))
    return tuple(lines)


def _signoffs(loaded: Loaded) -> tuple[SignLine, ...]:
    """In the order in which they were given."""
    versions = {lot.batch.id: lot.version for lot in loaded.tally.lots if lot.batch is not None}
    return tuple(SignLine(
        _file(loaded, row.batch_id), row.name, row.at, row.reason, row.version, versions[row.batch_id] == row.version,
        tuple(unpack(why) for why in row.open)) for row in reversed(loaded.signoffs))
