"""One copy's scores and remarks on another: when two copies become one, and when they are two again."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from korrigo.api import Copy, Exam, MoveRefused
from korrigo.api import Sentence as _

from ..models import GradedCopyRow, Op, Paper
from ..targets import TEXT_LENGTH
from .ops import ANNOTATION, Ops
from .schemes import Schemes

#: Texts of both copies are kept, one below the other.
TEXTS = ("note", "appreciation", "flag")


class Merging:
    def __init__(self, db, ops: Ops, schemes: Schemes):
        self.db, self.ops, self.schemes = db, ops, schemes

    @classmethod
    def of(cls, request) -> "Merging":
        return cls(request.db, request.find_service(Ops), request.find_service(Schemes))

    def hand_over(self, copy: Copy, heir: Copy | None, written: Mapping[str, Any]) -> dict | None:
        """Write on ``heir`` what is written on ``copy``, which is about to go; what :meth:`part` needs, or None.

        ``written`` is what is on the copy; its marks have gone with their pages.  Refused when there is no heir, or
        when both have something that cannot be both: that is for a person to decide.
        """
        mine = {key: value for key, value in written.items() if not key.startswith(ANNOTATION)}
        papers = list(self.db.scalars(sa.select(Paper.id).where(Paper.copy_id == copy.id)))
        if heir is None:
            if mine or papers:
                raise MoveRefused(_("copy ${serial} is being graded and would be left without pages: its marks would "
                                    "be lost. Leave a page in it, or join it to another copy", serial=copy.serial))
            return None
        ops = list(self.db.scalars(sa.select(Op.id).where(Op.copy_id == copy.id)))
        if not (mine or ops or papers):
            return None
        theirs = {key: target.value for key, target in self.ops.targets(heir.id).items()}
        values = self._merged(copy, heir, mine, theirs)
        revisions = self.ops.carry(heir, values)
        version = self.ops.version(copy.id)
        self._pass(ops, papers, heir.id)
        return {"from": copy.id, "to": heir.id, "version": version, "ops": ops, "papers": papers, "mine": mine,
                "theirs": {key: [theirs.get(key), revision] for key, revision in revisions.items()}}

    def part(self, copies: Mapping[str, Copy], notes: Iterable[Mapping[str, Any]]) -> None:
        """Take back :meth:`hand_over`: each has its own again.  Refused when it was graded further meanwhile."""
        for note in notes:
            copy, heir = copies[note["from"]], copies[note["to"]]
            now = self.ops.targets(heir.id)
            if any(now[key].rev != revision for key, (_value, revision) in note["theirs"].items()):
                raise MoveRefused(_("copy ${serial} was graded further since the copies were joined: its scores cannot "
                                    "be told apart any more. Cut it instead", serial=heir.serial))
            self.db.merge(GradedCopyRow(copy_id=copy.id, version=note["version"]))
            self.db.flush()
            self.ops.carry(heir, {key: value for key, (value, _revision) in note["theirs"].items()})
            self.ops.carry(copy, note["mine"])
            self._pass(note["ops"], note["papers"], copy.id)

    def _merged(self, copy: Copy, heir: Copy, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
        """What changes on the heir."""
        values, clashes = {}, []
        for key, value in mine.items():
            other = theirs.get(key)
            if key == "done":
                continue
            if other is None:
                values[key] = value
            elif key.partition(":")[0] in TEXTS and len(f"{other}\n{value}") <= TEXT_LENGTH:
                values[key] = other if value == other else f"{other}\n{value}"
            elif key.startswith("crit:"):
                values[key] = list(dict.fromkeys([*other, *value]))
            else:
                clashes.append(key)
        if clashes:
            raise MoveRefused(_(
                "copies ${one} and ${other} both have ${what}: look at both on the grading screen, take away what does "
                "not hold on one of them, and join them then", one=heir.serial, other=copy.serial,
                what=", ".join(self._names(heir, clashes))))
        return values

    def _names(self, copy: Copy, keys: Iterable[str]) -> list[str]:
        """What people call the targets of keys: the labels of questions in the order of the scheme."""
        leaves = self.schemes.leaves(self.db.get(Exam, copy.exam_id))
        questions = {key.partition(":")[2] for key in keys}
        labels = [question.label for question_id, question in leaves.items() if question_id in questions]
        return labels or sorted(key.partition(":")[0] for key in keys)

    def _pass(self, ops: list[str], papers: list[str], copy_id: str) -> None:
        """The history, and the graded PDFs of before it was reopened, go with the copy's writing."""
        self.db.flush()
        self.db.execute(sa.update(Op).where(Op.id.in_(ops)).values(copy_id=copy_id))
        self.db.execute(sa.update(Paper).where(Paper.id.in_(papers)).values(copy_id=copy_id))
