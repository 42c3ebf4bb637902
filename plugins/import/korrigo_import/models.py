"""What import knows beyond the core's sides and copies."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from korrigo.api import Base, SentenceText, id_column, now, reference

INFO = {"info": {"plugin": "import"}}


class BatchState(enum.StrEnum):
    """A file that was sent: waiting for its job, ready (its sides are there) or refused."""

    RECEIVED = "received"
    READY = "ready"
    REFUSED = "refused"


class Batch(Base):
    """One scanned file of an exam."""

    __tablename__ = "import_batch"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    blob_id: Mapped[str] = reference("blob", ondelete="RESTRICT")
    #: What its sides point into: the file itself, or a mended copy of a file that was damaged or encrypted.
    pages_blob_id: Mapped[str] = reference("blob", ondelete="RESTRICT")
    filename: Mapped[str] = mapped_column(sa.String(255))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[str] = mapped_column(sa.String(16), default=BatchState.RECEIVED)
    #: A code of refusal (password, not-a-pdf …) and a sentence.
    refusal: Mapped[str] = mapped_column(sa.String(40), default="")
    message: Mapped[str] = mapped_column(SentenceText, default="")
    #: Of a locked PDF, from when somebody gives it until the job has tried it.
    password: Mapped[str] = mapped_column(sa.String(200), default="")
    pages: Mapped[int] = mapped_column(default=0)
    recipe: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[str | None] = reference("job", ondelete="SET NULL")
    created: Mapped[dt.datetime] = mapped_column(default=now)
    created_by: Mapped[str | None] = reference("user_account", ondelete="SET NULL")

    __table_args__ = (sa.UniqueConstraint("exam_id", "blob_id"), INFO)


class Upload(Base):
    """A file that is being received in pieces; it may stop and go on."""

    __tablename__ = "import_upload"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    filename: Mapped[str] = mapped_column(sa.String(255))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_by: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    created: Mapped[dt.datetime] = mapped_column(default=now)
    batch_id: Mapped[str | None] = reference("import_batch")

    __table_args__ = (INFO,)


class SideFactsRow(Base):
    """What was measured on a side."""

    __tablename__ = "import_side"

    side_id: Mapped[str] = reference("side", primary_key=True)
    batch_id: Mapped[str] = reference("import_batch")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (INFO,)


class FindingState(enum.StrEnum):
    """``applied``: the program acted on it and says so; open: somebody must look."""

    OPEN = "open"
    APPLIED = "applied"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class FindingRow(Base):
    """Something about a side or a copy that a person should know, with a proposal."""

    __tablename__ = "import_finding"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    batch_id: Mapped[str] = reference("import_batch")
    side_id: Mapped[str | None] = reference("side")
    copy_id: Mapped[str | None] = reference("copy", ondelete="SET NULL")
    kind: Mapped[str] = mapped_column(sa.String(40))
    message: Mapped[str] = mapped_column(SentenceText)
    confidence: Mapped[float]
    proposal: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(sa.String(16), default=FindingState.OPEN)
    #: Who accepted or dismissed it and when, and what takes that back; None while nobody has.
    decided: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    undo_id: Mapped[str | None] = reference("import_undo", ondelete="SET NULL")

    __table_args__ = (INFO,)


class HandOver(enum.StrEnum):
    """When copies go to graders by themselves: each once nothing of it is open, all of a lot once nothing of the lot
    is, or none before somebody has signed for the lot."""

    COPY = "copy"
    LOT = "lot"
    SIGNED = "signed"


class GateChoice(Base):
    """How an exam hands copies over; an exam without a row does as :attr:`HandOver.COPY` says."""

    __tablename__ = "import_gate"

    exam_id: Mapped[str] = reference("exam", primary_key=True)
    hand_over: Mapped[str] = mapped_column(sa.String(16), default=HandOver.COPY)

    __table_args__ = (INFO,)


class SignOff(Base):
    """Somebody takes a lot as it is: who, when, why, which state of it, and what was open then."""

    __tablename__ = "import_signoff"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    batch_id: Mapped[str] = reference("import_batch")
    user_id: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    #: The name under which it was signed: it stays when the account goes.
    name: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[dt.datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(sa.Text)
    #: ``korrigo_import.tally.Lot.version`` of what was signed.
    version: Mapped[str] = mapped_column(sa.String(64))
    #: Packed sentences: what kept the lot from being green.
    open: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (INFO,)


class Undo(Base):
    """What an act on the contact sheet touched, so that it can be undone."""

    __tablename__ = "import_undo"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    snapshot: Mapped[dict[str, Any]]
    #: Findings that the act settled, with their state before.
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: It takes back an undo: the act is done again.
    redo: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class RosterList(Base):
    """A list of pupils that somebody sent and looks at before it is imported, then its report.

    One a person and exam; it is thrown away after a day.  ``choices`` is what the person said about it, ``report``
    what became of its lines once it was imported.
    """

    __tablename__ = "import_roster"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    user_id: Mapped[str] = reference("user_account")
    purpose: Mapped[str] = mapped_column(sa.String(16))
    filename: Mapped[str] = mapped_column(sa.String(255))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    report: Mapped[dict[str, Any] | None]
    created: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (sa.UniqueConstraint("exam_id", "user_id"), INFO)


class RosterColumns(Base):
    """Which column is what in files with these titles, as somebody corrected it.  ``id``: the hash of the titles."""

    __tablename__ = "import_columns"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    reading: Mapped[dict[str, Any]]
    user_id: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)


class RosterRemoval(Base):
    """Pupils who were taken from an exam by one act, as they were expected, so that it can be undone."""

    __tablename__ = "import_removal"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    pupils: Mapped[list[Any]]
    user_id: Mapped[str | None] = reference("user_account", ondelete="SET NULL")
    at: Mapped[dt.datetime] = mapped_column(default=now)

    __table_args__ = (INFO,)
