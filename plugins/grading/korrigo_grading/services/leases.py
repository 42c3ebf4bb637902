"""Who has a copy open: a lease beside the state, never a state.  It informs; revisions protect."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from korrigo.api import Copy, User, now

from ..models import Lease

LIFETIME = dt.timedelta(seconds=60)


@dataclass(frozen=True)
class Held:
    """Somebody else has the copy open."""

    by: str
    since: dt.datetime


class Leases:
    def __init__(self, db, user_id: str | None):
        self.db, self.user_id = db, user_id

    @classmethod
    def of(cls, request) -> "Leases":
        return cls(request.db, request.actor_id)

    def take(self, copy: Copy, token: str, *, force: bool = False) -> Held | None:
        """Take or renew the lease for one tab; who holds it when that is another and ``force`` is not said."""
        lease = self.db.get(Lease, copy.id, with_for_update=True)
        if lease is None:
            self.db.add(Lease(copy_id=copy.id, token=token, user_id=self.user_id, until=now() + LIFETIME))
            return None
        if lease.token != token and lease.until > now() and not force:
            holder = self.db.get(User, lease.user_id) if lease.user_id else None
            return Held(holder.name if holder else "", lease.since)
        if lease.token != token:
            lease.since = now()
        lease.token, lease.user_id, lease.until = token, self.user_id, now() + LIFETIME
        return None

    def release(self, copy: Copy, token: str) -> None:
        """Give the lease back; nothing happens when another tab has it."""
        self.db.execute(sa.delete(Lease).where(Lease.copy_id == copy.id, Lease.token == token))

    def held_by_others(self, exam_id: str) -> set[str]:
        """Copies of an exam that somebody else has open."""
        return set(self.db.scalars(
            sa.select(Lease.copy_id).join(Copy, Copy.id == Lease.copy_id)
            .where(Copy.exam_id == exam_id, Lease.until > now(), Lease.user_id.is_distinct_from(self.user_id))))

    def holder(self, copy_ids: Iterable[str]) -> tuple[str, str] | None:
        """One of these copies that somebody else has open, and that person's name; None when there is none."""
        row = self.db.execute(
            sa.select(Lease.copy_id, User.name).join(User, User.id == Lease.user_id)
            .where(Lease.copy_id.in_(list(copy_ids)), Lease.until > now(), Lease.user_id.is_distinct_from(self.user_id))
            .order_by(Lease.since).limit(1)).first()
        return (row.copy_id, row.name) if row else None
