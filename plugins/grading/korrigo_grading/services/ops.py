"""Writing on copies: ops with ids, one revision per target, replays that change nothing.

The rule, in one transaction: a known op id gets its answer again (and the current value if somebody wrote
since); an op based on the current revision is written; one that says what is there already is done; anything
else is a conflict and changes nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from korrigo.api import Audit, Copies, Copy, CopyState, Side, now
from korrigo.api import Sentence as _

from ..models import GradedCopyRow, Op, Target
from ..scheme import Question
from ..targets import problem

#: The largest revision: what fits the integers of every database.
LAST_REVISION = 2**31 - 1

#: How the keys of marks on pages begin.
ANNOTATION = "annot:"

#: States in which a copy takes ops.
WRITABLE = (CopyState.READY, CopyState.GRADING)


@dataclass(frozen=True)
class Edit:
    """One op as it came: ``id`` is the client's, ``base`` the revision that its author was looking at."""

    id: str
    target: str
    value: Any
    base: int


class Closed(Exception):
    """The copy takes no ops (any more): it is not released yet, being finalised, or graded."""


class Ops:
    def __init__(self, db, copies: Copies, audit: Audit, user_id: str | None):
        self.db, self.copies, self.audit, self.user_id = db, copies, audit, user_id

    @classmethod
    def of(cls, request) -> "Ops":
        return cls(request.db, request.find_service(Copies), request.audit, request.actor_id)

    def version(self, copy_id: str) -> int:
        return self.db.scalar(sa.select(GradedCopyRow.version).where(GradedCopyRow.copy_id == copy_id)) or 0

    def targets(self, copy_id: str) -> dict[str, Target]:
        """What is on the copy now, by key; what was taken away is there with a null value."""
        return {target.key: target for target in
                self.db.scalars(sa.select(Target).where(Target.copy_id == copy_id))}

    def apply(self, copy: Copy, edits: Sequence[Edit], questions: Mapping[str, Question]) -> tuple[int, list[dict]]:
        """Write edits in their order; the copy's new version and one result an edit.

        Raises :class:`Closed` before anything is written.
        """
        row = self._lock(copy)
        known = {op.id: op for op in self.db.scalars(
            sa.select(Op).where(Op.id.in_([edit.id for edit in edits])))}
        targets = {target.key: target for target in self.db.scalars(
            sa.select(Target).where(Target.copy_id == copy.id, Target.key.in_({edit.target for edit in edits})))}
        if copy.state not in WRITABLE and any(edit.id not in known for edit in edits):
            raise Closed(copy.state)
        placed = self._placed(copy, edits)
        results = [self._one(copy, row, edit, known, targets, questions) for edit in placed]
        self.db.flush()
        return row.version, results

    def carry(self, copy: Copy, values: Mapping[str, Any]) -> dict[str, int]:
        """Write what comes with its page or from another copy, whatever was there; the revision of each key.

        It is an edit like others, in the name of whoever acts, so that open screens meet it as one.
        """
        if not values:
            return {}
        row = self._lock(copy)
        targets = {target.key: target for target in self.db.scalars(
            sa.select(Target).where(Target.copy_id == copy.id, Target.key.in_(list(values))))}
        revisions = {}
        for key, value in values.items():
            base = targets[key].rev if key in targets else 0
            edit = Edit(secrets.token_hex(12), key, value, base)
            revisions[key] = self._write(copy, row, edit, targets)
            self._log(copy, edit, revisions[key], {})
        self.db.flush()
        return revisions

    def _placed(self, copy: Copy, edits: Sequence[Edit]) -> list[Edit]:
        """Marks that say their side are put where that side is now: its author may have seen the pages in another
        order.  A side that is in another copy has page -1."""
        if not any(_side(edit) for edit in edits):
            return list(edits)
        places = {side: n for n, side in enumerate(self.db.scalars(
            sa.select(Side.id).where(Side.copy_id == copy.id).order_by(Side.position)))}
        return [replace(edit, value={**edit.value, "page": places.get(_side(edit), -1)}) if _side(edit) else edit
                for edit in edits]

    def _lock(self, copy: Copy) -> GradedCopyRow:
        """The copy's row, alone: on PostgreSQL by one lock on the copy, on SQLite every writer is alone.

        The first edit also writes the journal, whose lock comes before that of a copy everywhere.
        """
        if copy.state == CopyState.READY:
            self.audit.wait_for_turn()
        self.db.refresh(copy, with_for_update={"key_share": True})
        row = self.db.get(GradedCopyRow, copy.id, populate_existing=True)
        if row is None:
            row = GradedCopyRow(copy_id=copy.id, version=0)
            self.db.add(row)
        return row

    def _one(self, copy: Copy, row: GradedCopyRow, edit: Edit, known: dict[str, Op], targets: dict[str, Target],
             questions: Mapping[str, Question]) -> dict:
        target = targets.get(edit.target)
        if edit.id in known:
            return self._again(known[edit.id], copy, targets)
        why = problem(edit.target, edit.value, questions)
        if why:
            return {"id": edit.id, "status": "invalid", "why": why, "current": _current(target)}
        rev = target.rev if target else 0
        if edit.base != rev and not (target is not None and target.value == edit.value):
            return {"id": edit.id, "status": "conflict", "current": _current(target)}
        if edit.base == rev:
            rev = self._write(copy, row, edit, targets)
        self._log(copy, edit, rev, known)
        return {"id": edit.id, "status": "ok", "rev": rev}

    def _again(self, op: Op, copy: Copy, targets: dict[str, Target]) -> dict:
        """The answer that was given before; with what somebody wrote since."""
        if op.copy_id != copy.id:
            return {"id": op.id, "status": "invalid", "why": _("This edit was made on another copy."), "current": None}
        answer = {"id": op.id, "status": "ok", "rev": op.rev}
        target = targets.get(op.key) or self.db.get(Target, (copy.id, op.key))
        if target is not None and target.rev != op.rev:
            answer["current"] = _current(target)
        return answer

    def _write(self, copy: Copy, row: GradedCopyRow, edit: Edit, targets: dict[str, Target]) -> int:
        if copy.state == CopyState.READY:
            self.copies.move(copy, "begin")
        row.version += 1
        target = targets.get(edit.target)
        if target is None:
            target = targets[edit.target] = Target(copy_id=copy.id, key=edit.target)
            self.db.add(target)
        target.value, target.rev, target.user_id, target.at = edit.value, row.version, self.user_id, now()
        return row.version

    def _log(self, copy: Copy, edit: Edit, rev: int, known: dict[str, Op]) -> None:
        op = known[edit.id] = Op(id=edit.id, copy_id=copy.id, key=edit.target, value=edit.value, base=edit.base,
                                 rev=rev, user_id=self.user_id)
        self.db.add(op)


def _current(target: Target | None) -> dict | None:
    if target is None:
        return {"rev": 0, "value": None, "by": None, "at": None}
    return {"rev": target.rev, "value": target.value, "by": target.user_id,
            "at": target.at.isoformat() if target.at else None}


def _side(edit: Edit) -> str | None:
    """The side that a mark says it is on."""
    value = edit.value
    if not edit.target.startswith(ANNOTATION) or not isinstance(value, dict) or not isinstance(value.get("side"), str):
        return None
    return value["side"]
