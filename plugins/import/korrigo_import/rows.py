"""The order of copies on the contact sheet."""

import sqlalchemy as sa

from korrigo.api import Copy, Exam, Side


def rows_of(db, exam: Exam) -> list[tuple[str, str]]:
    """``(copy id, state)`` of all copies, by where their first pages lay in the scan: a copy that gets a stray page of
    another one stays where it was."""
    first: dict[str, int] = {}
    for copy_id, ordinal in db.execute(sa.select(Side.copy_id, Side.ordinal).where(
            Side.exam_id == exam.id, Side.copy_id.is_not(None)).order_by(Side.position)):
        first.setdefault(copy_id, ordinal)
    copies = db.execute(sa.select(Copy.id, Copy.state).where(Copy.exam_id == exam.id).order_by(Copy.serial)).all()
    return sorted((tuple(row) for row in copies), key=lambda row: first.get(row[0], 1 << 30))
