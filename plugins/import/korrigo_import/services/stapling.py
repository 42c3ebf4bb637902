"""The contact sheet: what it shows, what can be done on it, and undo."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from korrigo.api import (
    Audit,
    Copies,
    Copy,
    CopyState,
    Exam,
    Fate,
    MoveRefused,
    Side,
    Sides,
    Snapshot,
)
from korrigo.api import Sentence as _

from ..changes import changes_since
from ..models import FindingRow, FindingState, Undo
from ..rows import rows_of
from .findings import Findings
from .handing import HandingOver

#: A copy in one of these states may be taken apart; a graded one must be reopened first.
OPEN_STATES = (CopyState.STAGING, CopyState.READY, CopyState.GRADING)

#: Acts that one may undo after the page was loaded again.
REMEMBERED = 100

ACTS = ("turn", "cut", "join", "move", "fate", "accept", "dismiss", "valid")


class Stale(Exception):
    """What the act touches has changed since the sheet was loaded."""


@dataclass(frozen=True)
class Act:
    """What somebody did: ``kind`` is one of :data:`ACTS`; the rest as that kind needs it."""

    kind: str
    sides: tuple[str, ...] = ()
    copy: str | None = None
    position: int | None = None
    by: int = 90
    fate: str = ""
    finding: str | None = None


class Stapling:
    def __init__(self, db, sides: Sides, copies: Copies, audit: Audit, findings: Findings, handing: HandingOver,
                 user_id: str | None):
        self.db, self.sides, self.copies, self.audit, self.user_id = db, sides, copies, audit, user_id
        self.findings, self.handing = findings, handing
        #: What whoever acted should know of the last act.
        self.told: tuple[str, ...] = ()

    @classmethod
    def of(cls, request) -> "Stapling":
        return cls(request.db, request.find_service(Sides), request.find_service(Copies), request.audit,
                   request.find_service(Findings), request.find_service(HandingOver), request.actor_id)

    def version(self, exam: Exam) -> int:
        return self.audit.last(f"exam:{exam.id}")

    def act(self, exam: Exam, act: Act, version: int) -> str | None:
        """Do it, or raise (:class:`Stale`, ``MoveRefused``) and change nothing; the token that undoes it.

        ``version``: of the sheet that its author saw.  What others did since to other copies does not matter.
        """
        [token] = self.act_all(exam, [act], version)
        return token

    def act_all(self, exam: Exam, acts: Sequence[Act], version: int) -> list[str | None]:
        """Do all of them or none, as :meth:`act` does one; what undoes each."""
        self.audit.wait_for_turn()
        for act in acts:
            self._refuse_stale(exam, act, self._chosen(exam, act.sides), version)
        with self.db.begin_nested():
            return [self._act(exam, act) for act in acts]

    def _act(self, exam: Exam, act: Act) -> str | None:
        chosen = self._chosen(exam, act.sides)
        self._refuse_closed({side.copy_id for side in chosen} | {act.copy})
        if act.kind == "valid":
            return self._valid(exam, self._copy(exam, act.copy or (chosen[0].copy_id if chosen else None)))
        if act.kind in ("accept", "dismiss"):
            if not act.finding:
                raise MoveRefused(_("there is no proposal to accept"))
            return self._decide(exam, self.findings.get(exam, act.finding), act.kind)
        snapshot = self._do(exam, act, chosen)
        self._release(exam, snapshot)
        return self._keep(exam, snapshot, {})

    def undo(self, exam: Exam, token: str) -> str:
        """Undo one act, or raise ``MoveRefused`` and change nothing; the token that does it again."""
        self.audit.wait_for_turn()
        row = self.db.get(Undo, token)
        if row is None or row.exam_id != exam.id:
            raise MoveRefused(_("this was undone already"))
        try:
            with self.db.begin_nested():
                return self._undo(exam, row)
        except IntegrityError:
            raise MoveRefused(_("these pages were moved again since: undo the later acts first")) from None

    def _undo(self, exam: Exam, row: Undo) -> str:
        again = None
        if row.snapshot:
            snapshot = Snapshot.from_json(row.snapshot)
            moved = self.db.scalars(sa.select(Side.copy_id).where(
                Side.id.in_([state.id for state in snapshot.before])))
            self._refuse_closed({*moved, *snapshot.copies})
            again = self.sides.restore(snapshot)
        states = self.findings.states(row.findings)
        findings = self.findings.restore(row.findings)
        self.audit.record("import.undone", f"exam:{exam.id}")
        redo = not row.redo
        self.db.delete(row)
        token = self._keep(exam, again, states, redo=redo)
        touched = {copy_id for finding in findings for copy_id in self._copies_of(finding)}
        self.handing.reopened(exam, touched)
        self.handing.settled(exam, touched)
        return token

    def undoable(self, exam: Exam) -> list[list[str]]:
        """Tokens of what this person may undo and do again, the last act last: ``[undo, redo]``."""
        rows = self.db.execute(
            sa.select(Undo.id, Undo.redo).where(Undo.exam_id == exam.id, Undo.user_id == self.user_id)
            .order_by(Undo.at.desc()).limit(REMEMBERED)).all()
        return [[row.id for row in reversed(rows) if row.redo == redo] for redo in (False, True)]

    def _refuse_stale(self, exam: Exam, act: Act, chosen: Sequence[Side], version: int) -> None:
        """Nobody acts upon pages that are not as he sees them."""
        if version == self.version(exam):
            return
        changed = changes_since(self.audit, exam, version)
        copies, sides = {side.copy_id for side in chosen} | {act.copy}, {side.id for side in chosen}
        if act.kind == "join" and chosen and act.copy is None:
            copies.add(self._before(exam, chosen[0].copy_id))
        finding = self.findings.get(exam, act.finding) if act.finding else None
        if finding is not None:
            copies |= self._copies_of(finding)
        settled = changed.findings and finding is not None and finding.state != FindingState.OPEN
        if changed.everything or settled or copies & changed.copies or sides & changed.sides:
            raise Stale

    def _do(self, exam: Exam, act: Act, chosen: Sequence[Side]) -> Snapshot:
        if act.kind == "turn":
            return self.sides.turn(chosen, act.by)
        if act.kind == "cut":
            return self.sides.cut(_one(chosen))
        if act.kind == "join":
            return self._join(exam, chosen, act)
        if act.kind == "fate":
            if act.fate not in set(Fate):
                raise MoveRefused(_("${word} is no fate of a side", word=repr(act.fate)))
            return self.sides.set_fate(chosen, Fate(act.fate), _("by hand"))
        if act.kind == "move":
            if act.copy is None:
                return self.sides.place_alone(chosen)
            return self.sides.place(chosen, self._copy(exam, act.copy), act.position)
        raise MoveRefused(_("${word} is nothing that can be done here", word=repr(act.kind)))

    def _join(self, exam: Exam, chosen: Sequence[Side], act: Act) -> Snapshot:
        """Join a copy to another, by default to the one before it in the scan."""
        copy = self._copy(exam, _one(chosen).copy_id)
        if act.copy is not None:
            return self.sides.join(self._copy(exam, act.copy), copy)
        before = self._before(exam, copy.id)
        if before is None:
            raise MoveRefused(_("there is no copy before this one"))
        self._refuse_closed({before})
        return self.sides.join(self._copy(exam, before), copy)

    def _before(self, exam: Exam, copy_id: str | None) -> str | None:
        """The copy whose row stands before another's on the sheet."""
        order = [row for row, _state in rows_of(self.db, exam)]
        place = order.index(copy_id) if copy_id in order else 0
        return order[place - 1] if place else None

    def _release(self, exam: Exam, snapshot: Snapshot) -> None:
        """A copy that somebody made of released ones can be graded at once, when nothing about it is odd."""
        made = {state.copy_id for state in snapshot.after} - {state.copy_id for state in snapshot.before} - {None}
        sources = {state.copy_id for state in snapshot.before} - {None}
        states = set(self.db.scalars(sa.select(Copy.state).where(Copy.id.in_(sources | made))))
        for copy_id in made:
            copy, sides = self.db.get(Copy, copy_id), [s.id for s in snapshot.after if s.copy_id == copy_id]
            odd = exam.pages_per_copy is not None and len(sides) != exam.pages_per_copy
            look = self.db.scalar(sa.select(sa.exists().where(
                FindingRow.side_id.in_(sides), FindingRow.state == FindingState.OPEN)))
            if copy.state == CopyState.STAGING and states - {CopyState.STAGING} and not odd and not look:
                self.handing.settled(exam, {copy.id})

    def _propose(self, exam: Exam, finding: FindingRow) -> Snapshot | None:
        """Do what a finding proposes.  A finding about nothing that can be moved is only acknowledged."""
        proposal = finding.proposal or {}
        side = self.db.get(Side, finding.side_id) if finding.side_id else None
        if side is None:
            return None
        self._refuse_closed({side.copy_id})
        if "turned" in proposal:
            return self.sides.turn([side], (int(proposal["turned"]) - side.turned) % 360)
        if proposal.get("fate") in set(Fate) - {Fate.COPY}:
            return self.sides.set_fate([side], Fate(proposal["fate"]), finding.message)
        if proposal.get("cut") or proposal.get("cut_before"):
            return self.sides.cut(side)
        return None

    def _decide(self, exam: Exam, finding: FindingRow, kind: str) -> str:
        """Accept what a finding proposes, or dismiss it."""
        concerned = self._copies_of(finding)
        snapshot = self._propose(exam, finding) if kind == "accept" else None
        state = FindingState.ACCEPTED if kind == "accept" else FindingState.DISMISSED
        token = self._keep(exam, snapshot, self.findings.decide(finding, state))
        self.handing.settled(exam, concerned | self._copies_of(finding))
        return token

    def _valid(self, exam: Exam, copy: Copy) -> str | None:
        """Somebody looked at the copy and says that it is right: its findings are closed and it can be graded."""
        before = self.findings.say_right(copy, exam.pages_per_copy)
        self.audit.record("import.valid", f"exam:{copy.exam_id}", copies=[copy.id])
        token = self._keep(exam, None, before) if before else None
        self.handing.settled(exam, {copy.id})
        return token

    def _copies_of(self, finding: FindingRow) -> set[str | None]:
        """The copy that a finding was about, and the one in which its side is now."""
        side = self.db.get(Side, finding.side_id) if finding.side_id else None
        return {finding.copy_id, side.copy_id if side else None}

    def _keep(self, exam: Exam, snapshot: Snapshot | None, states: dict[str, str], *, redo: bool = False) -> str:
        """Remember what an act touched: sides, and findings with their states before."""
        self.told = snapshot.told if snapshot else ()
        row = Undo(exam_id=exam.id, snapshot=snapshot.as_json() if snapshot else {}, findings=states, redo=redo,
                   user_id=self.user_id)
        self.db.add(row)
        self.db.flush()
        if states:
            self.db.execute(sa.update(FindingRow).where(FindingRow.id.in_(list(states))).values(undo_id=row.id))
        return row.id

    def _chosen(self, exam: Exam, ids: Sequence[str]) -> list[Side]:
        """The sides as they follow one another on the sheet: those in no copy, then copies with their pages."""
        found = list(self.db.scalars(sa.select(Side).where(Side.exam_id == exam.id, Side.id.in_(list(ids)))))
        if len(found) != len(set(ids)):
            raise MoveRefused(_("some of these pages are not of this exam"))
        place = {copy_id: n for n, (copy_id, _state) in enumerate(rows_of(self.db, exam))}
        return sorted(found, key=lambda side: (place.get(side.copy_id, -1), side.position or side.ordinal))

    def _copy(self, exam: Exam, copy_id: str | None) -> Copy:
        copy = self.db.get(Copy, copy_id) if copy_id else None
        if copy is None or copy.exam_id != exam.id:
            raise MoveRefused(_("there is no such copy"))
        return copy

    def _refuse_closed(self, copy_ids: set[str | None]) -> None:
        closed = self.db.scalars(sa.select(Copy.serial).where(
            Copy.id.in_([copy_id for copy_id in copy_ids if copy_id]), Copy.state.not_in(OPEN_STATES))).all()
        if closed:
            raise MoveRefused(_("copy ${serial} is finalised; reopen it before its pages are moved", serial=closed[0]))


def _one(chosen: Sequence[Side]) -> Side:
    if not chosen:
        raise MoveRefused(_("choose a page first"))
    return chosen[0]


__all__ = ["ACTS", "Act", "Stale", "Stapling"]
