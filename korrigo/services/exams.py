"""Exams, who works on them, and which pupils are expected."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from ..models import Copy, Exam, ExamMember, ExamRole, ExamStudent, Side, Student
from ..sentences import Sentence as _
from ..sentences import Told
from .audit import Audit


class ExamInUse(Told, ValueError):
    """The exam has copies or scanned pages; it is not deleted by accident."""


@dataclass(frozen=True)
class Expectation:
    """How a pupil was expected at an exam."""

    student_id: str
    rank: int
    absent: bool


class Exams:
    def __init__(self, db, audit: Audit, user_id: str | None):
        self.db, self.audit, self.user_id = db, audit, user_id

    @classmethod
    def of(cls, request) -> "Exams":
        return cls(request.db, request.audit, request.actor_id)

    def create(self, **values) -> Exam:
        """A new exam; whoever makes it coordinates it."""
        exam = Exam(created_by=self.user_id, **values)
        self.db.add(exam)
        self.db.flush()
        if self.user_id:
            self.db.add(ExamMember(exam_id=exam.id, user_id=self.user_id, role=ExamRole.COORDINATOR))
        self.audit.record("exam.created", f"exam:{exam.id}", title=exam.title)
        return exam

    def change(self, exam: Exam, **values) -> None:
        """Set attributes; what really changed goes to the journal."""
        before = {name: getattr(exam, name) for name in values}
        changed = {name: value for name, value in values.items() if before[name] != value}
        for name, value in changed.items():
            setattr(exam, name, value)
        if changed:
            self.audit.record("exam.changed", f"exam:{exam.id}",
                              before={name: str(before[name]) for name in changed},
                              after={name: str(value) for name, value in changed.items()})

    def delete(self, exam: Exam) -> None:
        """Delete an exam that holds nothing."""
        for table in (Copy, Side):
            if self.db.scalar(sa.select(sa.exists().where(table.exam_id == exam.id))):
                raise ExamInUse(_("the exam “${title}” has copies or scanned pages and is kept", title=exam.title))
        self.audit.record("exam.deleted", f"exam:{exam.id}", title=exam.title)
        self.db.delete(exam)

    def set_role(self, exam: Exam, user_id: str, role: ExamRole) -> None:
        """Let somebody work on the exam."""
        if self.db.get(ExamMember, (exam.id, user_id, role)) is None:
            self.db.add(ExamMember(exam_id=exam.id, user_id=user_id, role=role))
            self.audit.record("exam.member_added", f"exam:{exam.id}", user=user_id, role=role)

    def expect(self, exam: Exam, students: list[Student]) -> int:
        """Add pupils to those expected, in this order; the number of new ones."""
        known = set(self.db.scalars(sa.select(ExamStudent.student_id).where(ExamStudent.exam_id == exam.id)))
        last = self.db.scalar(sa.select(sa.func.max(ExamStudent.rank)).where(ExamStudent.exam_id == exam.id))
        rank = 0 if last is None else last + 1
        new = [student for student in dict.fromkeys(students) if student.id not in known]
        self.db.add_all(ExamStudent(exam_id=exam.id, student_id=student.id, rank=rank + place)
                        for place, student in enumerate(new))
        self.db.flush()
        return len(new)

    def unexpect(self, exam: Exam, student_ids: Collection[str]) -> list[Expectation]:
        """Pupils are no longer expected, but for those whose copy is there; how those that went were expected.

        What it returns undoes it: see :meth:`expect_again`.
        """
        with_copy = sa.select(Copy.student_id).where(Copy.exam_id == exam.id, Copy.student_id.is_not(None))
        rows = self.db.scalars(
            sa.select(ExamStudent).where(ExamStudent.exam_id == exam.id, ExamStudent.student_id.in_(student_ids),
                                         ExamStudent.student_id.not_in(with_copy)).order_by(ExamStudent.rank)).all()
        gone = [Expectation(row.student_id, row.rank, row.absent) for row in rows]
        for row in rows:
            self.db.delete(row)
        self.db.flush()
        if gone:
            self.audit.record("exam.unexpected", f"exam:{exam.id}", students=[row.student_id for row in gone])
        return gone

    def expect_again(self, exam: Exam, gone: Iterable[Expectation]) -> int:
        """Expect pupils as they were expected before :meth:`unexpect`; the number of those who came back.

        Pupils who are expected again already, or who are no longer in the school, are passed over.
        """
        gone = {row.student_id: row for row in gone}
        known = set(self.db.scalars(sa.select(ExamStudent.student_id).where(ExamStudent.exam_id == exam.id)))
        there = self.db.scalars(sa.select(Student.id).where(Student.id.in_(gone.keys() - known))).all()
        self.db.add_all(ExamStudent(exam_id=exam.id, student_id=row.student_id, rank=row.rank, absent=row.absent)
                        for row in map(gone.get, there))
        self.db.flush()
        if there:
            self.audit.record("exam.expected_again", f"exam:{exam.id}", students=sorted(there))
        return len(there)

    def set_absences(self, exam: Exam, student_ids: Collection[str]) -> int:
        """Note expected pupils as absent, together; the number of those who were not."""
        rows = self.db.scalars(sa.select(ExamStudent).where(
            ExamStudent.exam_id == exam.id, ExamStudent.student_id.in_(student_ids), ~ExamStudent.absent)).all()
        for row in rows:
            row.absent = True
        if rows:
            self.audit.record("exam.absences", f"exam:{exam.id}", students=[row.student_id for row in rows])
        return len(rows)

    def set_absent(self, exam: Exam, student_id: str, absent: bool) -> None:
        row = self.db.get(ExamStudent, (exam.id, student_id))
        if row is None:
            raise LookupError("this pupil is not expected at this exam")
        if row.absent != absent:
            row.absent = absent
            self.audit.record("exam.absence", f"exam:{exam.id}", student=student_id, absent=absent)

    def roster(self, exam: Exam) -> list[tuple[Student, ExamStudent]]:
        """The expected pupils in the order of the roster."""
        return [tuple(row) for row in self.db.execute(
            sa.select(Student, ExamStudent).join(ExamStudent, ExamStudent.student_id == Student.id)
            .where(ExamStudent.exam_id == exam.id).order_by(ExamStudent.rank))]
