"""The order of copies on the contact sheet."""

from collections.abc import Iterable

import sqlalchemy as sa

from korrigo.api import Copy, Exam, Side


def rows_of(db, exam: Exam) -> list[tuple[str, str]]:
    """``(copy id, state)`` of all copies in order."""
    seats = db.execute(sa.select(Side.copy_id, Side.ordinal).where(
        Side.exam_id == exam.id, Side.copy_id.is_not(None)).order_by(Side.position))
    copies = db.execute(sa.select(Copy.id, Copy.state).where(Copy.exam_id == exam.id).order_by(Copy.serial))
    return in_order(copies, seats)


def in_order(copies: Iterable[tuple[str, str]], seats: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    """Copies by where their first pages lay in the scan: one that gets a stray page of another stays where it was.

    ``copies``: ``(id, state)`` by number; ``seats``: ``(copy id, ordinal)`` of their sides in reading order.
    """
    first: dict[str, int] = {}
    for copy_id, ordinal in seats:
        first.setdefault(copy_id, ordinal)
    return sorted((tuple(row) for row in copies), key=lambda row: first.get(row[0], 1 << 30))
