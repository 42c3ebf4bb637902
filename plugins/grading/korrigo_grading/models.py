"""Schemes, what was written on copies, and graded PDFs.

``grading_target`` is the present, ``grading_op`` the whole history: each score, remark and stroke is one target
with one revision, so two people only ever disagree about the smallest thing.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from korrigo.api import Base, SentenceText, id_column, now, reference

INFO = {"info": {"plugin": "grading"}}


class SchemeRow(Base):
    """The marking scheme of an exam: a tree of questions with stable ids."""

    __tablename__ = "grading_scheme"

    exam_id: Mapped[str] = reference("exam", primary_key=True)
    tree: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    #: Confidence from which a person may accept proposals all together; None: one by one only.
    accept_from: Mapped[float | None]
    changed: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class GradedCopyRow(Base):
    """The grading side of a copy: its version counts every accepted op."""

    __tablename__ = "grading_copy"

    copy_id: Mapped[str] = reference("copy", primary_key=True)
    version: Mapped[int] = mapped_column(default=0)

    __table_args__ = (INFO,)


class Target(Base):
    """One score, remark or annotation as it is now.  A deleted one keeps its row with a null value."""

    __tablename__ = "grading_target"

    copy_id: Mapped[str] = reference("copy", primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    rev: Mapped[int]
    user_id: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class Op(Base):
    """One edit, as the browser made it.  Its id is the browser's: a replay changes nothing."""

    __tablename__ = "grading_op"

    id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    copy_id: Mapped[str] = reference("copy")
    key: Mapped[str] = mapped_column(sa.String(80))
    value: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    base: Mapped[int]
    rev: Mapped[int]
    user_id: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class Proposal(Base):
    """What a grader proposes for a question of a copy.  It is no score: a person makes it one."""

    __tablename__ = "grading_proposal"

    copy_id: Mapped[str] = reference("copy", primary_key=True)
    question_id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    grader: Mapped[str] = mapped_column(sa.String(60))
    #: None when the grader could not work; ``reason`` says why.
    points: Mapped[Decimal | None]
    confidence: Mapped[float] = mapped_column(default=0.0)
    reason: Mapped[str] = mapped_column(SentenceText, default="")
    marks: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class Lease(Base):
    """Who has a copy open.  It informs; revisions protect."""

    __tablename__ = "grading_lease"

    copy_id: Mapped[str] = reference("copy", primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(40))
    user_id: Mapped[str | None] = reference("user_account")
    since: Mapped[dt.datetime] = mapped_column(default=now)
    until: Mapped[dt.datetime]

    __table_args__ = (INFO,)


class Paper(Base):
    """A graded PDF.  Those made before a copy was reopened are kept and superseded."""

    __tablename__ = "grading_paper"

    id: Mapped[str] = id_column()
    copy_id: Mapped[str] = reference("copy")
    blob_id: Mapped[str] = reference("blob", ondelete="RESTRICT")
    #: The version of the copy's grading that it shows.
    version: Mapped[int]
    total: Mapped[Decimal]
    superseded: Mapped[bool] = mapped_column(default=False)
    made: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)
