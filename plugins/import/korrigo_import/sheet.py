"""The contact sheet as its script knows it: copies, their sides, and what lies beside them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from korrigo.api import Copy, Exam, Fate, Side, say

from .models import FindingRow, FindingState
from .services import Stapling


def describe(request, exam: Exam, only: Iterable[str] | None = None) -> dict:
    """The whole sheet, or the rows of some copies with everything that is loose.  Four queries, whatever its size."""
    wanted = None if only is None else set(only)
    copies = request.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id)).all()
    sides = request.db.scalars(sa.select(Side).where(Side.exam_id == exam.id).order_by(Side.ordinal)).all()
    findings = request.db.scalars(sa.select(FindingRow).where(
        FindingRow.exam_id == exam.id, FindingRow.state == FindingState.OPEN)).all()
    of_side, of_copy = defaultdict(list), defaultdict(list)
    for finding in findings:
        (of_side[finding.side_id] if finding.side_id else of_copy[finding.copy_id]).append(_finding(request, finding))
    rows, loose = defaultdict(list), []
    for side in sides:
        if side.copy_id is None:
            loose.append(_side(request, exam, side, of_side))
        else:
            rows[side.copy_id].append(side)
    first = {copy_id: min(side.ordinal for side in row) for copy_id, row in rows.items()}
    shown = []
    for copy in sorted(copies, key=lambda copy: (first.get(copy.id, 1 << 30), copy.serial)):
        if wanted is None or copy.id in wanted:
            row = sorted(rows[copy.id], key=lambda side: side.position)
            shown.append({
                "id": copy.id, "serial": copy.serial, "code": copy.code, "state": copy.state,
                "expected": exam.pages_per_copy,
                "sides": [_side(request, exam, side, of_side) for side in row], "findings": of_copy[copy.id]})
    counts = Counter(side.fate for side in sides)
    return {
        "version": request.find_service(Stapling).version(exam), "copies": shown, "loose": loose,
        "pile": of_copy[None],
        "counts": {"copies": len(copies), "sides": len(sides), "look": len(findings),
                   **{str(fate): counts.get(fate, 0) for fate in Fate}},
    }


def _side(request, exam: Exam, side: Side, findings) -> dict:
    return {
        "id": side.id, "thumb": request.pictures.url(exam, side, "thumb"),
        "large": request.pictures.url(exam, side, "work"), "position": side.position, "turned": side.turned,
        "fate": side.fate, "reason": say(request, side.reason), "header": side.header, "page": side.pdf_page,
        "region": side.region, "findings": findings.get(side.id, []),
        "w": round(side.width_mm if side.turned % 180 == 0 else side.height_mm, 1),
        "h": round(side.height_mm if side.turned % 180 == 0 else side.width_mm, 1),
    }


def _finding(request, finding: FindingRow) -> dict:
    return {"id": finding.id, "kind": finding.kind, "message": say(request, finding.message),
            "confidence": round(finding.confidence, 2), "proposal": finding.proposal}
