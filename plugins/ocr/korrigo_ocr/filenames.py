"""What the name of a file says, where each pupil has a file: evidence beside the header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import sqlalchemy as sa
from zope.interface import implementer

from korrigo.api import Copy, Student

from .interfaces import IEvidence
from .matching.names import fold, words_of

NUMBER, WHOLE_NAME, LAST_NAME = 7.0, 7.0, 3.0
"""Nats for a file that is called by the pupil's number, by the whole name, by the last name alone.  Less than is needed
to accept a name without a person: files are swapped more often than headers are misread."""
SHORTEST_NUMBER = 4
"""Digits from which a number in a file's name is no date, page or version."""


@implementer(IEvidence)
class FileNames:
    """The pupil whose number or name is the file's: ``DUPONT Marie.pdf``, ``2024-0117.pdf``."""

    name = "file-names"

    def log_ratios(self, request, exam_id: str, copies: Sequence[str], pupils: Sequence[str]
                   ) -> Mapping[str, Mapping[str, float]]:
        files = request.db.execute(sa.select(Copy.id, Copy.file_name).where(
            Copy.exam_id == exam_id, Copy.file_name != "")).all()
        wanted = {pupil: Wanted.of(request.db.get(Student, pupil)) for pupil in pupils} if files else {}
        found = {}
        for copy, name in files:
            stem, words = parts(name)
            said = {pupil: nats for pupil, looked_for in wanted.items() if (nats := looked_for.in_file(stem, words))}
            best = max(said.values(), default=0.0)
            # A brother is not meant by a name that is his brother's whole name.
            found[copy] = {pupil: nats for pupil, nats in said.items() if nats == best}
        return found


@dataclass(frozen=True)
class Wanted:
    """What a file is called that is a pupil's: folded."""

    number: str
    last: frozenset[str]
    first: frozenset[str]

    @classmethod
    def of(cls, student: Student) -> Wanted:
        return cls(fold(student.number), frozenset(words_of(student.last_name)),
                   frozenset(words_of(student.first_name)))

    def in_file(self, stem: str, words: frozenset[str]) -> float:
        """How much a file of that name speaks for the pupil, in nats; 0.0 when it does not."""
        if len(self.number) >= SHORTEST_NUMBER and self.number in stem:
            return NUMBER
        if not self.last or not self.last <= words:
            return 0.0
        return WHOLE_NAME if self.first and self.first <= words else LAST_NAME


def parts(filename: str) -> tuple[str, frozenset[str]]:
    """The name of a file without its ending, folded as a whole and as words."""
    stem = PurePath(filename).stem
    return fold(stem), frozenset(words_of(stem.replace("_", " ").replace(".", " ")))
