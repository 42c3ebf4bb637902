"""Which hosts have a worker, and when it last spoke."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, now


class WorkerSeen(Base):
    __tablename__ = "worker_seen"

    host: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(default=now)
