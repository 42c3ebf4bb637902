"""Tokens: what lets a program act for somebody, within chosen scopes."""

import datetime as dt
import secrets
from collections.abc import Iterable

import sqlalchemy as sa

from ..db.base import now
from ..models import ApiToken, User
from .accounts import digest
from .audit import Audit

#: How every secret begins: scanners of published code find it by this.
PREFIX = "krg_"
#: The last use is known to so much; more would cost a write for every request.
PRECISION = dt.timedelta(minutes=5)


def token_of(db, secret: str) -> tuple[ApiToken, User] | None:
    """The token and account behind a secret, when both are alive."""
    row = db.execute(
        sa.select(ApiToken, User).join(User, User.id == ApiToken.user_id)
        .where(ApiToken.token_digest == digest(secret), ApiToken.revoked.is_(None),
               sa.or_(ApiToken.expires.is_(None), ApiToken.expires > now()), User.active)).first()
    return tuple(row) if row else None


def note_use(engine: sa.Engine, token_id: str) -> None:
    """Write down that a token was used, in a transaction of its own: most requests only read."""
    at = now()
    with engine.begin() as connection:
        connection.execute(
            sa.update(ApiToken)
            .where(ApiToken.id == token_id, sa.or_(ApiToken.last_used.is_(None), ApiToken.last_used < at - PRECISION))
            .values(last_used=at))


class Tokens:
    def __init__(self, db, audit: Audit):
        self.db, self.audit = db, audit

    @classmethod
    def of(cls, request) -> "Tokens":
        return cls(request.db, request.audit)

    def make(self, user: User, name: str, scopes: Iterable[str],
             lifetime: dt.timedelta | None = None) -> tuple[ApiToken, str]:
        """A new token and its secret, which is known only now."""
        secret = PREFIX + secrets.token_urlsafe(32)
        token = ApiToken(user_id=user.id, name=name, scopes=sorted(scopes), token_digest=digest(secret),
                         expires=now() + lifetime if lifetime else None)
        self.db.add(token)
        self.db.flush()
        self.audit.record("token.made", f"token:{token.id}", user=user.id, name=name, scopes=token.scopes,
                          expires=token.expires.isoformat() if token.expires else None)
        return token, secret

    def of_user(self, user_id: str) -> list[ApiToken]:
        """The tokens of somebody that were not revoked, newest first; those that are over too."""
        return list(self.db.scalars(
            sa.select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked.is_(None))
            .order_by(ApiToken.created.desc())))

    def find(self, user_id: str, token_id: str) -> ApiToken | None:
        """A token of somebody's own."""
        return self.db.scalar(sa.select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id))

    def revoke(self, token: ApiToken) -> None:
        """End a token; from now on it opens nothing."""
        if token.revoked is None:
            token.revoked = now()
            self.audit.record("token.revoked", f"token:{token.id}", user=token.user_id, name=token.name)
