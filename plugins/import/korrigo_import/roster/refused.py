"""The rows that were not used, written back so that they can be corrected and sent again."""

import csv
import io
from collections.abc import Callable, Iterable

from .values import RefusedRow, RosterFile

#: The title of the last column, in both languages: whoever reads the file next knows it as none of its own.
WHY = "Motif / Reason"

#: What a column without a title is called when it is written back, so that it is known again.
_TITLES = {"last_name": "Nom", "first_name": "Prénom", "full_name": "Nom et prénom", "birth_date": "Date de naissance",
           "number": "Numéro", "class_name": "Classe", "email": "E-mail", "ine": "INE"}


def refused_csv(roster: RosterFile, refused: Iterable[RefusedRow], say: Callable[[str], str] = str) -> bytes:
    """A CSV file of rows under the file's own titles, with a last column that says why they were not used.

    ``say`` puts a reason into somebody's language.  UTF-8 with a byte order mark and ``;``, as spreadsheets in French
    open it; nothing but titles when every row was used.  It can be sent again as it is: the last column is left out.
    """
    refused = list(refused)
    columns = [*roster.columns]
    if not roster.table.titled:
        named = {column: _TITLES[field] for field, column in roster.mapping.items() if field in _TITLES}
        columns = [named.get(column, column) for column in columns]
    width = max([len(columns), *(len(row.cells) for row in refused)])
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*map(safe, columns), *[""] * (width - len(columns)), WHY])
    for row in refused:
        writer.writerow([*map(safe, row.cells), *[""] * (width - len(row.cells)), safe(say(row.why))])
    return out.getvalue().encode("utf-8-sig")


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; reading takes the apostrophe off again."""
    return f"'{text}" if text.lstrip("' \t\r\n")[:1] in tuple("=+-@") else text


def unsafe(text: str) -> str:
    """What :func:`safe` was given."""
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text
