"""What the name of a file says, where each pupil has a file: evidence beside the header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        students = [request.db.get(Student, pupil) for pupil in pupils] if files else []
        found = {}
        for copy, name in files:
            said = {student.id: nats for student in students if student and (nats := log_ratio(name, student))}
            best = max(said.values(), default=0.0)
            # A brother is not meant by a name that is his brother's whole name.
            found[copy] = {pupil: nats for pupil, nats in said.items() if nats == best}
        return found


def log_ratio(filename: str, student: Student) -> float:
    """How much the name of a file speaks for a pupil, in nats; 0.0 when it does not."""
    stem = PurePath(filename).stem
    number = fold(student.number)
    if len(number) >= SHORTEST_NUMBER and number in fold(stem):
        return NUMBER
    words = set(words_of(stem.replace("_", " ").replace(".", " ")))
    last, first = words_of(student.last_name), words_of(student.first_name)
    if not last or not set(last) <= words:
        return 0.0
    return WHOLE_NAME if first and set(first) <= words else LAST_NAME
