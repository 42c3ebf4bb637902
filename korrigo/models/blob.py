"""Files that were received or made, known by what they contain."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, now


class Blob(Base):
    """A stored file.  Its id is the SHA-256 of its bytes: the same file is stored once."""

    __tablename__ = "blob"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    created: Mapped[dt.datetime] = mapped_column(default=now)
