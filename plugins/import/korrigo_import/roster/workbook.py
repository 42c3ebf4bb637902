"""Workbooks (XLSX, XLSM, XLS, ODS): the rows of a sheet as texts.  They are opened in a child with limits only."""

import datetime as dt
import io
import zipfile
from typing import NamedTuple

from korrigo.api import PageError, sandbox
from korrigo.api import Sentence as _

from .table import WIDEST, under_titles
from .values import Reading, Record, RosterError, Table

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

#: More rows than any roster has: what lies below is not looked at.
_DEEPEST = 20_000
#: The largest sum of what is packed in a workbook, and the most files in it.
_UNPACKED, _FILES = 200 << 20, 5000
LIMITS = sandbox.Limits(memory_mb=1024, cpu_s=10, wall_s=20, file_mb=0)


class Sheet(NamedTuple):
    """The sheets of a workbook by name, which of them was read, and its rows: (line, cells)."""

    names: tuple[str, ...]
    name: str
    rows: list[tuple[int, tuple[str, ...]]]


class WorkbookRefused(PageError):
    """What a child says of a workbook that it cannot read, in a sentence."""

    @classmethod
    def damaged(cls) -> "WorkbookRefused":
        return cls(_("This workbook cannot be read: it is damaged, or it is no workbook. Open it in a spreadsheet, "
                     "save it again, and send that file."))


def read_workbook(data: bytes, reading: Reading, today: dt.date) -> Table:
    """The first sheet with rows, or the one that the reading names, as a table.

    Raises RosterError for what is protected, damaged, empty or beyond the limits of the child.
    """
    try:
        if data.startswith(ZIP) and not _is_bounded(data):
            raise WorkbookRefused.damaged()
        sheet = Sheet(*sandbox.run(read_sheet, data, reading.sheet, limits=LIMITS))
    except WorkbookRefused as refusal:
        raise RosterError(refusal.message) from None
    except sandbox.SandboxLimit as limit:
        raise RosterError(_("This workbook was not read: ${why}. Keep one sheet with the list of pupils, then send it "
                            "again.", why=limit.message)) from None
    except sandbox.SandboxError:
        raise RosterError(WorkbookRefused.damaged().message) from None
    records = [Record(line, cells) for line, cells in sheet.rows]
    return under_titles(records, reading, today, kind="workbook", sheets=sheet.names, sheet=sheet.name)


def _is_bounded(data: bytes) -> bool:
    """Whether what the archive says of itself is of a size that a list of pupils can have."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return len(files) <= _FILES and sum(file.file_size for file in files) <= _UNPACKED


def read_sheet(data: bytes, wanted: str) -> tuple[tuple[str, ...], str, list[tuple[int, tuple[str, ...]]]]:
    """In the child: the names of the sheets, and the rows of the one that is wanted or of the first with any."""
    import python_calamine as calamine

    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            names = tuple(book.sheet_names)
            for name in [wanted] if wanted in names else names:
                rows = _rows(book.get_sheet_by_name(name))
                if rows:
                    break
            else:
                return names, wanted or names[0], []
    except calamine.PasswordError:
        raise WorkbookRefused(_("This workbook is protected by a password. Save it without one, then send it again.")
                              ) from None
    except (calamine.CalamineError, OSError, IndexError):
        raise WorkbookRefused.damaged() from None
    return names, name, rows


def _rows(sheet) -> list[tuple[int, tuple[str, ...]]]:
    if sheet.start is None:
        return []
    if sheet.width > WIDEST:
        raise WorkbookRefused(_("A row has more than ${n} cells: this is no list of pupils, or another delimiter "
                                "separates its cells.", n=WIDEST))
    above = sheet.start[0]
    rows = ((above + place, tuple(map(_text, cells)))
            for place, cells in enumerate(sheet.to_python(nrows=_DEEPEST), 1))
    return [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]


def _text(cell) -> str:
    """A cell as a person would have written it; a moment of a day without its time when that is midnight."""
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)
