"""Forms as pydantic models: texts in, typed values or errors by field out."""

from collections.abc import Mapping
from typing import Annotated, Any

import pydantic
from pydantic import BeforeValidator, ConfigDict, StringConstraints
from pyramid.httpexceptions import HTTPBadRequest

from ..sentences import Sentence as _
from ..sentences import message_of


class Form(pydantic.BaseModel):
    """The base of a form: surplus fields (buttons, the CSRF token) are ignored, texts are stripped."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)


class Given(Form):
    """The base of what programs send: a surplus field is a mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid")


class Reply(pydantic.BaseModel):
    """The base of what programs are answered."""

    model_config = ConfigDict(frozen=True)


def _decimal_comma(value):
    return value.replace(",", ".").strip() if isinstance(value, str) else value


def _empty_is_none(value):
    return None if isinstance(value, str) and not value.strip() else value


DecimalText = BeforeValidator(_decimal_comma)
Optional = BeforeValidator(_empty_is_none)
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
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
        raise HTTPBadRequest(_("a JSON object was expected"))
    return body


def message(error: Mapping[str, Any]) -> str:
    """What is wrong with a field, as a sentence: by pydantic's name for it, else what pydantic says."""
    values = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return _("This is missing.")
        case "extra_forbidden":
            return _("Nothing of this name is known here.")
        case "string_type":
            return _("This is not a text.")
        case "bool_type" | "bool_parsing":
            return _("This is neither true nor false.")
        case "string_too_short":
            return _("This is missing.") if values["min_length"] == 1 else _(
                "Characters needed, at least: ${n}.", n=values["min_length"])
        case "string_too_long":
            return _("This is too long. Characters, at most: ${n}.", n=values["max_length"])
        case "too_long":
            return _("These are too many. At most: ${n}.", n=values["max_length"])
        case "greater_than":
            return _("This must be more than ${n}.", n=values["gt"])
        case "greater_than_equal":
            return _("This must be at least ${n}.", n=values["ge"])
        case "less_than_equal":
            return _("This must be at most ${n}.", n=values["le"])
        case "decimal_max_places" | "decimal_max_digits" | "decimal_whole_digits":
            return _("This number has too many digits.")
        case "decimal_parsing" | "decimal_type" | "finite_number" | "float_parsing":
            return _("This is not a number.")
        case "int_parsing" | "int_type" | "int_from_float":
            return _("This is not a whole number.")
        case "date_parsing" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return _("This is not a date.")
        case "enum" | "literal_error":
            return _("This is none of the choices.")
        case "string_pattern_mismatch":
            return _("This is not written as it should be.")
        case "value_error":
            return message_of(values["error"])
        case _other:
            return error["msg"]
