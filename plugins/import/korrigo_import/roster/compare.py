"""Rows of one file against those above them."""

from dataclasses import replace

from korrigo.api import Sentence as _

from .fold import fold
from .keys import match_key
from .values import RefusedRow, RosterRow, Table


def compared(rows: list[RosterRow], table: Table) -> tuple[list[RosterRow], list[RefusedRow]]:
    """The same pupil again is refused, a namesake gets a note on both rows.

    Twins (same last name and birth date, another first name) are two pupils like any others.  Where neither a birth
    date nor a number tells whether it is the same pupil, the row is kept and says which one it may repeat.
    """
    cells = {record.line: record.cells for record in table.records}
    kept: list[RosterRow] = []
    refused: list[RefusedRow] = []
    by_key: dict[str, RosterRow] = {}
    by_number: dict[str, RosterRow] = {}
    for row in rows:
        number, key = row.ine or row.number, match_key(row)
        same = by_key.get(key)
        if same is not None and not number and not row.birth_date:
            kept.append(replace(row, repeats=same.line))
            continue
        same = same or by_number.get(number)
        if same is not None:
            alike = fold(same.full_name) == fold(row.full_name)
            why = (_("The same pupil is on line ${line}, which is kept.", line=same.line) if alike else
                   _("${name} has the number ${number} on line ${line}.",
                     name=same.full_name, number=number, line=same.line))
            refused.append(RefusedRow(row.line, cells[row.line], why))
            continue
        kept.append(row)
        by_key[key] = row
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
