"""Who is expected at an exam: added by hand, absent, no longer expected."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from korrigo.api import Audit, Copy, Exam, Exams, ExamStudent, Expectation, Student

from ..models import RosterRemoval
from ..roster import RosterRow, match_key
from ..roster.fold import fold


@dataclass(frozen=True)
class Attendee:
    """An expected pupil; ``copies``: how many copies are theirs."""

    student: Student
    absent: bool
    copies: int


class Attendance:
    def __init__(self, db, exams: Exams, audit: Audit, user_id: str | None):
        self.db, self.exams, self.audit, self.user_id = db, exams, audit, user_id

    @classmethod
    def of(cls, request) -> "Attendance":
        return cls(request.db, request.find_service(Exams), request.audit, request.actor_id)

    def everybody(self, exam: Exam) -> list[Attendee]:
        """The expected pupils in the order of the roster.  Two queries."""
        copies = dict(self.db.execute(
            sa.select(Copy.student_id, sa.func.count()).where(Copy.exam_id == exam.id, Copy.student_id.is_not(None))
            .group_by(Copy.student_id)).all())
        return [Attendee(student, row.absent, copies.get(student.id, 0)) for student, row in self.exams.roster(exam)]

    def correct(self, exam: Exam, student: Student, row: RosterRow) -> None:
        """Bring one expected pupil to what a person typed; what they emptied is emptied."""
        values = {"last_name": row.last_name, "first_name": row.first_name, "birth_date": row.birth_date,
                  "number": row.number, "class_name": row.class_name, "email": row.email, "split_doubtful": False}
        changed = [name for name, value in values.items() if getattr(student, name) != value]
        for name in changed:
            setattr(student, name, values[name])
        if changed:
            if not student.match_key.startswith("ine:"):
                student.match_key = match_key(row)
            self.audit.record("import.pupil_corrected", f"exam:{exam.id}", student=student.id, fields=changed)

    def expected(self, exam: Exam, student_id: str) -> Student | None:
        """A pupil who is expected at the exam."""
        return self.db.scalar(sa.select(Student).join(ExamStudent, ExamStudent.student_id == Student.id).where(
            ExamStudent.exam_id == exam.id, Student.id == student_id))

    def remove(self, exam: Exam, student_ids: Collection[str]) -> int:
        """Expect pupils no longer, as one act that can be undone; those whose copy is there stay.  How many went."""
        gone = self.exams.unexpect(exam, student_ids)
        if gone:
            self.db.add(RosterRemoval(exam_id=exam.id, user_id=self.user_id,
                                      pupils=[[row.student_id, row.rank, row.absent] for row in gone]))
        return len(gone)

    def last_removal(self, exam: Exam) -> RosterRemoval | None:
        """The last removal that was not undone."""
        return self.db.scalar(sa.select(RosterRemoval).where(RosterRemoval.exam_id == exam.id)
                              .order_by(RosterRemoval.at.desc(), RosterRemoval.id).limit(1))

    def undo_removal(self, exam: Exam) -> int:
        """Expect again whom the last removal took away; how many came back."""
        removal = self.last_removal(exam)
        if removal is None:
            return 0
        back = self.exams.expect_again(exam, [Expectation(*row) for row in removal.pupils])
        self.db.delete(removal)
        return back


def wanted(attendee: Attendee, q: str, class_name: str, absent: bool) -> bool:
    """Whether somebody looks for this pupil: by words of name and number, by class, by absence."""
    student = attendee.student
    words = fold(f"{student.name} {student.number}")
    return (all(fold(word) in words for word in q.split()) and (not class_name or student.class_name == class_name)
            and (not absent or attendee.absent))
