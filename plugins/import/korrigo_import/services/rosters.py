"""Pupils of a roster: found among those of the school, brought up to date, and expected at an exam."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from korrigo.api import Audit, Copy, Exam, Exams, ExamStudent, Student, Students
from korrigo.api import Sentence as _

from ..models import RosterColumns
from ..roster import (
    Known,
    Match,
    Reading,
    RefusedRow,
    RosterFile,
    RosterRow,
    Table,
    match,
    match_key,
    open_table,
    understand,
)

#: What of a reading is remembered for the next file with the same titles.
REMEMBERED = ("mapping", "dates", "names")
_KNOWN = (Student.id, Student.last_name, Student.first_name, Student.split_doubtful, Student.birth_date,
          Student.number, Student.class_name, Student.email, Student.match_key)


@dataclass(frozen=True)
class Missing:
    """A pupil who is expected and not in the list; ``has_copy``: whose copy is there, so that they stay expected."""

    pupil: Known
    has_copy: bool


@dataclass(frozen=True)
class Plan:
    """What a roster would do; nothing of it is done."""

    roster: RosterFile
    matches: tuple[Match, ...]
    missing: tuple[Missing, ...]

    def with_outcome(self, *outcomes: str) -> list[Match]:
        return [match for match in self.matches if match.outcome in outcomes]

    @property
    def taken(self) -> list[Match]:
        """Rows that become, or are, pupils."""
        return self.with_outcome("created", "changed", "same")

    @property
    def doubtful(self) -> list[RosterRow]:
        """Rows whose name would be stored as a proposal."""
        return [one.row for one in self.taken if one.row.split_doubtful and (
            one.outcome == "created" or "split_doubtful" in one.changes or one.pupil.split_doubtful)]

    def unused(self) -> list[RefusedRow]:
        """Every row that is not taken, with its reason, in the order of the file."""
        cells = {record.line: record.cells for record in self.roster.table.records}
        left = [RefusedRow(one.row.line, cells[one.row.line], _why(one))
                for one in self.with_outcome("ask", "left out", "unknown")]
        return sorted([*self.roster.refused, *left], key=lambda row: row.line)


@dataclass(frozen=True)
class Report:
    """What became of a roster."""

    plan: Plan
    #: (row, id of its pupil, "created" | "changed" | "same") of each row that was taken.
    pupils: tuple[tuple[RosterRow, str, str], ...]
    created: int
    changed: int
    same: int
    expected: int

    @property
    def roster(self) -> RosterFile:
        return self.plan.roster


class Rosters:
    def __init__(self, db, students: Students, exams: Exams, audit: Audit, user_id: str | None):
        self.db, self.students, self.exams, self.audit, self.user_id = db, students, exams, audit, user_id

    @classmethod
    def of(cls, request) -> "Rosters":
        return cls(request.db, request.find_service(Students), request.find_service(Exams), request.audit,
                   request.actor_id)

    def read(self, data: bytes, filename: str = "", reading: Reading | None = None) -> RosterFile:
        """Read a file as it was said, or as files with the same titles were last corrected."""
        return understand(*self.open(data, filename, reading))

    def open(self, data: bytes, filename: str = "", reading: Reading | None = None) -> tuple[Table, Reading]:
        """The rows of a file, and how they are to be understood."""
        reading = reading or Reading()
        table = open_table(data, filename, reading)
        return table, self._remembered(table, reading)

    def plan(self, exam: Exam, roster: RosterFile, decisions: Mapping[int, str] | None = None) -> Plan:
        """What the roster would do to the pupils of the school and to those expected.  Three queries."""
        pupils = self._pupils(exam)
        matches = match(roster.rows, pupils, decisions)
        return Plan(roster, tuple(matches), self._missing(exam, matches, pupils))

    def plan_absences(self, exam: Exam, roster: RosterFile, decisions: Mapping[int, str] | None = None) -> Plan:
        """Which expected pupils a list of absents names; nobody is made or changed by it."""
        expected = [pupil for pupil in self._pupils(exam) if pupil.expected]
        return Plan(roster, tuple(map(_as_absent, match(roster.rows, expected, decisions))), ())

    def apply(self, exam: Exam, plan: Plan) -> Report:
        """Add or update the pupils of the rows that are taken, and expect them at the exam."""
        counts = {what: len(plan.with_outcome(what)) for what in ("created", "changed", "same")}
        ids = [one.pupil.id for one in plan.taken if one.pupil]
        known = {student.id: student for student in self.db.scalars(
            sa.select(Student).where(Student.id.in_(ids)))}
        done = [(one, self._store(one, known)) for one in plan.taken]
        self.db.flush()
        expected = self.exams.expect(exam, [student for _one, student in done])
        self.audit.record("import.roster", f"exam:{exam.id}", rows=len(plan.taken),
                          refused=len(plan.roster.refused), undecided=len(plan.with_outcome("ask")),
                          expected=expected, **counts)
        pupils = tuple((one.row, student.id, one.outcome) for one, student in done)
        return Report(plan, pupils, expected=expected, **counts)

    def receive(self, exam: Exam, data: bytes, filename: str = "") -> Report:
        """Read and apply a file at once: what a person would have to say is left out, and in the report."""
        return self.take(exam, self.read(data, filename))

    def take(self, exam: Exam, roster: RosterFile) -> Report:
        """Apply a file that was read, at once."""
        self.audit.wait_for_turn()
        return self.apply(exam, self.plan(exam, roster))

    def remember(self, table: Table, reading: Reading) -> None:
        """Understand the next file with the same titles as this one was corrected."""
        said = {name: value for name, value in asdict(reading).items() if name in REMEMBERED and value}
        if not said or not table.titled:
            return
        self.audit.record("import.columns_remembered", said=sorted(said))
        row = self.db.get(RosterColumns, _titles_key(table))
        if row is None:
            self.db.add(RosterColumns(id=_titles_key(table), reading=said, user_id=self.user_id))
        else:
            row.reading, row.user_id = {**row.reading, **said}, self.user_id

    def forget(self, table: Table) -> None:
        """Understand the next file with the same titles by its titles again."""
        row = self.db.get(RosterColumns, _titles_key(table))
        if row is not None:
            self.db.delete(row)
            self.audit.record("import.columns_forgotten")

    def _remembered(self, table: Table, reading: Reading) -> Reading:
        row = self.db.get(RosterColumns, _titles_key(table)) if table.titled else None
        if row is None:
            return reading
        known: dict[str, Any] = {name: row.reading[name] for name in REMEMBERED
                                 if row.reading.get(name) and not getattr(reading, name)}
        return replace(reading, **known)

    def _pupils(self, exam: Exam) -> list[Known]:
        expected = set(self.db.scalars(sa.select(ExamStudent.student_id).where(ExamStudent.exam_id == exam.id)))
        return [Known(*row, expected=row.id in expected) for row in self.db.execute(sa.select(*_KNOWN))]

    def _missing(self, exam: Exam, matches: Iterable[Match], pupils: Iterable[Known]) -> tuple[Missing, ...]:
        """Expected pupils whom no row is, or may be."""
        named = {pupil.id for one in matches for pupil in (one.pupil, *one.candidates) if pupil}
        with_copy = set(self.db.scalars(
            sa.select(Copy.student_id).where(Copy.exam_id == exam.id, Copy.student_id.is_not(None))))
        missing = [Missing(pupil, pupil.id in with_copy) for pupil in pupils
                   if pupil.expected and pupil.id not in named]
        return tuple(sorted(missing, key=lambda one: one.pupil.name))

    def _store(self, one: Match, known: Mapping[str, Student]) -> Student:
        row = one.row
        if one.pupil is None:
            return self.students.create(
                match_key(row), last_name=row.last_name, first_name=row.first_name,
                split_doubtful=row.split_doubtful, birth_date=row.birth_date, number=row.number,
                class_name=row.class_name, email=row.email)
        student = known[one.pupil.id]
        self.students.change(student, **{field: new for field, (_old, new) in one.changes.items()})
        if row.ine or not one.pupil.ine:
            student.match_key = match_key(row)
        return student


def _why(one: Match) -> str:
    """Why a row is not used."""
    if one.outcome == "ask":
        return _("To be decided: ${why}", why=one.why)
    return _("Left out by hand.") if one.outcome == "left out" else one.why


def _as_absent(one: Match) -> Match:
    if one.pupil is not None:
        return replace(one, outcome="same", changes={})
    if one.outcome == "left out" or (one.outcome == "ask" and one.candidates):
        return one
    return replace(one, outcome="unknown", why=_("This pupil is not expected at this exam."))


def _titles_key(table: Table) -> str:
    return hashlib.sha256(json.dumps(table.columns, ensure_ascii=False).encode()).hexdigest()
