"""Which copy comes next for a grader."""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from korrigo.api import Copy, CopyState, Exam

from ..models import Target
from .leases import Leases

#: States in which a copy is somebody's work.
OPEN = (CopyState.READY, CopyState.GRADING)


@dataclass(frozen=True)
class Turn:
    """A copy in a grader's order."""

    id: str
    done: bool
    held: bool


class Queue:
    def __init__(self, db, leases: Leases, user_id: str | None):
        self.db, self.leases, self.user_id = db, leases, user_id

    @classmethod
    def of(cls, request) -> "Queue":
        return cls(request.db, request.find_service(Leases), request.actor_id)

    def turns(self, exam: Exam) -> list[Turn]:
        """All open copies, in an order of this grader's own: nobody marks the same pupils first or last."""
        rows = self.db.execute(
            sa.select(Copy.id, Target.value)
            .outerjoin(Target, sa.and_(Target.copy_id == Copy.id, Target.key == "done"))
            .where(Copy.exam_id == exam.id, Copy.state.in_(OPEN))).all()
        held = self.leases.held_by_others(exam.id)
        turns = [Turn(row.id, bool(row.value), row.id in held) for row in rows]
        return sorted(turns, key=lambda turn: hashlib.sha256(f"{self.user_id}:{turn.id}".encode()).digest())

    def after(self, exam: Exam, copy_id: str | None, n: int) -> list[str]:
        """The next ``n`` copies that are not done and that no colleague has open, going round after ``copy_id``."""
        turns = self.turns(exam)
        place = next((i for i, turn in enumerate(turns) if turn.id == copy_id), -1)
        round_trip = turns[place + 1:] + turns[:max(place, 0)]
        return [turn.id for turn in round_trip if not turn.done and not turn.held][:n]
