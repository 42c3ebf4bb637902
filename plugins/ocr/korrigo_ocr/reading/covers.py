"""Covers -> evidence: register, cut, clean and read the identity fields of a whole batch in few calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..interfaces import IReader, Kind
from ..matching.digits import Digits
from ..matching.enough import read_next
from ..matching.values import KINDS, CopyEvidence, FieldEvidence, FieldName
from .codes import code_evidence
from .digits import digit_log_probs
from .forms import DIGIT_FIELDS, FIELD_NAMES, Field, HeaderForm
from .geometry import Grey
from .prepare import PreparedField, prepare
from .registration import HeaderPicture, Registration, register

DIGIT_READER = "digits"
"""What reads single digits in boxes, whichever engine reads the rest."""

_KINDS_IN_CELLS: frozenset[Kind] = frozenset({"number", "date"})

_SCORED = 64
"""Candidates whose scores are kept with a field, at most."""

USABLE_QUALITY = 0.4
"""Below this quality of registration a cover is not on the form, and nothing is read from it."""


@dataclass(frozen=True)
class CoverReading:
    """What was made of one cover: which form it is on (place in the forms given), where it lies, what it says."""

    form: int
    registration: Registration
    evidence: CopyEvidence


class CoverReader:
    """Reads covers on known forms with one reader. Keeps the forms' features, so use one per batch.

    ``candidates`` is what may be written in a field of each kind, for a reader that scores closed lists itself.
    """

    def __init__(self, forms: Sequence[HeaderForm], reader: IReader,
                 candidates: Mapping[Kind, Sequence[str]] | None = None) -> None:
        if not forms:
            raise ValueError("no form to read covers by: propose one or draw its fields")
        self.forms = tuple(forms)
        self.reader = reader
        self.candidates = (candidates or {}) if getattr(reader, "scores_lists", False) else {}
        self._references = [HeaderPicture(form.grey()) for form in forms]

    def locate(self, cover: Grey) -> tuple[int, Registration]:
        """The form that fits a cover best, and where it lies on it."""
        header = HeaderPicture(cover)
        found = [register(header, reference) for reference in self._references]
        best = max(range(len(found)), key=lambda i: found[i].quality)
        return best, found[best]

    def read(self, covers: Sequence[tuple[str, Grey]], enough: Callable[[CopyEvidence], bool] | None = None
             ) -> list[CoverReading]:
        """Read (copy id, cover) pairs, in order. Each kind of field is read in one call for all covers.

        ``enough`` is asked of each cover after its most telling fields, and after each that follows: when nothing is
        in doubt, those that are left stay unread.
        """
        located = [self.locate(cover) for _, cover in covers]
        sheets = [_Sheet(copy, cover, registration, list(self._fields(form, registration)))
                  for (copy, cover), (form, registration) in zip(covers, located, strict=True)]
        reading = sheets
        while reading:
            self._read_fields([(sheet, sheet.next() if enough else sheet.left()) for sheet in reading])
            reading = [sheet for sheet in reading if sheet.left() and not (enough and enough(sheet.evidence()))]
        return [CoverReading(form, registration, sheet.evidence())
                for sheet, (form, registration) in zip(sheets, located, strict=True)]

    def _fields(self, form: int, registration: Registration) -> tuple[Field, ...]:
        """The fields to read: none on a cover that no form fits, where they would be cut out of something else.

        A class is shared by thirty pupils: where a number or a birth date is asked for, it adds nothing to them.
        """
        if registration.quality < USABLE_QUALITY:
            return ()
        fields = self.forms[form].fields
        telling = any(field.name in DIGIT_FIELDS for field in fields)
        return tuple(field for field in fields if not (telling and field.name == "class_name"))

    def _read_fields(self, wanted: Sequence[tuple[_Sheet, Sequence[Field]]]) -> None:
        prepared = [(sheet, field.name, prepare(sheet.cover, sheet.registration, field))
                    for sheet, fields in wanted for field in fields]
        for kind in sorted(set(KINDS.values())):
            self._read_kind(kind, [item for item in prepared if KINDS[item[1]] == kind])

    def _read_kind(self, kind: Kind, wanted: Sequence[tuple[_Sheet, FieldName, PreparedField | None]]) -> None:
        lines = []
        for sheet, name, prepared in wanted:
            if prepared is None:
                sheet.said[name] = None
            elif kind in _KINDS_IN_CELLS and prepared.cells:
                digits = Digits.of(digit_log_probs(prepared.written_cells()))
                sheet.said[name] = FieldEvidence(name, DIGIT_READER, (), digits)
            else:
                lines.append((sheet, name, prepared.line))
        readings = self.reader.read_many([line for _, _, line in lines], kind)
        for (sheet, name, line), alternatives in zip(lines, readings, strict=True):
            sheet.said[name] = FieldEvidence(name, self.reader.name, alternatives, scores=self._scores(line, kind))

    def _scores(self, line: Grey, kind: Kind) -> dict[str, float]:
        """What the reader itself says of the nearest candidates; of the others what was read says enough."""
        candidates = self.candidates.get(kind, ())
        if not candidates:
            return {}
        ratios = self.reader.score(line, candidates, kind)
        best = sorted(zip(candidates, map(float, ratios), strict=True), key=lambda item: (-item[1], item[0]))
        return dict(best[:_SCORED])


@dataclass
class _Sheet:
    """One cover while it is read; ``said`` has what each field says, None for one with nothing to read."""

    copy: str
    cover: Grey
    registration: Registration
    fields: Sequence[Field]
    said: dict[FieldName, FieldEvidence | None] = field(default_factory=dict)

    def next(self) -> list[Field]:
        """What is to be read next, as long as more is needed."""
        left = {field.name: field for field in self.left()}
        return [left[name] for name in read_next({name: bool(field.cells) for name, field in left.items()}, self.said)]

    def left(self) -> list[Field]:
        return [field for field in self.fields if field.name not in self.said]

    @cached_property
    def code(self) -> FieldEvidence | None:
        return code_evidence(self.cover)

    def evidence(self) -> CopyEvidence:
        found = [said for name in FIELD_NAMES if (said := self.said.get(name))]
        return CopyEvidence(self.copy, (*found, *([self.code] if self.code else [])),
                            tuple(field.name for field in self.left()))
