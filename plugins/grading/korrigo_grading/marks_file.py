"""Marks of a CSV file: who, which question, how many points."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from korrigo.api import Sentence as _
from korrigo.api import Told

#: Titles of the column that says whose marks these are.
WHO = ("pupil", "eleve", "élève", "number", "numero", "numéro", "n° candidat", "copy", "copie")
COPY = ("copy", "copie")
QUESTION = ("question",)
POINTS = ("points", "note", "score")
#: Columns beside the marks that say who somebody is, not how many points they have.
ASIDE = ("nom", "prénom", "prenom", "name", "last name", "first name", "classe", "class", "code", "total")


class MarksError(Told, ValueError):
    """The file cannot be used; the message names the line."""


@dataclass(frozen=True)
class Mark:
    """``who`` is a pupil's number or name, or the number of a copy when ``by_copy``."""

    line: int
    who: str
    by_copy: bool
    question: str
    points: Decimal | str


def read_marks(data: bytes) -> list[Mark]:
    """Both shapes: one line a mark (who; question; points), or one line a pupil with a column for each question.

    Points have a comma or a point; NT is a question that was not attempted; an empty cell is no mark.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")      # what older spreadsheets write
    if not text.strip():
        raise MarksError(_("The file of marks is empty."))
    first = text.splitlines()[0]
    delimiter = max(";,\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    head = [title.strip() for title in rows[0]]
    titles = [title.casefold() for title in head]
    who = next((i for i, title in enumerate(titles) if title in WHO), None)
    if who is None:
        raise MarksError(_("Line 1: no column says whose marks these are. Name it pupil, number or copy."))
    by_copy = titles[who] in COPY
    question = next((i for i, title in enumerate(titles) if title in QUESTION), None)
    value = next((i for i, title in enumerate(titles) if title in POINTS), None)
    if question is not None and value is not None:
        columns = None
    else:
        columns = [i for i in range(len(head)) if i != who and head[i] and titles[i] not in ASIDE]
    marks = []
    for line, row in enumerate(rows[1:], 2):
        cells = [cell.strip() for cell in row] + [""] * (len(head) - len(row))
        if not any(cells):
            continue
        if not cells[who]:
            raise MarksError(_("Line ${line} does not say whose marks these are.", line=line))
        pairs = [(cells[question], cells[value])] if columns is None else [(head[i], cells[i]) for i in columns]
        marks += [Mark(line, cells[who], by_copy, label, points(text, line)) for label, text in pairs if text]
    return marks


def points(text: str, line: int) -> Decimal | str:
    if text.upper() == "NT":
        return "NT"
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise MarksError(_("Line ${line}: ${text} is no number of points.", line=line, text=repr(text)))
    return found


def labels(marks: Sequence[Mark]) -> set[str]:
    """The questions that a file speaks of."""
    return {mark.question for mark in marks}
