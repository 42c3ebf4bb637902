"""Operations of the API: one method on one path, with all that its description needs."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

import pydantic
from pyramid.exceptions import ConfigurationError

from ...directives import owner, register, table
from ...security.permissions import CATEGORY as PERMISSIONS
from ...security.scopes import scopes

CATEGORY = "korrigo api"
ROOT = "/api/v1"
JSON = "application/json"

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PATH = re.compile(r"(/([a-z][a-z0-9-]*|\{[a-z]+\}))+")
PARAMETER = re.compile(r"\{([a-z]+)\}")
#: Whatever is named in a path is an id.
ID = "[0-9a-f]{32}"


@dataclass(frozen=True)
class Operation:
    """One operation.  ``scopes``: all of them are needed, besides the permission.

    ``body`` and ``query`` are models of what is sent.  A ``media_type`` other than JSON is a body that the view reads
    by itself, from ``request.body_file``.  ``reply`` is the model of the answer, ``bytes`` for a file (the view makes
    the response), None when there is nothing to say.
    """

    name: str
    plugin: str
    method: str
    path: str
    scopes: tuple[str, ...]
    permission: str
    summary: str
    description: str
    body: type[pydantic.BaseModel] | None
    query: type[pydantic.BaseModel] | None
    reply: type[pydantic.BaseModel] | type[bytes] | None
    status: int
    media_type: str

    @property
    def key(self) -> tuple[str, str]:
        """Two operations with one key would answer the same requests, whatever they call their parameters."""
        return self.method, PARAMETER.sub("{}", self.path)

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return PARAMETER.findall(self.path)

    @property
    def sends(self) -> bool:
        """Whether a request has a body."""
        return self.body is not None or self.media_type != JSON

    def matches(self, path: str) -> bool:
        return re.fullmatch(ROOT + PARAMETER.sub(ID, self.path), path) is not None


def add_korrigo_api(config, method, path, view, *, scope, permission, summary, body=None, query=None, reply=None,
                    status=200, factory=None, media_type=JSON):
    """Add an operation to ``/api/v1``; its path (``/copies/{copy}/ops``) is not under the plugin's own.

    ``view(context, request)`` finds what was sent in ``request.given.body`` and ``request.given.query``, raises
    :class:`korrigo.api.Problem` when it cannot do what is asked, and returns a ``reply``.  ``scope`` is one name or
    several, all of which are needed; ``factory`` makes the context, of which the permission is asked.
    """
    from .door import door

    view, plugin = config.maybe_dotted(view), owner(config)
    operation = Operation(
        name=f"{plugin}.api.{view.__name__}" if plugin else f"api.{view.__name__}", plugin=plugin, method=method,
        path=path, scopes=(scope,) if isinstance(scope, str) else tuple(scope), permission=permission, summary=summary,
        description=inspect.getdoc(view) or "", body=body, query=query, reply=reply, status=status,
        media_type=media_type)
    title = f"{method} {path}"
    problems = list(find_problems(operation, view))
    if operation.key in table(config.registry, CATEGORY):
        problems.append("there is one already")
    if problems:
        raise ConfigurationError(f"the operation {title} of {config.package.__name__}: {'; '.join(problems)}")

    def store() -> None:
        for kind, names, known in (("scope", operation.scopes, scopes(config.registry)),
                                   ("permission", (permission,), table(config.registry, PERMISSIONS))):
            for name in names:
                if name not in known:
                    raise ConfigurationError(f"the operation {title} asks for a {kind} that nobody has added: {name!r}")
        table(config.registry, CATEGORY)[operation.key] = operation

    register(config, CATEGORY, title, operation, store, key=operation.key, order=1)
    prefix, config.route_prefix = config.route_prefix, None
    try:
        config.add_route(operation.name, ROOT + PARAMETER.sub(rf"{{\1:{ID}}}", path), request_method=method,
                         factory=door(operation, config.maybe_dotted(factory)))
    finally:
        config.route_prefix = prefix
    config.add_view(view, route_name=operation.name, request_method=method, permission=permission,
                    require_csrf=False, api=operation)


def find_problems(operation: Operation, view: Callable):
    """What is wrong with an operation, in words."""
    if operation.method not in METHODS:
        yield f"a method is one of {', '.join(METHODS)}"
    if not PATH.fullmatch(operation.path):
        yield "a path is of words and names in braces, such as /copies/{copy}/ops"
    if not operation.scopes or not all(operation.scopes):
        yield "it needs a scope"
    if not operation.permission:
        yield "it needs a permission"
    if not str(operation.summary).strip():
        yield "it needs a summary"
    for what, model in (("body", operation.body), ("query", operation.query)):
        if model is not None and not is_model(model):
            yield f"its {what} is no pydantic model"
    if operation.reply not in (None, bytes) and not is_model(operation.reply):
        yield "its reply is no pydantic model, nor bytes"
    if (operation.reply is None) != (operation.status == 204):
        yield "204 goes with no reply, every other status with one"
    if not 200 <= operation.status < 300:
        yield "its status is between 200 and 299"
    if operation.body is not None and operation.media_type != JSON:
        yield "a body that has a model is JSON"
    if operation.sends and operation.method in ("GET", "DELETE"):
        yield f"{operation.method} has no body"
    try:
        inspect.signature(view).bind(None, None)
    except TypeError:
        yield "its view takes a context and a request"


def is_model(model) -> bool:
    return isinstance(model, type) and issubclass(model, pydantic.BaseModel)


def operations(registry) -> list[Operation]:
    """Every operation, those of the core first."""
    return list(table(registry, CATEGORY).values())


def methods_at(registry, path: str) -> set[str]:
    """The methods that an address of the API takes."""
    if not path.startswith(ROOT):
        return set()
    found = {operation.method for operation in operations(registry) if operation.matches(path)}
    return found | {"HEAD"} if "GET" in found else found
