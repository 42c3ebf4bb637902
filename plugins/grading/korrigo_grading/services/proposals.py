"""What graders propose: asked when what they read has changed, kept beside the scores, made a score by a person."""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from korrigo.api import Audit, Blobs, Copy, CopyState, Exam, Fate, PageError, Side, Sides, View, now, render_many

from ..graders import graders
from ..interfaces import Answer, AnswerPage, ScoreProposal
from ..models import Proposal, SchemeRow, Target
from ..proposing import NoProposal, propose
from ..scheme import Question
from .ops import Edit, Ops
from .schemes import Schemes

JOB = "grading.propose"

#: The grader that proposes nothing.
BY_HAND = "manual"

OPEN = (CopyState.READY, CopyState.GRADING)


@dataclass(frozen=True)
class Standing:
    """How far the proposals of a question are: copies with one, those of them that are certain enough to be accepted
    together and have no score yet, and copies where the grader could not work."""

    question: Question
    proposed: int
    ready: int
    failed: int


class Proposals:
    def __init__(self, db, registry, sides: Sides, schemes: Schemes, ops: Ops, blobs: Blobs, audit: Audit, jobs):
        self.db, self.registry, self.sides, self.schemes = db, registry, sides, schemes
        self.ops, self.blobs, self.audit, self.jobs = ops, blobs, audit, jobs

    @classmethod
    def of(cls, request) -> "Proposals":
        find = request.find_service
        return cls(request.db, request.registry, find(Sides), find(Schemes), find(Ops), find(Blobs), request.audit,
                   request.jobs)

    def of_copy(self, copy_id: str) -> dict[str, Proposal]:
        """The proposals for a copy by question."""
        rows = self.db.scalars(sa.select(Proposal).where(Proposal.copy_id == copy_id))
        return {row.question_id: row for row in rows}

    def asked(self, exam: Exam) -> dict[str, Question]:
        """The questions that a program proposes scores for, by id."""
        return {key: question for key, question in self.schemes.leaves(exam).items() if question.grader != BY_HAND}

    def queue(self, exam: Exam, reason: str, copy: Copy | None = None) -> None:
        """Ask in the background, about one copy or about all, when there is a program to ask; once for a reason."""
        if self.asked(exam):
            about = copy.id if copy else None
            self.jobs.add(JOB, unique_key=f"{JOB}:{exam.id}:{about}:{reason}", exam_id=exam.id, copy_id=about)

    def edited(self, copy: Copy, exam: Exam, keys: Iterable[str]) -> dict[str, Proposal | None]:
        """Ask again after edits of these targets: at once, or in the background for graders that look at pages.

        What was asked at once by question; None where there is no proposal (any more).
        """
        asked = self.asked(exam)
        changed: dict[str, Question] = {}
        for key in keys:
            kind, _colon, question_id = key.partition(":")
            question = asked.get(question_id)
            grader = graders(self.registry).get(question.grader) if question else None
            if grader is None or {"crit": "criteria", "answer": "typed"}.get(kind) not in grader.reads:
                continue
            if "pages" in grader.reads:
                self.queue(exam, f"edit {self.ops.version(copy.id)}", copy)
            else:
                changed[question_id] = question
        for question, answer in self.answers(copy, changed.values()):
            self.keep(copy, question, propose(self.registry, answer, question))
        rows = self.of_copy(copy.id) if changed else {}
        return {question_id: rows.get(question_id) for question_id in changed}

    def copies(self, exam: Exam, copy_id: str | None = None) -> list[str]:
        """Ids of the copies that can still be graded."""
        query = sa.select(Copy.id).where(Copy.exam_id == exam.id, Copy.state.in_(OPEN)).order_by(Copy.serial)
        return list(self.db.scalars(query.where(Copy.id == copy_id) if copy_id else query))

    def answers(self, copy: Copy, questions: Iterable[Question]) -> list[tuple[Question, Answer]]:
        """What graders are given, as values that outlive the transaction."""
        questions = list(questions)
        if not questions:
            return []
        pages = tuple(self._page(side) for side in self.sides.of_copy(copy.id))
        targets = {key: target.value for key, target in self.ops.targets(copy.id).items()}
        return [(question, Answer(copy.id, pages, tuple(targets.get(f"crit:{question.id}") or ()),
                                  targets.get(f"answer:{question.id}") or "")) for question in questions]

    def _page(self, side: Side) -> AnswerPage:
        blob_id, view = side.blob_id, View(side.pdf_page, side.region, side.turned)

        def picture(dpi: int) -> bytes:
            with self.blobs.path(blob_id) as path:
                drawn = render_many(path, [view], dpi=dpi, format="png")[0]
            if isinstance(drawn, PageError):
                raise drawn
            return drawn.data

        return AnswerPage(side.position, side.fate == Fate.BLANK, picture)

    def keep(self, copy: Copy, question: Question, found: ScoreProposal | NoProposal | None) -> None:
        """Keep what a grader said in place of what it said before; saying it again changes nothing."""
        self.db.refresh(copy, with_for_update={"key_share": True})
        row = self.db.get(Proposal, (copy.id, question.id))
        if found is None:
            if row is not None:
                self.db.delete(row)
        else:
            proposed = isinstance(found, ScoreProposal)
            said = {"grader": question.grader, "reason": found.reason, "points": found.points if proposed else None,
                    "confidence": found.confidence if proposed else 0.0, "marks": list(found.marks) if proposed else []}
            if row is None:
                self.db.add(Proposal(copy_id=copy.id, question_id=question.id, **said))
            elif said != {name: getattr(row, name) for name in said}:
                for name, value in (said | {"at": now()}).items():
                    setattr(row, name, value)
        self.db.flush()

    def forget_others(self, exam: Exam) -> None:
        """Drop proposals of questions that no program is asked about any more."""
        copies = sa.select(Copy.id).where(Copy.exam_id == exam.id)
        self.db.execute(sa.delete(Proposal).where(
            Proposal.copy_id.in_(copies), Proposal.question_id.not_in(list(self.asked(exam)))))

    def accept_from(self, exam: Exam) -> float | None:
        """The confidence from which proposals may be accepted together; None: one by one only."""
        row = self.db.get(SchemeRow, exam.id)
        return row.accept_from if row else None

    def set_accept_from(self, exam: Exam, confidence: float | None) -> None:
        row = self.db.get(SchemeRow, exam.id)
        if row is not None and row.accept_from != confidence:
            self.audit.record("grading.accept_from", f"exam:{exam.id}", before=row.accept_from, after=confidence)
            row.accept_from = confidence

    def standing(self, exam: Exam) -> list[Standing]:
        """The questions that a program is asked about, with how far it is."""
        asked = self.asked(exam)
        ready = Counter(row.question_id for row in self._ready(exam))
        counts: dict[str, Counter] = {question_id: Counter() for question_id in asked}
        for question_id, failed, count in self.db.execute(
                sa.select(Proposal.question_id, Proposal.points.is_(None), sa.func.count())
                .join(Copy, Copy.id == Proposal.copy_id).where(Copy.exam_id == exam.id)
                .group_by(Proposal.question_id, Proposal.points.is_(None))):
            if question_id in counts:
                counts[question_id][bool(failed)] = count
        return [Standing(question, counts[key][False], ready[key], counts[key][True])
                for key, question in asked.items()]

    def accept_ready(self, exam: Exam) -> int:
        """Make scores of the proposals that may be accepted together, in the name of whoever says so; how many."""
        leaves, accepted = self.schemes.leaves(exam), 0
        of_copy: dict[str, list[Proposal]] = {}
        for row in self._ready(exam):
            of_copy.setdefault(row.copy_id, []).append(row)
        for copy_id, rows in of_copy.items():
            edits = [edit for row in rows for edit in score_edits(row)]
            _version, results = self.ops.apply(self.db.get(Copy, copy_id), edits, leaves)
            accepted += sum(result["status"] == "ok" for edit, result in zip(edits, results, strict=True)
                            if edit.target.startswith("score:"))
        self.audit.record("grading.proposals_accepted", f"exam:{exam.id}", scores=accepted)
        return accepted

    def _ready(self, exam: Exam) -> list[Proposal]:
        """Proposals at or above the confidence, of open copies, for questions without a score."""
        confidence = self.accept_from(exam)
        if confidence is None:
            return []
        scored = sa.exists().where(Target.copy_id == Proposal.copy_id, Target.value.is_not(None),
                                   Target.key == sa.literal("score:").concat(Proposal.question_id))
        return list(self.db.scalars(
            sa.select(Proposal).join(Copy, Copy.id == Proposal.copy_id)
            .where(Copy.exam_id == exam.id, Copy.state.in_(OPEN), Proposal.points.is_not(None),
                   Proposal.confidence >= confidence, Proposal.question_id.in_(list(self.asked(exam))), ~scored)
            .order_by(Copy.serial, Proposal.question_id)))


def score_edits(row: Proposal) -> list[Edit]:
    """A proposal as edits of a copy that has no score for the question: the score, and the marks on the page."""
    marks = [Edit(secrets.token_hex(12), f"annot:{secrets.token_hex(12)}", {**mark, "q": row.question_id}, 0)
             for mark in row.marks]
    return [Edit(secrets.token_hex(12), f"score:{row.question_id}", float(row.points), 0), *marks]
