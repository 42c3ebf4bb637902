"""The fields of a form that a program declares, for a page that knows nothing of it."""

import enum
import types
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

from .forms import Form


@dataclass(frozen=True)
class FormField:
    """One field: ``kind`` is text, number, checkbox or choice; ``choices`` are (value, label)."""

    name: str
    label: str
    kind: str
    default: Any = None
    hint: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def fields_of(form: type[Form]) -> list[FormField]:
    """The fields in the order of the class: titles are labels, descriptions are hints."""
    found = []
    for name, info in form.model_fields.items():
        kind, choices = _kind(info.annotation)
        default = None if info.is_required() else info.get_default(call_default_factory=True)
        found.append(FormField(name, info.title or name, kind, default, info.description or "",
                               info.is_required() and kind != "checkbox", choices))
    return found


def submitted(form: type[Form], params: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """What a browser sent for the fields, their names after ``prefix``: an unticked box is not sent, and means no."""
    values: dict[str, Any] = {}
    for field in fields_of(form):
        sent = params.get(prefix + field.name)
        if field.kind == "checkbox":
            values[field.name] = sent is not None
        elif sent is not None and (sent.strip() or field.required):
            values[field.name] = sent
    return values


def _kind(annotation) -> tuple[str, tuple[tuple[str, str], ...]]:
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Literal:
        return "choice", tuple((str(value), str(value)) for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return "choice", tuple((str(member.value), str(member.value)) for member in annotation)
    if annotation is bool:
        return "checkbox", ()
    return ("number" if annotation in (int, float, Decimal) else "text"), ()
