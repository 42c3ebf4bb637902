"""The extension points of this plugin, a reader of handwriting and other evidence, and the values that cross them.

A reader is never asked "what is written here?" alone. It is also asked how well each name of a closed list agrees
with the picture, because that is what an engine knows best: a recogniser with letter probabilities should answer
from them, one that only gives text may inherit `korrigo_ocr.matching.evidence.TextScoring`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from translationstring import TranslationString
from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .matching.letters import Letters

Kind = Literal["name", "number", "date", "class"]
"""What a prepared field holds: letters, a candidate number, a date as digits, the name of a class."""


@dataclass(frozen=True)
class Reading:
    """One reading of one field: the text as read ("" when nothing was), and the engine's own confidence, 0 to 1.

    ``letters``: what an engine of letter probabilities saw; kept, so that any name can be compared with it later.
    """

    text: str
    confidence: float
    letters: Letters | None = None


class ReaderUnavailable(RuntimeError):
    """The engine cannot run on this machine; the message says what is missing and how to get it.

    The message may be a translation string.
    """

    def __str__(self) -> str:
        message = self.args[0]
        return message.interpolate() if isinstance(message, TranslationString) else message


class IReader(Interface):
    """Reads prepared fields: dark ink on white, uint8 (h, w), one line of writing, rules removed.

    Readers keep no state between calls that changes their answers, and give the same answer to the same picture.
    """

    name = Attribute("Short name stored with each reading, such as 'tesseract'; letters, digits and hyphens")

    def available() -> str | None:
        """None when the reader can work here, else the reason why not and what to install."""

    def read(image: NDArray[np.uint8], kind: Kind = "name") -> Reading:
        """Read one field. Raises `ReaderUnavailable` when the engine is missing."""

    def read_many(images: Sequence[NDArray[np.uint8]], kind: Kind = "name") -> list[tuple[Reading, ...]]:
        """Read fields of one kind together, in order; engines that start a process do it once.

        Each field gives one or several alternative readings, the most trusted first.
        """

    def score(image: NDArray[np.uint8], candidates: Sequence[str], kind: Kind = "name") -> list[float]:
        """How much better each candidate explains the picture than arbitrary writing of its length does.

        Natural-log ratios in the order of ``candidates``, 0 = says nothing, not floored. Candidates are folded
        (`korrigo_ocr.matching.names.fold`): capitals A-Z and digits.

        A reader with a true attribute ``scores_lists`` knows more here than `read_many` gives: each of its fields is
        then scored against the pupils of the exam, and that counts more than what was read.
        """


class IEvidence(Interface):
    """What speaks for a pupil, or against, beside the writing on the header: a seat, a code, who handed in when.

    It is added to what the header says, and decided with it for the whole batch: it can settle what the header leaves
    open, and raise doubts, but takes no decision by itself.
    """

    name = Attribute("Short name, such as 'seats'; letters, digits and hyphens")

    def log_ratios(request, exam_id: str, copies: Sequence[str], pupils: Sequence[str]
                   ) -> Mapping[str, Mapping[str, float]]:
        """How much likelier this is if the copy is the pupil's than if it is anybody's: copy id -> pupil id -> log.

        Natural logs, 0 (or left out) = says nothing, within `LARGEST` either way; ``request`` is for reading.
        """


LARGEST = 12.0
"""Nats beyond which no evidence counts: one source alone must not overrule a name that was read for certain."""
