"""Reading a roster: each row becomes a pupil, or is refused with its reason."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

from korrigo.api import Sentence as _
from korrigo.api import message_of

from .dates import read_birth_date
from .decode import decode, looks_garbled
from .headings import FIELDS, NAME_FIELDS, fold_title, guess_mapping
from .keys import fold, match_key
from .names import split_name
from .refused import unsafe
from .table import Record, Table, read_table
from .values import RefusedRow, RosterError, RosterFile, RosterRow

MAX_ROWS = 5000
MAX_CELL = 500
#: Letters that each field can hold, as pupils are stored.
_LONGEST = {"last_name": 120, "first_name": 120, "number": 40, "class_name": 60, "email": 254}
_NAMES = {"last_name": _("last name"), "first_name": _("first name"), "number": _("number"),
          "class_name": _("class name"), "email": _("email")}

#: The three shapes of an INE: RNIE, BEA (an underscore may occur) and apprentices.  No public rule for a check
#: letter is known, so the shape is all that is checked.
_INE = re.compile(r"[0-9]{9}[A-Z]{2}|[0-9_]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
#: What a spreadsheet makes of a long number: 2,62E+10.
_CUT_NUMBER = re.compile(r"\d+[.,]\d+[eE]\+?\d+")


def read_roster(data: bytes, filename: str = "", mapping: Mapping[str, str] | None = None, *,
                today: dt.date | None = None) -> RosterFile:
    """Read a roster from the bytes of a CSV file.

    ``mapping`` names columns by hand, field (one of FIELDS) -> title, over what the titles say; an empty title
    leaves the field out.  ``filename`` is for messages only.  ``today`` is the day against which birth dates are
    checked.  Raises RosterError when the file as a whole cannot be used; problems of a row refuse that row.
    """
    named = _named(mapping)
    text, encoding = decode(data)
    table = read_table(text, named.values())
    if len(table.records) > MAX_ROWS:
        raise RosterError(_("${file} has ${n} rows; at most ${most} are read at a time. Send it in parts.",
                            file=filename or _("This file"), n=len(table.records), most=MAX_ROWS),
                          columns=table.columns)
    used, warnings = _mapping(table, named)
    if looks_garbled(text):
        warnings.append(_("Accented letters were damaged before this file came here. Export it again if names look "
                          "wrong."))
    rows, refused = _rows(table, used, today or dt.date.today())
    rows, doubles = _compared(rows, table)
    refused = sorted([*refused, *doubles], key=lambda row: row.line)
    return RosterFile(table.columns, tuple(rows), tuple(refused), encoding, table.delimiter, used, tuple(warnings))


def _named(mapping: Mapping[str, str] | None) -> dict[str, str]:
    unknown = set(mapping or {}) - set(FIELDS)
    if unknown:
        raise RosterError(_("There is no field ${names}. The fields are: ${fields}.",
                            names=", ".join(sorted(unknown)), fields=", ".join(FIELDS)))
    return dict(mapping or {})


def _mapping(table: Table, named: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The column of each field, by hand before by title, and what to say about it."""
    titles = {fold_title(column): column for column in reversed(table.columns)}
    mapping = {field: column for field, column in guess_mapping(table.columns).items() if field not in named}
    for field, title in named.items():
        if not title:
            continue
        column = title if title in table.columns else titles.get(fold_title(title))
        if column is None:
            raise RosterError(_("There is no column “${title}” in this file. Its columns are: ${columns}.",
                                title=title, columns=", ".join(table.columns)), columns=table.columns)
        mapping[field] = column
    for field in FIELDS:
        if field not in named and mapping.get(field) in [mapping.get(other) for other in named]:
            mapping.pop(field, None)
    if not any(field in mapping for field in NAME_FIELDS):
        raise RosterError(_("No column with the pupils' names was recognised. The first line must hold the titles of "
                            "the columns, such as Nom, Prénom or Élève; it holds: ${columns}.",
                            columns=", ".join(table.columns)), columns=table.columns)
    warnings = []
    if "full_name" not in mapping and "first_name" not in mapping and _holds_whole_names(table, mapping["last_name"]):
        mapping["full_name"] = mapping.pop("last_name")
        warnings.append(_("There is no column of first names; “${column}” was read as the whole name.",
                          column=mapping["full_name"]))
    repeated = [column for column in table.columns if column.endswith(" (2)") and
                column.removesuffix(" (2)") in mapping.values()]
    warnings += [_("Two columns are called “${column}”; the first one is used.", column=column.removesuffix(" (2)"))
                 for column in repeated if column not in mapping.values()]
    return mapping, warnings


def _holds_whole_names(table: Table, column: str) -> bool:
    place = table.columns.index(column)
    cells = [record.cells[place] for record in table.records if len(record.cells) > place]
    return sum(len(cell.split()) > 1 for cell in cells) > len(cells) / 2


def _rows(table: Table, mapping: Mapping[str, str], today: dt.date) -> tuple[list[RosterRow], list[RefusedRow]]:
    rows, refused = [], []
    places = {field: table.columns.index(column) for field, column in mapping.items()}
    for record in table.records:
        try:
            rows.append(_row(record, places, len(table.columns), today))
        except ValueError as error:
            refused.append(RefusedRow(record.line, record.cells, message_of(error)))
    return rows, refused


def _row(record: Record, places: Mapping[str, int], width: int, today: dt.date) -> RosterRow:
    """The pupil of a row.  Raises ValueError with the reason when there is none."""
    if any(cell.strip() for cell in record.cells[width:]):
        raise ValueError(_("The row has ${cells} cells under ${titles} titles: a cell that holds the delimiter must "
                           "stand in quotation marks.", cells=len(record.cells), titles=width))
    if any(len(cell) > MAX_CELL for cell in record.cells):
        raise ValueError(_("A cell has more than ${n} letters.", n=MAX_CELL))
    cells = {field: _clean(record.cells[place]) for field, place in places.items() if place < len(record.cells)}
    notes: list[str] = []
    row = RosterRow(line=record.line, **_name(cells), birth_date=read_birth_date(cells.get("birth_date", ""), today),
                    number=_number(cells.get("number", "")), ine=_ine(cells.get("ine", ""), notes),
                    class_name=cells.get("class_name", ""), email=_email(cells.get("email", ""), notes))
    for field, longest in _LONGEST.items():
        if len(getattr(row, field)) > longest:
            raise ValueError(_("The ${column} has more than ${n} letters.", n=longest, column=_NAMES[field]))
    return replace(row, notes=tuple(notes))


def _name(cells: Mapping[str, str]) -> dict[str, str | bool]:
    last, first = cells.get("last_name", ""), cells.get("first_name", "")
    whole = cells.get("full_name", "") or f"{last} {first}".strip()
    if not any(c.isalpha() for c in whole):
        raise ValueError(_("There is no name."))
    if any(c.isdigit() for c in whole):
        raise ValueError(_("“${name}” holds digits, so it is no name.", name=whole))
    if cells.get("full_name"):
        name = split_name(whole)
        return {"last_name": name.last_name, "first_name": name.first_name, "full_name": whole,
                "split_doubtful": name.doubtful}
    if not last:
        raise ValueError(_("“${name}” has no last name.", name=first))
    return {"last_name": last, "first_name": first, "full_name": whole}


def _clean(cell: str) -> str:
    """A cell in one line, without the apostrophe that made it safe and without signs that cannot be seen."""
    visible = "".join(c for c in cell if c.isprintable() or c.isspace())
    return unsafe(" ".join(visible.split()))


def _number(text: str) -> str:
    if _CUT_NUMBER.fullmatch(text):
        raise ValueError(_("The number “${number}” was shortened by a spreadsheet: set its column to text and export "
                           "again.", number=text))
    return re.sub(r"(?<=\d)[.,]0+$", "", text)


def _ine(text: str, notes: list[str]) -> str:
    ine = text.replace(" ", "").upper()
    if ine and not _INE.fullmatch(ine):
        notes.append(_("“${text}” is no INE and was left out.", text=text))
        return ""
    return ine


def _email(text: str, notes: list[str]) -> str:
    if text and not _EMAIL.fullmatch(text):
        notes.append(_("“${text}” is no e-mail address and was left out.", text=text))
        return ""
    return text


def _compared(rows: list[RosterRow], table: Table) -> tuple[list[RosterRow], list[RefusedRow]]:
    """Rows against those above them: the same pupil again is refused, a namesake gets a note on both rows.

    Twins (same last name and birth date, another first name) are two pupils like any others.
    """
    cells = {record.line: record.cells for record in table.records}
    kept: list[RosterRow] = []
    refused: list[RefusedRow] = []
    by_key: dict[str, RosterRow] = {}
    by_number: dict[str, RosterRow] = {}
    for row in rows:
        number = row.ine or row.number
        same = by_key.get(match_key(row)) or by_number.get(number)
        if same is not None:
            alike = fold(same.full_name) == fold(row.full_name)
            why = (_("The same pupil is on line ${line}, which is kept.", line=same.line) if alike else
                   _("${name} has the number ${number} on line ${line}.",
                     name=same.full_name, number=number, line=same.line))
            refused.append(RefusedRow(row.line, cells[row.line], why))
            continue
        kept.append(row)
        by_key[match_key(row)] = row
        if number:
            by_number[number] = row
    return _with_namesakes(kept), refused


def _with_namesakes(rows: list[RosterRow]) -> list[RosterRow]:
    lines: dict[str, list[int]] = {}
    for row in rows:
        lines.setdefault(fold(row.full_name), []).append(row.line)
    result = []
    for row in rows:
        others = [str(line) for line in lines[fold(row.full_name)] if line != row.line]
        note = (_("Namesake of line ${lines}: told apart by birth date or number only.",
                  lines=", ".join(others)),) if others else ()
        result.append(replace(row, notes=row.notes + note))
    return result
