"""Who did what, when, from where: append-only, each entry sealed with the one before."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, now


class AuditEntry(Base):
    """One act.  No foreign keys: the journal outlives what it speaks of."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(sa.String(254), default="")
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    action: Mapped[str] = mapped_column(sa.String(80), index=True)
    subject: Mapped[str] = mapped_column(sa.String(120), default="", index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seal: Mapped[str] = mapped_column(sa.String(64))
