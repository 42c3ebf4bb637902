"""How each kind of annotation is drawn on paper: by the rules of the screen (``static/shapes.js``), in its page units.

The one liberty: words that the screen would cut at the edge of the page are broken and moved inside it, for on paper
nobody can scroll. A kind that is not known is drawn as a dashed box.
"""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from korrigo.api import MULTIPLY, Canvas, circle, ink_path, polyline, rectangle
from korrigo.api import Sentence as _

from .errors import GradedPdfError
from .model import Annotation

PAGE_WIDTH = 1000
PEN, HIGHLIGHTER, COMMENT, BONUS, UNKNOWN = "#c1121f", "#ffd400", "#1d4f91", "#1a7f37", "#6b7280"
INK_WIDTH = 2.6
TEXT_SIZE, STAMP_SIZE, REMARK_SIZE, REMARK_NUMBER_SIZE = 26, 44, 22, 18
LINE_HEIGHT = 1.25
ARROW_HEAD, ARROW_ANGLE = 16, 0.45
REMARK_RADIUS = 13
EDGE = 12
"""Words end this far from the edge of the page."""
LEAST_ROOM = 170
"""Words get at least this width before they are broken."""

FLAVOURS = MappingProxyType({"comment": COMMENT, "error": PEN, "bonus": BONUS})

STAMP_STROKE = 0.11
STAMP_PATHS = MappingProxyType({
    "✓": (((0.06, -0.33), (0.27, -0.08), (0.7, -0.7)),),
    "✗": (((0.08, -0.66), (0.62, -0.06)), ((0.62, -0.66), (0.08, -0.06))),
})  # fmt: skip
"""Marks that look the same with all fonts. 1 is the stamp's size, y 0 its baseline."""

Value = Mapping[str, Any]


class Pen:
    """Draws the annotations of one page. ``height`` is that of the page, in page units."""

    def __init__(self, canvas: Canvas, height: float):
        self.canvas, self.height = canvas, height
        self._painters = {
            "ink": self._ink, "hi": self._highlight, "box": self._box, "line": self._line, "text": self._text,
            "stamp": self._stamp, "remark": self._remark,
        }  # fmt: skip

    def draw(self, annotation: Annotation) -> None:
        """:raises GradedPdfError: code ``annotation`` when the value is not that of its kind."""
        kind, value = annotation.kind, annotation.value
        try:
            if kind in FLAVOURS:
                self._flavoured(value, FLAVOURS[kind])
            else:
                self._painters.get(kind, self._unknown)(value)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise GradedPdfError(
                "annotation",
                _("A mark of kind ${kind} on page ${page} of the copy cannot be drawn (${why}). Nothing was written; "
                  "delete or redo this mark, then try again.",
                  kind=repr(kind), page=annotation.page + 1, why=f"{type(error).__name__}: {error}"),
            ) from error

    def _ink(self, value: Value) -> None:
        self.canvas.stroke(ink_path(value["p"]), value.get("c", PEN), value.get("w", INK_WIDTH))

    def _highlight(self, value: Value) -> None:
        self.canvas.fill(_rectangle(value), value.get("c", HIGHLIGHTER), MULTIPLY)

    def _box(self, value: Value) -> None:
        self.canvas.stroke(f"{_rectangle(value)} h", value.get("c", PEN), INK_WIDTH)

    def _line(self, value: Value) -> None:
        x, y, x2, y2 = (value[k] for k in ("x", "y", "x2", "y2"))
        path = polyline([(x, y), (x2, y2)])
        if value.get("arrow"):
            angle = math.atan2(y2 - y, x2 - x)
            barbs = [(x2 - ARROW_HEAD * math.cos(angle + turn), y2 - ARROW_HEAD * math.sin(angle + turn))
                     for turn in (ARROW_ANGLE, -ARROW_ANGLE)]
            path += " " + polyline([barbs[0], (x2, y2), barbs[1]])
        self.canvas.stroke(path, value.get("c", PEN), INK_WIDTH)

    def _text(self, value: Value) -> None:
        self._words(value["t"], value["x"], value["y"], value.get("size", TEXT_SIZE), value.get("c", PEN))

    def _stamp(self, value: Value) -> None:
        x, y, size, ink = value["x"], value["y"], value.get("size", STAMP_SIZE), value.get("c", PEN)
        strokes = STAMP_PATHS.get(value["t"])
        if strokes is None:
            self._words(value["t"], x, y, size, ink)
            return
        path = " ".join(polyline([(x + px * size, y + py * size) for px, py in points]) for points in strokes)
        self.canvas.stroke(path, ink, STAMP_STROKE * size)

    def _remark(self, value: Value) -> None:
        x, y, ink = value["x"], value["y"], value.get("c", PEN)
        self.canvas.fill(circle(x, y, REMARK_RADIUS), ink)
        self.canvas.text(
            x, y + 6, str(value.get("n", "•")), REMARK_NUMBER_SIZE, "#ffffff", bold=True, align="middle")
        self._words(value.get("t", ""), x + REMARK_RADIUS + 7, y + 7, REMARK_SIZE, ink, drop=2 * REMARK_RADIUS)

    def _flavoured(self, value: Value, ink: str) -> None:
        """Words in the colour of their kind, under a box when the mark has one."""
        x, y, ink, size = value["x"], value["y"], value.get("c", ink), value.get("size", TEXT_SIZE)
        if "w" in value and "h" in value:
            self.canvas.stroke(f"{_rectangle(value)} h", ink, INK_WIDTH)
            y += value["h"] + size
        self._words(value.get("t", ""), x, y, size, ink)

    def _unknown(self, value: Value) -> None:
        corner = (value.get(k, least) for k, least in (("x", 40), ("y", 40), ("w", 120), ("h", 60)))
        self.canvas.stroke(f"{rectangle(*corner)} h", UNKNOWN, 2, dash=(8, 6))

    def _words(self, text: str, x: float, y: float, size: float, ink: str, drop: float = 0) -> None:
        """Lines of bold text whose first baseline is at ``y``, kept inside the page.

        ``drop``: how far they move down when they have to start further left, not to cover what they belong to.
        """
        if not 0 < size <= PAGE_WIDTH:
            raise ValueError(f"{size!r} is no size for text")
        fonts, lines = self.canvas.fonts, text.split("\n")
        room = PAGE_WIDTH - EDGE - x
        widest = max(fonts.width(line, size, True) for line in lines)
        if widest > room:
            least = min(widest, LEAST_ROOM)
            if room < least:
                room, x, y = least, PAGE_WIDTH - EDGE - least, y + drop
            lines = fonts.wrap(text, room, size, True)
        step = size * LINE_HEIGHT
        y = min(y, max(size, self.height - EDGE - step * (len(lines) - 1)))
        for k, line in enumerate(lines):
            self.canvas.text(x, y + k * step, line, size, ink, bold=True)


def _rectangle(value: Value) -> str:
    return rectangle(value["x"], value["y"], value["w"], value["h"])


def draw_marks(canvas: Canvas, annotations: Iterable[Annotation], height: float) -> None:
    """Draw the annotations of one page, in order; ``height`` is that of the page in page units.

    :raises GradedPdfError: code ``annotation``.
    """
    pen = Pen(canvas, height)
    for annotation in annotations:
        pen.draw(annotation)
