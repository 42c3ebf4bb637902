"""Files that were made for somebody to take away."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from korrigo.api import Base, id_column, now, reference


class ExportFile(Base):
    """One export: which format, with which options, and the file once it is made."""

    __tablename__ = "export_file"

    id: Mapped[str] = id_column()
    exam_id: Mapped[str] = reference("exam")
    exporter: Mapped[str] = mapped_column(sa.String(40))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    filename: Mapped[str] = mapped_column(sa.String(200), default="")
    media_type: Mapped[str] = mapped_column(sa.String(100), default="")
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    blob_id: Mapped[str | None] = reference("blob", ondelete="RESTRICT")
    job_id: Mapped[str | None] = reference("job", ondelete="SET NULL")
    created: Mapped[dt.datetime] = mapped_column(default=now)
    created_by: Mapped[str | None] = reference("user_account", ondelete="SET NULL")

    __table_args__ = ({"info": {"plugin": "export"}},)
