"""The printed header of a form: its identity fields and its picture. Values only, with a JSON form."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import cv2
import numpy as np

from .geometry import Box, Grey

FieldName = Literal["last", "first", "birth_date", "number", "class_name"]
FieldStyle = Literal["line", "frame", "comb", "digits"]

FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)
DIGIT_FIELDS: frozenset[FieldName] = frozenset({"birth_date", "number"})

_STYLES: tuple[FieldStyle, ...] = get_args(FieldStyle)


class FormError(ValueError):
    """The description of a form cannot be used; the message says which part and why."""


@dataclass(frozen=True)
class Field:
    """One identity field of a form.

    ``box`` is where pupils write, in page units of the form. ``style`` says what is printed there: a ``line`` (solid
    or dotted, the box stands on it), an empty ``frame``, a ``comb`` (one letter a cell) or ``digits`` (one digit a
    cell). ``cells`` are the cells of the last two, from left to right; gaps between groups of cells are allowed.
    ``label`` is the box of the printed caption when it is known.
    """

    name: FieldName
    box: Box
    style: FieldStyle
    cells: tuple[Box, ...] = ()
    label: Box | None = None

    def __post_init__(self) -> None:
        if self.name not in FIELD_NAMES:
            raise FormError(f"unknown field {self.name!r}; known: {', '.join(FIELD_NAMES)}")
        if self.style not in _STYLES:
            raise FormError(f"field {self.name}: unknown style {self.style!r}; known: {', '.join(_STYLES)}")
        if self.box.width <= 0 or self.box.height <= 0:
            raise FormError(f"field {self.name}: its box has no area: {self.box.to_list()}")
        if (self.style in ("comb", "digits")) != bool(self.cells):
            raise FormError(f"field {self.name}: a {self.style} field has {len(self.cells)} cells")


@dataclass(frozen=True)
class HeaderForm:
    """The identity header of a printed form: one field of each name at most, and a PNG of the empty header."""

    fields: tuple[Field, ...]
    picture: bytes

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise FormError(f"a form has one field of each name; given twice: {', '.join(doubled)}")

    def grey(self) -> Grey:
        """The picture of the empty header, decoded."""
        decoded = cv2.imdecode(np.frombuffer(self.picture, np.uint8), cv2.IMREAD_GRAYSCALE)
        if decoded is None:
            raise FormError("the form's picture is not a PNG; propose the form again or draw it on a cover")
        return decoded

    def field(self, name: FieldName) -> Field | None:
        """The field of that name, if the form has one."""
        return next((field for field in self.fields if field.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """A value of plain lists, strings and numbers; ``from_json`` gives the form back."""
        fields = []
        for field in self.fields:
            cells = [cell.to_list() for cell in field.cells]
            label = field.label.to_list() if field.label else None
            fields.append(
                {
                    "name": field.name,
                    "box": field.box.to_list(),
                    "style": field.style,
                    "cells": cells,
                    "label": label,
                }
            )
        return {"fields": fields, "picture": base64.b64encode(self.picture).decode("ascii")}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HeaderForm:
        """The form described by ``to_json``. Raises `FormError` when something is missing or of the wrong shape."""
        try:
            fields = tuple(
                Field(
                    name=item["name"],
                    box=Box(*map(float, item["box"])),
                    style=item["style"],
                    cells=tuple(Box(*map(float, cell)) for cell in item.get("cells", ())),
                    label=Box(*map(float, item["label"])) if item.get("label") else None,
                )
                for item in data["fields"]
            )
            return cls(fields, base64.b64decode(data["picture"], validate=True))
        except FormError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FormError(f"not the description of a form: {error!r}") from error

    @classmethod
    def drawn(cls, fields: tuple[Field, ...], blank: Grey) -> HeaderForm:
        """A form whose fields a person drew on ``blank``, a grey picture of the empty (or any) cover."""
        return cls(fields, png_of(blank))


def png_of(picture: Grey) -> bytes:
    """The picture as PNG."""
    return cv2.imencode(".png", picture)[1].tobytes()
