"""The rows that were refused, written back so that they can be corrected and sent again."""

import csv
import io

from .values import RosterFile

WHY = "Why it was refused"


def refused_csv(roster: RosterFile) -> bytes:
    """A CSV file of the refused rows under the file's own titles, with a last column that says why.

    UTF-8 with a byte order mark and ``;``, as spreadsheets in French open it; empty rows but the titles when nothing
    was refused.  The reader knows the extra column as none of its own, so the file can be sent again as it is.
    """
    width = max([len(roster.columns), *(len(row.cells) for row in roster.refused)])
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*map(safe, roster.columns), *[""] * (width - len(roster.columns)), WHY])
    for row in roster.refused:
        writer.writerow([*map(safe, row.cells), *[""] * (width - len(row.cells)), safe(row.why)])
    return out.getvalue().encode("utf-8-sig")


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; reading takes the apostrophe off again."""
    return f"'{text}" if text.lstrip("' \t\r\n")[:1] in tuple("=+-@") else text


def unsafe(text: str) -> str:
    """What :func:`safe` was given."""
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text
