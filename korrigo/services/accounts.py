"""People, their sessions and one-time links."""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa

from ..db.base import now
from ..models import AuthSession, Role, SigninLink, User
from ..sentences import Told
from .audit import Audit
from .passwords import Passwords, problems


class PasswordRefused(Told, ValueError):
    """The new password is too weak; the message says why."""


def digest(token: str) -> str:
    """What is stored of a random token.  Tokens have 256 random bits: a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_of(db, token: str) -> tuple[AuthSession, User] | None:
    """The session and account behind a cookie, when both are alive."""
    row = db.execute(
        sa.select(AuthSession, User).join(User, User.id == AuthSession.user_id)
        .where(AuthSession.token_digest == digest(token), AuthSession.expires > now(), User.active)).first()
    return tuple(row) if row else None


class Accounts:
    def __init__(self, db, audit: Audit, passwords: Passwords, *, lifetime: dt.timedelta,
                 link_lifetime: dt.timedelta):
        self.db, self.audit, self.passwords = db, audit, passwords
        self.lifetime, self.link_lifetime = lifetime, link_lifetime

    @classmethod
    def of(cls, request) -> "Accounts":
        settings = request.registry.settings
        return cls(request.db, request.audit, request.registry["passwords"],
                   lifetime=settings["korrigo.session.lifetime"],
                   link_lifetime=settings["korrigo.signin.link_lifetime"])

    def create(self, email: str, name: str, roles: list[Role]) -> User:
        """A new account without a password: its owner comes in by a one-time link."""
        user = User(email=email.strip().lower(), name=name.strip(), roles=sorted(roles))
        self.db.add(user)
        self.db.flush()
        self.audit.record("account.created", f"user:{user.id}", roles=user.roles)
        return user

    def by_email(self, email: str) -> User | None:
        return self.db.scalar(sa.select(User).where(User.email == email.strip().lower()))

    def set_password(self, user: User, password: str, *, keep: str | None = None) -> None:
        """Set a password that is good enough for what the account may do.  Every session but ``keep`` ends: whoever
        knew the old one is out."""
        why = problems(password, admin=Role.ADMIN in user.roles, words=(user.email, user.name))
        if why:
            raise PasswordRefused(why)
        user.password_hash = self.passwords.hash(password)
        self.db.execute(sa.delete(AuthSession).where(AuthSession.user_id == user.id, AuthSession.id != (keep or "")))
        self.audit.record("account.password_set", f"user:{user.id}")

    def check_password(self, email: str, password: str) -> User | None:
        """The account, when the password is its own and it is active.  As slow for an unknown e-mail."""
        user = self.by_email(email)
        right = self.passwords.verify(user.password_hash if user else None, password)
        return user if right and user is not None and user.active else None

    def make_link(self, user: User) -> str:
        """The token of a link that signs in once."""
        token = secrets.token_urlsafe(32)
        self.db.add(SigninLink(token_digest=digest(token), user_id=user.id, expires=now() + self.link_lifetime))
        self.audit.record("account.link_made", f"user:{user.id}")
        return token

    def use_link(self, token: str) -> User | None:
        """The account of a link that was not used and is not over; from now on it is used."""
        used = self.db.execute(
            sa.update(SigninLink)
            .where(SigninLink.token_digest == digest(token), SigninLink.used.is_(None), SigninLink.expires > now())
            .values(used=now()))
        if not used.rowcount:
            return None
        link = self.db.scalar(sa.select(SigninLink).where(SigninLink.token_digest == digest(token)))
        user = self.db.get(User, link.user_id)
        return user if user.active else None

    def sign_in(self, user: User, *, address: str = "", agent: str = "") -> str:
        """Open a session; its token goes into the cookie, only its digest stays here."""
        token = secrets.token_urlsafe(32)
        self.db.execute(sa.delete(AuthSession).where(AuthSession.expires < now()))
        self.db.add(AuthSession(token_digest=digest(token), user_id=user.id, expires=now() + self.lifetime,
                                address=address, agent=agent[:200]))
        self.audit.record("session.opened", f"user:{user.id}")
        return token

    def sign_out(self, session_id: str) -> None:
        self.db.execute(sa.delete(AuthSession).where(AuthSession.id == session_id))
        self.audit.record("session.closed", f"session:{session_id}")

    def sessions(self, user_id: str) -> list[AuthSession]:
        return list(self.db.scalars(
            sa.select(AuthSession).where(AuthSession.user_id == user_id, AuthSession.expires > now())
            .order_by(AuthSession.created.desc())))
