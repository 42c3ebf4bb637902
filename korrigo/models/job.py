"""Background work.  This table is the truth; the queue only rings."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, SentenceText, id_column, now, reference


class JobState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    DEAD = "dead"


class Job(Base):
    __tablename__ = "job"

    id: Mapped[str] = id_column()
    kind: Mapped[str] = mapped_column(sa.String(60), index=True)
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(sa.String(16), default=JobState.QUEUED)
    #: At most one job that is not over may carry a key.
    unique_key: Mapped[str | None] = mapped_column(sa.String(200))
    priority: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=3)
    run_after: Mapped[dt.datetime] = mapped_column(default=now)
    lease_until: Mapped[dt.datetime | None]
    owner: Mapped[str | None] = mapped_column(sa.String(120))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(sa.String(30), default="")
    stage: Mapped[str] = mapped_column(sa.String(60), default="")
    message: Mapped[str] = mapped_column(SentenceText, default="")
    #: The last traceback: shown to administrators only.
    error: Mapped[str] = mapped_column(sa.Text, default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, default=None)
    created: Mapped[dt.datetime] = mapped_column(default=now)
    started: Mapped[dt.datetime | None]
    finished: Mapped[dt.datetime | None]
    created_by: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    exam_id: Mapped[str | None] = reference("exam", ondelete="CASCADE")

    __table_args__ = (
        sa.Index("ix_job_state_run_after", "state", "run_after"),
        sa.Index(
            "uq_job_unique_key_live", "unique_key", unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
    )
