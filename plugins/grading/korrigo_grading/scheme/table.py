"""Schemes as CSV: everything that a scheme holds, one line a question and one a criterion."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from korrigo.api import Sentence as _
from korrigo.api import safe_cell

from .lines import Line, tree
from .model import Criterion, Question, Scheme, SchemeError, new_question_id
from .text import number

COLUMNS = ("kind", "depth", "label", "title", "points", "step", "bonus", "out_of_total", "grader", "config", "id")
NEEDED = ("depth", "label", "points")
_YES = frozenset(("1", "oui", "yes", "true", "vrai", "x"))
_NO = frozenset(("", "0", "non", "no", "false", "faux"))
CRITERION = "criterion"


def to_csv(scheme: Scheme) -> str:
    """One line a question, its criteria below it (``kind`` criterion, the text under ``title``).

    Cells that a spreadsheet could take for formulas begin with an apostrophe; :func:`parse_csv` takes it off.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for question, depth in scheme.flatten():
        writer.writerow(["question", depth, _out(question.label), _out(question.title),
                         "" if question.points is None else question.points, question.step, int(question.bonus),
                         int(question.out_of_total), _out(question.grader),
                         json.dumps(question.config, ensure_ascii=False) if question.config else "", question.id])
        writer.writerows([CRITERION, "", "", _out(item.text), item.points, "", "", "", "", "", item.id]
                         for item in question.criteria)
    return out.getvalue()


def parse_csv(text: str, total: Decimal | None = None) -> Scheme:
    """The lines of :func:`to_csv`; ``depth``, ``label`` and ``points`` are enough.

    Semicolons, commas or tabs.  Raises SchemeError with every line that cannot be read.
    """
    head = text.lstrip("\ufeff\r\n").partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=max(";,\t", key=head.count))
    titles = [(title or "").strip().casefold() for title in reader.fieldnames or ()]
    lacking = [column for column in NEEDED if column not in titles]
    if lacking:
        raise SchemeError([_("The first line needs the columns ${needed}; ${missing} is missing.",
                             needed=", ".join(NEEDED), missing=", ".join(lacking))])
    reader.fieldnames = titles
    lines: list[Line] = []
    problems: list[str] = []
    for row in reader:
        cells = {key: (value or "").strip() for key, value in row.items() if isinstance(value, str | None) and key}
        if not any(cells.values()):
            continue
        try:
            _add(lines, cells, _("Line ${line}", line=reader.line_num))
        except SchemeError as error:
            problems += error.problems
    if problems:
        raise SchemeError(problems)
    return tree(lines, total)


def _add(lines: list[Line], cells: Mapping[str, str], where: str) -> None:
    points = number(cells["points"], where) if cells["points"] else None
    if cells.get("kind", "").casefold() == CRITERION:
        if not lines or points is None:
            raise SchemeError([_("${where}: a criterion needs points and a question above it.", where=where)])
        criterion = Criterion(cells.get("id") or new_question_id(), _in(cells.get("title", "")), points)
        last = lines[-1]
        lines[-1] = Line(replace(last.question, criteria=(*last.question.criteria, criterion)), last.depth)
        return
    if not cells["depth"].isdecimal():
        raise SchemeError([_("${where}: the depth is a number, 0 for a question at the top.", where=where)])
    question = Question(
        cells.get("id") or new_question_id(), _in(cells["label"]), _in(cells.get("title", "")), points,
        number(cells["step"], where) if cells.get("step") else Decimal("0.25"), _yes(cells, "bonus", where),
        _yes(cells, "out_of_total", where), _in(cells.get("grader", "")) or "manual", _config(cells, where))
    lines.append(Line(question, int(cells["depth"])))


def _yes(cells: Mapping[str, str], column: str, where: str) -> bool:
    word = cells.get(column, "").casefold()
    if word not in _YES | _NO:
        raise SchemeError([_("${where}: ${column} is 1 or 0, not “${word}”.", where=where, column=column, word=word)])
    return word in _YES


def _config(cells: Mapping[str, str], where: str) -> dict:
    try:
        config = json.loads(cells.get("config") or "{}")
    except ValueError:
        config = None
    if not isinstance(config, dict):
        raise SchemeError([_("${where}: the config is no JSON object.", where=where)])
    return config


def _out(text: str) -> str:
    """A cell that is safe, and that :func:`_in` gives back: a text that begins with an apostrophe gets another."""
    return f"'{text}" if text.startswith("'") else safe_cell(text)


def _in(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _out(cell[1:]) == cell else cell
