"""What grading does when others have done something."""

import sqlalchemy as sa

from korrigo.api import Copy, CopyAssembled, Exam, Side, SidesMoved

from .events import SchemeChanged
from .services import Moves, Proposals


def ask_graders(event: CopyAssembled | SchemeChanged) -> None:
    """New pages or other questions: graders may have something to say.  One job for all copies of one transaction."""
    request = event.request
    if isinstance(event, SchemeChanged):
        reason = f"scheme {event.version}"
    else:
        placed = request.db.scalar(sa.select(sa.func.count()).where(Side.exam_id == event.exam_id,
                                                                    Side.copy_id.is_not(None)))
        reason = f"{placed} sides, {request.db.get(Copy, event.copy_id).version}"
    request.find_service(Proposals).queue(request.db.get(Exam, event.exam_id), reason)


def follow_sides(event: SidesMoved) -> None:
    """What is written on pages and copies stays with them."""
    event.request.find_service(Moves).follow(event)
