"""A receipt as headed tables of plain texts in one language: what its page shows and its PDF prints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from korrigo.api import Sentence as _

from . import wording
from .services.receipts import FindingLine, Receipt
from .tally import COLUMNS

#: Findings that the program settled are told by kind when there are more: they are one blank back after the other.
MOST_SETTLED = 200


@dataclass(frozen=True)
class Column:
    """``share`` of the width; numbers stand at the right, codes are letters that nobody reads as words."""

    title: str
    share: float
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    #: Said when there are no rows, or above them.
    note: str = ""


@dataclass(frozen=True)
class ReceiptText:
    title: str
    exam: str
    about: str
    #: (label, value).
    facts: tuple[tuple[str, str], ...]
    verdict: str
    tables: tuple[Table, ...]
    proof: str
    #: (number of a page, of how many) -> what stands at its foot.
    page: Callable[[int, int], str]


@dataclass(frozen=True)
class Speech:
    """How one reader is spoken to: sentences, moments and numbers as texts."""

    say: Callable[[str], str]
    when: Callable
    number: Callable


def write(receipt: Receipt, speech: Speech) -> ReceiptText:
    say, when = speech.say, speech.when
    about = " · ".join(part for part in (receipt.subject, when(receipt.held_on) if receipt.held_on else "") if part)
    return ReceiptText(
        say(_("Receipt of the scans")), receipt.exam, about, tuple(_facts(receipt, speech)), say(verdict(receipt)),
        tuple(_spoken(table, say) for table in _tables(receipt, speech)),
        say(_("Journal: entry ${entry}, seal ${seal}. As long as that entry of the journal bears that seal and the "
              "chain of the journal is whole, nothing that was written before has been changed.",
              entry=receipt.entry, seal=receipt.seal)),
        lambda page, pages: say(_("Page ${page} of ${pages}", page=page, pages=pages)))


def verdict(receipt: Receipt) -> str:
    """Copies against pupils, in a sentence."""
    tally = receipt.tally
    if tally.balance is None:
        return _("Nobody has said which pupils are expected: whether copies are missing cannot be known.")
    if tally.balance == 0:
        return _("As many copies as pupils who were there.")
    if tally.balance < 0:
        return _("Copies missing: ${n}", n=-tally.balance)
    return _("Copies more than pupils who were there: ${n}", n=tally.balance)


def _facts(receipt: Receipt, speech: Speech):
    tally, say = receipt.tally, speech.say
    yield say(_("Drawn up")), f"{speech.when(receipt.made)}{f', {receipt.made_by}' if receipt.made_by else ''}"
    if tally.pupils.expected:
        yield say(_("Pupils expected")), str(len(tally.pupils.expected))
        yield say(_("Absent")), str(len(tally.pupils.absent))
        yield say(_("Copies to be found")), str(tally.pupils.present)
    yield say(_("Copies found")), str(len(tally.copies))
    if tally.identified is not None:
        yield say(_("With a name")), str(tally.identified)
    yield say(_("Pages received")), str(tally.sides)
    yield say(_("Of these")), ", ".join(
        f"{say(wording.COLUMNS[column])} {tally.columns[column]}" for column in COLUMNS if tally.columns[column])
    yield say(_("Open")), str(tally.open)


def _tables(receipt: Receipt, speech: Speech):
    """The tables, with titles that are sentences still."""
    say, when, number = speech.say, speech.when, speech.number

    def where(region: str) -> str:
        return say(wording.REGIONS[region])

    def page(line) -> str:
        return "" if line.page is None else " ".join(part for part in (str(line.page), where(line.region)) if part)

    yield Table(_("Files"), (
        Column(_("File"), 21), Column(_("MB"), 7, "number"), Column("SHA-256", 15, "code"), Column(_("Received"), 14),
        Column(_("By"), 12), Column(_("Pages"), 7, "number"), Column(_("Copies"), 7, "number"),
        Column(_("Read as"), 17)),
        tuple((file.name, number(round(file.size / 1048576, 1)), file.sha256[:12], when(file.received), file.by,
               str(file.sides), str(file.copies), _read_as(file, say)) for file in receipt.files))
    yield Table(_("Pages by file"), (Column(_("File"), 23), *(
        Column(wording.COLUMNS[column], 11, "number") for column in COLUMNS)),
        tuple((file.name, *(str(file.columns[column]) for column in COLUMNS)) for file in receipt.files))
    yield Table(_("Pages outside the copies"), (
        Column(_("File"), 25), Column(_("Page"), 14), Column(_("Fate"), 16), Column(_("Why"), 45)),
        tuple((line.file, page(line), say(wording.FATE[line.column]), say(line.why)) for line in receipt.sides),
        "" if receipt.sides else say(_("None: every page is in a copy.")))
    yield Table(_("Signed"), (
        Column(_("File"), 18), Column(_("Who"), 16), Column(_("When"), 15), Column(_("Why"), 25),
        Column(_("Open then"), 26)),
        tuple((sign.file, sign.name, when(sign.at), sign.reason, " ".join([
            *(say(why) for why in sign.open),
            "" if sign.current else say(_("The lot has changed since.")),
            say(_("State ${version}", version=sign.version[:12]))]).strip()) for sign in receipt.signoffs),
        "" if receipt.signoffs else say(_("Nobody has signed for a lot.")))
    shown, note = _shown_findings(receipt, say)
    yield Table(_("Findings"), (
        Column(_("File"), 17), Column(_("Page"), 10), Column(_("Copy"), 7, "number"), Column(_("What"), 36),
        Column(_("State"), 30)),
        tuple((line.file, page(line), str(line.copy or ""), say(line.message), " · ".join(
            part for part in (say(wording.STATES[line.state]), line.by, when(line.at) if line.at else "") if part))
            for line in shown), note)
    yield Table(_("Copies"), (
        Column(_("Copy"), 10, "number"), Column(_("Code"), 20, "code"), Column(_("Pages"), 12, "number"),
        Column(_("of these blank"), 16, "number"), Column(_("Remark"), 42)),
        tuple((str(copy.serial), copy.code, str(copy.pages), str(copy.blank),
               say(_("other number of pages than expected")) if copy.odd else "") for copy in receipt.copies))
    yield Table(_("Full SHA-256"), (Column(_("File"), 34), Column("SHA-256", 66, "code")), tuple(
        row for file in receipt.files for row in (
            (file.name, file.sha256), (say(_("${file}, mended", file=file.name)), file.mended)) if row[1]))


def _read_as(file, say) -> str:
    if file.message:
        return say(file.message)
    how = say(file.recipe) if file.recipe else say(wording.FILES[file.state])
    return how if file.sure is None else f"{how} ({say(wording.sure(file.sure))})"


def _shown_findings(receipt: Receipt, say) -> tuple[Sequence[FindingLine], str]:
    """Those that a person had to do with; the program's own only while they are few."""
    if not receipt.findings:
        return (), say(_("None."))
    settled = [line for line in receipt.findings if line.state == "applied"]
    if len(settled) <= MOST_SETTLED:
        return receipt.findings, ""
    kinds: dict[str, int] = {}
    for line in settled:
        kinds[line.kind] = kinds.get(line.kind, 0) + 1
    told = ", ".join(f"{say(wording.kind(kind))} {n}" for kind, n in kinds.items())
    return ([line for line in receipt.findings if line.state != "applied"],
            say(_("Noted by the program and not listed: ${kinds}", kinds=told)))


def _spoken(table: Table, say) -> Table:
    return replace(table, title=say(table.title),
                   columns=tuple(replace(column, title=say(column.title)) for column in table.columns))
