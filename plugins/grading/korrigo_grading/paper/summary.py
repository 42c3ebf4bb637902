"""The summary page of a graded copy: who, how much, question by question, and what the grader has to say.

A4, in points, y downwards. The text flows: what does not fit goes on to further pages.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from korrigo.api import Canvas, Fonts, polyline, rectangle

from .model import QuestionLine, Summary
from .numbers import Number

LEFT, RIGHT, TOP, BOTTOM = 56.0, 539.0, 60.0, 778.0
FOOT = 802.0
CARD_WIDTH, CARD_HEIGHT, CARD_GAP = 146.0, 78.0, 24.0
POINTS_WIDTH, TABLE_HEAD = 84.0, 16.0
INDENT, DEEPEST = 16.0, 6
INK, QUIET, RULE, ACCENT, TINT = "#1f2328", "#656d76", "#d0d7de", "#c1121f", "#f6f4f1"

WORDS = MappingProxyType({
    "pupil": "Pupil", "copy": "Copy", "total": "Total", "question": "Question", "points": "Points",
    "appreciation": "Appreciation", "graders": "Graded by", "page": "Page {page} of {pages}",
    "continued": "continued",
})  # fmt: skip
"""The printed words, by the keys of ``Summary.labels``."""


def summary_words(summary: Summary, number: Number) -> list[str]:
    """What any reader must find on the summary page: title, pupil or else code, total."""
    total = "–" if summary.total is None else number(summary.total)
    return [summary.title, summary.pupil or summary.code, total, number(summary.maximum)]


@dataclass(frozen=True)
class _Line:
    """One line of the flow: ``draw(y)`` draws it under ``y``; ``stick``: the next line must be on the same page."""

    height: float
    draw: Callable[[Canvas, float], None]
    stick: bool = False
    table: bool = False


def draw_summary(summary: Summary, fonts: Fonts, number: Number) -> list[bytes]:
    """The content stream of each summary page (y downwards, A4, resources of ``fonts``)."""
    sheet = _Sheet(summary, fonts, number)
    return sheet.pages()


class _Sheet:
    def __init__(self, summary: Summary, fonts: Fonts, number: Number):
        self.summary, self.fonts, self.number = summary, fonts, number
        self.words = {**WORDS, **summary.labels}

    def pages(self) -> list[bytes]:
        canvas = Canvas(self.fonts)
        canvases, y, in_table = [canvas], self._masthead(canvas), False
        heads: list[tuple[Canvas, float]] = []
        for group in _groups(self._flow()):
            height = sum(line.height for line in group)
            if y + height > BOTTOM and y > TOP + CARD_HEIGHT:
                canvas = Canvas(self.fonts)
                canvases.append(canvas)
                y, in_table = self._running_head(canvas), False
            for line in group:
                if line.table and not in_table:
                    y += TABLE_HEAD
                    heads.append((canvas, y))
                in_table = line.table
                line.draw(canvas, y)
                y += line.height
        for each, y in heads:  # last: their rule lies over that of the row beneath
            self._table_head(each, y)
        for page, each in enumerate(canvases, 1):
            self._foot(each, page, len(canvases))
        return [each.data for each in canvases]

    def _masthead(self, canvas: Canvas) -> float:
        """The top of the first page; returns where it ends."""
        summary = self.summary
        self._card(canvas, RIGHT - CARD_WIDTH, TOP)
        room = RIGHT - CARD_WIDTH - CARD_GAP - LEFT
        above = "  ·  ".join(part for part in (summary.subject, summary.date) if part)
        y = TOP + 8
        for line in self.fonts.wrap(above, room, 9.5):
            canvas.text(LEFT, y, line, 9.5, QUIET)
            y += 13
        y += 12
        for line in self.fonts.wrap(summary.title, room, 19, True):
            canvas.text(LEFT, y, line, 19, INK, bold=True)
            y += 24
        y += 6
        who = summary.pupil or f"{self.words['copy']} {summary.code}"
        for line in self.fonts.wrap(who, room, 13, True):
            canvas.text(LEFT, y, line, 13, ACCENT, bold=True)
            y += 17
        if summary.pupil and summary.code:
            canvas.text(LEFT, y, f"{self.words['copy']} {summary.code}", 9.5, QUIET)
            y += 13
        return max(y, TOP + CARD_HEIGHT) + 20

    def _card(self, canvas: Canvas, x: float, y: float) -> None:
        """The total, large, on a tinted card."""
        canvas.fill(rectangle(x, y, CARD_WIDTH, CARD_HEIGHT), TINT)
        canvas.fill(rectangle(x, y, 3, CARD_HEIGHT), ACCENT)
        canvas.text(x + 16, y + 20, self.words["total"], 9.5, QUIET)
        _, _, total, maximum = summary_words(self.summary, self.number)
        over = f" / {maximum}"
        size = 34.0
        while size > 10 and self._card_width(total, over, size) > CARD_WIDTH - 26:
            size -= 1
        canvas.text(x + 16, y + 58, total, size, INK, bold=True)
        canvas.text(x + 16 + self.fonts.width(total, size, True), y + 58, over, size / 2, QUIET)

    def _card_width(self, total: str, over: str, size: float) -> float:
        return self.fonts.width(total, size, True) + self.fonts.width(over, size / 2)

    def _running_head(self, canvas: Canvas) -> float:
        who = self.summary.pupil or f"{self.words['copy']} {self.summary.code}"
        text = f"{self.summary.title} – {who} ({self.words['continued']})"
        y = TOP + 4
        for line in self.fonts.wrap(text, RIGHT - LEFT, 9.5):
            canvas.text(LEFT, y, line, 9.5, QUIET)
            y += 13
        return y + 12

    def _table_head(self, canvas: Canvas, y: float) -> None:
        """The names of the columns, above ``y``."""
        canvas.text(LEFT, y - 7, self.words["question"], 9, QUIET)
        canvas.text(RIGHT, y - 7, self.words["points"], 9, QUIET, align="right")
        canvas.stroke(polyline([(LEFT, y), (RIGHT, y)]), INK, 0.8)

    def _foot(self, canvas: Canvas, page: int, pages: int) -> None:
        if self.summary.graders and page == pages:
            text = f"{self.words['graders']} {', '.join(self.summary.graders)}"
            line, *more = self.fonts.wrap(text, RIGHT - LEFT - 100, 9)
            canvas.text(LEFT, FOOT, line + (" …" if more else ""), 9, QUIET)
        if pages > 1:
            label = self.words["page"].format(page=page, pages=pages)
            canvas.text(RIGHT, FOOT, label, 9, QUIET, align="right")

    def _flow(self) -> Iterator[_Line]:
        for question in self.summary.questions:
            yield from self._question(question)
        if self.summary.questions:
            yield _Line(8, partial(_rule, ink=INK))
        if self.summary.appreciation.strip():
            yield _Line(22, _nothing, stick=True)
            yield _Line(16, partial(_text, x=LEFT, text=self.words["appreciation"], size=9, ink=QUIET), stick=True)
            for line in self.fonts.wrap(self.summary.appreciation.strip(), RIGHT - LEFT - 14, 11):
                yield _Line(15.5, partial(_quoted, text=line))

    def _question(self, question: QuestionLine) -> Iterator[_Line]:
        """The title with its points, then the remarks; a rule above."""
        top = question.depth == 0
        indent = LEFT + INDENT * min(question.depth, DEEPEST)
        size = 11.0 if top else 10.5
        title = "  ".join(part for part in (question.label, question.title) if part)
        lines = self.fonts.wrap(title, RIGHT - POINTS_WIDTH - indent, size, top)
        yield _Line(6, partial(_rule, ink=RULE, x=indent), stick=True, table=True)
        for k, line in enumerate(lines):
            points = question if k == 0 else None
            draw = partial(self._title, x=indent, text=line, size=size, bold=top, points=points)
            yield _Line(14, draw, stick=k < len(lines) - 1 or bool(question.remarks), table=True)
        for remark in question.remarks:
            for k, line in enumerate(self.fonts.wrap(remark, RIGHT - POINTS_WIDTH - indent - 10, 9.5)):
                yield _Line(12.5, partial(_remark, x=indent, text=line, first=k == 0), table=True)
        yield _Line(4, _nothing, table=True)

    def _title(
        self, canvas: Canvas, y: float, x: float, text: str, size: float, bold: bool, points: QuestionLine | None
    ) -> None:
        canvas.text(x, y + 10, text, size, INK, bold=bold)
        if points is None or (points.points is None and points.maximum is None):
            return
        given = "–" if points.points is None else self.number(points.points)
        over = "" if points.maximum is None else f" / {self.number(points.maximum)}"
        canvas.text(RIGHT, y + 10, over, size, QUIET, align="right")
        canvas.text(RIGHT - self.fonts.width(over, size), y + 10, given, size, INK, bold=True, align="right")


def _groups(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Lines that must stay together."""
    group: list[_Line] = []
    for line in lines:
        group.append(line)
        if not line.stick:
            yield group
            group = []
    if group:
        yield group


def _nothing(canvas: Canvas, y: float) -> None:
    """White space."""


def _rule(canvas: Canvas, y: float, ink: str, x: float = LEFT) -> None:
    canvas.stroke(polyline([(x, y), (RIGHT, y)]), ink, 0.5)


def _text(canvas: Canvas, y: float, x: float, text: str, size: float, ink: str) -> None:
    canvas.text(x, y + size, text, size, ink)


def _quoted(canvas: Canvas, y: float, text: str) -> None:
    canvas.fill(rectangle(LEFT, y, 2.5, 15.5), ACCENT)
    canvas.text(LEFT + 14, y + 11.5, text, 11, INK)


def _remark(canvas: Canvas, y: float, x: float, text: str, first: bool) -> None:
    if first:
        canvas.text(x, y + 9, "•", 9.5, ACCENT)
    canvas.text(x + 10, y + 9, text, 9.5, QUIET)
