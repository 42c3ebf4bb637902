"""What identification reads, proposes and remembers."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from korrigo.api import Base, id_column, now, reference

INFO = {"info": {"plugin": "ocr"}}


class Names(StrEnum):
    """What becomes of the names that were found in an exam."""

    AUTO = "auto"
    PROPOSE = "propose"
    OFF = "off"


class NamesChoice(Base):
    """What somebody chose for an exam; without a row it is what the settings say."""

    __tablename__ = "ocr_names"

    exam_id: Mapped[str] = reference("exam", primary_key=True)
    how: Mapped[str] = mapped_column(sa.String(16))

    __table_args__ = (INFO,)


class FormRow(Base):
    """Where the identity fields stand on an exam's header."""

    __tablename__ = "ocr_form"

    exam_id: Mapped[str] = reference("exam", primary_key=True)
    form: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class Reading(Base):
    """What was read on one header, field by field: enough to match again without pictures."""

    __tablename__ = "ocr_reading"

    side_id: Mapped[str] = reference("side", primary_key=True)
    turned: Mapped[int]
    engine: Mapped[str] = mapped_column(sa.String(60))
    text: Mapped[str] = mapped_column(sa.String(300), default="")
    evidence: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class Proposal(Base):
    """What the whole batch's assignment says of a copy."""

    __tablename__ = "ocr_proposal"

    copy_id: Mapped[str] = reference("copy", primary_key=True)
    student_id: Mapped[str | None] = reference("student", ondelete="SET NULL")
    verdict: Mapped[str] = mapped_column(sa.String(16))
    confidence: Mapped[float] = mapped_column(default=0.0)
    text: Mapped[str] = mapped_column(sa.String(300), default="")
    #: [{"student": id, "confidence": 0..1}], best first.
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    #: Ids of header sides in the copy that are likely somebody else's.
    strays: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class DecisionRow(Base):
    """A decision made at the desk, with what was before: for undo, and to measure how often proposals are right."""

    __tablename__ = "ocr_decision"

    id: Mapped[str] = id_column()
    copy_id: Mapped[str] = reference("copy")
    student_id: Mapped[str | None] = reference("student", ondelete="SET NULL")
    proposed_id: Mapped[str | None] = reference("student", ondelete="SET NULL")
    #: Of the proposal, as it was then.
    confidence: Mapped[float] = mapped_column(default=0.0)
    before_student_id: Mapped[str | None] = reference("student", ondelete="SET NULL")
    before: Mapped[str] = mapped_column(sa.String(16))
    undone: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)
