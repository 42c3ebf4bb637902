"""Reading headers, deciding the whole batch, and the decisions of people."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from korrigo.api import Audit, Copies, Copy, CopyState, Exam, Exams, Fate, Identification, Side, Sides, Student

from . import deciding
from .matching.values import Pupil
from .measured import Measured
from .models import DecisionRow, FormRow, Names, NamesChoice, Proposal, Reading
from .sources import Ratios, gathered

#: Page units below a field that are hidden with it: tails of letters, and pages that lie askew.
HIDDEN_BELOW = 30
#: Sheets are joined by the program while nobody has graded them.
JOINABLE = (CopyState.STAGING, CopyState.READY)


class Readings:
    """What was read on the headers of an exam, and where its fields stand."""

    def __init__(self, db):
        self.db = db

    @classmethod
    def of(cls, request) -> Readings:
        return cls(request.db)

    def unread(self, exam: Exam) -> list[Side]:
        """Headers of copies that were not read, or were turned since."""
        return list(self.db.scalars(
            sa.select(Side).outerjoin(Reading, Reading.side_id == Side.id)
            .where(*_tells_whose(exam), sa.or_(Reading.side_id.is_(None), Reading.turned != Side.turned))
            .order_by(Side.ordinal)))

    def doubtful(self, exam: Exam) -> list[Side]:
        """Header sides that were not read to the end, of copies whose pupil is not certain all the same."""
        rows = self.db.execute(
            sa.select(Side, Reading).join(Reading, Reading.side_id == Side.id)
            .outerjoin(Proposal, Proposal.copy_id == Side.copy_id)
            .where(Side.exam_id == exam.id, Side.copy_id.is_not(None), Side.fate == Fate.COPY,
                   sa.or_(Proposal.copy_id.is_(None), Proposal.verdict != "auto"))
            .order_by(Side.ordinal))
        return [side for side, reading in rows if reading.evidence.get("unread")]

    def forms(self, exam: Exam) -> list[dict[str, Any]]:
        """The forms of an exam, as ``HeaderForm.to_json`` writes them."""
        row = self.db.get(FormRow, exam.id)
        return row.form["forms"] if row else []

    def keep_forms(self, exam: Exam, forms: Sequence[dict[str, Any]]) -> None:
        self.db.merge(FormRow(exam_id=exam.id, form={"forms": list(forms)}))

    def headers(self, exam: Exam) -> list[Side]:
        """The headers of copies, in the order of the scan."""
        return list(self.db.scalars(sa.select(Side).where(*_tells_whose(exam)).order_by(Side.ordinal)))

    def forget(self, exam: Exam, *, empty: bool = False) -> None:
        """Forget what was read on the headers, or those on which nothing was, so that they are read anew."""
        rows = self.db.scalars(sa.select(Reading).join(Side, Side.id == Reading.side_id).where(Side.exam_id == exam.id))
        for reading in rows.all():
            if not empty or not reading.evidence["fields"]:
                self.db.delete(reading)
        self.db.flush()

    def keep(self, side: Side, engine: str, evidence: dict[str, Any], text: str) -> None:
        """Keep what a header says, as ``CopyEvidence.to_json`` writes it, and as people read it."""
        self.db.merge(Reading(side_id=side.id, turned=side.turned, engine=engine, text=text[:300], evidence=evidence))

    def evidence(self, exam: Exam) -> dict[str, list[Reading]]:
        """Copy id -> the readings of its headers, copies in the order of the scan."""
        rows = self.db.execute(
            sa.select(Side.copy_id, Reading).join(Reading, Reading.side_id == Side.id)
            .where(Side.exam_id == exam.id, Side.copy_id.is_not(None), Side.fate == Fate.COPY)
            .order_by(Side.ordinal)).all()
        found: dict[str, list[Reading]] = defaultdict(list)
        for copy_id, reading in rows:
            found[copy_id].append(reading)
        first = dict(self.db.execute(
            sa.select(Side.copy_id, sa.func.min(Side.ordinal)).where(Side.exam_id == exam.id,
                                                                     Side.copy_id.is_not(None))
            .group_by(Side.copy_id)).all())
        return {copy_id: found.get(copy_id, []) for copy_id in sorted(first, key=first.__getitem__)}


def _tells_whose(exam: Exam) -> tuple[sa.ColumnElement[bool], ...]:
    """The sides that say whose copy it is: those with a header, and the first one of a copy where none was seen, which
    may carry a code, or fields that a person has drawn."""
    other = aliased(Side)
    seen = sa.exists().where(other.copy_id == Side.copy_id, other.header, other.fate == Fate.COPY)
    return (Side.exam_id == exam.id, Side.copy_id.is_not(None), Side.fate == Fate.COPY,
            sa.or_(Side.header, sa.and_(Side.position == 1, ~seen)))


class Identifier:
    """Decides a whole exam: one pupil a copy at most, certain ones by itself, the rest for the desk."""

    def __init__(self, db, copies: Copies, sides: Sides, exams: Exams, readings: Readings, settings,
                 beside: Callable[[str, list[str], list[str]], Ratios]):
        self.db, self.copies, self.sides, self.exams, self.readings = db, copies, sides, exams, readings
        self.beside = beside
        """What speaks for pupils beside the headers: of the exam, its copies and its pupils, by their ids."""
        self.threshold = settings["korrigo.ocr.threshold"]
        self.usual = Names.AUTO if settings["korrigo.ocr.automatic"] else Names.PROPOSE

    @classmethod
    def of(cls, request) -> Identifier:
        find = request.find_service
        return cls(request.db, find(Copies), find(Sides), find(Exams), find(Readings), request.registry.settings,
                   partial(gathered, request))

    def how(self, exam: Exam) -> Names:
        """What becomes of the names that are found in an exam."""
        choice = self.db.get(NamesChoice, exam.id)
        return Names(choice.how) if choice else self.usual

    def choose(self, exam: Exam, how: Names) -> None:
        """Choose that for an exam.  What the program accepted by itself is open again unless it still may."""
        before = self.how(exam)
        self.db.merge(NamesChoice(exam_id=exam.id, how=how))
        self.db.flush()
        self.copies.audit.record("ocr.names", f"exam:{exam.id}", before=before, after=how)
        if how != Names.AUTO:
            for copy in self.db.scalars(sa.select(Copy).where(
                    Copy.exam_id == exam.id, Copy.identification == Identification.AUTO)):
                self.copies.identify(copy, None, Identification.NONE)
        if how == Names.OFF:
            self.db.execute(sa.delete(Proposal).where(Proposal.copy_id.in_(
                sa.select(Copy.id).where(Copy.exam_id == exam.id))))

    def hide(self, exam: Exam, forms: Sequence[dict[str, Any]]) -> None:
        """See to it that fields, found or drawn, lie in the part of the first page that graders of an anonymous exam
        are not shown.  While no such part is known they are shown nothing of it, and that stays so."""
        bottoms = [field["box"][1] + field["box"][3] for form in forms for field in form["fields"]]
        lowest = max(bottoms, default=0) + HIDDEN_BELOW
        if exam.identity_zones and lowest > max(zone[3] for zone in exam.identity_zones):
            self.exams.change(exam, identity_zones=[*exam.identity_zones, [0, 0, 1000, math.ceil(lowest)]])

    def roster(self, exam: Exam) -> tuple[list[Pupil], set[str]]:
        """The expected pupils, and the ids of those who are absent."""
        rows = self.exams.roster(exam)
        return [pupil(student) for student, _row in rows], {row.student_id for _student, row in rows if row.absent}

    def join_sheets(self, exam: Exam) -> int:
        """Join the sheets of one pupil where every sheet repeats the header; the number of joins.

        Only what is certain is joined; the rest stays apart and goes to the desk, where two copies of one pupil
        are seen and joined on purpose.
        """
        evidence = stored(self.readings.evidence(exam))
        pupils, _absent = self.roster(exam)
        copies = {copy.id: copy for copy in self.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id))}
        joined, head = 0, None
        for joins, copy_id in zip(deciding.joins(evidence, pupils), evidence, strict=True):
            copy = copies[copy_id]
            free = copy.state in JOINABLE and copy.identification != Identification.MANUAL
            if joins and free and head is not None and head.state in JOINABLE:
                if copy.student_id is not None:
                    self.copies.identify(copy, None, Identification.NONE)
                self.sides.join(head, copy)
                joined += 1
            else:
                head = copy
        if joined:
            self.copies.renumber(exam)
        return joined

    def match(self, exam: Exam) -> None:
        """Decide every copy that no person has decided; from stored evidence, without pictures."""
        how = self.how(exam)
        if how == Names.OFF:
            return
        copies = {copy.id: copy for copy in self.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id))}
        fixed = {copy.id: copy.student_id for copy in copies.values()
                 if copy.identification in (Identification.MANUAL, Identification.UNKNOWN)}
        pupils, absent = self.roster(exam)
        readings = {copy_id: some for copy_id, some in self.readings.evidence(exam).items() if copy_id in copies}
        decided = deciding.decide(stored(readings), pupils, self.threshold, fixed, absent,
                                  self.beside(exam.id, list(readings), [pupil.id for pupil in pupils]))
        decisions = {item.copy: item for item in decided.decisions}
        self._release_changed(copies, decisions)
        students = {student.id: student for student, _row in self.exams.roster(exam)}
        texts = {copy_id: next((reading.text for reading in some if reading.text), "")
                 for copy_id, some in readings.items()}
        for copy_id, decision in decisions.items():
            named = zip(decision.candidates, shares(decision.candidates), strict=True)
            self.db.merge(Proposal(
                copy_id=copy_id, student_id=decision.pupil, verdict=decision.verdict,
                confidence=decision.confidence, text=texts[copy_id][:300],
                strays=[readings[copy_id][place].side_id for place in decision.strays],
                candidates=[{"student": candidate.pupil, "confidence": share} for candidate, share in named]))
            copy = copies[copy_id]
            if how == Names.AUTO and decision.verdict == "auto" and copy.identification == Identification.NONE:
                self.copies.identify(copy, students[decision.pupil], Identification.AUTO)
        self.db.flush()

    def _release_changed(self, copies: dict[str, Copy], decisions) -> None:
        """Take back automatic decisions that would be made otherwise today, before others take their pupils."""
        for copy in copies.values():
            decision = decisions.get(copy.id)
            if copy.identification == Identification.AUTO and (
                    decision is None or decision.verdict != "auto" or decision.pupil != copy.student_id):
                self.copies.identify(copy, None, Identification.NONE)


class Desk:
    """Decisions of people: kept with what was before, so that each can be undone."""

    def __init__(self, db, copies: Copies, audit: Audit, user_id: str | None):
        self.db, self.copies, self.audit, self.user_id = db, copies, audit, user_id

    @classmethod
    def of(cls, request) -> Desk:
        return cls(request.db, request.find_service(Copies), request.audit, request.actor_id)

    def decide(self, copy: Copy, student: Student | None, *, unknown: bool = False) -> DecisionRow:
        """Say whose copy it is; ``AlreadyTaken`` when the pupil has another one."""
        if student is not None:
            how = Identification.MANUAL
            self._free_automatic(copy, student)
        else:
            how = Identification.UNKNOWN if unknown else Identification.NONE
        proposal = self.db.get(Proposal, copy.id)
        before = self.copies.identify(copy, student, how)
        row = DecisionRow(copy_id=copy.id, student_id=copy.student_id,
                          proposed_id=proposal.student_id if proposal else None,
                          confidence=proposal.confidence if proposal else 0.0,
                          before_student_id=before.student_id, before=before.identification, user_id=self.user_id)
        self.db.add(row)
        self.db.flush()
        return row

    def undo(self, copy: Copy) -> DecisionRow | None:
        """Undo the last decision on a copy that is not undone; None when there is none."""
        row = self.db.scalar(sa.select(DecisionRow).where(DecisionRow.copy_id == copy.id, ~DecisionRow.undone)
                             .order_by(DecisionRow.at.desc()).limit(1))
        if row is None:
            return None
        student = self.db.get(Student, row.before_student_id) if row.before_student_id else None
        how = Identification(row.before) if student or row.before in ("none", "unknown") else Identification.NONE
        self.copies.identify(copy, student, how)
        row.undone = True
        return row

    def _free_automatic(self, copy: Copy, student: Student) -> None:
        """A person's word beats the program's: a copy that got this pupil automatically is free again."""
        other = self.db.scalar(sa.select(Copy).where(
            Copy.exam_id == copy.exam_id, Copy.student_id == student.id, Copy.id != copy.id,
            Copy.identification == Identification.AUTO))
        if other is not None:
            self.copies.identify(other, None, Identification.NONE)


def pupil(student: Student) -> Pupil:
    """A pupil as the matcher takes it; a doubtful split gives the whole name."""
    full = student.name if student.split_doubtful else ""
    return Pupil(student.id, student.last_name, student.first_name, student.birth_date, student.number,
                 student.class_name, full)


def stored(readings: dict[str, list[Reading]]) -> deciding.Stored:
    """The evidence in readings."""
    return {copy_id: [reading.evidence for reading in some] for copy_id, some in readings.items()}


def shares(candidates) -> list[float]:
    """The candidates' log-ratios against "nobody" as shares of one."""
    if not candidates:
        return []
    top = max(0.0, *(candidate.score for candidate in candidates))
    weights = [math.exp(candidate.score - top) for candidate in candidates]
    whole = sum(weights) + math.exp(-top)
    return [round(weight / whole, 3) for weight in weights]


SERVICES = (Readings, Identifier, Desk, Measured)
