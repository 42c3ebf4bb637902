"""Exams, who works on them, and which pupils are expected."""

import sqlalchemy as sa

from ..models import Copy, Exam, ExamMember, ExamRole, ExamStudent, Side, Student
from ..sentences import Sentence as _
from ..sentences import Told
from .audit import Audit


class ExamInUse(Told, ValueError):
    """The exam has copies or scanned pages; it is not deleted by accident."""


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
        rank = len(known)
        new = [student for student in dict.fromkeys(students) if student.id not in known]
        self.db.add_all(ExamStudent(exam_id=exam.id, student_id=student.id, rank=rank + place)
                        for place, student in enumerate(new))
        self.db.flush()
        return len(new)

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
