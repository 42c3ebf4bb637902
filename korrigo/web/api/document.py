"""What the API offers, from the introspector: the OpenAPI 3.1 document, and the page that people read."""

from pydantic.json_schema import models_json_schema
from pyramid.i18n import TranslationStringFactory

from ...security.permissions import CATEGORY as PERMISSIONS
from ...security.scopes import scopes
from ...version import VERSION
from ..forms import Reply
from ..language import say
from .operations import CATEGORY, ID, JSON, ROOT, Operation

_ = TranslationStringFactory("korrigo")

PROBLEM = "application/problem+json"
SCHEMAS = "#/components/schemas/{model}"
#: What a refusal may be, by what an operation has.
REFUSALS = {401: "The token is missing or not valid.", 403: "The token lacks a scope, or its owner the permission.",
            429: "Too many requests with this token; Retry-After says how long to wait."}
OF_PATHS = {404: "There is nothing with this id."}
OF_QUERIES = {400: "The request cannot be read.", 422: "A field is not as it should be; errors says which."}
OF_BODIES = {**OF_QUERIES, 413: "Too much was sent.", 415: "The body is of another media type."}


class FieldProblem(Reply):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemDocument(Reply):
    """An error (RFC 9457).  ``errors`` comes with 422, ``scope`` with 403 when the token lacks one."""

    type: str
    title: str
    status: int
    detail: str
    reference: str
    errors: list[FieldProblem] | None = None
    scope: str | None = None


def gathered(registry) -> list[Operation]:
    """Every operation that is in the introspector, those of the core first."""
    return [item["introspectable"]["value"] for item in registry.introspector.get_category(CATEGORY) or ()]


def openapi(request):
    """The OpenAPI document: exactly what is enabled.  It says nothing of what is stored, so that no token is needed."""
    found = gathered(request.registry)
    schema, parts = components(found)
    paths: dict[str, dict] = {}
    for operation in found:
        paths.setdefault(operation.path, {})[operation.method.lower()] = describe(request, operation, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Korrigo", "version": VERSION, "description": say(request, _(
            "From the scan to the marks. A token is made on one’s profile; it never gives more than its owner may do."
        ))},
        "servers": [{"url": request.script_name + ROOT}],
        "tags": [{"name": name, "description": say(request, title)} for name, title in parts_of(request.registry)],
        "paths": paths,
        "components": {"schemas": parts, "securitySchemes": {"token": {
            "type": "http", "scheme": "bearer", "bearerFormat": "krg_…",
            "description": "\n".join(f"- `{scope.name}`: {say(request, scope.title)}"
                                     for scope in scopes(request.registry).values())}}},
    }


def parts_of(registry) -> list[tuple[str, str]]:
    """The core and each plugin that adds operations, with its title."""
    used = {operation.plugin for operation in gathered(registry)}
    return [("core", _("Exams and jobs")),
            *((plugin.name, plugin.title) for plugin in registry["korrigo plugins"] if plugin.name in used)]


def components(found: list[Operation]) -> tuple[dict, dict]:
    """(model, mode) -> reference, and the schemas by name, of all that is sent and answered."""
    wanted = {(ProblemDocument, "serialization"): None}
    for operation in found:
        if operation.body is not None:
            wanted[operation.body, "validation"] = None
        if operation.reply not in (None, bytes):
            wanted[operation.reply, "serialization"] = None
    schema, definitions = models_json_schema(list(wanted), ref_template=SCHEMAS)
    return schema, definitions["$defs"]


def describe(request, operation: Operation, schema: dict) -> dict:
    """One operation as OpenAPI has it."""
    scope = " ".join(f"`{name}`" for name in operation.scopes)
    described = {
        "operationId": operation.name, "tags": [operation.plugin or "core"], "summary": say(request, operation.summary),
        "description": f"{operation.description}\n\nScope: {scope}. Permission: `{operation.permission}`.".strip(),
        "security": [{"token": list(operation.scopes)}],
        "parameters": [*({"name": name, "in": "path", "required": True, "schema": {
            "type": "string", "pattern": f"^{ID}$"}} for name in operation.parameters), *query_parameters(operation)],
        "responses": responses(operation, schema),
    }
    if operation.sends:
        content = schema[operation.body, "validation"] if operation.body else {"type": "string", "format": "binary"}
        described["requestBody"] = {"required": True, "content": {operation.media_type: {"schema": content}}}
    return described


def query_parameters(operation: Operation) -> list[dict]:
    """The fields of a query's model, one parameter each."""
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(ref_template=SCHEMAS)
    return [{"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": field}
            for name, field in schema["properties"].items()]


def responses(operation: Operation, schema: dict) -> dict:
    """What is answered: the reply, and each refusal that this operation can give."""
    refusals = {**REFUSALS, **(OF_PATHS if operation.parameters else {}), **(OF_QUERIES if operation.query else {}),
                **(OF_BODIES if operation.sends else {})}
    content = {} if operation.reply is None else {"content": {"*/*": {}}} if operation.reply is bytes else {
        "content": {JSON: {"schema": schema[operation.reply, "serialization"]}}}
    problem = {PROBLEM: {"schema": schema[ProblemDocument, "serialization"]}}
    return {str(operation.status): {"description": "Done.", **content},
            **{str(status): {"description": why, "content": problem} for status, why in sorted(refusals.items())},
            "default": {"description": "Anything else that stands in the way.", "content": problem}}


def page(request):
    """The documentation for people: the same facts as the document."""
    found = gathered(request.registry)
    titles = {item["introspectable"]["name"]: item["introspectable"]["title"]
              for item in request.registry.introspector.get_category(PERMISSIONS)}
    _schema, models = components(found)
    return {"parts": [(title, [shown(operation, titles) for operation in found if (operation.plugin or "core") == name])
                      for name, title in parts_of(request.registry)],
            "scopes": list(scopes(request.registry).values()), "root": ROOT,
            "rate": request.registry.settings["korrigo.limits.api"],
            "models": {name: fields(model) for name, model in sorted(models.items()) if "properties" in model}}


def shown(operation: Operation, titles: dict[str, str]) -> dict:
    return {"operation": operation, "permission": titles[operation.permission],
            "query": fields(operation.query.model_json_schema()) if operation.query else [],
            "body": operation.body.__name__ if operation.body else operation.media_type if operation.sends else "",
            "reply": operation.reply.__name__ if operation.reply not in (None, bytes) else ""}


def fields(schema: dict) -> list[dict]:
    """(name, type, whether it must be there) of the fields of a model."""
    return [{"name": name, "type": in_words(field), "required": name in schema.get("required", ())}
            for name, field in schema["properties"].items()]


def in_words(field: dict) -> str:
    """The type of a field, in short."""
    if "$ref" in field:
        return field["$ref"].rpartition("/")[2]
    if "anyOf" in field:
        return " | ".join(dict.fromkeys(in_words(choice) for choice in field["anyOf"]))
    if "enum" in field or "const" in field:
        return " | ".join(f"“{value}”" for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"[{in_words(field.get('items', {}))}]"
    if isinstance(field.get("additionalProperties"), dict):
        return f"{{…: {in_words(field['additionalProperties'])}}}"
    return field.get("format") or field.get("type", "…")


def includeme(config):
    config.add_route("api.openapi", f"{ROOT}/openapi.json")
    config.add_view(openapi, route_name="api.openapi", request_method="GET", permission="public", renderer="json")
    config.add_route("api.docs", "/api")
    config.add_view(page, route_name="api.docs", request_method="GET", permission="home",
                    renderer="korrigo:templates/api.jinja2")
    config.add_korrigo_nav("admin", label=_("API"), route="api.docs", icon="key", permission="admin", order=5)
