"""A pupil's paper (a copy) and the scanned page faces (sides) that make it."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, SentenceText, id_column, now, reference


class CopyState(enum.StrEnum):
    """The life of a copy; ``korrigo.services.copies.TRANSITIONS`` is the only way from one to another."""

    STAGING = "staging"
    READY = "ready"
    GRADING = "grading"
    FINALISING = "finalising"
    GRADED = "graded"
    FAILED = "failed"


class Identification(enum.StrEnum):
    """Whose copy it is: a second axis, independent of the state."""

    NONE = "none"
    AUTO = "auto"
    MANUAL = "manual"
    UNKNOWN = "unknown"


class Fate(enum.StrEnum):
    """What became of a side.  Every side has exactly one."""

    COPY = "copy"
    BLANK = "blank"
    DUPLICATE = "duplicate"
    FOREIGN = "foreign"
    WAITING = "waiting"
    DISCARDED = "discarded"


class Region(enum.StrEnum):
    """The part of a PDF page that a side is, as seen upright."""

    FULL = "full"
    LEFT = "left"
    RIGHT = "right"


class Copy(Base):
    __tablename__ = "copy"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam", ondelete="RESTRICT", index=False)
    #: The number by which people of the exam call it: 1, 2, 3 … in the order of arrival.
    serial: Mapped[int]
    #: The code by which graders know it: random, readable, unique in the exam.
    code: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(16), default=CopyState.STAGING, index=True)
    version: Mapped[int] = mapped_column(default=1)
    student_id: Mapped[str | None] = reference("student", ondelete="SET NULL")
    identification: Mapped[str] = mapped_column(sa.String(16), default=Identification.NONE)
    #: Why finalising failed, and how often it was tried.
    failure: Mapped[str] = mapped_column(SentenceText, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    #: What the file was called that held this copy alone: where each pupil has a file, it says whose.
    file_name: Mapped[str] = mapped_column(sa.String(255), default="")
    created: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (
        sa.UniqueConstraint("exam_id", "serial"),
        sa.UniqueConstraint("exam_id", "code"),
        sa.Index("ix_copy_exam_id_state", "exam_id", "state"),
        sa.CheckConstraint(
            "(student_id IS NOT NULL) = (identification IN ('auto', 'manual'))", name="identified_has_student"
        ),
    )


class Side(Base):
    __tablename__ = "side"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam", ondelete="RESTRICT", index=False)
    blob_id: Mapped[str] = reference("blob", ondelete="RESTRICT")
    pdf_page: Mapped[int]
    region: Mapped[str] = mapped_column(sa.String(8), default=Region.FULL)
    #: Degrees clockwise by which the region's picture is turned to read upright.
    turned: Mapped[int] = mapped_column(default=0)
    width_mm: Mapped[float]
    height_mm: Mapped[float]
    #: A printed form with the pupil's identity stands on this side.
    header: Mapped[bool] = mapped_column(default=False)
    #: Where it came in the scan: 0, 1, 2 … over the whole exam.
    ordinal: Mapped[int]
    fate: Mapped[str] = mapped_column(sa.String(16), default=Fate.WAITING, index=True)
    reason: Mapped[str] = mapped_column(SentenceText, default="")
    copy_id: Mapped[str | None] = reference("copy", ondelete="RESTRICT")
    position: Mapped[int | None]

    __table_args__ = (
        sa.UniqueConstraint("exam_id", "blob_id", "pdf_page", "region"),
        sa.UniqueConstraint("copy_id", "position"),
        sa.Index("ix_side_exam_id_ordinal", "exam_id", "ordinal"),
        sa.CheckConstraint("turned IN (0, 90, 180, 270)", name="turned_by_quarters"),
        sa.CheckConstraint("(copy_id IS NULL) = (position IS NULL)", name="copy_and_position"),
        sa.CheckConstraint("fate <> 'copy' OR copy_id IS NOT NULL", name="copy_has_place"),
        sa.CheckConstraint("copy_id IS NULL OR fate IN ('copy', 'blank')", name="place_is_copy_or_blank"),
    )
