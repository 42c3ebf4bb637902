"""Lists of pupils that somebody looks at before they are imported."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Literal

import sqlalchemy as sa

from korrigo.api import Exam, Exams, Told, now, pack, unpack
from korrigo.api import Sentence as _

from ..models import RosterList
from ..roster import Reading, RefusedRow, RosterFile, Table, understand
from .attendance import Attendance
from .rosters import Plan, Report, Rosters

#: How long a list, and the report on it, are kept.
KEPT = dt.timedelta(days=1)

Purpose = Literal["roster", "absences"]


class ListGone(Told, LookupError):
    """The list is no longer here: it was imported, put away, or too old."""

    def __init__(self):
        super().__init__(_("This list is no longer here. Send the file again; nothing was changed."))


class Lists:
    """One list a person and exam, from the moment that it is sent until a day later."""

    def __init__(self, db, rosters: Rosters, attendance: Attendance, exams: Exams, user_id: str | None):
        self.db, self.rosters, self.attendance = db, rosters, attendance
        self.exams, self.user_id = exams, user_id

    @classmethod
    def of(cls, request) -> "Lists":
        return cls(request.db, request.find_service(Rosters), request.find_service(Attendance),
                   request.find_service(Exams), request.actor_id)

    def receive(self, exam: Exam, data: bytes, filename: str, purpose: Purpose = "roster") -> RosterList:
        """Keep a file in place of the one before.  Raises RosterError for one that is no list at all."""
        self.rosters.open(data, filename)
        self.drop(exam)
        made = RosterList(exam_id=exam.id, user_id=self.user_id, purpose=purpose, filename=filename, content=data)
        self.db.add(made)
        self.db.flush()
        self.rosters.audit.record("import.list_received", f"exam:{exam.id}", purpose=purpose, size=len(data))
        return made

    def find(self, exam: Exam) -> RosterList | None:
        return self.db.scalar(sa.select(RosterList).where(
            RosterList.exam_id == exam.id, RosterList.user_id == self.user_id, RosterList.created > now() - KEPT))

    def get(self, exam: Exam, *, writing: bool = False) -> RosterList:
        """The person's list, for nobody else to change meanwhile when it is for ``writing``.  Raises ListGone."""
        if writing:
            self.rosters.audit.wait_for_turn()
        found = self.find(exam)
        if found is None:
            raise ListGone()
        return found

    def drop(self, exam: Exam) -> None:
        """Throw the list away; what it did stays done."""
        self.db.execute(sa.delete(RosterList).where(
            RosterList.exam_id == exam.id, RosterList.user_id == self.user_id))

    def tidy(self) -> int:
        """Throw away what is too old; the number of lists."""
        return self.db.execute(sa.delete(RosterList).where(RosterList.created <= now() - KEPT)).rowcount

    def reading(self, sent: RosterList) -> Reading:
        """What the person said about how the file is to be read."""
        known = {field.name for field in fields(Reading)}
        return Reading(**{name: value for name, value in sent.choices.get("reading", {}).items() if name in known})

    def decisions(self, sent: RosterList) -> dict[int, str]:
        """What the person decided of rows, by line."""
        return {int(line): choice for line, choice in sent.choices.get("decisions", {}).items()}

    def open(self, sent: RosterList) -> tuple[Table, Reading]:
        return self.rosters.open(sent.content, sent.filename, self.reading(sent))

    def forget(self, sent: RosterList) -> None:
        """Read the list, and the next ones with its titles, by the titles again."""
        table, _reading = self.open(sent)
        self.rosters.forget(table)

    def plan(self, exam: Exam, sent: RosterList, table: Table, reading: Reading) -> Plan:
        """What importing the list would do now."""
        plan = self.rosters.plan_absences if sent.purpose == "absences" else self.rosters.plan
        return plan(exam, understand(table, reading), self.decisions(sent))

    def unused(self, exam: Exam, sent: RosterList) -> tuple[RosterFile, list[RefusedRow]]:
        """The list, and its rows that are not used: as they stand now, or as they stood when it was imported."""
        table, reading = self.open(sent)
        if not sent.report:
            plan = self.plan(exam, sent, table, reading)
            return plan.roster, plan.unused()
        cells = {record.line: record.cells for record in table.records}
        return understand(table, reading), [RefusedRow(line, cells.get(line, ()), unpack(why))
                                            for line, why in sent.report["unused"]]

    def choose(self, sent: RosterList, reading: Reading, decisions: Mapping[int, str]) -> None:
        """Keep what the person said."""
        sent.choices = {"reading": asdict(reading), "decisions": {str(line): said for line, said in decisions.items()}}

    def apply(self, exam: Exam, sent: RosterList, gone: list[str]) -> dict[str, Any]:
        """Import the list as it was shown; ``gone``: ids of pupils who are not in it and no longer expected.

        What became of it is kept as the list's report; a list that was imported is not imported again.
        """
        if sent.report:
            return sent.report
        table, reading = self.open(sent)
        plan = self.plan(exam, sent, table, reading)
        unused = [[row.line, pack(row.why)] for row in plan.unused()]
        if sent.purpose == "absences":
            ids = [one.pupil.id for one in plan.taken]
            sent.report = {"absent": self.exams.set_absences(exam, ids), "taken": len(ids), "unused": unused}
            return sent.report
        report = self.rosters.apply(exam, plan)
        missing = {one.pupil.id for one in plan.missing if not one.has_copy}
        removed = self.attendance.remove(exam, [pupil for pupil in gone if pupil in missing])
        said = self.reading(sent)
        if said.mapping or said.dates or said.names:
            self.rosters.remember(table, said)
        sent.report = _kept(report, removed, unused)
        return sent.report


def _kept(report: Report, removed: int, unused: list[Any]) -> dict[str, Any]:
    return {"created": report.created, "changed": report.changed, "same": report.same, "expected": report.expected,
            "taken": len(report.pupils), "removed": removed, "unused": unused,
            "lines": {str(row.line): outcome for row, _pupil, outcome in report.pupils}}
