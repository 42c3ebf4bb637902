"""Operations for programs: what the scan gate has counted and found, and the receipt."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from korrigo.api import Reply, exam_context, say
from korrigo.api import Sentence as _

from .services import Gate, Receipts
from .services.gate import Loaded
from .services.receipts import Receipt
from .tally import Lot
from .views.receipt import as_pdf

Columns = Annotated[dict[str, int], Field(description=(
    "Sides by where they are counted: copy, blank, duplicate, foreign, discarded, waiting, unreadable. Each side is in "
    "exactly one."))]


class LotReply(Reply):
    """A file: its sides, its copies, and what keeps it from being green.  ``version`` changes with every side, copy and
    finding; ``signed`` is the version for which somebody has signed last."""

    batch: str
    file: str
    state: str
    sides: int
    columns: Columns
    copies: int
    other_page_count: list[int]
    green: bool
    reasons: list[str]
    version: str
    signed: str | None
    not_handed_over: int


class FindingReply(Reply):
    """Something that was noticed: ``state`` is open, applied (by the program), accepted or dismissed (by a person).
    ``copy`` is the number of the copy, ``side`` and ``page`` (of the file) where it was seen."""

    id: str
    batch: str
    kind: str
    message: str
    confidence: float
    state: str
    side: str | None
    page: int | None
    region: str | None
    copy_serial: Annotated[int | None, Field(serialization_alias="copy")]


class GateReply(Reply):
    """Expected against found.  ``balance``: copies more than pupils who were there (below 0: missing); None without a
    list of pupils.  ``identified`` is None while nobody has looked for names."""

    expected: int
    absent: int
    copies: int
    balance: int | None
    identified: int | None
    sides: int
    columns: Columns
    open: int
    hand_over: str
    lots: list[LotReply]
    findings: list[FindingReply]


class ReceiptFile(Reply):
    name: str
    size: int
    sha256: str
    received: dt.datetime
    by: str
    state: str
    pages: int
    sides: int
    recipe: str
    confidence: float | None
    columns: Columns
    copies: int
    green: bool


class ReceiptSide(Reply):
    """A side outside the copies, or one that nobody can read, and why."""

    file: str
    page: int
    region: str
    column: str
    why: str


class ReceiptCopy(Reply):
    serial: int
    code: str
    pages: int
    blank: int


class ReceiptFinding(Reply):
    kind: str
    file: str
    page: int | None
    copy_serial: Annotated[int | None, Field(serialization_alias="copy")]
    message: str
    state: str
    by: str
    at: dt.datetime | None


class ReceiptSign(Reply):
    """Who signed for a lot; ``current``: it is still as it was then."""

    file: str
    name: str
    at: dt.datetime
    reason: str
    version: str
    current: bool
    open: list[str]


class ReceiptReply(Reply):
    """What was received and what became of it.  ``entry`` and ``seal`` are those of the newest entry of the journal."""

    exam: str
    held_on: dt.date | None
    made: dt.datetime
    made_by: str
    expected: int
    absent: int
    balance: int | None
    files: list[ReceiptFile]
    sides: list[ReceiptSide]
    copies: list[ReceiptCopy]
    findings: list[ReceiptFinding]
    signoffs: list[ReceiptSign]
    entry: int
    seal: str


def read_gate(context, request) -> GateReply:
    """What was expected and found, by lot and in all, and every finding."""
    loaded = request.find_service(Gate).load(context.exam)
    tally = loaded.tally
    return GateReply(
        expected=len(tally.pupils.expected), absent=len(tally.pupils.absent), copies=len(tally.copies),
        balance=tally.balance, identified=tally.identified, sides=tally.sides, columns=dict(tally.columns),
        open=tally.open, hand_over=loaded.hand_over,
        lots=[_lot(request, loaded, lot) for lot in tally.lots if lot.batch is not None],
        findings=[_finding(request, loaded, row) for row, _name in loaded.findings])


def _lot(request, loaded: Loaded, lot: Lot) -> LotReply:
    return LotReply(
        batch=lot.batch.id, file=loaded.batches[lot.batch.id][0].filename, state=lot.batch.state, sides=len(lot.sides),
        columns=dict(lot.columns), copies=len(lot.copies), other_page_count=[copy.line.serial for copy in lot.odd],
        green=lot.green, reasons=[say(request, why) for why in lot.reasons], version=lot.version,
        signed=lot.batch.signed, not_handed_over=len(lot.staging))


def _finding(request, loaded: Loaded, row) -> FindingReply:
    side = loaded.sides.get(row.side_id)
    copy = loaded.copies.get(side.copy_id if side and side.copy_id else row.copy_id)
    return FindingReply(
        id=row.id, batch=row.batch_id, kind=row.kind, message=say(request, row.message), confidence=row.confidence,
        state=row.state, side=row.side_id, page=side.pdf_page if side else None, region=side.region if side else None,
        copy_serial=copy.serial if copy else None)


def read_receipt(context, request) -> ReceiptReply:
    """The receipt as data."""
    return _receipt(request.find_service(Receipts).make(context.exam), lambda message: say(request, message))


def _receipt(receipt: Receipt, spoken) -> ReceiptReply:
    pupils = receipt.tally.pupils
    return ReceiptReply(
        exam=receipt.exam, held_on=receipt.held_on, made=receipt.made, made_by=receipt.made_by,
        expected=len(pupils.expected), absent=len(pupils.absent), balance=receipt.tally.balance,
        files=[ReceiptFile(
            name=file.name, size=file.size, sha256=file.sha256, received=file.received, by=file.by, state=file.state,
            pages=file.pages, sides=file.sides, recipe=spoken(file.recipe), confidence=file.sure,
            columns=dict(file.columns), copies=file.copies, green=file.green) for file in receipt.files],
        sides=[ReceiptSide(file=line.file, page=line.page, region=line.region, column=line.column, why=spoken(line.why))
               for line in receipt.sides],
        copies=[ReceiptCopy(serial=copy.serial, code=copy.code, pages=copy.pages, blank=copy.blank)
                for copy in receipt.copies],
        findings=[ReceiptFinding(
            kind=line.kind, file=line.file, page=line.page, copy_serial=line.copy, message=spoken(line.message),
            state=line.state, by=line.by, at=line.at) for line in receipt.findings],
        signoffs=[ReceiptSign(
            file=sign.file, name=sign.name, at=sign.at, reason=sign.reason, version=sign.version, current=sign.current,
            open=[spoken(why) for why in sign.open]) for sign in receipt.signoffs],
        entry=receipt.entry, seal=receipt.seal)


def print_receipt(context, request):
    """The receipt as a PDF."""
    return as_pdf(context, request)


def includeme(config):
    exam = {"scope": "import:read", "factory": exam_context, "permission": "exam:office"}
    config.add_korrigo_api("GET", "/exams/{exam}/gate", read_gate, summary=_("See what was expected and found"),
                           reply=GateReply, **exam)
    config.add_korrigo_api("GET", "/exams/{exam}/receipt", read_receipt, summary=_("Get the receipt of the scans"),
                           reply=ReceiptReply, **exam)
    config.add_korrigo_api("GET", "/exams/{exam}/receipt/pdf", print_receipt,
                           summary=_("Get the receipt of the scans as a PDF"), reply=bytes, **exam)
