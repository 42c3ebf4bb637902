"""The journal: append-only, each entry sealed with the one before, so that none can be changed or dropped."""

import hashlib
import json
from collections.abc import Sequence

import sqlalchemy as sa

from ..db import scope
from ..db.base import now
from ..models import AuditEntry

#: PostgreSQL's advisory lock under which entries are chained; on SQLite every writer is alone anyway.
CHAIN_LOCK = 0x6B6F7272


def record_apart(request, action: str, subject: str = "", **details) -> None:
    """Write the journal in a transaction of its own, at once: for requests that only read."""
    with scope(request.registry) as work:
        Audit(work.db, request.actor_name, request.client_addr or "").record(action, subject, **details)


class Audit:
    """Writes the journal in the caller's transaction: what is undone was not done."""

    def __init__(self, db, actor: str = "", address: str = ""):
        self.db, self.actor, self.address = db, actor, address

    @classmethod
    def of(cls, request) -> "Audit":
        return cls(request.db, request.actor_name, request.client_addr or "")

    def record(self, action: str, subject: str = "", **details) -> AuditEntry:
        """One act: ``action`` such as ``copy.reopened``, ``subject`` such as ``copy:4f…``; details are JSON."""
        [entry] = self.record_all(action, [(subject, details)])
        return entry

    def record_all(self, action: str, subjects: Sequence[tuple[str, dict]]) -> list[AuditEntry]:
        """One act on many subjects, an entry each: ``(subject, details)``."""
        self.wait_for_turn()
        number, before = self.newest()
        entries = []
        for subject, details in subjects:
            number += 1
            entry = AuditEntry(id=number, at=now(), actor=self.actor, address=self.address, action=action,
                               subject=subject, details=details)
            before = entry.seal = seal(entry, before)
            entries.append(entry)
        self.db.add_all(entries)
        self.db.flush()
        return entries

    def wait_for_turn(self) -> None:
        """Be the only one who writes entries, until this transaction ends.  What is checked after it still holds when
        the act is written down; taken before every entry, it cannot meet another lock the wrong way round."""
        if self.db.get_bind().dialect.name == "postgresql":
            self.db.execute(sa.select(sa.func.pg_advisory_xact_lock(CHAIN_LOCK)))

    def last(self, subject: str) -> int:
        """The number of the newest entry about a subject: it changes with every act on it."""
        return self.db.scalar(sa.select(sa.func.max(AuditEntry.id)).where(AuditEntry.subject == subject)) or 0

    def newest(self) -> tuple[int, str]:
        """The number and the seal of the newest entry.  Whoever keeps them can prove later that nothing before it was
        changed since: the chain still leads to that seal at that number."""
        last = self.db.execute(
            sa.select(AuditEntry.id, AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1)).first()
        return (last.id, last.seal) if last else (0, "")

    def since(self, subject: str, number: int) -> list[tuple[str, dict]]:
        """``(action, details)`` of the entries about a subject after that number, the oldest first."""
        return [tuple(row) for row in self.db.execute(
            sa.select(AuditEntry.action, AuditEntry.details)
            .where(AuditEntry.subject == subject, AuditEntry.id > number).order_by(AuditEntry.id))]

    def verify(self) -> int | None:
        """The id of the first entry whose seal is wrong, or None when the chain is whole."""
        before, expected = "", 1
        for entry in self.db.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).yield_per(500):
            if entry.id != expected or entry.seal != seal(entry, before):
                return entry.id
            before, expected = entry.seal, expected + 1
        return None


def seal(entry: AuditEntry, before: str) -> str:
    """The SHA-256 of an entry's content and of the seal before it."""
    content = json.dumps(
        [before, entry.id, entry.at.isoformat(), entry.actor, entry.address, entry.action, entry.subject,
         entry.details], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()
