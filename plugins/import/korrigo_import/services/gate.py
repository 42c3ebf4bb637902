"""The scan gate: what was expected, what was found, and what is open.  It reads; :class:`HandingOver` acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from korrigo.api import Copy, Exam, ExamStudent, Side, User

from ..models import Batch, BatchState, FindingRow, GateChoice, HandOver, SignOff
from ..tally import BatchLine, CopyLine, FindingLine, Pupils, SideLine, Tally, tally


@dataclass(frozen=True)
class Loaded:
    """An exam's pile as it is now: the rows by id, and their :class:`Tally`."""

    exam: Exam
    hand_over: HandOver
    tally: Tally
    #: (batch, name of who sent it).
    batches: Mapping[str, tuple[Batch, str | None]]
    #: Columns of sides: ``id blob_id pdf_page region turned header ordinal fate reason copy_id position``.
    sides: Mapping[str, sa.Row]
    copies: Mapping[str, CopyLine]
    #: (finding, name of who decided), in the order of the scan, those about a whole file first.
    findings: Sequence[tuple[FindingRow, str | None]]
    #: Newest first.
    signoffs: Sequence[SignOff]


class Gate:
    def __init__(self, db):
        self.db = db

    @classmethod
    def of(cls, request) -> "Gate":
        return cls(request.db)

    def tally(self, exam: Exam) -> Tally:
        return self.load(exam).tally

    def load(self, exam: Exam) -> Loaded:
        """Six questions, whatever the size of the exam."""
        sides = {row.id: row for row in self.db.execute(
            sa.select(Side.id, Side.blob_id, Side.pdf_page, Side.region, Side.turned, Side.header, Side.ordinal,
                      Side.fate, Side.reason, Side.copy_id, Side.position)
            .where(Side.exam_id == exam.id).order_by(Side.ordinal))}
        batches = {batch.id: (batch, name) for batch, name in self.db.execute(
            sa.select(Batch, User.name).outerjoin(User, User.id == Batch.created_by)
            .where(Batch.exam_id == exam.id).order_by(Batch.created))}
        found = self.db.execute(
            sa.select(FindingRow, User.name).outerjoin(User, User.id == FindingRow.decided_by)
            .where(FindingRow.exam_id == exam.id)).all()
        copies = {line.id: line for line in (CopyLine(*row) for row in self.db.execute(
            sa.select(Copy.id, Copy.serial, Copy.code, Copy.state, Copy.identification, Copy.student_id)
            .where(Copy.exam_id == exam.id)))}
        chosen = self.db.execute(
            sa.select(GateChoice.hand_over, SignOff).select_from(Exam)
            .outerjoin(GateChoice, GateChoice.exam_id == Exam.id).outerjoin(SignOff, SignOff.exam_id == Exam.id)
            .where(Exam.id == exam.id).order_by(SignOff.at.desc(), SignOff.id)).all()
        hand_over, signoffs = chosen[0].hand_over, [row.SignOff for row in chosen if row.SignOff is not None]
        findings = sorted(
            ((row, name) for row, name in found),
            key=lambda item: (sides[item[0].side_id].ordinal if item[0].side_id in sides else -1, item[0].id))
        counted = tally(self._batch_lines(batches, signoffs), self._side_lines(batches, sides), copies.values(),
                        [FindingLine(row.id, row.batch_id, row.kind, row.state, row.side_id, row.copy_id)
                         for row, _name in findings],
                        self._pupils(exam), exam.pages_per_copy)
        return Loaded(exam, HandOver(hand_over or HandOver.COPY), counted, batches, sides, copies, findings, signoffs)

    def hand_over(self, exam: Exam) -> HandOver:
        return HandOver(self.db.scalar(sa.select(GateChoice.hand_over).where(GateChoice.exam_id == exam.id))
                        or HandOver.COPY)

    def _pupils(self, exam: Exam) -> Pupils:
        rows = self.db.execute(sa.select(ExamStudent.student_id, ExamStudent.absent)
                               .where(ExamStudent.exam_id == exam.id)).all()
        return Pupils(frozenset(row.student_id for row in rows),
                      frozenset(row.student_id for row in rows if row.absent))

    @staticmethod
    def _batch_lines(batches, signoffs) -> list[BatchLine]:
        """The lots: what was received, but for archives, whose files are lots of their own."""
        signed: dict[str, str] = {}
        for row in signoffs:
            signed.setdefault(row.batch_id, row.version)
        return [BatchLine(batch.id, batch.blob_id, batch.state, signed.get(batch.id),
                          bool(batch.recipe.get("sheet_headers"))) for batch, _name in batches.values()
                if batch.pages or batch.state != BatchState.READY]

    @staticmethod
    def _side_lines(batches, sides) -> list[SideLine]:
        file_of = {batch.pages_blob_id: batch.id for batch, _name in batches.values()}
        return [SideLine(side.id, file_of.get(side.blob_id), (side.pdf_page, side.region), side.ordinal, side.fate,
                         side.turned, side.copy_id, side.position) for side in sides.values()]
