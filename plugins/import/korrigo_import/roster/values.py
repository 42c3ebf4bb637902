"""What reading a roster gives."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from korrigo.api import Told


class RosterError(Told, ValueError):
    """The file as a whole cannot be used; nothing of it was kept.

    The message says what is wrong and what to do.  ``columns``: the titles that were found, when it got that far,
    so that a person can say which column is what.
    """

    def __init__(self, message: str, *, columns: tuple[str, ...] = ()):
        super().__init__(message)
        self.columns = columns


@dataclass(frozen=True)
class RosterRow:
    """One pupil as the file has it.  ``line`` is the line of the file (1-based) where the row begins.

    ``full_name`` is the whole name, as written when it stood in one cell; ``split_doubtful`` says that its cut into
    last and first name is a proposal that a person should confirm.  ``notes`` are remarks that do not stand in the
    way: a namesake, an e-mail address that was left out.
    """

    line: int
    last_name: str
    first_name: str = ""
    full_name: str = ""
    split_doubtful: bool = False
    birth_date: dt.date | None = None
    number: str = ""
    ine: str = ""
    class_name: str = ""
    email: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RefusedRow:
    """A row that is not used: where it stands, what it holds (one cell a column), and why."""

    line: int
    cells: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class RosterFile:
    """A roster that was read.  Every row of the file is in ``rows`` or in ``refused``, except empty ones.

    ``columns``: the titles, made distinct; ``mapping``: field -> title of the column that was used for it;
    ``encoding``: a Python codec name; ``warnings``: what a person should know about the file as a whole.
    """

    columns: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    refused: tuple[RefusedRow, ...]
    encoding: str
    delimiter: str
    mapping: Mapping[str, str]
    warnings: tuple[str, ...] = ()
