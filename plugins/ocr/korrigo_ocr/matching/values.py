"""What the matching takes and gives: pupils, evidence, decisions. Frozen, and free of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ..interfaces import Kind, Reading

if TYPE_CHECKING:
    from .digits import Digits

FieldName = Literal["last", "first", "birth_date", "number", "class_name"]
Verdict = Literal["auto", "review", "none"]
Reason = Literal["", "low", "namesake", "nobody", "empty", "sheets"]

KINDS: dict[FieldName, Kind] = {
    "last": "name",
    "first": "name",
    "birth_date": "date",
    "number": "number",
    "class_name": "class",
}
"""What each field of a cover holds."""

CODE_READER = "code"
"""What reads printed codes: its readings are right, and compared as a whole."""

CERTAIN = 99.0
"""The confidence of what a person decided, and the upper bound of all confidences."""


class EvidenceError(ValueError):
    """Stored evidence cannot be read back; the message says where it breaks."""


@dataclass(frozen=True)
class Pupil:
    """A pupil of the roster.

    ``full_name`` is given when the roster has last and first name in one cell: then the cut between them is
    doubtful, all cuts are tried, and ``last`` and ``first`` are not looked at.
    """

    id: str
    last: str = ""
    first: str = ""
    birth_date: date | None = None
    number: str = ""
    class_name: str = ""
    full_name: str = ""


@dataclass(frozen=True)
class FieldEvidence:
    """What one field of one cover says, kept so that it can be matched again without its picture.

    ``readings`` are alternative readings of the same ink, none when the field is empty. ``digits`` is what was read
    box by box where digits have boxes of their own. ``scores`` are log-ratios
    per folded candidate from engines that score a closed list themselves; candidates absent from it are scored by
    the readings.
    """

    name: FieldName
    engine: str
    readings: tuple[Reading, ...]
    digits: Digits | None = None
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Whether anything was read in the field."""
        return bool(self.digits or self.scores or any(reading.text for reading in self.readings))

    def to_json(self) -> dict[str, Any]:
        """Plain lists, strings and numbers; `from_json` gives the evidence back."""
        return {
            "name": self.name,
            "engine": self.engine,
            "readings": [
                [reading.text, reading.confidence, *([reading.letters.to_text()] if reading.letters else [])]
                for reading in self.readings
            ],
            "digits": self.digits.to_text() if self.digits else None,
            "scores": dict(self.scores),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FieldEvidence:
        """The evidence written by `to_json`. Raises `EvidenceError`."""
        from .digits import Digits  # where matching is done only: they bring numpy
        from .letters import Letters

        try:
            name = data["name"]
            if name not in KINDS:
                raise EvidenceError(f"unknown field {name!r}; known: {', '.join(KINDS)}")
            return cls(
                name,
                str(data["engine"]),
                tuple(
                    Reading(str(text), float(confidence), Letters.from_text(letters[0]) if letters else None)
                    for text, confidence, *letters in data["readings"]
                ),
                Digits.from_text(data["digits"]) if data["digits"] else None,
                {str(key): float(value) for key, value in data["scores"].items()},
            )
        except EvidenceError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EvidenceError(f"stored evidence is damaged ({error!r}): read the copy again") from error


@dataclass(frozen=True)
class CopyEvidence:
    """All that the cover of one copy (or the header of one sheet) says.

    Fields that were not read are absent; a copy of several sheets may have one field several times. ``unread`` are
    those that were left out because the others were enough. ``sheets``: of a copy of several, what each says.
    """

    copy: str
    fields: tuple[FieldEvidence, ...] = ()
    unread: tuple[FieldName, ...] = ()
    sheets: tuple[CopyEvidence, ...] = ()

    def of(self, name: FieldName) -> tuple[FieldEvidence, ...]:
        """What that field says: nothing, once, or once a sheet."""
        return tuple(evidence for evidence in self.fields if evidence.name == name)

    @property
    def says_something(self) -> bool:
        """Whether anything was read at all."""
        return any(evidence.says_something for evidence in self.fields)

    @classmethod
    def of_sheets(cls, copy: str, sheets: Sequence[CopyEvidence]) -> CopyEvidence:
        """The evidence of one copy from that of its sheets: all of it counts."""
        several = tuple(sheets) if len(sheets) > 1 else ()
        return cls(copy, tuple(field for sheet in sheets for field in sheet.fields), sheets=several)

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the evidence back."""
        return {"copy": self.copy, "fields": [evidence.to_json() for evidence in self.fields],
                "unread": list(self.unread)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CopyEvidence:
        """The evidence written by `to_json`. Raises `EvidenceError`."""
        try:
            fields = tuple(FieldEvidence.from_json(item) for item in data["fields"])
            return cls(str(data["copy"]), fields, tuple(data.get("unread", ())))
        except (KeyError, TypeError) as error:
            raise EvidenceError(f"stored evidence is damaged ({error!r}): read the copy again") from error


@dataclass(frozen=True)
class Candidate:
    """A pupil proposed for a copy; ``score`` is the log-ratio against "nobody on the roster"."""

    pupil: str
    score: float


@dataclass(frozen=True)
class Decision:
    """Who wrote a copy.

    ``pupil`` is None when nobody of the roster fits. ``confidence`` is what the whole batch would lose (in nats) by
    the best other decision for this copy. ``verdict``: ``auto`` = certain enough, ``review`` = a person must look,
    ``none`` = nobody proposed. ``reason`` says in a word why a decision is not automatic. ``strays`` are the sheets
    of the copy, by their places, that are likely somebody else's.
    """

    copy: str
    pupil: str | None
    confidence: float
    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()
    reason: Reason = ""
    strays: tuple[int, ...] = ()


@dataclass(frozen=True)
class BatchDecision:
    """The decisions for a batch, in the order of the copies given."""

    decisions: tuple[Decision, ...]
