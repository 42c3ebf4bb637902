"""Pupils."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, id_column, now


class Student(Base):
    """A pupil.  ``match_key`` finds the same pupil in the next roster; it is never the identity."""

    __tablename__ = "student"

    id: Mapped[str] = id_column()
    last_name: Mapped[str] = mapped_column(sa.String(120))
    first_name: Mapped[str] = mapped_column(sa.String(120), default="")
    #: The split of a one-cell name is a guess that nobody has confirmed.
    split_doubtful: Mapped[bool] = mapped_column(default=False)
    birth_date: Mapped[dt.date | None]
    number: Mapped[str] = mapped_column(sa.String(40), default="", index=True)
    class_name: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    match_key: Mapped[str] = mapped_column(sa.String(300), index=True)
    created: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (sa.Index("ix_student_name", "last_name", "first_name"),)

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()
