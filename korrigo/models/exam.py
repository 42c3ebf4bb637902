"""An exam, the people who work on it and the pupils expected in it."""

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, id_column, now, reference


class Paper(enum.StrEnum):
    """The shape of the pupils' paper, as the copier sees it."""

    A4 = "a4"
    A3_FOLDED = "a3-folded"


class ExamRole(enum.StrEnum):
    COORDINATOR = "coordinator"
    SECRETARY = "secretary"
    GRADER = "grader"


class Exam(Base):
    __tablename__ = "exam"

    id: Mapped[str] = id_column()
    title: Mapped[str] = mapped_column(sa.String(200))
    subject: Mapped[str] = mapped_column(sa.String(100), default="")
    held_on: Mapped[dt.date | None]
    total: Mapped[Decimal] = mapped_column(default=Decimal(20))
    anonymous: Mapped[bool] = mapped_column(default=True)
    paper: Mapped[str] = mapped_column(sa.String(16), default=Paper.A4)
    pages_per_copy: Mapped[int | None]
    #: Rectangles [x0, y0, x1, y1] in page units (width 1000) with the identity, on sides with the header.
    identity_zones: Mapped[list[Any]] = mapped_column(default=list)
    created: Mapped[dt.datetime] = mapped_column(default=now)
    created_by: Mapped[str | None] = reference("user_account", ondelete="SET NULL")


class ExamMember(Base):
    __tablename__ = "exam_member"

    exam_id: Mapped[str] = reference("exam", primary_key=True)
    user_id: Mapped[str] = reference("user_account", primary_key=True, index=True)
    role: Mapped[str] = mapped_column(sa.String(16), primary_key=True)


class ExamStudent(Base):
    """A pupil expected at an exam."""

    __tablename__ = "exam_student"

    exam_id: Mapped[str] = reference("exam", primary_key=True)
    student_id: Mapped[str] = reference("student", primary_key=True, index=True)
    rank: Mapped[int] = mapped_column(default=0)
    absent: Mapped[bool] = mapped_column(default=False)
