"""Where each scanned side goes.  Every side has exactly one fate, and every move can be undone.

An act works on sides and copies of one exam and returns a :class:`Snapshot` of what it touched, with which
``restore`` puts everything back.  Copies that are left empty are removed with the act and come back with it.  An act
that is refused (:class:`MoveRefused`) may have changed something: it is done in a savepoint.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from ..events import CopyAssembled, MoveRefused, SidesMoved
from ..models import Copy, CopyState, Exam, Fate, Identification, Side
from ..sentences import Sentence as _
from ..sentences import unpack
from .audit import Audit
from .copies import Copies, new_code
from .snapshots import CopyRow, SideState, Snapshot, Whose

#: States in which a copy may be left empty: what was written on it goes with its sides, or keeps it.
REMOVABLE = (CopyState.STAGING, CopyState.READY, CopyState.GRADING)

NOBODY = (None, Identification.NONE)


@dataclass
class _Work:
    """An act under way, and what it touches as it was before."""

    act: str
    exam_id: str
    sides: Sequence[Side]
    before: tuple[SideState, ...]
    rows: Mapping[str, tuple[str, ...]]
    whose: Mapping[str, tuple[str | None, str]]
    undone: Mapping[str, Any] = field(default_factory=dict)
    #: Whose copies are, once empty ones are gone: a pupil has one copy.
    pupils: dict[str, tuple[str | None, str]] = field(default_factory=dict)


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
        work = self._begin("turn", sides)
        for side in sides:
            side.turned = (side.turned + by) % 360
        return self._finish(work, by=by)

    def set_fate(self, sides: Sequence[Side], fate: Fate, reason: str = "") -> Snapshot:
        """Take sides out of their copies (duplicate, foreign, waiting, discarded), or mark them blank in place.

        ``Fate.COPY`` on a blank side of a copy makes it a page again.
        """
        if fate == Fate.COPY and any(side.copy_id is None for side in sides):
            raise MoveRefused(_("to put a side in a copy, say in which one"))
        if fate in (Fate.COPY, Fate.BLANK):
            work = self._begin("fate", sides)
            for side in sides:
                side.fate, side.reason = fate, reason
            return self._finish(work, fate=fate)
        work = self._begin_moving("fate", sides)
        self._lift(sides)
        for side in sides:
            side.fate, side.reason = fate, reason
        self._close_ranks(work)
        return self._finish(work, fate=fate)

    def place(self, sides: Sequence[Side], copy: Copy, position: int | None = None) -> Snapshot:
        """Put sides in a copy, before ``position`` (at its end when None)."""
        work = self._begin_moving("move", sides, [copy.id])
        self._put(sides, copy, position)
        self._close_ranks(work)
        return self._finish(work, copy=copy.id)

    def place_alone(self, sides: Sequence[Side]) -> Snapshot:
        """Make a new copy of sides."""
        work = self._begin_moving("move", sides)
        copy = self.copies.create(self.db.get(Exam, work.exam_id))
        self._put(sides, copy, None)
        self._close_ranks(work)
        return self._finish(work, copy=copy.id)

    def cut(self, side: Side) -> Snapshot:
        """A new copy begins with this side: it and all behind it leave their copy."""
        if side.copy_id is None:
            raise MoveRefused(_("this side is in no copy"))
        row = self.of_copy(side.copy_id)
        tail = [other for other in row if other.position >= side.position]
        if len(tail) == len(row):
            raise MoveRefused(_("the copy begins here already"))
        work = self._begin_moving("cut", row)
        copy = self.copies.create(self.db.get(Exam, side.exam_id))
        self._put(tail, copy, None)
        return self._finish(work, copy=copy.id)

    def join(self, copy: Copy, other: Copy) -> Snapshot:
        """All sides of ``other`` follow those of ``copy``; ``other`` is gone."""
        if copy.exam_id != other.exam_id or copy.id == other.id:
            raise MoveRefused(_("two different copies of one exam can be joined"))
        if other.student_id is not None and copy.student_id not in (None, other.student_id):
            raise MoveRefused(_("copies ${one} and ${other} belong to two pupils; decide whose it is first",
                                one=copy.serial, other=other.serial))
        tail = self.of_copy(other.id)
        work = self._begin_moving("join", tail, [copy.id])
        if copy.student_id is None:
            work.pupils[copy.id] = other.student_id, other.identification
        self._put(tail, copy, None)
        return self._finish(work, copy=copy.id, other=other.id)

    def restore(self, snapshot: Snapshot) -> Snapshot:
        """Put back what an act changed, and nothing else; what takes this back again.

        Refused when a later act has changed the same: that one is undone first.
        """
        found = {side.id: side for side in self.db.scalars(
            sa.select(Side).where(Side.id.in_([state.id for state in snapshot.before])))}
        if len(found) != len(snapshot.before):
            raise MoveRefused(_("some of these sides are gone; nothing was undone"))
        sides = [found[state.id] for state in snapshot.before]
        self._refuse_overtaken(snapshot, sides)
        begin = self._begin_moving if snapshot.seated else self._begin
        work = begin(snapshot.act, sides)
        work.undone = snapshot.notes
        self._bring_back(snapshot, work)
        self._set_back(snapshot, sides)
        return self._finish(work, undone=True)

    # -- undoing

    def _refuse_overtaken(self, snapshot: Snapshot, sides: Sequence[Side]) -> None:
        """What the act changed must still be as the act left it."""
        later = MoveRefused(_("these pages were moved again since: undo the later acts first"))
        seated, was_in = snapshot.seated, {}
        for side, then, left in zip(sides, snapshot.before, snapshot.after, strict=True):
            now = SideState.of(side)
            if ((seated and now.seat != left.seat) or (then.fate != left.fate and now.fate != left.fate)
                    or (then.turned != left.turned and now.turned != left.turned)):
                raise later
            was_in.setdefault(left.copy_id, set()).add(side.id)
        rows = self._rows(snapshot.copies) if seated else {}
        if any(set(row) - was_in.get(copy_id, set()) for copy_id, row in rows.items()):
            raise later

    def _bring_back(self, snapshot: Snapshot, work: _Work) -> None:
        """Make removed copies again.  A pupil comes back from the copy that got it by the act; if somebody has decided
        otherwise since, that stays."""
        for whose in snapshot.whose:
            copy = self.db.get(Copy, whose.copy_id)
            if copy is not None and (copy.student_id, copy.identification) == whose.after:
                copy.student_id, copy.identification = NOBODY
                work.pupils[copy.id] = whose.before
        self.db.flush()
        for row in snapshot.removed:
            copies = list(self.db.execute(sa.select(Copy.serial, Copy.code).where(Copy.exam_id == work.exam_id)))
            serials, codes = {serial for serial, _code in copies}, {code for _serial, code in copies}
            free = row.student_id is None or self._holder(work.exam_id, row.student_id) is None
            student_id, identification = (row.student_id, row.identification) if free else NOBODY
            self.db.add(Copy(id=row.id, exam_id=work.exam_id, state=row.state, student_id=student_id,
                             identification=identification,
                             serial=row.serial if row.serial not in serials else max(serials) + 1,
                             code=row.code if row.code not in codes else new_code(codes)))
            self.db.flush()

    def _set_back(self, snapshot: Snapshot, sides: Sequence[Side]) -> None:
        if snapshot.seated:
            self._lift(sides)
        for side, then, left in zip(sides, snapshot.before, snapshot.after, strict=True):
            if snapshot.seated:
                side.copy_id, side.position = then.seat
                if then.copy_id is not None and side.fate == Fate.WAITING:
                    side.fate = Fate.COPY
            if then.fate != left.fate:
                side.fate, side.reason = then.fate, unpack(then.reason)
            if then.turned != left.turned:
                side.turned = then.turned

    def _holder(self, exam_id: str, student_id: str) -> str | None:
        return self.db.scalar(sa.select(Copy.id).where(Copy.exam_id == exam_id, Copy.student_id == student_id))

    # -- moving

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

    def _lift(self, sides: Iterable[Side]) -> None:
        """Take sides off their positions, so that renumbering never meets a number that is still in use."""
        with self.db.no_autoflush:
            for side in sides:
                if side.copy_id is not None:
                    if side.fate == Fate.COPY:
                        side.fate = Fate.WAITING
                    side.copy_id = side.position = None
        self.db.flush()

    def _close_ranks(self, work: _Work) -> None:
        """Number the pages of copies that sides have left 1, 2, 3 … again: the first page is the one at place 1."""
        self.db.flush()
        for copy_id in work.rows:
            row = self.of_copy(copy_id)
            if [side.position for side in row] != list(range(1, len(row) + 1)):
                for number, side in enumerate(row, 1):      # downwards only: no number is used twice on the way
                    side.position = number
                    self.db.flush()

    # -- the frame of an act

    def _begin(self, act: str, sides: Sequence[Side], copies: Iterable[str] = ()) -> _Work:
        """Note what is there before an act that leaves all sides in their places."""
        if not sides:
            raise MoveRefused(_("no side was chosen"))
        if len({side.exam_id for side in sides}) > 1:
            raise MoveRefused(_("these sides belong to several exams"))
        touched = {side.copy_id for side in sides} - {None} | set(copies)
        sides = list(dict.fromkeys(sides))
        return _Work(act, sides[0].exam_id, sides, tuple(map(SideState.of, sides)), self._rows(touched),
                     self._whose(touched))

    def _begin_moving(self, act: str, sides: Sequence[Side], copies: Iterable[str] = ()) -> _Work:
        """The same before an act that changes places: all sides of the copies concerned are noted."""
        work = self._begin(act, sides, copies)
        fellows = self.db.scalars(sa.select(Side).where(Side.copy_id.in_(list(work.rows))).order_by(Side.ordinal))
        work.sides = list(dict.fromkeys([*work.sides, *fellows]))
        work.before = tuple(map(SideState.of, work.sides))
        return work

    def _finish(self, work: _Work, **details) -> Snapshot:
        """Tell who keeps things by sides, remove what is empty, write it down."""
        self.db.flush()
        after = tuple(map(SideState.of, work.sides))
        touched = set(work.rows) | {state.copy_id for state in after} - {None}
        event = SidesMoved(work.exam_id, work.rows, self._rows(touched), frozenset(
            then.id for then, now in zip(work.before, after, strict=True) if then.turned != now.turned), work.undone)
        self.notify(event)
        removed = self._remove_empty(touched)
        for copy_id, (student_id, identification) in work.pupils.items():
            if student_id is None or self._holder(work.exam_id, student_id) in (None, copy_id):
                copy = self.db.get(Copy, copy_id)
                copy.student_id, copy.identification = student_id, identification
        self.db.flush()
        whose = self._whose(touched)
        loose = [now.id for then, now in zip(work.before, after, strict=True) if None in (then.copy_id, now.copy_id)]
        self.audit.record(f"sides.{work.act}", f"exam:{work.exam_id}", copies=sorted(touched), loose=loose, **details)
        for copy_id in sorted(touched - {row.id for row in removed}):
            self.db.get(Copy, copy_id).version += 1
            self.notify(CopyAssembled(copy_id, work.exam_id))
        return Snapshot(
            work.act, work.before, after, removed,
            tuple(Whose(copy_id, then, whose[copy_id]) for copy_id, then in work.whose.items()
                  if whose.get(copy_id, then) != then),
            event.notes, tuple(event.told))

    def _rows(self, copy_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The sides of copies in reading order; an empty row for a copy without any."""
        rows: dict[str, list[str]] = {copy_id: [] for copy_id in sorted(copy_ids)}
        for copy_id, side_id in self.db.execute(sa.select(Side.copy_id, Side.id).where(Side.copy_id.in_(list(rows)))
                                                .order_by(Side.position)):
            rows[copy_id].append(side_id)
        return {copy_id: tuple(row) for copy_id, row in rows.items()}

    def _whose(self, copy_ids: Iterable[str]) -> dict[str, tuple[str | None, str]]:
        return {copy_id: (student_id, str(identification)) for copy_id, student_id, identification in self.db.execute(
            sa.select(Copy.id, Copy.student_id, Copy.identification).where(Copy.id.in_(list(copy_ids))))}

    def _remove_empty(self, copy_ids: set[str]) -> tuple[CopyRow, ...]:
        """Remove copies that have no sides (any more)."""
        full = set(self.db.scalars(sa.select(Side.copy_id).where(Side.copy_id.in_(list(copy_ids)))))
        removed = []
        for copy_id in sorted(copy_ids - full):
            copy = self.db.get(Copy, copy_id)
            if copy.state not in REMOVABLE:
                raise MoveRefused(_("copy ${serial} is finalised; reopen it before its pages are moved",
                                    serial=copy.serial))
            removed.append(CopyRow.of(copy))
            self.copies.delete_empty(copy)
        return tuple(removed)
