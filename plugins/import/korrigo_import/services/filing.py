"""From a plan to rows: every side gets its fate, copies are made, findings are kept for a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from statistics import median

import sqlalchemy as sa

from korrigo.api import Audit, Copies, Copy, CopyAssembled, Exam, Exams, Fate, Side, pack

from ..models import Batch, BatchState, FindingRow, FindingState, SideFactsRow
from ..scan.facts import SideFacts
from ..scan.plan import Finding, Plan, Understood
from .handing import HandingOver

#: Page units added below the headers that were found before they are burnt out of pictures for anonymous grading.
MARGIN = 35
#: Page units (9 mm) by which a sheet may have slipped on the glass.  A form that seems to reach lower is one with the
#: ruling of the answers taken in: hiding that would hide what the pupil wrote.
SLIP = 45


class Filing:
    def __init__(self, db, copies: Copies, exams: Exams, audit: Audit, handing: HandingOver, notify):
        self.db, self.copies, self.exams, self.audit, self.notify = db, copies, exams, audit, notify
        self.handing = handing

    @classmethod
    def of(cls, request) -> Filing:
        return cls(request.db, request.find_service(Copies), request.find_service(Exams), request.audit,
                   request.find_service(HandingOver), request.notify)

    def file(self, batch: Batch, sides: Sequence[Side], facts: Sequence[SideFacts], understood: Understood) -> None:
        """Write a plan down.  ``facts``, its headers and its sides go side by side, in the order of the scan."""
        exam, plan = self.db.get(Exam, batch.exam_id), understood.plan
        by_place = {(side.pdf_page, side.region): side for side in sides}
        copies = self._copies(exam, plan)
        if len(copies) == 1:
            next(iter(copies.values())).file_name = batch.filename
        self.db.execute(sa.delete(SideFactsRow).where(SideFactsRow.batch_id == batch.id))
        for planned, measured, header in zip(plan.sides, facts, understood.headers, strict=True):
            side = by_place[planned.pdf_page, planned.region]
            side.fate, side.turned, side.header = planned.fate, planned.turned, header
            if planned.fate in (Fate.COPY, Fate.BLANK) and planned.position is not None:
                side.copy_id, side.position = copies[planned.copy].id, planned.position
            self.db.add(SideFactsRow(side_id=side.id, batch_id=batch.id, facts=json.loads(measured.to_json())))
        self.db.flush()
        findings = [self._finding(batch, by_place, copies, finding) for finding in plan.findings]
        headed = [measured for measured, header in zip(facts, understood.headers, strict=True) if header]
        self._remember(exam, batch, understood, headed)
        self.handing.filed(exam, copies.values())
        for copy in copies.values():
            self.notify(CopyAssembled(copy.id, exam.id))
        self.audit.record("import.filed", f"exam:{exam.id}", batch=batch.id, sides=len(sides), copies=len(copies),
                          findings=len(findings))

    def _copies(self, exam: Exam, plan: Plan) -> Mapping[int, Copy]:
        numbers = sorted({side.copy for side in plan.sides
                          if side.position is not None and side.fate in (Fate.COPY, Fate.BLANK)})
        return dict(zip(numbers, self.copies.create_many(exam, len(numbers)), strict=True))

    def _finding(self, batch: Batch, by_place, copies: Mapping[int, Copy], finding: Finding) -> FindingRow:
        side = by_place.get((finding.pdf_page, finding.region))
        copy = copies.get(finding.copy)
        settled = finding.applied or finding.level == "notice"
        row = FindingRow(
            exam_id=batch.exam_id, batch_id=batch.id, side_id=side.id if side else None,
            copy_id=copy.id if copy else None, kind=finding.kind, message=finding.message,
            confidence=finding.confidence, proposal=finding.proposal,
            state=FindingState.APPLIED if settled else FindingState.OPEN)
        self.db.add(row)
        self.db.flush()
        return row

    def _remember(self, exam: Exam, batch: Batch, understood: Understood, headed: Sequence[SideFacts]) -> None:
        """What was learnt of the exam: its paper, its pages, and where the identity stands."""
        batch.state, batch.message, batch.password = BatchState.READY, "", ""
        guess, by_hand = understood.guess, bool(batch.recipe.get("by_hand"))
        recipe = guess.recipe
        batch.recipe = {**json.loads(recipe.to_json()), "sure": guess.confidence, "why": pack(guess.why),
                        "sheet_headers": understood.plan.sheet_headers, "by_hand": by_hand}
        changes = {}
        if recipe.kind == "a3-folded":
            changes["paper"] = "a3-folded"
        if recipe.pages_per_copy and (by_hand or exam.pages_per_copy is None):
            changes["pages_per_copy"] = recipe.pages_per_copy
        zone = identity_zone(headed)
        if zone and not exam.identity_zones:
            changes["identity_zones"] = [zone]
        self.exams.change(exam, **changes)


def identity_zone(facts: Sequence[SideFacts]) -> list[int] | None:
    """[x0, y0, x1, y1] that covers every header that was found, with a margin; whole width, for names are long."""
    bottoms = [side.form_box[3] for side in facts if side.form_box[3] > side.form_box[1]]
    if not bottoms:
        return None
    usual = median(bottoms)
    lowest = max(bottom for bottom in bottoms if bottom <= usual + SLIP)
    return [0, 0, 1000, min(int(lowest + MARGIN), 700)]
