"""Covers -> evidence: register, cut, clean and read the identity fields of a whole batch in few calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..interfaces import IReader, Kind
from ..matching.digits import Digits
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

USABLE_QUALITY = 0.4
"""Below this quality of registration a cover is not on the form, and nothing is read from it."""


@dataclass(frozen=True)
class CoverReading:
    """What was made of one cover: which form it is on (place in the forms given), where it lies, what it says."""

    form: int
    registration: Registration
    evidence: CopyEvidence


class CoverReader:
    """Reads covers on known forms with one reader. Keeps the forms' features, so use one per batch."""

    def __init__(self, forms: Sequence[HeaderForm], reader: IReader) -> None:
        if not forms:
            raise ValueError("no form to read covers by: propose one or draw its fields")
        self.forms = tuple(forms)
        self.reader = reader
        self._references = [HeaderPicture(form.grey()) for form in forms]

    def locate(self, cover: Grey) -> tuple[int, Registration]:
        """The form that fits a cover best, and where it lies on it."""
        header = HeaderPicture(cover)
        found = [register(header, reference) for reference in self._references]
        best = max(range(len(found)), key=lambda i: found[i].quality)
        return best, found[best]

    def read(self, covers: Sequence[tuple[str, Grey]]) -> list[CoverReading]:
        """Read (copy id, cover) pairs, in order. Each kind of field is read in one call for all covers."""
        located = [self.locate(cover) for _, cover in covers]
        prepared = [
            {field.name: prepare(cover, registration, field) for field in self._fields(form, registration)}
            for (_, cover), (form, registration) in zip(covers, located, strict=True)
        ]
        evidence: list[dict[FieldName, FieldEvidence]] = [{} for _ in covers]
        for kind in sorted(set(KINDS.values())):
            self._read_kind(kind, prepared, evidence)
        readings = []
        for (copy, cover), (form, registration), said in zip(covers, located, evidence, strict=True):
            fields = [said[name] for name in FIELD_NAMES if name in said]
            if code := code_evidence(cover):
                fields.append(code)
            readings.append(CoverReading(form, registration, CopyEvidence(copy, tuple(fields))))
        return readings

    def _fields(self, form: int, registration: Registration) -> tuple[Field, ...]:
        """The fields to read: none on a cover that no form fits, where they would be cut out of something else.

        A class is shared by thirty pupils: where a number or a birth date is asked for, it adds nothing to them.
        """
        if registration.quality < USABLE_QUALITY:
            return ()
        fields = self.forms[form].fields
        telling = any(field.name in DIGIT_FIELDS for field in fields)
        return tuple(field for field in fields if not (telling and field.name == "class_name"))

    def _read_kind(
        self,
        kind: Kind,
        prepared: Sequence[dict[FieldName, PreparedField | None]],
        evidence: Sequence[dict[FieldName, FieldEvidence]],
    ) -> None:
        wanted = [
            (row, name, field)
            for row, fields in enumerate(prepared)
            for name, field in fields.items()
            if KINDS[name] == kind and field is not None
        ]
        lines = []
        for row, name, field in wanted:
            if kind in _KINDS_IN_CELLS and field.cells:
                digits = Digits.of(digit_log_probs(field.written_cells()))
                evidence[row][name] = FieldEvidence(name, DIGIT_READER, (), digits)
            else:
                lines.append((row, name, field))
        readings = self.reader.read_many([field.line for _, _, field in lines], kind)
        for (row, name, _), alternatives in zip(lines, readings, strict=True):
            evidence[row][name] = FieldEvidence(name, self.reader.name, alternatives)
