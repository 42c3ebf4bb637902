"""The fields that a person has drawn on a header: what is ruled inside a rough box says how it is written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .forms import DIGIT_FIELDS, Field, FieldName, HeaderForm
from .geometry import SCALE, Box, Grey
from .ink import ink_strength
from .rules import Frame, printed_rules
from .zones import printed_form

_INSIDE = 0.6
"""Of a printed frame, so much lies in the box that was drawn for it."""


def form_drawn_on_copy(boxes: Mapping[FieldName, Box], covers: Sequence[Grey]) -> HeaderForm:
    """The form with fields that were drawn on the first of some covers; the others help to see it without writing."""
    header, level = printed_form(covers)
    return form_drawn({name: _moved(box, level) for name, box in boxes.items()}, header)


def _moved(box: Box, matrix: np.ndarray) -> Box:
    """The box with its middle moved, and as large as it was."""
    x, y = matrix @ (box.x + box.width / 2, box.middle, 1)
    return Box(float(x) - box.width / 2, float(y) - box.height / 2, box.width, box.height)


def form_drawn(boxes: Mapping[FieldName, Box], header: Grey) -> HeaderForm:
    """The form with these fields (page units) on an empty header at working scale."""
    frames = [Frame(frame.box.scaled(1 / SCALE), tuple(cell.scaled(1 / SCALE) for cell in frame.cells))
              for frame in printed_rules(ink_strength(header)).frames]
    return HeaderForm.drawn(tuple(_field(name, box, frames) for name, box in boxes.items()), header)


def _field(name: FieldName, box: Box, frames: Sequence[Frame]) -> Field:
    """The printed frame, comb or boxes that the drawn box is about; else a line, as it was drawn."""
    inside = sorted((frame for frame in frames if _share(frame.box, box) >= _INSIDE), key=lambda frame: frame.box.x)
    if not inside:
        return Field(name, box, "line")
    whole = Box.around([frame.box for frame in inside])
    cells = tuple(cell for frame in inside for cell in frame.cells)
    if len(cells) < 2:
        return Field(name, whole, "frame")
    return Field(name, whole, "digits" if name in DIGIT_FIELDS else "comb", cells)


def _share(part: Box, of: Box) -> float:
    """The share of a box that lies in another."""
    across = min(part.right, of.right) - max(part.x, of.x)
    down = min(part.bottom, of.bottom) - max(part.y, of.y)
    return max(0.0, across) * max(0.0, down) / (part.width * part.height)
