"""Handing copies over to graders: by themselves when nothing is open, or because somebody signs for what is.

``Copies.move`` does it, by its table; here is decided which copies may go, and when.

- An exam says how (:class:`HandOver`): each copy once nothing of it is open, all copies of a lot once the lot is green,
  or none before a signature.  It happens when a file is filed and when somebody decides about a finding.  Moving pages
  about hands nothing over, but for a whole copy that is made of pages which graders had already: any other that is made
  by hand waits for "this copy is right", for its lot, or for a signature.
- A signature hands over every copy of its lot, whatever is open.
- When a decision is taken back, its copy is taken back too, unless somebody has begun to grade it or its lot is signed.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from korrigo.api import Audit, Copies, Copy, CopyState, Exam, Side, Told, User, pack
from korrigo.api import Sentence as _

from ..models import BatchState, FindingRow, FindingState, GateChoice, HandOver, SignOff
from ..tally import Lot
from .gate import Gate


class SignRefused(Told, ValueError):
    """The lot cannot be signed for or handed over; nothing was changed."""


class HandingOver:
    def __init__(self, db, gate: Gate, copies: Copies, audit: Audit, user_id: str | None):
        self.db, self.gate, self.copies, self.audit, self.user_id = db, gate, copies, audit, user_id

    @classmethod
    def of(cls, request) -> "HandingOver":
        return cls(request.db, request.find_service(Gate), request.find_service(Copies), request.audit,
                   request.actor_id)

    def filed(self, exam: Exam, copies: Iterable[Copy]) -> None:
        """A file has become copies."""
        self.settled(exam, {copy.id for copy in copies})

    def settled(self, exam: Exam, copy_ids: set[str | None]) -> None:
        """Something was decided about these copies: hand over what may go now."""
        how = self.gate.hand_over(exam)
        if how == HandOver.COPY:
            self._release(exam, copy_ids - self._open_copies(exam))
        elif how == HandOver.LOT:
            self._release(exam, {copy_id for lot in self.gate.tally(exam).lots if lot.green
                                 for copy_id in _staging(lot)})

    def reopened(self, exam: Exam, copy_ids: set[str | None]) -> None:
        """Decisions about these copies were taken back: take back those that nobody has begun to grade."""
        copies = self._in_state(exam, copy_ids & self._open_copies(exam), CopyState.READY)
        if not copies:
            return
        signed = {copy.line.id for lot in self.gate.tally(exam).lots if lot.signed for copy in lot.copies}
        if unsigned := [copy for copy in copies if copy.id not in signed]:
            self.copies.move_all(unsigned, "recall")

    def choose(self, exam: Exam, how: HandOver) -> None:
        """Say how the exam hands over; what may go under the new rule goes at once, what has gone stays."""
        choice = self.db.get(GateChoice, exam.id) or GateChoice(exam_id=exam.id)
        before, choice.hand_over = choice.hand_over or HandOver.COPY, how
        self.db.add(choice)
        self.db.flush()
        self.audit.record("import.hand_over", f"exam:{exam.id}", before=before, after=how)
        self.settled(exam, {copy_id for lot in self.gate.tally(exam).lots for copy_id in _staging(lot)})

    def hand_over(self, exam: Exam, batch_id: str) -> int:
        """Hand over the copies of a green lot that have stayed behind; how many."""
        lot = self._lot(exam, batch_id)
        if not lot.green:
            raise SignRefused(_("This lot is not green any more: look at what is open, or sign for it."))
        if self.gate.hand_over(exam) == HandOver.SIGNED:
            raise SignRefused(_("In this exam, somebody has to sign for a lot first."))
        return self._release(exam, set(_staging(lot)))

    def sign(self, exam: Exam, batch_ids: Iterable[str], reason: str) -> list[SignOff]:
        """Take lots as they are.  Their copies go to graders, whatever is open."""
        self.audit.wait_for_turn()
        person = self.db.get(User, self.user_id) if self.user_id else None
        if person is None:
            raise SignRefused(_("A lot is signed for by a person: sign in first."))
        lots = [self._lot(exam, batch_id) for batch_id in dict.fromkeys(batch_ids)]
        if not lots:
            raise SignRefused(_("Choose a lot first."))
        reason = reason.strip()
        for lot in lots:
            if lot.batch.state == BatchState.RECEIVED:
                raise SignRefused(_("This file is still being read. Sign for it once that is done."))
            if lot.reasons and not reason:
                raise SignRefused(_("Something is open in this lot: say why it can go to graders as it is. Nothing was "
                                    "signed."))
        return [self._sign(exam, lot, person, reason) for lot in lots]

    def _sign(self, exam: Exam, lot: Lot, person: User, reason: str) -> SignOff:
        row = SignOff(exam_id=exam.id, batch_id=lot.batch.id, user_id=person.id, name=person.name, reason=reason,
                      version=lot.version, open=[pack(why) for why in lot.reasons])
        self.db.add(row)
        self.db.flush()
        self.audit.record("import.signed", f"exam:{exam.id}", batch=lot.batch.id, version=lot.version, reason=reason,
                          open=len(lot.open), copies=len(lot.staging))
        self._release(exam, set(_staging(lot)))
        return row

    def _lot(self, exam: Exam, batch_id: str) -> Lot:
        for lot in self.gate.tally(exam).lots:
            if lot.batch is not None and lot.batch.id == batch_id:
                return lot
        raise SignRefused(_("This file is not of this exam, or it was sent again since: reload the page."))

    def _open_copies(self, exam: Exam) -> set[str]:
        """The copies about which something is open.  A finding follows its side from copy to copy."""
        return set(self.db.scalars(
            sa.select(sa.func.coalesce(Side.copy_id, FindingRow.copy_id))
            .select_from(FindingRow).outerjoin(Side, Side.id == FindingRow.side_id)
            .where(FindingRow.exam_id == exam.id, FindingRow.state == FindingState.OPEN))) - {None}

    def _release(self, exam: Exam, copy_ids: set[str | None]) -> int:
        copies = self._in_state(exam, copy_ids, CopyState.STAGING)
        if copies:
            self.copies.move_all(copies, "release")
        return len(copies)

    def _in_state(self, exam: Exam, copy_ids: set[str | None], state: CopyState) -> list[Copy]:
        wanted = copy_ids - {None}
        if not wanted:
            return []
        copies = self.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id, Copy.state == state)
                                 .order_by(Copy.serial))
        return [copy for copy in copies if copy.id in wanted]


def _staging(lot: Lot) -> list[str]:
    return [copy.line.id for copy in lot.staging]
