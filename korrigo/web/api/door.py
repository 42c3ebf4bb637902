"""Who comes in, with what, and what goes out: around every view of the API."""

import functools
import logging
import math
from dataclasses import dataclass
from typing import Any

import pydantic
from pyramid.response import Response
from sqlalchemy.exc import OperationalError

from ...db.base import now
from ...security.contexts import Context
from ...security.policy import bearer
from ...sentences import Sentence as _
from ...services.tokens import PRECISION, note_use
from ..errors import Problem
from ..forms import message
from ..language import say
from .operations import JSON, Operation

log = logging.getLogger(__name__)

#: The largest JSON that is taken: two hundred edits with long ink strokes.
LARGEST = 16 << 20
ANYTHING = pydantic.TypeAdapter(Any)
CHALLENGE = 'Bearer realm="Korrigo"'


@dataclass(frozen=True)
class Sent:
    """What came with a request, once it is known to be sound: ``request.given``."""

    body: Any = None
    query: Any = None


def door(operation: Operation, factory):
    """The root factory of an operation's route: first who asks and how often, then what it is about."""
    def enter(request):
        admit(request, operation)
        return (factory or Context)(request)

    return enter


def admit(request, operation: Operation) -> None:
    """Let a live token with the operation's scopes in; the permission is asked later, of the context."""
    identity = request.identity
    if identity is None or identity.token is None:
        wrong = bool(bearer(request))
        raise Problem(
            401, _("This token is not valid (any more).") if wrong else
            _("Send a token in the header Authorization, after the word Bearer."),
            headers=[("WWW-Authenticate", f'{CHALLENGE}, error="invalid_token"' if wrong else CHALLENGE)])
    request.limits.hit("api", identity.token.id)
    if identity.token.last_used is None or identity.token.last_used < now() - PRECISION:
        request.add_finished_callback(functools.partial(used, token_id=identity.token.id))
    demand(request, *operation.scopes)


def used(request, token_id: str) -> None:
    """Note the use of a token once the request's own transaction is over."""
    try:
        note_use(request.registry["engine"], token_id)
    except OperationalError:
        log.exception("the last use of token %s could not be noted", token_id)


def demand(request, *scopes: str) -> None:
    """Refuse a token that lacks a scope, and say which."""
    for scope in scopes:
        if scope not in request.identity.scopes:
            raise Problem(
                403, _("This token lacks the scope ${scope}.", scope=scope), scope=scope,
                headers=[("WWW-Authenticate", f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"')])


def api_deriver(view, info):
    """The view option ``api``: read what was sent, call the view, write what it says."""
    operation = info.options.get("api")
    if operation is None:
        return view

    def speak(context, request):
        request.given = Sent(read_body(request, operation), read_query(request, operation))
        return write(request, operation, view(context, request))

    return speak


api_deriver.options = ("api",)


def read_query(request, operation: Operation):
    """The query as its model; what nobody knows is refused where a model says what there is."""
    if operation.query is None:
        return None
    asked = dict(request.GET)
    if not storable(asked):
        raise Problem(400, _("Something in it cannot be stored: NUL, or a number without end."))
    return validate(request, operation.query, asked)


def read_body(request, operation: Operation):
    """The JSON as its model.  Of another type of body only the type and the size are looked at."""
    if not operation.sends:
        return None
    if request.content_type != operation.media_type:
        raise Problem(415, _("Send ${type}.", type=operation.media_type))
    largest = LARGEST if operation.body is not None else request.registry.settings["korrigo.upload.max"]
    if (request.content_length or 0) > largest:
        raise Problem(413, _("At most ${n} MB are taken.", n=largest >> 20))
    if operation.body is None:
        return None
    try:
        value = ANYTHING.validate_json(request.body)
    except pydantic.ValidationError as error:
        raise Problem(400, _("This is not JSON: ${why}.", why=error.errors()[0]["ctx"]["error"])) from None
    if not storable(value):
        raise Problem(400, _("Something in it cannot be stored: NUL, or a number without end."))
    return validate(request, operation.body, value)


def validate(request, model: type[pydantic.BaseModel], value):
    """A model of what was sent; 422 lists each field that is wrong."""
    try:
        return model.model_validate(value)
    except pydantic.ValidationError as error:
        raise wrong_fields(request, [(".".join(map(str, item["loc"])), message(item)) for item in error.errors()]) \
            from None


def wrong_fields(request, wrong: list[tuple[str, str]]) -> Problem:
    """422 for (field, sentence) pairs."""
    return Problem(422, _("Some of it is not as it should be."),
                   errors=[{"field": field, "message": say(request, why)} for field, why in wrong])


def storable(value) -> bool:
    """Whether a database can keep it: no NUL, no number without end."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(storable(key) and storable(item) for key, item in value.items())
    return all(map(storable, value)) if isinstance(value, list) else True


def write(request, operation: Operation, value) -> Response:
    """What a view returned, as a response; anything but what was announced is an error of ours."""
    if operation.reply is bytes:
        if not isinstance(value, Response):
            raise TypeError(f"{operation.name} returns a response, not {value!r}")
        return value
    if operation.reply is None:
        return Response(status=operation.status, request=request)
    if not isinstance(value, operation.reply):
        raise TypeError(f"{operation.name} returns {operation.reply.__name__}, not {value!r}")
    return Response(body=value.model_dump_json(by_alias=True).encode(), content_type=JSON, status=operation.status,
                    request=request)
