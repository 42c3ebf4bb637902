"""Errors for people: what happened, what was kept, what to do, and a reference.  Never a traceback."""

import logging

from pyramid.exceptions import BadCSRFToken
from pyramid.httpexceptions import HTTPException, HTTPFound
from pyramid.i18n import TranslationString, TranslationStringFactory
from pyramid.response import Response
from sqlalchemy.exc import OperationalError

from ..security.policy import in_api
from .api.operations import methods_at
from .language import say

_ = TranslationStringFactory("korrigo")
log = logging.getLogger(__name__)

TEXTS = {
    400: (_("This could not be understood"), _("Go back and try again.")),
    401: (_("You are not signed in"), _("Sign in. A program sends a token that is valid.")),
    403: (_("This is not for you"), _("Ask the person in charge of the exam for access.")),
    404: (_("There is nothing here"), _("Check the address, or start from your exams.")),
    405: (_("This cannot be done here"), _("Look into the documentation of the API.")),
    409: (_("Somebody else was faster"), _("Reload the page and look at what changed.")),
    413: (_("This file is too large"), _("Cut it in several files.")),
    415: (_("This is of the wrong type"), _("Look into the documentation of the API.")),
    429: (_("Too many attempts"), _("Wait a moment and try again.")),
    500: (_("Something went wrong"), _("Try again. If it happens again, give the reference to your administrator.")),
    503: (_("The server is busy"), _("Try again in a minute.")),
}


class Problem(Exception):
    """An error that a view of the API answers with: a status, a sentence (or an error that was made of one), and
    what else a program can read of it."""

    def __init__(self, status: int, detail: str | Exception = "", *, headers=(), **members):
        super().__init__(status, detail)
        self.status, self.detail, self.headers, self.members = status, detail, headers, members


def wants_json(request) -> bool:
    """Whether a program asks: in the API, or by sending JSON, or by accepting JSON rather than a page."""
    if in_api(request) or request.content_type == "application/json":
        return True
    offers = request.accept.acceptable_offers(["text/html", "application/json"])
    return bool(offers) and offers[0][0] == "application/json"


def answer(request, status: int, detail: str | Exception = "", headers=(), **members) -> Response:
    """The page, or the problem document (RFC 9457), of an error.  ``detail``: a sentence, or an error that was made
    of one; ``members``: what a program can read of it besides."""
    title, remedy = TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    detail = say(request, detail)
    if wants_json(request):
        response = Response(
            json_body={"type": "about:blank", "status": status, "title": say(request, title),
                       "detail": detail or say(request, remedy), "reference": request.reference, **members},
            status=status, content_type="application/problem+json", charset="utf-8")
    else:
        from pyramid.renderers import render_to_response

        response = render_to_response(
            "korrigo:templates/error.jinja2",
            {"status": status, "title": title, "detail": detail, "remedy": remedy,
             "reference": request.reference}, request=request)
        response.status_int = status
    for name, value in headers:
        response.headers[name] = value
    return response


def forbidden(error, request):
    """A stranger is asked to sign in; somebody known is told that it is not for them."""
    if request.identity is None and request.method == "GET" and not wants_json(request):
        return HTTPFound(request.route_path("signin", _query={"next": request.path_qs}))
    return answer(request, 401 if request.identity is None else 403)


def not_found(error, request):
    """What a view says of it in a sentence is told; Pyramid's own detail is the path.

    An address of the API that takes other methods is there: 405 says which.
    """
    allowed = methods_at(request.registry, request.environ.get("PATH_INFO", ""))
    if allowed and request.method not in allowed:
        return answer(request, 405, headers=[("Allow", ", ".join(sorted(allowed)))])
    return answer(request, 404, error.detail if isinstance(error.detail, TranslationString) else "")


def csrf(error, request):
    return answer(request, 403, _("The page was open for too long. Reload it; nothing was changed."))


def http_error(error, request):
    if error.status_int < 400:
        return error
    kept = [(name, value) for name, value in error.headers.items() if name in ("Retry-After", "Allow")]
    return answer(request, error.status_int, error.detail or "", kept)


def problem(error, request):
    return answer(request, error.status, error.detail, error.headers, **error.members)


def busy(error, request):
    log.exception("the database did not answer (%s)", request.reference)
    return answer(request, 503, headers=[("Retry-After", "5")])


def unexpected(error, request):
    log.error("%s %s failed (%s)", request.method, request.path, request.reference, exc_info=error)
    return answer(request, 500)


def includeme(config):
    for view, context in ((unexpected, Exception), (busy, OperationalError), (http_error, HTTPException),
                          (csrf, BadCSRFToken), (problem, Problem)):
        config.add_exception_view(view, context=context)
    config.add_forbidden_view(forbidden)
    config.add_notfound_view(not_found, append_slash=False)
