"""Signing in by password or by a one-time link, signing out."""

from urllib.parse import urlsplit

from pyramid.csrf import get_csrf_token, new_csrf_token
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.i18n import TranslationStringFactory
from pyramid.security import forget, remember

from ..services.accounts import Accounts

_ = TranslationStringFactory("korrigo")


def safe_next(request) -> str:
    """Where to go after signing in: a path of this server, never another's address."""
    target = request.params.get("next", "")
    parts = urlsplit(target)
    if target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc:
        return target
    return request.route_path("home")


def enter(request, user) -> HTTPFound:
    """Open a session and go on.  The old session data go: nothing of a stranger's survives."""
    token = request.find_service(Accounts).sign_in(
        user, address=request.client_addr or "", agent=request.user_agent or "")
    request.session.invalidate()
    new_csrf_token(request)
    return HTTPFound(safe_next(request), headers=remember(request, user.id, token=token))


def signin_form(request):
    return {"error": "", "email": "", "next": request.params.get("next", "")}


def signin(request):
    """Check the password; slow and counted for each account and address."""
    email = request.params.get("email", "")[:254]
    keys = (email.strip().lower(), request.client_addr or "")
    request.limits.hit("signin", *keys)
    accounts = request.find_service(Accounts)
    user = accounts.check_password(email, request.params.get("password", "")[:1000])
    if user is None:
        request.audit.record("session.refused", f"email:{keys[0]}")
        request.response.status_int = 422
        return {"error": _("This e-mail address and password do not belong together."), "email": email,
                "next": request.params.get("next", "")}
    request.limits.clear("signin", *keys)
    return enter(request, user)


def link_form(request):
    """A page with one button: mail scanners that follow links do not use it up."""
    return {"token": request.matchdict["token"]}


def link(request):
    user = request.find_service(Accounts).use_link(request.matchdict["token"])
    if user is None:
        raise HTTPNotFound(_("This link was used or is too old. Ask for a new one."))
    return enter(request, user)


def signout(request):
    if request.identity is not None and request.identity.session_id:
        request.find_service(Accounts).sign_out(request.identity.session_id)
    request.session.invalidate()
    return HTTPFound(request.route_path("signin"), headers=forget(request))


def session_state(request):
    """For pages that were open while their session ended: a fresh CSRF token and who is signed in."""
    identity = request.identity
    return {"csrf": get_csrf_token(request), "user": {"id": identity.id, "name": identity.name} if identity else None}


def includeme(config):
    for name, pattern in (("signin", "/signin"), ("signin.link", "/signin/{token}"), ("signout", "/signout"),
                          ("session", "/session")):
        config.add_route(name, pattern)
    form = "korrigo:templates/signin.jinja2"
    config.add_view(signin_form, route_name="signin", request_method="GET", permission="public", renderer=form)
    config.add_view(signin, route_name="signin", request_method="POST", permission="public", renderer=form)
    config.add_view(link_form, route_name="signin.link", request_method="GET", permission="public",
                    renderer="korrigo:templates/signin_link.jinja2")
    config.add_view(link, route_name="signin.link", request_method="POST", permission="public")
    config.add_view(signout, route_name="signout", request_method="POST", permission="public")
    config.add_view(session_state, route_name="session", request_method="GET", permission="public", renderer="json")
