"""A receipt on paper: facts, then tables that flow from page to page with their heads."""

from collections.abc import Sequence

from korrigo.api import A4_HEIGHT, A4_WIDTH, Canvas, Fonts, FontShelf, pdf_of_sheets, polyline

from .receipt_text import Column, ReceiptText, Table

LEFT, RIGHT, TOP, BOTTOM = 45.0, A4_WIDTH - 45.0, 50.0, A4_HEIGHT - 60.0
FOOT = A4_HEIGHT - 34.0
GAP = 6.0
INK, QUIET, RULE = "#1f2328", "#5b636c", "#d0d7de"
SIZE, LEADING = 8.5, 11.0


def print_receipt(text: ReceiptText, language: str) -> bytes:
    """The PDF of a receipt."""
    return _Paper(text).print(language)


class _Paper:
    def __init__(self, text: ReceiptText):
        self.text, self.fonts = text, Fonts(FontShelf())
        self.pages: list[Canvas] = []
        self.y = TOP
        self._turn()

    def print(self, language: str) -> bytes:
        text = self.text
        self._line(text.title, 17, bold=True, leading=22)
        for line in self.fonts.wrap(text.exam, RIGHT - LEFT, 12, True):
            self._line(line, 12, bold=True, leading=16)
        if text.about:
            self._line(text.about, 9.5, ink=QUIET, leading=14)
        self.y += 8
        for label, value in text.facts:
            self._fact(label, value)
        self._paragraph(text.verdict, bold=True)
        for table in text.tables:
            self._table(table)
        self._paragraph(text.proof)
        for number, page in enumerate(self.pages, 1):
            self._foot(page, number)
        return pdf_of_sheets([page.data for page in self.pages], self.fonts, title=f"{text.title} – {text.exam}",
                             language=language)

    @property
    def page(self) -> Canvas:
        return self.pages[-1]

    def _turn(self) -> None:
        """Go on on the next page."""
        self.pages.append(Canvas(self.fonts))
        self.y = TOP

    def _room(self, height: float) -> bool:
        """Make room; whether that took a new page."""
        if self.y + height <= BOTTOM:
            return False
        self._turn()
        return True

    def _line(self, text: str, size: float, *, bold: bool = False, ink: str = INK, leading: float = LEADING) -> None:
        self._room(leading)
        self.page.text(LEFT, self.y + size, text, size, ink, bold=bold)
        self.y += leading

    def _paragraph(self, text: str, *, bold: bool = False) -> None:
        lines = self.fonts.wrap(text, RIGHT - LEFT, 9.5, bold)
        self._room(10 + 13 * len(lines))
        self.y += 10
        for line in lines:
            self._line(line, 9.5, bold=bold, leading=13)

    def _fact(self, label: str, value: str) -> None:
        self._room(13)
        self.page.text(LEFT, self.y + 9.5, label, 9.5, QUIET)
        for line in self.fonts.wrap(value, RIGHT - LEFT - 130, 9.5):
            self._room(13)
            self.page.text(LEFT + 130, self.y + 9.5, line, 9.5, INK)
            self.y += 13

    def _table(self, table: Table) -> None:
        edges = _edges(table.columns)
        self._room(60)
        self.y += 16
        self._line(table.title, 11.5, bold=True, leading=16)
        if table.note:
            for line in self.fonts.wrap(table.note, RIGHT - LEFT, SIZE):
                self._line(line, SIZE, ink=QUIET)
        if not table.rows:
            return
        self._head(table, edges)
        for row in table.rows:
            cells = [self.fonts.wrap(cell, right - left, SIZE)
                     for cell, (left, right) in zip(row, edges, strict=True)]
            if self._room(LEADING * max(map(len, cells)) + 4):
                self._head(table, edges)
            self._cells(cells, table.columns, edges, INK)
            self._rule(RULE)

    def _head(self, table: Table, edges: Sequence[tuple[float, float]]) -> None:
        titles = [self.fonts.wrap(column.title, right - left, SIZE)
                  for column, (left, right) in zip(table.columns, edges, strict=True)]
        self._cells(titles, table.columns, edges, QUIET)
        self._rule(INK)

    def _cells(self, cells: Sequence[Sequence[str]], columns: Sequence[Column], edges, ink: str) -> None:
        self.y += 2
        for lines, column, (left, right) in zip(cells, columns, edges, strict=True):
            number = column.kind == "number"
            for place, line in enumerate(lines):
                self.page.text(right if number else left, self.y + SIZE + LEADING * place, line, SIZE, ink,
                               align="right" if number else "left")
        self.y += LEADING * max(map(len, cells)) + 1

    def _rule(self, ink: str) -> None:
        self.page.stroke(polyline([(LEFT, self.y), (RIGHT, self.y)]), ink, 0.5)
        self.y += 1

    def _foot(self, page: Canvas, number: int) -> None:
        page.text(RIGHT, FOOT, self.text.page(number, len(self.pages)), 8, QUIET, align="right")
        page.text(LEFT, FOOT, self.text.exam[:80], 8, QUIET)


def _edges(columns: Sequence[Column]) -> list[tuple[float, float]]:
    """Where each column begins and ends."""
    whole, edges, left = sum(column.share for column in columns), [], LEFT
    for column in columns:
        width = (RIGHT - LEFT) * column.share / whole
        edges.append((left, left + width - GAP))
        left += width
    return edges
