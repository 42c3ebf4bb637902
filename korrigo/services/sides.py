"""Where each scanned side goes.  Every side has exactly one fate, and every move can be undone.

An act works on sides and copies of one exam and returns a :class:`Snapshot` of what it touched, with which
``restore`` puts everything back.  Copies that are left empty are removed with the act and come back with it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from ..events import CopyAssembled
from ..models import Copy, CopyState, Exam, Fate, Identification, Side
from ..sentences import Sentence as _
from ..sentences import Told, pack, unpack
from .audit import Audit
from .copies import Copies

#: Fates of a side that is in no copy.
LOOSE = frozenset({Fate.DUPLICATE, Fate.FOREIGN, Fate.WAITING, Fate.DISCARDED, Fate.BLANK})


class MoveRefused(Told, ValueError):
    """The act would break the pile; nothing was changed."""


@dataclass(frozen=True)
class SideState:
    """Where a side is; its reason is packed."""

    id: str
    copy_id: str | None
    position: int | None
    fate: str
    turned: int
    reason: str


@dataclass(frozen=True)
class CopyRow:
    """A copy that an act left empty, as it was before."""

    id: str
    serial: int
    code: str
    state: str
    student_id: str | None
    identification: str


@dataclass(frozen=True)
class Snapshot:
    """What an act touched, as it was before: JSON by ``as_json``."""

    act: str
    sides: tuple[SideState, ...]
    created: tuple[str, ...] = ()
    removed: tuple[CopyRow, ...] = ()

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "Snapshot":
        return cls(data["act"], tuple(SideState(**item) for item in data["sides"]), tuple(data["created"]),
                   tuple(CopyRow(**item) for item in data["removed"]))


class Sides:
    def __init__(self, db, copies: Copies, audit: Audit, notify):
        self.db, self.copies, self.audit, self.notify = db, copies, audit, notify

    @classmethod
    def of(cls, request) -> "Sides":
        return cls(request.db, request.find_service(Copies), request.audit, request.notify)

    def of_copy(self, copy_id: str) -> list[Side]:
        """The sides of a copy in reading order, blank ones included."""
        return list(self.db.scalars(sa.select(Side).where(Side.copy_id == copy_id).order_by(Side.position)))

    def turn(self, sides: Sequence[Side], by: int) -> Snapshot:
        """Turn by quarters, clockwise."""
        if by % 90:
            raise MoveRefused(_("sides are turned by quarters, not by ${n} degrees", n=by))
        before = self._snapshot("turn", sides)
        for side in sides:
            side.turned = (side.turned + by) % 360
        return self._done(before, by=by)

    def set_fate(self, sides: Sequence[Side], fate: Fate, reason: str = "") -> Snapshot:
        """Take sides out of their copies (duplicate, foreign, waiting, discarded), or mark them blank in place.

        ``Fate.COPY`` on a blank side of a copy makes it a page again.
        """
        if fate == Fate.COPY and any(side.copy_id is None for side in sides):
            raise MoveRefused(_("to put a side in a copy, say in which one"))
        before = self._snapshot("fate", sides)
        for side in sides:
            side.fate, side.reason = fate, reason
            if fate not in (Fate.COPY, Fate.BLANK):
                side.copy_id = side.position = None
        return self._done(before, fate=fate)

    def place(self, sides: Sequence[Side], copy: Copy, position: int | None = None) -> Snapshot:
        """Put sides in a copy, before ``position`` (at its end when None)."""
        before = self._snapshot("move", [*sides, *self.of_copy(copy.id)])
        self._put(sides, copy, position)
        return self._done(before, copy=copy.id)

    def cut(self, side: Side) -> Snapshot:
        """A new copy begins with this side: it and all behind it leave their copy."""
        if side.copy_id is None:
            raise MoveRefused(_("this side is in no copy"))
        row = self.of_copy(side.copy_id)
        tail = [other for other in row if other.position >= side.position]
        if len(tail) == len(row):
            raise MoveRefused(_("the copy begins here already"))
        before = self._snapshot("cut", row)
        copy = self.copies.create(self.db.get(Exam, side.exam_id))
        self._put(tail, copy, None)
        return self._done(before, created=(copy.id,), copy=copy.id)

    def join(self, copy: Copy, other: Copy) -> Snapshot:
        """All sides of ``other`` follow those of ``copy``; ``other`` is gone."""
        if copy.exam_id != other.exam_id or copy.id == other.id:
            raise MoveRefused(_("two different copies of one exam can be joined"))
        if other.student_id is not None and copy.student_id not in (None, other.student_id):
            raise MoveRefused(_("copies ${one} and ${other} belong to two pupils; decide whose it is first",
                                one=copy.serial, other=other.serial))
        tail = self.of_copy(other.id)
        before = self._snapshot("join", [*self.of_copy(copy.id), *tail])
        pupil = (other.student_id, other.identification) if copy.student_id is None else None
        self._put(tail, copy, None)
        done = self._done(before, copy=copy.id, other=other.id)
        if pupil is not None:           # once the other copy is gone: a pupil has one copy
            copy.student_id, copy.identification = pupil
            self.db.flush()
        return done

    def restore(self, snapshot: Snapshot) -> None:
        """Put back what an act touched."""
        sides = {side.id: side for side in self.db.scalars(
            sa.select(Side).where(Side.id.in_([state.id for state in snapshot.sides])))}
        missing = [state.id for state in snapshot.sides if state.id not in sides]
        if missing:
            raise MoveRefused(_("some of these sides are gone; nothing was undone"))
        exam_id = next(iter(sides.values())).exam_id
        touched = {side.copy_id for side in sides.values()}
        for row in snapshot.removed:
            if self.db.get(Copy, row.id) is None:
                self._bring_back(row, exam_id, touched)
        self._lift(sides.values())
        for state in snapshot.sides:
            side = sides[state.id]
            side.copy_id, side.position, side.fate = state.copy_id, state.position, state.fate
            side.turned, side.reason = state.turned, unpack(state.reason)
        self.db.flush()
        self._remove_empty(touched - {None})
        self.audit.record("sides.undone", f"exam:{exam_id}", act=snapshot.act, sides=len(snapshot.sides))

    def _bring_back(self, row: CopyRow, exam_id: str, touched: set[str | None]) -> None:
        """Make a removed copy again.  Its pupil comes back from the copy that it was joined to; if somebody has given
        the pupil to a third one since, that stays."""
        student_id, identification = row.student_id, row.identification
        holder = self.db.scalar(sa.select(Copy).where(
            Copy.exam_id == exam_id, Copy.student_id == student_id)) if student_id else None
        if holder is not None and holder.id in touched:
            holder.student_id, holder.identification = None, Identification.NONE
            self.db.flush()
        elif holder is not None:
            student_id, identification = None, Identification.NONE
        self.db.add(Copy(id=row.id, exam_id=exam_id, serial=row.serial, code=row.code, state=row.state,
                         student_id=student_id, identification=identification))

    def _put(self, sides: Sequence[Side], copy: Copy, position: int | None) -> None:
        """Renumber a copy with ``sides`` in it."""
        moved = set(sides)
        row = [side for side in self.of_copy(copy.id) if side not in moved]
        place = len(row) if position is None else sum(side.position < position for side in row)
        row[place:place] = sides
        self._lift(row)
        for number, side in enumerate(row, 1):
            side.copy_id, side.position = copy.id, number
            if side.fate != Fate.BLANK:
                side.fate, side.reason = Fate.COPY, ""
        self.db.flush()

    def _lift(self, sides) -> None:
        """Take sides off their positions, so that renumbering never meets a number that is still in use."""
        with self.db.no_autoflush:
            for side in sides:
                if side.copy_id is not None:
                    if side.fate == Fate.COPY:
                        side.fate = Fate.WAITING
                    side.copy_id = side.position = None
        self.db.flush()

    def _snapshot(self, act: str, sides: Sequence[Side]) -> Snapshot:
        if not sides:
            raise MoveRefused(_("no side was chosen"))
        if len({side.exam_id for side in sides}) > 1:
            raise MoveRefused(_("these sides belong to several exams"))
        return Snapshot(act, tuple(dict.fromkeys(
            SideState(side.id, side.copy_id, side.position, side.fate, side.turned, pack(side.reason))
            for side in sides)))

    def _done(self, before: Snapshot, *, created: tuple[str, ...] = (), **details) -> Snapshot:
        self.db.flush()
        touched = {state.copy_id for state in before.sides} - {None}
        removed = self._remove_empty(touched)
        sides = [self.db.get(Side, state.id) for state in before.sides]
        now_in = {side.copy_id for side in sides} - {None}
        exam_id = sides[0].exam_id
        self.audit.record(f"sides.{before.act}", f"exam:{exam_id}", sides=len(sides), **details)
        for copy_id in sorted(touched | now_in):
            copy = self.db.get(Copy, copy_id)
            if copy is not None:
                copy.version += 1
                self.notify(CopyAssembled(copy_id, exam_id))
        return Snapshot(before.act, before.sides, created, removed)

    def _remove_empty(self, copy_ids: set[str]) -> tuple[CopyRow, ...]:
        """Remove copies that have no sides (any more).  What was written on a copy would go with it, so one that is
        being graded is not emptied."""
        removed = []
        for copy_id in sorted(copy_ids):
            copy = self.db.get(Copy, copy_id)
            if copy is None or self.db.scalar(sa.select(sa.exists().where(Side.copy_id == copy_id))):
                continue
            if copy.state not in (CopyState.STAGING, CopyState.READY):
                raise MoveRefused(_("copy ${serial} is being graded and would be left without pages: its marks would "
                                    "be lost. Leave a page in it, or join the other copy to this one",
                                    serial=copy.serial))
            removed.append(CopyRow(copy.id, copy.serial, copy.code, copy.state, copy.student_id, copy.identification))
            self.copies.delete_empty(copy)
        return tuple(removed)
