"""One row of a table: the pupil that it is, or why it is none."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from korrigo.api import Sentence as _
from korrigo.api import message_of

from .contents import EMAIL, INE
from .dates import read_birth_date, read_day
from .headings import FIELDS
from .names import Lexicon, cut_name, split_name, tidy
from .refused import unsafe
from .values import Record, RefusedRow, RosterRow, Table

MAX_CELL = 500
#: Letters that each field can hold, as pupils are stored.
LONGEST = {"last_name": 120, "first_name": 120, "birth_name": 120, "number": 40, "class_name": 60, "email": 254}

#: What a spreadsheet makes of a long number: 2,62E+10.
_CUT_NUMBER = re.compile(r"\d+[.,]\d+[eE]\+?\d+")


@dataclass(frozen=True)
class Rows:
    """All that is known of a table when its rows are read.  ``dates``, ``names`` and ``cuts`` as in ``Reading``."""

    table: Table
    mapping: Mapping[str, str]
    today: dt.date
    dates: str
    names: str
    cuts: Mapping[str, int]
    lexicon: Lexicon

    def read(self) -> tuple[list[RosterRow], list[RefusedRow]]:
        """Every record as a pupil or as a row that is refused."""
        rows, refused = [], []
        places = {field: self.table.columns.index(column) for field, column in self.mapping.items()}
        for record in self.table.records:
            try:
                rows.append(self._row(record, places))
            except ValueError as error:
                refused.append(RefusedRow(record.line, record.cells, message_of(error)))
        return rows, refused

    def _row(self, record: Record, places: Mapping[str, int]) -> RosterRow:
        """The pupil of a row.  Raises ValueError with the reason when there is none."""
        width = len(self.table.columns)
        if any(cell.strip() for cell in record.cells[width:]):
            raise ValueError(_("The row has ${cells} cells under ${titles} titles: a cell that holds the delimiter "
                               "must stand in quotation marks.", cells=len(record.cells), titles=width))
        if any(len(cell) > MAX_CELL for cell in record.cells):
            raise ValueError(_("A cell has more than ${n} letters.", n=MAX_CELL))
        cells = {field: clean(record.cells[place]) for field, place in places.items() if place < len(record.cells)}
        self._refuse_who_left(cells.get("left_on", ""))
        notes: list[str] = []
        row = RosterRow(
            line=record.line, **self._name(cells), number=_number(cells.get("number", "")),
            birth_date=read_birth_date(cells.get("birth_date", ""), self.today, self.dates),
            ine=_ine(cells.get("ine", ""), notes), class_name=cells.get("class_name", ""),
            email=_email(cells.get("email", ""), notes))
        refuse_too_long(row)
        return replace(row, notes=tuple(notes))

    def _name(self, cells: Mapping[str, str]) -> dict[str, str | bool]:
        last, first = cells.get("last_name", ""), cells.get("first_name", "")
        whole = tidy(cells.get("full_name", "")) or f"{last} {first}".strip()
        refuse_no_name(whole)
        if cells.get("full_name"):
            if whole in self.cuts:
                last, first = cut_name(whole, self.cuts[whole], self.names)
                return {"last_name": last, "first_name": first, "full_name": whole}
            name = split_name(whole, self.names, self.lexicon)
            return {"last_name": name.last_name, "first_name": name.first_name, "full_name": whole,
                    "split_doubtful": name.doubtful}
        used = cells.get("usage_name", "")
        if not last and not used:
            raise ValueError(_("“${name}” has no last name.", name=first))
        if used and used != last:
            refuse_no_name(used)
            return {"last_name": used, "first_name": first, "full_name": f"{used} {first}".strip(), "birth_name": last}
        return {"last_name": last, "first_name": first, "full_name": whole}

    def _refuse_who_left(self, written: str) -> None:
        """A date of leaving that is still to come, or that cannot be read, keeps nobody out."""
        left = read_day(written, self.dates)
        if left is not None and left <= self.today:
            raise ValueError(_("This pupil has left the school (${date}).", date=written))


def refuse_no_name(name: str) -> None:
    """Raise ValueError for what cannot be somebody's name."""
    if not any(c.isalpha() for c in name):
        raise ValueError(_("There is no name."))
    if any(c.isdigit() for c in name):
        raise ValueError(_("“${name}” holds digits, so it is no name.", name=name))


def refuse_too_long(row: RosterRow) -> None:
    for field, longest in LONGEST.items():
        if len(getattr(row, field)) > longest:
            raise ValueError(_("The ${column} has more than ${n} letters.", n=longest,
                               column=FIELDS.get(field, FIELDS["last_name"])))


def clean(cell: str) -> str:
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
    if ine and not INE.fullmatch(ine):
        notes.append(_("“${text}” is no INE and was left out.", text=text))
        return ""
    return ine


def _email(text: str, notes: list[str]) -> str:
    if text and not EMAIL.fullmatch(text):
        notes.append(_("“${text}” is no e-mail address and was left out.", text=text))
        return ""
    return text
