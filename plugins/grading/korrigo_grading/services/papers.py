"""Graded PDFs: what a finalised copy shows, made in a job, superseded when the copy is reopened."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from korrigo.api import (
    Audit,
    Blobs,
    Copies,
    Copy,
    CopyState,
    Exam,
    Fate,
    Job,
    Side,
    Sides,
    Student,
    Told,
    said,
    school_localizer,
)
from korrigo.api import Sentence as _

from ..models import Paper, Target
from ..paper.model import Annotation, GradedCopy, PaperSide, QuestionLine, Summary
from ..paper.numbers import Number, number_style
from ..scheme import Scheme, totals
from ..targets import points
from .ops import Ops
from .schemes import Schemes
from .summary import PREFIX, exact

JOB = "grading.finalise"

#: The words that are printed on the summary page, in the school's language.
WORDS = {
    "pupil": _("Pupil"), "copy": _("Copy"), "total": _("Total"), "question": _("Question"), "points": _("Points"),
    "appreciation": _("Appreciation"), "graders": _("Graded by"), "page": _("Page {page} of {pages}"),
    "continued": _("continued"),
}


class NotFinished(Told, ValueError):
    """The copy cannot be finalised yet; the message says what is missing."""


@dataclass(frozen=True)
class Printable:
    """A copy as it is drawn, the version of its grading, its total, and how numbers are written."""

    copy: GradedCopy
    version: int
    total: Decimal
    number: Number


class Papers:
    def __init__(self, db, copies: Copies, sides: Sides, schemes: Schemes, ops: Ops, blobs: Blobs, audit: Audit,
                 jobs, localizer):
        self.db, self.copies, self.sides, self.schemes = db, copies, sides, schemes
        self.ops, self.blobs, self.audit, self.jobs, self.localizer = ops, blobs, audit, jobs, localizer

    @classmethod
    def of(cls, request) -> "Papers":
        find = request.find_service
        return cls(request.db, find(Copies), find(Sides), find(Schemes), find(Ops), find(Blobs), request.audit,
                   request.jobs, school_localizer(request.registry))

    def missing(self, copy: Copy, exam: Exam) -> list[str]:
        """Labels of the questions without a score."""
        scheme = self.schemes.get(exam)
        if scheme is None:
            raise NotFinished(_("There is no marking scheme yet."))
        result = totals(scheme, self.scores(copy.id))
        return [question.label for question in result.missing]

    def finalise(self, copy: Copy, exam: Exam) -> Job:
        """Close a copy that has all its scores and queue its graded PDF; the job that makes it."""
        missing = self.missing(copy, exam)
        if missing:
            raise NotFinished(_("Copy ${serial} has no score for ${questions}.",
                                serial=copy.serial, questions=", ".join(missing)))
        self.copies.move(copy, "finalise")
        return self._queue(copy)

    def retry(self, copy: Copy) -> None:
        """Try again to make the PDF of a copy that failed."""
        self.copies.move(copy, "retry")
        self._queue(copy)

    def reopen(self, copy: Copy, reason: str) -> None:
        """Take a graded copy back to grading; its PDF is kept, and superseded."""
        self.copies.move(copy, "reopen", reason=reason)
        self.db.execute(sa.update(Paper).where(Paper.copy_id == copy.id, ~Paper.superseded).values(superseded=True))

    def _queue(self, copy: Copy) -> Job:
        return self.jobs.add(JOB, unique_key=f"{JOB}:{copy.id}:{copy.version}", exam_id=copy.exam_id, copy_id=copy.id)

    def current(self, copy_id: str) -> Paper | None:
        """The valid graded PDF of a copy."""
        return self.db.scalar(sa.select(Paper).where(Paper.copy_id == copy_id, ~Paper.superseded)
                              .order_by(Paper.made.desc()).limit(1))

    def scores(self, copy_id: str) -> dict:
        """Question id -> score (Decimal, "NT" or None)."""
        rows = self.db.execute(sa.select(Target.key, Target.value).where(
            Target.copy_id == copy_id, Target.key.like(f"{PREFIX}%")))
        return {key.removeprefix(PREFIX): exact(value) for key, value in rows}

    def content(self, copy: Copy, exam: Exam, paths: dict[str, Path]) -> Printable:
        """Everything that a graded PDF shows, as plain values."""
        targets = {key: target.value for key, target in self.ops.targets(copy.id).items()
                   if target.value is not None}
        scheme = self.schemes.get(exam)
        result = totals(scheme, self.scores(copy.id))
        student = self.db.get(Student, copy.student_id) if copy.student_id else None
        summary = Summary(
            title=exam.title, subject=exam.subject,
            date=exam.held_on.strftime("%d/%m/%Y") if exam.held_on else "",
            pupil=student.name if student else None, code=copy.code, total=result.total, maximum=exam.total,
            questions=tuple(question_lines(scheme, result, targets)),
            appreciation=targets.get("appreciation", ""),
            labels={key: said(word, self.localizer.translate) for key, word in WORDS.items()})
        sides = tuple(PaperSide(paths[side.blob_id], side.pdf_page, side.region, side.turned,
                                side.fate == Fate.BLANK) for side in self.sides.of_copy(copy.id))
        marks = tuple(Annotation(value["page"], value["k"], value) for key, value in sorted(targets.items())
                      if key.startswith("annot:"))
        return Printable(GradedCopy(sides, marks, summary), self.ops.version(copy.id), result.total,
                         number_style(self.localizer.locale_name))

    def sources(self, copy_id: str) -> list[str]:
        """The files that the copy's sides are in."""
        return list(self.db.scalars(sa.select(Side.blob_id).where(Side.copy_id == copy_id).distinct()))

    def keep(self, copy: Copy, file: Path, printed: Printable) -> Paper | None:
        """Keep a graded PDF as the copy's valid one; None when the copy has changed since it was drawn."""
        if self.ops.version(copy.id) != printed.version or copy.state != CopyState.FINALISING:
            return None
        blob = self.blobs.add_file(file, "application/pdf")
        self.db.execute(sa.update(Paper).where(Paper.copy_id == copy.id, ~Paper.superseded).values(superseded=True))
        paper = Paper(copy_id=copy.id, blob_id=blob.id, version=printed.version, total=printed.total)
        self.db.add(paper)
        self.db.flush()
        self.copies.move(copy, "finish")
        return paper


def question_lines(scheme: Scheme, result, targets) -> list[QuestionLine]:
    """The scheme as lines of the summary page: parents with their sums, leaves with score and remarks."""
    lines = []
    for question, depth in scheme.flatten():
        leaf = not question.children
        score = points(targets.get(f"score:{question.id}")) if leaf else result.sums.get(question.id)
        remarks = [criterion.text for criterion in question.criteria
                   if criterion.id in (targets.get(f"crit:{question.id}") or ())]
        if targets.get(f"note:{question.id}"):
            remarks.append(targets[f"note:{question.id}"])
        lines.append(QuestionLine(question.label, question.title, score,
                                  question.points if leaf else question.maximum, depth, tuple(remarks)))
    return lines
