"""Which column is what when no titles say it: by what stands in the cells."""

import datetime as dt
import re
from collections.abc import Callable

from .dates import read_birth_date
from .values import Table

#: The three shapes of an INE: RNIE, BEA (an underscore may occur) and apprentices.  No public rule for a check
#: letter is known, so the shape is all that is checked.
INE = re.compile(r"[0-9]{9}[A-Z]{2}|[0-9_]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")

#: So much of a column's cells must be of a kind, for the column to be.
_MOST = 0.8


def is_date(cell: str, today: dt.date) -> bool:
    try:
        return read_birth_date(cell, today) is not None
    except ValueError:
        return False


def looks_like_a_pupil(cells: tuple[str, ...], today: dt.date) -> bool:
    """Whether a row holds what no title is: a birth date, an address, a national number."""
    return any(is_date(cell, today) or EMAIL.fullmatch(cell.strip()) or INE.fullmatch(cell.strip().upper())
               for cell in cells)


def guess_by_contents(table: Table, today: dt.date) -> dict[str, str]:
    """Field -> made-up title, for a table without titles."""
    free = {column: cells for column in table.columns if (cells := table.cells(column))}
    mapping: dict[str, str] = {}

    def take(field: str, fits: Callable[[str], object]) -> None:
        for column, cells in free.items():
            if sum(bool(fits(cell)) for cell in cells) >= _MOST * len(cells):
                mapping[field] = column
                del free[column]
                return

    take("birth_date", lambda cell: is_date(cell, today))
    take("email", EMAIL.fullmatch)
    take("ine", lambda cell: INE.fullmatch(cell.upper()))
    take("number", str.isdigit)
    names = [column for column, cells in free.items() if sum(map(_is_name, cells)) >= _MOST * len(cells)]
    # One class holds many pupils, one name hardly any.
    names = [column for column in names if 2 * len(set(free[column])) > len(free[column]) or len(free[column]) < 4]
    if names and sum(" " in cell for cell in free[names[0]]) > len(free[names[0]]) / 2:
        mapping["full_name"] = names[0]
    elif len(names) > 1:
        mapping["last_name"], mapping["first_name"] = names[:2]
    for column in list(mapping.values()):
        free.pop(column, None)
    take("class_name", lambda cell: len(cell) <= 8)
    return mapping


def _is_name(cell: str) -> bool:
    return any(c.isalpha() for c in cell) and not any(c.isdigit() for c in cell)
