"""From text to a table: the delimiter, the line with the titles, the rows and the lines where they begin."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from korrigo.api import Sentence as _

from .headings import distinct, fold_title, guess_mapping
from .values import RosterError

DELIMITERS = (";", ",", "\t", "|")
#: Lines that some programs write over the titles: the school, the date.
_TITLES_WITHIN = 10
_PROBED = 60


@dataclass(frozen=True)
class Record:
    """The cells of one row; ``line`` is where it begins (1-based): a quoted cell may run over several lines."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """``columns``: distinct titles; ``records``: what stands under them, without empty rows."""

    columns: tuple[str, ...]
    records: tuple[Record, ...]
    delimiter: str


def read_table(text: str, mapped: Iterable[str] = ()) -> Table:
    """Cut text into a table.  ``mapped``: titles that a person named, which show the line of titles as well.

    Raises RosterError when there is nothing but titles, or when a quotation mark is never closed.
    """
    wanted = frozenset(map(fold_title, mapped))
    first_line, said = _said_delimiter(text)
    lines = text.splitlines(keepends=True)[first_line:]
    head = "".join(lines[:_PROBED])
    delimiter = said or max(DELIMITERS, key=lambda sign: _fitness(head, sign, wanted))
    records = _records("".join(lines), delimiter, first_line)
    if not records:
        raise RosterError(_("This file is empty. Export the list of pupils again, as CSV."))
    place = _title_place(records, wanted)
    columns = distinct(records[place].cells)
    rows = tuple(record for record in records[place + 1:] if record.cells != records[place].cells)
    if not rows:
        raise RosterError(_("This file has one line and no pupils under it. The first line must hold the titles of the "
                            "columns (Nom, Prénom, …), the next ones a pupil each."), columns=columns)
    return Table(columns, rows, delimiter)


def _said_delimiter(text: str) -> tuple[int, str]:
    """Excel's own first line "sep=;": (number of lines that it takes, the delimiter or "")."""
    first = text[:16].splitlines()[0].strip().strip('"').lower()
    if first.startswith("sep=") and first[4:5] in DELIMITERS and first[4:5]:
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
    except csv.Error as error:
        raise RosterError(_("This is no CSV file that can be read: ${why}.", why=error)) from None


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


def _title_place(records: list[Record], wanted: frozenset[str]) -> int:
    """The row with the most titles that are known or named; the first row when there is none."""
    return max(range(min(_TITLES_WITHIN, len(records))), key=lambda place: (_known(records[place], wanted), -place))


def _known(record: Record, wanted: frozenset[str]) -> int:
    titles: Mapping[str, str] = guess_mapping(record.cells)
    return len(set(titles.values()) | {cell for cell in record.cells if fold_title(cell) in wanted})
