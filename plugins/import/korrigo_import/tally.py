"""Counting what was scanned: every side in exactly one column, every copy in one lot, and what keeps a lot from being
green.  Plain values in, plain values out: the gate, the receipt, the API and ``korrigo exam run`` all count here."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from korrigo.api import CopyState, Fate, Identification
from korrigo.api import Sentence as _

from .models import BatchState, FindingState

#: A page that nobody can read; it lies in a copy all the same, where it belongs.
UNREADABLE = "unreadable"
#: Where a side is counted, in the order in which columns are shown.
COLUMNS = (Fate.COPY, Fate.BLANK, Fate.DUPLICATE, Fate.FOREIGN, Fate.DISCARDED, Fate.WAITING, UNREADABLE)
#: Kinds of findings that speak of a copy's number of pages.
COUNTS = ("missing_page", "extra_page")


@dataclass(frozen=True)
class SideLine:
    """A scanned side: ``batch`` is its file, None for one that came another way."""

    id: str
    batch: str | None
    place: tuple[int, str]
    ordinal: int
    fate: str
    turned: int = 0
    copy: str | None = None
    position: int | None = None


@dataclass(frozen=True)
class CopyLine:
    id: str
    serial: int
    code: str
    state: str = CopyState.READY
    identification: str = Identification.NONE
    student: str | None = None


@dataclass(frozen=True)
class FindingLine:
    id: str
    batch: str
    kind: str
    state: str
    side: str | None = None
    copy: str | None = None


@dataclass(frozen=True)
class BatchLine:
    """A file, with the version of it that was signed last, if any.  ``sheets``: its copies are single sheets that are
    joined once it is known whose they are, so that their number of pages says nothing."""

    id: str
    sha256: str
    state: str
    signed: str | None = None
    sheets: bool = False


@dataclass(frozen=True)
class Pupils:
    """Who was expected, and who of them was noted as absent."""

    expected: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    @property
    def present(self) -> int:
        return len(self.expected) - len(self.absent)


@dataclass(frozen=True)
class CopyCount:
    """A copy and its sides.  ``odd``: their number is not the expected one; ``explained``: a finding, open or settled,
    speaks of it."""

    line: CopyLine
    sides: tuple[SideLine, ...]
    odd: bool
    explained: bool

    @property
    def pages(self) -> int:
        return len(self.sides)


@dataclass(frozen=True)
class Lot:
    """A file with its sides and the copies that begin in it; ``batch`` None holds what came another way."""

    batch: BatchLine | None
    sides: tuple[SideLine, ...]
    columns: Mapping[str, int]
    copies: tuple[CopyCount, ...]
    findings: tuple[FindingLine, ...]

    @property
    def open(self) -> tuple[FindingLine, ...]:
        return tuple(finding for finding in self.findings if finding.state == FindingState.OPEN)

    @property
    def odd(self) -> tuple[CopyCount, ...]:
        return tuple(copy for copy in self.copies if copy.odd)

    @property
    def unexplained(self) -> tuple[CopyCount, ...]:
        return tuple(copy for copy in self.copies if copy.odd and not copy.explained)

    @property
    def staging(self) -> tuple[CopyCount, ...]:
        """The copies that graders have not been given."""
        return tuple(copy for copy in self.copies if copy.line.state == CopyState.STAGING)

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """What keeps the lot from being green, in words; nothing for a green one."""
        batch, found = self.batch, []
        if batch is not None and batch.state == BatchState.RECEIVED:
            found.append(_("The file is still being read."))
        if batch is not None and batch.state == BatchState.REFUSED:
            found.append(_("The file was refused: nothing of it is in a copy."))
        if self.open:
            found.append(_("Findings that nobody has settled: ${n}.", n=len(self.open)))
        if waiting := self.columns[Fate.WAITING]:
            found.append(_("Pages that wait for a place: ${n}.", n=waiting))
        if self.unexplained:
            found.append(_("Copies with another number of pages than expected: ${copies}.",
                           copies=", ".join(str(copy.line.serial) for copy in self.unexplained)))
        return tuple(found)

    @property
    def green(self) -> bool:
        return not self.reasons

    @cached_property
    def version(self) -> str:
        """The SHA-256 of the state of the lot: another one as soon as a side, a copy or a finding is not as it was.
        Numbers of copies are left out, for they change when copies are put in order."""
        codes = {copy.line.id: copy.line.code for copy in self.copies}
        state = [
            self.batch and [self.batch.sha256, self.batch.state],
            [[*side.place, side.fate, codes.get(side.copy, side.copy), side.position, side.turned]
             for side in self.sides],
            sorted([finding.id, finding.state] for finding in self.findings),
        ]
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()

    @property
    def signed(self) -> bool:
        """Whether somebody has signed for it, be it for an earlier state."""
        return self.batch is not None and self.batch.signed is not None

    @property
    def signed_as_it_is(self) -> bool:
        return self.signed and self.batch.signed == self.version


@dataclass(frozen=True)
class Tally:
    """An exam counted.  ``expected_pages`` is the number of pages of a copy, None when any number is right."""

    lots: tuple[Lot, ...]
    pupils: Pupils
    expected_pages: int | None
    #: Side -> the column in which it is counted.
    column_of: Mapping[str, str] = field(repr=False)

    @cached_property
    def columns(self) -> Mapping[str, int]:
        return {column: sum(lot.columns[column] for lot in self.lots) for column in COLUMNS}

    @property
    def sides(self) -> int:
        return sum(len(lot.sides) for lot in self.lots)

    @cached_property
    def copies(self) -> tuple[CopyCount, ...]:
        """All copies by number."""
        return tuple(sorted((copy for lot in self.lots for copy in lot.copies), key=lambda copy: copy.line.serial))

    @property
    def open(self) -> int:
        """How much a person has to look at: open findings, and copies whose number of pages nothing explains."""
        return sum(len(lot.open) + len(lot.unexplained) for lot in self.lots)

    @property
    def balance(self) -> int | None:
        """Copies that are more (or, below 0, less) than the pupils who were there; None without a roster."""
        return len(self.copies) - self.pupils.present if self.pupils.expected else None

    @property
    def identified(self) -> int | None:
        """Copies with a name; None while nobody has looked for names."""
        if all(copy.line.identification == Identification.NONE for copy in self.copies):
            return None
        return sum(copy.line.student is not None for copy in self.copies)

    @property
    def without_copy(self) -> frozenset[str]:
        """Pupils who were there and have no copy; nobody while copies without a name could be theirs."""
        if self.identified is None or self.identified < len(self.copies):
            return frozenset()
        return self.pupils.expected - self.pupils.absent - {copy.line.student for copy in self.copies}

    @property
    def absent_with_copy(self) -> frozenset[str]:
        """Pupils who were noted as absent and have a copy all the same."""
        return self.pupils.absent & {copy.line.student for copy in self.copies}


def column(fate: str, unreadable: bool) -> str:
    """Where a side is counted: a page of a copy that nobody can read has a column of its own."""
    return UNREADABLE if unreadable and fate == Fate.COPY else fate


def tally(batches: Sequence[BatchLine], sides: Iterable[SideLine], copies: Iterable[CopyLine],
          findings: Sequence[FindingLine], pupils: Pupils, expected_pages: int | None) -> Tally:
    """Count.  A copy is of the lot of its first side in the scan; one without sides is of none and is not counted."""
    sides = sorted(sides, key=lambda side: side.ordinal)
    unreadable = {finding.side for finding in findings
                  if finding.kind == UNREADABLE and finding.state != FindingState.DISMISSED}
    column_of = {side.id: column(side.fate, side.id in unreadable) for side in sides}
    place_of = {side.id: side.copy for side in sides}
    explained = {place_of.get(finding.side) or finding.copy for finding in findings
                 if finding.kind in COUNTS}
    sheets = {batch.id for batch in batches if batch.sheets}
    sides_of, copies_of, findings_of, by_copy = (defaultdict(list) for _lists in range(4))
    for side in sides:
        sides_of[side.batch].append(side)
        if side.copy is not None:
            by_copy[side.copy].append(side)
    for copy in sorted(copies, key=lambda copy: copy.serial):
        if pages := by_copy[copy.id]:
            lot = pages[0].batch
            odd = expected_pages is not None and lot not in sheets and len(pages) != expected_pages
            copies_of[lot].append(CopyCount(copy, tuple(pages), odd, copy.id in explained))
    for finding in findings:
        findings_of[finding.batch].append(finding)
    lots: list[BatchLine | None] = [*batches, *([None] if sides_of[None] else [])]
    return Tally(tuple(_lot(batch, sides_of, copies_of, findings_of, column_of) for batch in lots), pupils,
                 expected_pages, column_of)


def _lot(batch: BatchLine | None, sides_of, copies_of, findings_of, column_of) -> Lot:
    key = batch.id if batch else None
    counts = Counter(column_of[side.id] for side in sides_of[key])
    return Lot(batch, tuple(sides_of[key]), {name: counts[name] for name in COLUMNS}, tuple(copies_of[key]),
               tuple(findings_of[key]))
