"""Forms as pydantic models: texts in, typed values or errors by field out."""

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic
from pydantic import BeforeValidator, ConfigDict, StringConstraints
from pyramid.httpexceptions import HTTPBadRequest


class Form(pydantic.BaseModel):
    """The base of a form: surplus fields (buttons, the CSRF token) are ignored, texts are stripped."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


def _decimal_comma(value):
    return value.replace(",", ".").strip() if isinstance(value, str) else value


def _empty_is_none(value):
    return None if isinstance(value, str) and not value.strip() else value


DecimalText = BeforeValidator(_decimal_comma)
Optional = BeforeValidator(_empty_is_none)
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def read(form: type[Form], params: Mapping[str, str]) -> tuple[Form | None, dict[str, str]]:
    """The form, or None and a message for each wrong field."""
    try:
        return form.model_validate(dict(params)), {}
    except pydantic.ValidationError as error:
        return None, {str(item["loc"][0] if item["loc"] else ""): message(item) for item in error.errors()}


def json_object(request) -> dict[str, Any]:
    """The JSON object that a script sent, for :func:`read`; anything else is a bad request."""
    try:
        body = request.json_body
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise HTTPBadRequest("a JSON object was expected")
    return body


def message(error: Mapping[str, Any]) -> str:
    """What pydantic says of a field, as a sentence."""
    text = error["msg"].removeprefix("Value error, ")
    return text[:1].upper() + text[1:]
