"""Reading a roster: each row becomes a pupil, or is refused with its reason."""

import datetime as dt

from korrigo.api import Sentence as _

from .compare import compared
from .contents import guess_by_contents
from .dates import guess_order
from .decode import looks_garbled
from .headings import FIELDS, NAME_FIELDS, begins_with, fold_title, guess_mapping
from .names import Lexicon
from .rows import Rows
from .siecle import read_siecle, xml_of_zip
from .table import read_csv
from .values import Reading, RosterError, RosterFile, Table
from .workbook import OLD_EXCEL, ZIP, read_workbook

#: The largest file that is read, in bytes, and the most pupils in it.
LARGEST = 10 << 20
MAX_ROWS = 5000


def read_roster(data: bytes, filename: str = "", reading: Reading | None = None, *,
                today: dt.date | None = None) -> RosterFile:
    """Read a roster from the bytes of a CSV file, a workbook, or SIECLE's XML.

    ``reading``: what a person said about the file.  ``filename`` is for messages only.  ``today`` is the day against
    which birth dates are checked.  Raises RosterError when the file as a whole cannot be used; problems of a row
    refuse that row.
    """
    table = open_table(data, filename, reading, today=today)
    return understand(table, reading, today=today)


def open_table(data: bytes, filename: str = "", reading: Reading | None = None, *,
               today: dt.date | None = None) -> Table:
    """The first half of :func:`read_roster`: the file as rows of texts, of a bounded size."""
    if len(data) > LARGEST:
        raise RosterError(_("This file has more than ${n} MB: it is no list of pupils.", n=LARGEST >> 20))
    table = _read(data, reading or Reading(), today or dt.date.today())
    if len(table.records) > MAX_ROWS:
        raise RosterError(_("${file} has ${n} rows; at most ${most} are read at a time. Send it in parts.",
                            file=filename or _("This file"), n=len(table.records), most=MAX_ROWS),
                          columns=table.columns)
    return table


def _read(data: bytes, reading: Reading, today: dt.date) -> Table:
    if data.startswith(OLD_EXCEL):
        return read_workbook(data, reading, today)
    if data.startswith(ZIP):
        packed = xml_of_zip(data)
        return read_workbook(data, reading, today) if packed is None else read_siecle(packed, reading, today)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml"):
        return read_siecle(data, reading, today)
    return read_csv(data, reading, today)


def understand(table: Table, reading: Reading | None = None, *, today: dt.date | None = None) -> RosterFile:
    """The second half of :func:`read_roster`: which column is what, and a pupil of each row."""
    reading, today = reading or Reading(), today or dt.date.today()
    mapping, warnings = _mapping(table, reading, today)
    if looks_garbled("".join(table.columns)) or any(
            looks_garbled(cell) for field in NAME_FIELDS if field in mapping for cell in table.cells(mapping[field])):
        warnings.append(_("Accented letters were damaged before this file came here. Export it again if names look "
                          "wrong."))
    dates = reading.dates
    if dates not in ("day", "month"):
        dates = guess_order(table.cells(mapping["birth_date"]) if "birth_date" in mapping else ())
        if dates == "month":
            warnings.append(_("The birth dates were read as month/day/year, because none of them could be otherwise."))
    names = reading.names if reading.names in ("last", "first") else begins_with(mapping.get("full_name", "")) or "last"
    lexicon = Lexicon.of(table.cells(mapping["full_name"]), names) if "full_name" in mapping else Lexicon()
    rows, refused = Rows(table, mapping, today, dates, names, reading.cuts, lexicon).read()
    rows, doubles = compared(rows, table)
    refused = sorted([*refused, *doubles], key=lambda row: row.line)
    return RosterFile(table, tuple(rows), tuple(refused), mapping, dates, names, tuple(warnings), lexicon)


def _mapping(table: Table, reading: Reading, today: dt.date) -> tuple[dict[str, str], list[str]]:
    """The column of each field, by hand before by title or contents, and what to say about it."""
    named = reading.mapping
    unknown = set(named) - set(FIELDS)
    if unknown:
        raise RosterError(_("There is no field ${names}. The fields are: ${fields}.",
                            names=", ".join(sorted(unknown)), fields=", ".join(FIELDS)))
    guessed = guess_mapping(table.columns) if table.titled else guess_by_contents(table, today)
    by_hand = {field: _column(table, title) for field, title in named.items() if title}
    mapping = {field: column for field, column in guessed.items()
               if field not in named and column not in by_hand.values()} | by_hand
    if not any(field in mapping for field in NAME_FIELDS):
        raise RosterError(_("No column with the pupils' names was recognised. Say which column holds them; the columns "
                            "are: ${columns}.", columns=", ".join(table.columns)), columns=table.columns)
    warnings = []
    if "full_name" not in mapping and "first_name" not in mapping and "first_name" not in named and _holds_whole_names(
            table, mapping["last_name"]):
        mapping["full_name"] = mapping.pop("last_name")
        warnings.append(_("There is no column of first names; “${column}” was read as the whole name.",
                          column=mapping["full_name"]))
    if not table.titled:
        warnings.append(_("The file has no titles: which column is what was found by what stands in them."))
    repeated = [column for column in table.columns if column.endswith(" (2)") and
                column.removesuffix(" (2)") in mapping.values()]
    warnings += [_("Two columns are called “${column}”; the first one is used.", column=column.removesuffix(" (2)"))
                 for column in repeated if column not in mapping.values()]
    return mapping, warnings


def _column(table: Table, title: str) -> str:
    """The column of a title, however its letters are written."""
    if title in table.columns:
        return title
    found = next((column for column in table.columns if fold_title(column) == fold_title(title)), None)
    if found is None:
        raise RosterError(_("There is no column “${title}” in this file. Its columns are: ${columns}.",
                            title=title, columns=", ".join(table.columns)), columns=table.columns)
    return found


def _holds_whole_names(table: Table, column: str) -> bool:
    cells = table.cells(column)
    return sum(len(cell.split()) > 1 for cell in cells) > len(cells) / 2
