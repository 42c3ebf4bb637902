"""The life of a copy: one table of transitions, and whose copy it is."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..events import CopyIdentified, CopyMoved
from ..models import Copy, CopyState, Exam, Identification, Side, Student
from ..sentences import Sentence as _
from ..sentences import Told
from .audit import Audit

S = CopyState

#: Act -> (the states it starts from, the state it leads to).  There is no other way from state to state.
TRANSITIONS: dict[str, tuple[frozenset[CopyState], CopyState]] = {
    "release": (frozenset({S.STAGING}), S.READY),
    "recall": (frozenset({S.READY}), S.STAGING),
    "begin": (frozenset({S.READY}), S.GRADING),
    "finalise": (frozenset({S.READY, S.GRADING}), S.FINALISING),
    "finish": (frozenset({S.FINALISING}), S.GRADED),
    "fail": (frozenset({S.FINALISING}), S.FAILED),
    "retry": (frozenset({S.FAILED}), S.FINALISING),
    "reopen": (frozenset({S.GRADED, S.FAILED}), S.GRADING),
}

#: States as people read them.
STATES: dict[CopyState, str] = {
    S.STAGING: _("being assembled"), S.READY: _("to grade"), S.GRADING: _("being graded"),
    S.FINALISING: _("PDF being made"), S.GRADED: _("graded"), S.FAILED: _("PDF failed"),
}

#: What acts do to a copy, as people read it.
ACTED: dict[str, str] = {
    "release": _("released for grading"), "recall": _("taken back"), "begin": _("begun"), "finalise": _("finalised"),
    "finish": _("finished"), "fail": _("marked as failed"), "retry": _("tried again"), "reopen": _("reopened"),
}

#: Acts that need a reason, for they undo what people rely on.
NEEDS_REASON = frozenset({"reopen"})

#: Letters and digits that nobody confuses when reading a code aloud.
CODE_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXY346789"
CODE_LENGTH = 5


class TransitionRefused(Told, ValueError):
    """The act is not possible in the copy's state."""


class AlreadyTaken(Told, ValueError):
    """The pupil has another copy in this exam; ``copy`` is that one."""

    def __init__(self, copy: Copy):
        super().__init__(_("this pupil is already on copy ${serial}", serial=copy.serial))
        self.copy = copy


@dataclass(frozen=True)
class Decision:
    """Whose copy it was before: enough to undo."""

    copy_id: str
    student_id: str | None
    identification: str


class Copies:
    def __init__(self, db, audit: Audit, notify):
        self.db, self.audit, self.notify = db, audit, notify

    @classmethod
    def of(cls, request) -> "Copies":
        return cls(request.db, request.audit, request.notify)

    def create(self, exam: Exam) -> Copy:
        """A new, empty copy in staging with the next serial and a random code."""
        [copy] = self.create_many(exam, 1)
        return copy

    def create_many(self, exam: Exam, count: int) -> list[Copy]:
        """That many, in the order of their serials."""
        self.audit.wait_for_turn()
        last = self.db.scalar(sa.select(sa.func.max(Copy.serial)).where(Copy.exam_id == exam.id)) or 0
        codes = set(self.db.scalars(sa.select(Copy.code).where(Copy.exam_id == exam.id)))
        copies = []
        for serial in range(last + 1, last + 1 + count):
            copies.append(Copy(exam_id=exam.id, serial=serial, code=new_code(codes), state=CopyState.STAGING))
            codes.add(copies[-1].code)
        self.db.add_all(copies)
        self.db.flush()
        return copies

    def move(self, copy: Copy, act: str, *, reason: str = "") -> None:
        """Do an act of :data:`TRANSITIONS`, or raise :class:`TransitionRefused` and change nothing.

        One UPDATE decides: of two people who act at once, the second is refused.
        """
        self.move_all([copy], act, reason=reason)

    def move_all(self, copies: Sequence[Copy], act: str, *, reason: str = "") -> None:
        """The same for many copies: for all of them or for none."""
        origins, target = TRANSITIONS[act]
        if act in NEEDS_REASON and not reason.strip():
            raise TransitionRefused(_("To reopen copy ${serial}, say why.", serial=copies[0].serial))
        self.audit.wait_for_turn()
        before = {copy.id: (copy.exam_id, copy.state) for copy in copies}
        values = {"state": target, "version": Copy.version + 1}
        if act == "fail":
            values |= {"failure": reason, "attempts": Copy.attempts + 1}
        elif act in ("finish", "retry", "reopen", "finalise"):
            values |= {"failure": ""}
        attempt = self.db.begin_nested()
        moved = self.db.execute(
            sa.update(Copy).where(Copy.id.in_(before), Copy.state.in_(origins)).values(values)
            .execution_options(synchronize_session=False)).rowcount
        for copy in copies:
            self.db.expire(copy)
        if moved != len(before):
            attempt.rollback()
            copy = next((copy for copy in copies if copy.state not in origins), copies[0])
            raise TransitionRefused(_("Copy ${serial} (${state}) cannot be ${acted} now.",
                                      serial=copy.serial, state=STATES[copy.state], acted=ACTED[act]))
        attempt.commit()
        self.audit.record_all(f"copy.{act}", [
            (f"copy:{copy_id}", {"before": state, "after": target, "reason": str(reason)})
            for copy_id, (_exam, state) in before.items()])
        for copy_id, (exam_id, state) in before.items():
            self.notify(CopyMoved(copy_id, exam_id, state, target, act))

    def identify(self, copy: Copy, student: Student | None, how: Identification) -> Decision:
        """Say whose copy it is (or that nobody knows).  A pupil has at most one copy in an exam."""
        if (student is not None) != (how in (Identification.AUTO, Identification.MANUAL)):
            raise ValueError("a pupil goes with auto or manual, nobody with none or unknown")
        if student is not None:
            self.audit.wait_for_turn()
            other = self.db.scalar(sa.select(Copy).where(
                Copy.exam_id == copy.exam_id, Copy.student_id == student.id, Copy.id != copy.id))
            if other is not None:
                raise AlreadyTaken(other)
        before = Decision(copy.id, copy.student_id, copy.identification)
        copy.student_id = student.id if student else None
        copy.identification = how
        copy.version += 1
        self.db.flush()
        self.audit.record("copy.identified", f"copy:{copy.id}", before=before.student_id, after=copy.student_id,
                          how=how)
        self.notify(CopyIdentified(copy.id, copy.exam_id, copy.student_id, how))
        return before

    def undo_identify(self, copy: Copy, before: Decision) -> None:
        """Back to what was before a decision."""
        student = self.db.get(Student, before.student_id) if before.student_id else None
        self.identify(copy, student, Identification(before.identification))

    def renumber(self, exam: Exam) -> bool:
        """Number the copies 1, 2, 3 … in the order of the scan; False when somebody may know them by their numbers.

        Only while no copy has been graded: afterwards a number is a name.
        """
        copies = list(self.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id)))
        if any(copy.state not in (CopyState.STAGING, CopyState.READY) for copy in copies):
            return False
        first = dict(self.db.execute(
            sa.select(Side.copy_id, sa.func.min(Side.ordinal)).where(Side.exam_id == exam.id, Side.copy_id.is_not(None))
            .group_by(Side.copy_id)).all())
        copies.sort(key=lambda copy: (first.get(copy.id, 1 << 30), copy.serial))
        for sign in (-1, 1):            # first out of the way: two copies never share a number
            for number, copy in enumerate(copies, 1):
                copy.serial = sign * number
            self.db.flush()
        return True

    def delete_empty(self, copy: Copy) -> None:
        """Remove a copy whose sides have all gone elsewhere."""
        self.audit.record("copy.deleted", f"copy:{copy.id}", serial=copy.serial)
        self.db.delete(copy)
        self.db.flush()


def new_code(taken: set[str]) -> str:
    """A random code that is not taken."""
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if code not in taken:
            return code
