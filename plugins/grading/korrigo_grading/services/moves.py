"""What was written on copies, when their sides move: marks on a page go with the page, scores stay with the copy."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from korrigo.api import Audit, Copy, MoveRefused, SidesMoved
from korrigo.api import Sentence as _

from ..models import Target
from .leases import Leases
from .merging import Merging
from .ops import ANNOTATION, Ops
from .summary import PREFIX

NOTES = "grading"


class Moves:
    def __init__(self, db, ops: Ops, leases: Leases, merging: Merging, audit: Audit):
        self.db, self.ops, self.leases, self.merging, self.audit = db, ops, leases, merging, audit

    @classmethod
    def of(cls, request) -> "Moves":
        find = request.find_service
        return cls(request.db, find(Ops), find(Leases), find(Merging), request.audit)

    def follow(self, event: SidesMoved) -> None:
        """Take along what was written, or refuse the move where that would lose something or hide it."""
        self.audit.wait_for_turn()
        copies = {copy.id: copy for copy in self.db.scalars(
            sa.select(Copy).where(Copy.id.in_({*event.before, *event.after})).order_by(Copy.id)
            .with_for_update(key_share=True))}
        self._refuse_held(copies)
        written = self._written(copies)
        marks = {copy_id: {key: value for key, value in values.items() if key.startswith(ANNOTATION)}
                 for copy_id, values in written.items()}
        notes = event.undone.get(NOTES, {})
        self.merging.part(copies, notes.get("handed", ()))
        went = self._carry_marks(event, copies, marks)
        handed = [self.merging.hand_over(copies[copy_id], copies.get(event.heir(copy_id)), written.get(copy_id, {}))
                  for copy_id in event.emptied]
        kept = {"handed": [note for note in handed if note], "done": self._take_back_done(event, copies, written)}
        self._do_again(copies, notes.get("done", {}))
        if any(kept.values()):
            event.notes[NOTES] = kept
        event.told += self._told(event, copies, written, went, kept)

    def _refuse_held(self, copies: Mapping[str, Copy]) -> None:
        """Whoever has a copy open would go on writing on pages that are elsewhere."""
        held = self.leases.holder(copies)
        if held is not None:
            copy_id, name = held
            raise MoveRefused(_("${name} has copy ${serial} open and is grading it: its pages stay as they are until "
                                "that is over", name=name, serial=copies[copy_id].serial))

    def _written(self, copy_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Copy id -> key -> what is there; copies with nothing on them are left out."""
        found: dict[str, dict[str, Any]] = {}
        for copy_id, key, value in self.db.execute(
                sa.select(Target.copy_id, Target.key, Target.value).where(Target.copy_id.in_(list(copy_ids)))
                .order_by(Target.key)):
            if value is not None:
                found.setdefault(copy_id, {})[key] = value
        return found

    def _carry_marks(self, event: SidesMoved, copies: Mapping[str, Copy], marks: Mapping[str, Mapping]) -> int:
        """Put each mark where its side is now; how many went to another copy."""
        place = {side: (copy_id, n) for copy_id, row in event.after.items() for n, side in enumerate(row)}
        writes: dict[str, dict[str, Any]] = {}
        went = 0
        for copy_id, values in marks.items():
            row = event.before.get(copy_id, ())
            for key, value in values.items() if row else ():
                n = min(max(value["page"], 0), len(row) - 1)
                self._refuse_torn(event, copies[copy_id], row[n], n, place)
                target, page = place[row[n]]
                if target != copy_id:
                    writes.setdefault(copy_id, {})[key] = None
                    went += 1
                if (target, page) != (copy_id, value["page"]):
                    writes.setdefault(target, {})[key] = {**value, "page": page}
        for copy_id in sorted(writes):
            self.ops.carry(copies[copy_id], writes[copy_id])
        return went

    @staticmethod
    def _refuse_torn(event: SidesMoved, copy: Copy, side: str, n: int, place: Mapping) -> None:
        """A mark stays on what it marks."""
        if side in event.turned:
            raise MoveRefused(_("page ${page} of copy ${serial} carries marks, and they would not turn with it: take "
                                "them away on the grading screen first", page=n + 1, serial=copy.serial))
        if side not in place:
            raise MoveRefused(_("page ${page} of copy ${serial} carries marks: put it in another copy, and they go "
                                "along, or take them away on the grading screen first", page=n + 1, serial=copy.serial))

    def _take_back_done(self, event: SidesMoved, copies: Mapping[str, Copy], written: Mapping) -> dict[str, int]:
        """A copy with other pages is not done any more; the revisions that say so, by copy."""
        revisions = {}
        for copy_id, row in event.after.items():
            other = set(row) != set(event.before.get(copy_id, ()))
            if row and other and written.get(copy_id, {}).get("done"):
                revisions[copy_id] = self.ops.carry(copies[copy_id], {"done": None})["done"]
        return revisions

    def _do_again(self, copies: Mapping[str, Copy], revisions: Mapping[str, int]) -> None:
        """Copies that are as they were when somebody said that they are done, unless it was said otherwise since."""
        for copy_id, revision in revisions.items():
            target = self.db.get(Target, (copy_id, "done"))
            if copy_id in copies and target is not None and target.rev == revision:
                self.ops.carry(copies[copy_id], {"done": True})

    @staticmethod
    def _told(event: SidesMoved, copies: Mapping[str, Copy], written: Mapping, went: int, kept: Mapping) -> list[str]:
        """What whoever moved the pages should know."""
        told = []
        for copy_id, row in event.after.items():
            left = set(event.before.get(copy_id, ())) - set(row)
            if row and left and any(key.startswith(PREFIX) for key in written.get(copy_id, {})):
                told.append(_("The scores stay with copy ${serial}.", serial=copies[copy_id].serial))
        if went and not kept["handed"]:
            told.append(_("Marks that went with their pages: ${n}.", n=went))
        for note in kept["handed"]:
            told.append(_("What was written on copy ${one} is on copy ${other} now.",
                          one=copies[note["from"]].serial, other=copies[note["to"]].serial))
        for copy_id in kept["done"]:
            told.append(_("Copy ${serial} was done; it is to be looked at again.", serial=copies[copy_id].serial))
        return told
