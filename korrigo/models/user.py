"""People who sign in, their sessions, their one-time links and the tokens of their programs."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..db.base import Base, id_column, now, reference


class Role(enum.StrEnum):
    """What somebody is for the whole school; what they are for one exam is in :class:`ExamMember`."""

    ADMIN = "admin"
    SECRETARY = "secretary"
    TEACHER = "teacher"


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[str] = id_column()
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    roles: Mapped[list[Any]] = mapped_column(default=list)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200), info={"audit": False})
    language: Mapped[str] = mapped_column(sa.String(8), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[dt.datetime] = mapped_column(default=now)


class AuthSession(Base):
    """One browser that is signed in.  Only a digest of its token is kept."""

    __tablename__ = "auth_session"

    id: Mapped[str] = id_column()
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[str] = reference("user_account")
    created: Mapped[dt.datetime] = mapped_column(default=now)
    expires: Mapped[dt.datetime] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    agent: Mapped[str] = mapped_column(sa.String(200), default="")


class SigninLink(Base):
    """A link that signs in once, made by an administrator or on the command line."""

    __tablename__ = "signin_link"

    id: Mapped[str] = id_column()
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[str] = reference("user_account")
    expires: Mapped[dt.datetime]
    used: Mapped[dt.datetime | None]


class ApiToken(Base):
    """What lets a program act for somebody, within its scopes.  Only a digest of its secret is kept."""

    __tablename__ = "api_token"

    id: Mapped[str] = id_column()
    user_id: Mapped[str] = reference("user_account")
    name: Mapped[str] = mapped_column(sa.String(100))
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created: Mapped[dt.datetime] = mapped_column(default=now)
    last_used: Mapped[dt.datetime | None]
    expires: Mapped[dt.datetime | None]
    revoked: Mapped[dt.datetime | None]
