"""The contact sheet as its script knows it: copies, their sides, what lies beside them, what to look at."""

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from korrigo.api import Copy, Exam, Fate, Side, say

from .changes import Changes
from .models import Batch, BatchState, FindingRow, FindingState
from .rows import in_order, rows_of
from .services import Stapling


def describe(request, exam: Exam) -> dict:
    """The whole sheet, in as many queries whatever its size."""
    sides = request.db.scalars(sa.select(Side).where(Side.exam_id == exam.id).order_by(Side.ordinal)).all()
    copies = request.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id).order_by(Copy.serial)).all()
    placed = sorted((side for side in sides if side.copy_id), key=lambda side: side.position)
    return {**_frame(request, exam), "whole": True, "findings": _findings(request, exam),
            "rows": in_order([(copy.id, copy.state) for copy in copies],
                             [(side.copy_id, side.ordinal) for side in placed]),
            "copies": _copies(request, exam, copies, placed),
            "loose": [_side(request, exam, side) for side in sides if not side.copy_id]}


def describe_changes(request, exam: Exam, changes: Changes) -> dict:
    """What the script needs to be up to date again: the rows and loose sides that were touched, and only those.

    ``rows`` (all copies in order, with their states) and ``findings`` (all that are open) are there when they may have
    changed; ``removed`` are copies that are gone, ``placed`` sides that are loose no more.
    """
    if changes.everything:
        return describe(request, exam)
    copies, loose = _touched(request, exam, changes)
    there, lying = {copy["id"] for copy in copies}, {side["id"] for side in loose}
    shown = {**_frame(request, exam), "copies": copies, "loose": loose, "removed": sorted(changes.copies - there),
             "placed": sorted(changes.sides - lying)}
    if changes.copies or changes.findings:
        shown["rows"] = rows_of(request.db, exam)
    if changes.findings or shown["removed"]:
        shown["findings"] = _findings(request, exam)
    return shown


def _frame(request, exam: Exam) -> dict:
    """What every answer says: the version, how many there are of what, whether files are still being read."""
    db = request.db
    fates = dict(db.execute(sa.select(Side.fate, sa.func.count()).where(Side.exam_id == exam.id)
                            .group_by(Side.fate)).all())
    which = ((Copy.exam_id == exam.id,), (FindingRow.exam_id == exam.id, FindingRow.state == FindingState.OPEN),
             (Batch.exam_id == exam.id, Batch.state == BatchState.RECEIVED))
    copies, look, busy = db.execute(sa.select(*(
        sa.select(sa.func.count()).where(*wanted).scalar_subquery() for wanted in which))).one()
    counts = {"copies": copies, "sides": sum(fates.values()), "look": look,
              **{str(fate): fates.get(fate, 0) for fate in Fate}}
    return {"version": request.find_service(Stapling).version(exam), "busy": busy > 0, "expected": exam.pages_per_copy,
            "counts": counts}


def _touched(request, exam: Exam, changes: Changes) -> tuple[list[dict], list[dict]]:
    """The copies that were touched and are still there, and the sides that were touched and are loose."""
    if not (changes.copies or changes.sides):
        return [], []
    copies = request.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id, Copy.id.in_(changes.copies))
                                .order_by(Copy.serial)).all()
    sides = request.db.scalars(sa.select(Side).where(Side.exam_id == exam.id, sa.or_(
        Side.copy_id.in_(changes.copies), sa.and_(Side.id.in_(changes.sides), Side.copy_id.is_(None))))
        .order_by(Side.position, Side.ordinal)).all()
    return (_copies(request, exam, copies, [side for side in sides if side.copy_id]),
            [_side(request, exam, side) for side in sides if not side.copy_id])


def _copies(request, exam: Exam, copies: Iterable[Copy], sides: Iterable[Side]) -> list[dict]:
    """Copies with their sides, which come in reading order."""
    rows = defaultdict(list)
    for side in sides:
        rows[side.copy_id].append(_side(request, exam, side))
    return [{"id": copy.id, "serial": copy.serial, "code": copy.code, "state": copy.state, "sides": rows[copy.id]}
            for copy in copies]


def _side(request, exam: Exam, side: Side) -> dict:
    """``n``: its number in the pile; ``w`` and ``h`` in millimetres as shown."""
    width, height = side.width_mm, side.height_mm
    if side.turned % 180:
        width, height = height, width
    shown = {"id": side.id, "n": side.ordinal + 1, "page": side.pdf_page, "position": side.position,
             "fate": side.fate, "turned": side.turned, "header": side.header, "w": round(width), "h": round(height),
             "thumb": request.pictures.url(exam, side, "thumb")}
    if side.reason:
        shown["reason"] = say(request, side.reason)
    return shown


def _findings(request, exam: Exam) -> list[dict]:
    """All that is open, with the act that accepting it does: ``turn``, ``fate``, ``cut`` or none."""
    rows = request.db.scalars(sa.select(FindingRow).outerjoin(Side, Side.id == FindingRow.side_id).where(
        FindingRow.exam_id == exam.id, FindingRow.state == FindingState.OPEN).order_by(Side.ordinal, FindingRow.id))
    return [{"id": row.id, "side": row.side_id, "copy": row.copy_id, "kind": row.kind,
             "message": say(request, row.message), "does": _does(row.proposal or {})} for row in rows]


def _does(proposal: dict) -> str | None:
    acts = (("turned", "turn"), ("fate", "fate"), ("cut", "cut"), ("cut_before", "cut"))
    return next((act for key, act in acts if key in proposal), None)
