"""One's own account: password, sessions, tokens of one's programs."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.i18n import TranslationStringFactory

from ..db.base import now
from ..security.scopes import BASIC, scopes
from ..services import Tokens
from ..services.accounts import Accounts, PasswordRefused
from .forms import Form, read

_ = TranslationStringFactory("korrigo")

#: How long a token may live, in days; nothing is for ever.
LIFETIMES = {"30": _("30 days"), "90": _("90 days"), "365": _("one year"), "": _("until it is revoked")}


class TokenForm(Form):
    """A token that somebody wants."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    days: Literal["30", "90", "365", ""] = "90"


def profile(request, **more):
    identity = request.identity
    return {"sessions": request.find_service(Accounts).sessions(identity.id), "error": "", "saved": False,
            "tokens": request.find_service(Tokens).of_user(identity.id), "now": now(), "offered": offered(request),
            "titles": {name: scope.title for name, scope in scopes(request.registry).items()},
            "lifetimes": LIFETIMES, "secret": "", "values": {"days": "90"}, "chosen": (), "errors": {}, **more}


def offered(request) -> list:
    """The scopes that one chooses among; the basic one goes with every token."""
    return [scope for name, scope in scopes(request.registry).items() if name != BASIC]


def set_password(request):
    accounts = request.find_service(Accounts)
    user = request.identity.user
    if user.password_hash and not accounts.passwords.verify(user.password_hash, request.params.get("current", "")):
        request.response.status_int = 422
        return profile(request, error=_("The current password is wrong."))
    try:
        accounts.set_password(user, request.params.get("password", "")[:1000], keep=request.identity.session_id)
    except PasswordRefused as error:
        request.response.status_int = 422
        return profile(request, error=error.message)
    return profile(request, saved=True)


def end_session(request):
    accounts = request.find_service(Accounts)
    if any(session.id == request.matchdict["session"] for session in accounts.sessions(request.identity.id)):
        accounts.sign_out(request.matchdict["session"])
    return HTTPFound(request.route_path("profile"))


def make_token(request):
    """Make a token; this page is the only one that ever shows its secret."""
    form, errors = read(TokenForm, request.POST)
    known = {scope.name for scope in offered(request)}
    chosen = [name for name in request.POST.getall("scopes") if name in known]
    if not chosen:
        errors = {**errors, "scopes": _("Choose at least one thing that it may do.")}
    if errors:
        request.response.status_int = 422
        return profile(request, values=request.POST, chosen=chosen, errors=errors)
    lifetime = dt.timedelta(days=int(form.days)) if form.days else None
    _token, secret = request.find_service(Tokens).make(request.identity.user, form.name, chosen, lifetime)
    return profile(request, secret=secret)


def revoke_token(request):
    tokens = request.find_service(Tokens)
    token = tokens.find(request.identity.id, request.matchdict["token"])
    if token is None:
        raise HTTPNotFound()
    tokens.revoke(token)
    return HTTPFound(request.route_path("profile"))


def includeme(config):
    for name, pattern in (("profile", "/profile"), ("profile.session", "/profile/sessions/{session}/end"),
                          ("profile.tokens", "/profile/tokens"),
                          ("profile.token", "/profile/tokens/{token:[0-9a-f]{32}}/revoke")):
        config.add_route(name, pattern)
    page = {"permission": "home", "renderer": "korrigo:templates/profile.jinja2"}
    config.add_view(profile, route_name="profile", request_method="GET", **page)
    config.add_view(set_password, route_name="profile", request_method="POST", **page)
    config.add_view(make_token, route_name="profile.tokens", request_method="POST", **page)
    for name, view in (("profile.session", end_session), ("profile.token", revoke_token)):
        config.add_view(view, route_name=name, request_method="POST", permission="home")
