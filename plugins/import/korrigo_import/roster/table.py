"""From text to a table: the delimiter, the line with the titles, the rows and the lines where they begin."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence

from korrigo.api import Sentence as _

from .contents import looks_like_a_pupil
from .decode import decode
from .headings import distinct, fold_title, guess_mapping
from .refused import WHY
from .values import Reading, Record, RosterError, Table

#: Delimiters, and what people call them.
DELIMITERS: Mapping[str, str] = {
    ";": _("semicolon"), ",": _("comma"), "\t": _("tab"), "|": _("vertical bar"),
}
#: Lines that some programs write over the titles: the school, the date.
_TITLES_WITHIN = 10
_PROBED_LINES, _PROBED_LETTERS = 60, 1 << 16
#: The most cells that a row of a roster may have.
WIDEST = 250


def read_csv(data: bytes, reading: Reading, today: dt.date) -> Table:
    """Cut the bytes of a CSV file into a table.

    Raises RosterError when there is nothing but titles, or when a quotation mark is never closed.
    """
    text, encoding = decode(data, reading.encoding)
    wanted = frozenset(map(fold_title, reading.mapping.values()))
    first_line, said = _said_delimiter(text)
    lines = text.splitlines(keepends=True)[first_line:]
    head = "".join(lines[:_PROBED_LINES])[:_PROBED_LETTERS]
    asked = reading.delimiter if reading.delimiter in DELIMITERS else ""
    delimiter = asked or said or max(DELIMITERS, key=lambda sign: _fitness(head, sign, wanted))
    records = _records("".join(lines), delimiter, first_line)
    return under_titles(records, reading, today, kind="csv", encoding=encoding, delimiter=delimiter)


def under_titles(records: Sequence[Record], reading: Reading, today: dt.date, **more) -> Table:
    """A table of rows; which of them holds the titles is found out, unless the reading says that there are none.

    ``more``: the other attributes of the table.
    """
    if not records:
        raise RosterError(_("This file is empty. Export the list of pupils again, as CSV."))
    if any(len(record.cells) > WIDEST for record in records):
        raise RosterError(_("A row has more than ${n} cells: this is no list of pupils, or another delimiter "
                            "separates its cells.", n=WIDEST))
    wanted = frozenset(map(fold_title, reading.mapping.values()))
    place = _title_place(records, wanted)
    titled = reading.titles
    if titled is None:
        titled = bool(_known(records[place], wanted)) or not looks_like_a_pupil(records[place].cells, today)
    if not titled:
        width = max(len(record.cells) for record in records)
        return Table(distinct([""] * width), tuple(records), titled=False, **more)
    titles = records[place].cells
    rows = tuple(record for record in records[place + 1:] if record.cells != titles)
    if fold_title(titles[-1]) == fold_title(WHY):
        titles, rows = titles[:-1], tuple(Record(row.line, row.cells[:len(titles) - 1]) for row in rows)
    columns = distinct(titles)
    if not rows:
        raise RosterError(_("This file has one line and no pupils under it. The first line must hold the titles of the "
                            "columns (Nom, Prénom, …), the next ones a pupil each."), columns=columns)
    return Table(columns, rows, **more)


def _said_delimiter(text: str) -> tuple[int, str]:
    """Excel's own first line "sep=;": (number of lines that it takes, the delimiter or "")."""
    first = next(iter(text[:16].splitlines()), "").strip(' "').lower()
    if first.startswith("sep=") and first[4:5] in DELIMITERS:
        return 1, first[4]
    return 0, ""


def _records(text: str, delimiter: str, before: int = 0) -> list[Record]:
    """The rows that hold something.  Raises RosterError for a quotation mark that is never closed."""
    try:
        return _parse(text, delimiter, before, strict=True)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise RosterError(_("A quotation mark is opened on line ${line} and never closed: the rows after it cannot "
                                "be told apart. Close it, or take it away.",
                                line=_open_quote(text, delimiter, before))) from None
    try:
        return _parse(text, delimiter, before, strict=False)
    except csv.Error:
        raise RosterError(_("This is no CSV file that can be read: a cell of it does not end. Export the list again, "
                            "as CSV or as a workbook.")) from None


def _parse(text: str, delimiter: str, before: int, *, strict: bool) -> list[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    records = []
    start = before + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            records.append(Record(start, tuple(cells)))
        start = before + reader.line_num + 1
    return records


def _open_quote(text: str, delimiter: str, before: int) -> int:
    """The line where the row begins that swallowed the rest."""
    records = _parse(text, delimiter, before, strict=False)
    return records[-1].line if records else before + 1


def _fitness(head: str, delimiter: str, wanted: frozenset[str]) -> tuple[int, float, int]:
    """How well a delimiter explains the first lines: titles recognised, rows of equal width, width."""
    try:
        records = _parse(head, delimiter, 0, strict=False)
    except csv.Error:
        return (0, 0.0, 0)
    if not records:
        return (0, 0.0, 0)
    place = _title_place(records, wanted)
    width = len(records[place].cells)
    below = records[place + 1:] or records[place:]
    equal = sum(len(record.cells) == width for record in below) / len(below)
    return (_known(records[place], wanted), equal if width > 1 else 0.0, width)


def _title_place(records: Sequence[Record], wanted: frozenset[str]) -> int:
    """The row with the most titles that are known or named; the first row when there is none."""
    return max(range(min(_TITLES_WITHIN, len(records))), key=lambda place: (_known(records[place], wanted), -place))


def _known(record: Record, wanted: Iterable[str]) -> int:
    cells = record.cells[:WIDEST]
    return len(set(guess_mapping(cells).values()) | {cell for cell in cells if fold_title(cell) in wanted})
