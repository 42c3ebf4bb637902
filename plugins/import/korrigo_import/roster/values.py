"""How a roster is to be read, and what reading it gives."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from korrigo.api import Told

from .names import Lexicon


class RosterError(Told, ValueError):
    """The file as a whole cannot be used; nothing of it was kept.

    The message says what is wrong and what to do.  ``columns``: the titles that were found, when it got that far,
    so that a person can say which column is what.
    """

    def __init__(self, message: str, *, columns: tuple[str, ...] = ()):
        super().__init__(message)
        self.columns = columns


@dataclass(frozen=True)
class Reading:
    """What a person said about a file; whatever is empty is found out.

    ``mapping``: field -> title of its column, an empty title leaves the field out.  ``titles``: whether the first row
    holds the titles.  ``dates``: "day" or "month", what a date written with strokes begins with.  ``names``: "last" or
    "first", what a whole name begins with.  ``cuts``: whole name -> number of its words that are the last name (for
    ``names="first"`` too, where they stand at the end).
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    titles: bool | None = None
    dates: str = ""
    names: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    cuts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class RosterRow:
    """One pupil as the file has it.  ``line`` is the line of the file (1-based) where the row begins.

    ``full_name`` is the whole name, as written when it stood in one cell; ``split_doubtful`` says that its cut into
    last and first name is a proposal that a person should confirm.  ``birth_name`` is there when ``last_name`` is a
    name that came by marriage or by wish.  ``repeats`` is the line of a row that may be the same pupil (0: none).
    ``notes`` are remarks that do not stand in the way: a namesake, an e-mail address that was left out.
    """

    line: int
    last_name: str
    first_name: str = ""
    full_name: str = ""
    split_doubtful: bool = False
    birth_name: str = ""
    birth_date: dt.date | None = None
    number: str = ""
    ine: str = ""
    class_name: str = ""
    email: str = ""
    repeats: int = 0
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


@dataclass(frozen=True)
class RefusedRow:
    """A row that is not used: where it stands, what it holds (one cell a column), and why."""

    line: int
    cells: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Record:
    """The cells of one row; ``line`` is where it begins (1-based): a quoted cell may run over several lines."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file as rows of texts, before anybody knows what they mean.

    ``columns``: distinct titles, made up when ``titled`` is false; ``records``: what stands under them, without empty
    rows.  ``kind``: "csv", "workbook" or "siecle".  ``encoding`` (a Python codec) and ``delimiter`` are those of CSV;
    ``sheets`` and ``sheet`` those of a workbook.
    """

    columns: tuple[str, ...]
    records: tuple[Record, ...]
    titled: bool = True
    kind: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""

    def cells(self, column: str) -> list[str]:
        """What stands under a title, without empty cells."""
        place = self.columns.index(column)
        return [cell for record in self.records if (cell := "".join(record.cells[place:place + 1]).strip())]


@dataclass(frozen=True)
class RosterFile:
    """A roster that was read.  Every row of the file is in ``rows`` or in ``refused``, except empty ones.

    ``mapping``: field -> title of the column that was used for it; ``dates`` and ``names`` as in :class:`Reading`;
    ``warnings``: what a person should know about the file as a whole; ``lexicon``: what its names teach.
    """

    table: Table
    rows: tuple[RosterRow, ...]
    refused: tuple[RefusedRow, ...]
    mapping: Mapping[str, str]
    dates: str = "day"
    names: str = "last"
    warnings: tuple[str, ...] = ()
    lexicon: Lexicon = field(default_factory=Lexicon)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.table.columns
