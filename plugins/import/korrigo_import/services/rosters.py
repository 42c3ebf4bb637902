"""Pupils of a roster: brought up to date, and expected at an exam."""

from dataclasses import dataclass

from korrigo.api import Audit, Exam, Exams, Students

from ..roster import RosterFile, RosterRow, match_key


@dataclass(frozen=True)
class Report:
    """What became of a roster."""

    roster: RosterFile
    #: (row, id of its pupil, "created" | "changed" | "same") of each row that was used.
    pupils: tuple[tuple[RosterRow, str, str], ...]
    created: int
    changed: int
    same: int
    expected: int


class Rosters:
    def __init__(self, students: Students, exams: Exams, audit: Audit):
        self.students, self.exams, self.audit = students, exams, audit

    @classmethod
    def of(cls, request) -> "Rosters":
        return cls(request.find_service(Students), request.find_service(Exams), request.audit)

    def apply(self, exam: Exam, roster: RosterFile) -> Report:
        """Add or update every pupil of the file and expect them at the exam."""
        counts, students, pupils = {"created": 0, "changed": 0, "same": 0}, [], []
        for row in roster.rows:
            student, what = self.students.upsert(
                match_key(row), last_name=row.last_name, first_name=row.first_name,
                split_doubtful=row.split_doubtful, birth_date=row.birth_date, number=row.number,
                class_name=row.class_name, email=row.email)
            counts[what] += 1
            students.append(student)
            pupils.append((row, student.id, what))
        expected = self.exams.expect(exam, students)
        self.audit.record("import.roster", f"exam:{exam.id}", rows=len(roster.rows), refused=len(roster.refused),
                          **counts)
        return Report(roster, tuple(pupils), expected=expected, **counts)
