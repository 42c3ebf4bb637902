"""What people decide about findings, and how they come back on it."""

from collections.abc import Iterable

import sqlalchemy as sa

from korrigo.api import Audit, Copy, Exam, MoveRefused, Side, now
from korrigo.api import Sentence as _

from ..models import Batch, FindingRow, FindingState
from ..tally import COUNTS


class Findings:
    def __init__(self, db, audit: Audit, user_id: str | None):
        self.db, self.audit, self.user_id = db, audit, user_id

    @classmethod
    def of(cls, request) -> "Findings":
        return cls(request.db, request.audit, request.actor_id)

    def get(self, exam: Exam, finding_id: str) -> FindingRow:
        finding = self.db.get(FindingRow, finding_id)
        if finding is None or finding.exam_id != exam.id:
            raise MoveRefused(_("this proposal is gone"))
        return finding

    def decide(self, finding: FindingRow, state: FindingState) -> dict[str, str]:
        """Settle one; its id and its state before, for :meth:`restore`."""
        before = {finding.id: finding.state}
        finding.state, finding.decided, finding.decided_by = state, now(), self.user_id
        self.audit.record(f"import.{state}", f"exam:{finding.exam_id}", finding=finding.kind)
        return before

    def states(self, ids: Iterable[str]) -> dict[str, str]:
        """The states of some findings now, for :meth:`restore`."""
        rows = self.db.execute(sa.select(FindingRow.id, FindingRow.state).where(FindingRow.id.in_(list(ids))))
        return {finding_id: state for finding_id, state in rows}

    def restore(self, states: dict[str, str]) -> list[FindingRow]:
        """Take decisions back, or make them again; the findings."""
        found = self.db.scalars(sa.select(FindingRow).where(FindingRow.id.in_(list(states)))).all()
        for finding in found:
            finding.state, finding.undo_id = FindingState(states[finding.id]), None
            by_hand = finding.state in (FindingState.ACCEPTED, FindingState.DISMISSED)
            finding.decided, finding.decided_by = (now(), self.user_id) if by_hand else (None, None)
        return list(found)

    def say_right(self, copy: Copy, expected_pages: int | None) -> dict[str, str]:
        """Somebody looked at a copy and says that it is right: what is open about it is dismissed.  A number of pages
        that nothing explained becomes a finding that this person has settled, so that it is written down."""
        sides = self.db.scalars(sa.select(Side).where(Side.copy_id == copy.id).order_by(Side.position)).all()
        rows = self.db.scalars(sa.select(FindingRow).where(sa.or_(
            FindingRow.side_id.in_([side.id for side in sides]),
            sa.and_(FindingRow.copy_id == copy.id, sa.or_(
                FindingRow.side_id.is_(None),
                FindingRow.side_id.in_(sa.select(Side.id).where(Side.copy_id.is_(None)))))))).all()
        odd = bool(sides) and expected_pages is not None and len(sides) != expected_pages
        if odd and not any(row.kind in COUNTS for row in rows):
            rows = [*rows, *self._count(copy, sides, expected_pages)]
        before: dict[str, str] = {}
        for row in rows:
            if row.state == FindingState.OPEN:
                before |= self.decide(row, FindingState.DISMISSED)
        return before

    def _count(self, copy: Copy, sides, expected: int) -> list[FindingRow]:
        """The finding about a copy's number of pages, when its file is known."""
        batch_id = self.db.scalar(sa.select(Batch.id).where(
            Batch.exam_id == copy.exam_id, Batch.pages_blob_id == sides[0].blob_id))
        if batch_id is None:
            return []
        row = FindingRow(
            exam_id=copy.exam_id, batch_id=batch_id, copy_id=copy.id, confidence=1.0,
            kind="missing_page" if len(sides) < expected else "extra_page",
            message=_("1 page instead of ${expected}.", expected=expected) if len(sides) == 1 else
            _("${found} pages instead of ${expected}.", found=len(sides), expected=expected),
            proposal={"expected": expected, "found": len(sides)}, state=FindingState.OPEN)
        self.db.add(row)
        self.db.flush()
        return [row]
