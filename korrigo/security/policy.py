"""Pyramid's security policy: a session cookie for pages, a token for the API, the permission table for the answer."""

from pyramid.interfaces import ISecurityPolicy
from pyramid.request import RequestLocalCache
from pyramid.security import Allowed, Denied
from zope.interface import implementer

from ..models import User
from ..services.accounts import session_of
from ..services.tokens import token_of
from .identity import Identity
from .permissions import permits
from .scopes import within

COOKIE = "korrigo_session"
#: Below this path programs are answered, by their tokens only; everywhere else people are, by their cookie only.
API = "/api/"


def in_api(request) -> bool:
    return request.environ.get("PATH_INFO", "").startswith(API)


def bearer(request) -> str:
    """The token that came with a request, or nothing."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


@implementer(ISecurityPolicy)
class SecurityPolicy:
    """Sessions are rows: they can be listed and ended; the cookie holds only a random token."""

    def __init__(self, *, secure: bool, lifetime):
        self.secure, self.lifetime = secure, lifetime
        self.cache = RequestLocalCache(self.load)

    def load(self, request, **kwargs) -> Identity | None:
        actor = request.environ.get("korrigo.actor")
        if actor:
            user = request.db.get(User, actor)
            return Identity(request.db, user, None) if user else None
        if in_api(request):
            found = token_of(request.db, bearer(request)) if bearer(request) else None
            return Identity(request.db, found[1], None, found[0]) if found else None
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        found = session_of(request.db, token)
        return Identity(request.db, found[1], found[0].id) if found else None

    def identity(self, request) -> Identity | None:
        return self.cache.get_or_create(request)

    def authenticated_userid(self, request) -> str | None:
        identity = self.identity(request)
        return identity.id if identity else None

    def permits(self, request, context, permission):
        identity = self.identity(request)
        if permits(request.registry, identity, context, permission) and within(
                request.registry, identity, permission):
            return Allowed("%s is granted", permission)
        return Denied("%s is not granted", permission)

    def remember(self, request, userid, *, token, **kwargs):
        """Headers that sign the browser in with a session's token."""
        self.cache.clear(request)
        return self._cookie(request, token, int(self.lifetime.total_seconds()))

    def forget(self, request, **kwargs):
        self.cache.clear(request)
        return self._cookie(request, None, 0)

    def _cookie(self, request, value, max_age):
        response = request.response.__class__()
        response.set_cookie(COOKIE, value, max_age=max_age, httponly=True, secure=self.secure, samesite="Lax")
        return [("Set-Cookie", header) for header in response.headers.getall("Set-Cookie")]


def actor_id(request) -> str | None:
    """Who acts: the signed-in person, or on whose behalf a job runs."""
    actor = request.environ.get("korrigo.actor")
    if actor:
        return actor
    identity = request.identity
    return identity.id if identity else None


def actor_name(request) -> str:
    """What the journal writes for who acts, and by which token."""
    identity = request.identity
    if identity is None:
        return ""
    return identity.email if identity.token is None else f"{identity.email[:200]} token:{identity.token.id}"
