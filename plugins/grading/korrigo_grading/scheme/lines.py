"""Schemes pasted as lines, and the tree that lines with a depth make."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from korrigo.api import Sentence as _

from .model import Question, Scheme, SchemeError, new_question_id, sum_of
from .text import number

_STEP = Decimal("0.25")
#: Words before a number that say what it is, not which.
_KINDS = frozenset(("exercice", "exo", "ex", "question", "q", "partie", "part", "probleme", "problème", "problem",
                    "exercise", "section"))
_TITLES = frozenset(("label", "question", "numéro", "numero", "n°", "repère"))


@dataclass(frozen=True)
class Line:
    """One question, and how deep it lies (0 at the top)."""

    question: Question
    depth: int


def parse_lines(text: str, total: Decimal | None = None) -> Scheme:
    """Lines ``label;title;points`` as pasted from a spreadsheet (tabs, semicolons; a bare ``label;points`` too).

    A line of titles over them is passed over.  The depth comes from indentation, or from the labels: ``1a`` and
    ``1.2`` lie below ``1`` or ``Exercice 1``; below a heading without points lies what is numbered in another way
    (``1``, ``2`` below ``Partie A``).  Without ``total`` the sum of the points is the total.
    """
    rows = [row for row in (_row(line, place) for place, line in enumerate(text.splitlines(), 1)) if row]
    indents = sorted({indent for indent, _question in rows})
    if len(indents) > 1:
        lines = [Line(question, indents.index(indent)) for indent, question in rows]
    else:
        lines = _by_labels([question for _indent, question in rows])
    return tree(lines, total)


def tree(lines: Sequence[Line], total: Decimal | None) -> Scheme:
    """The scheme of lines in reading order.  A line lies below the nearest one above it that is less deep."""
    top: list[_Node] = []
    open_nodes: list[tuple[int, _Node]] = []
    for line in lines:
        while open_nodes and open_nodes[-1][0] >= line.depth:
            open_nodes.pop()
        node = _Node(line.question)
        (open_nodes[-1][1].children if open_nodes else top).append(node)
        open_nodes.append((line.depth, node))
    questions = tuple(node.built() for node in top)
    points = sum_of(questions)
    return Scheme(questions, total or points or Decimal(20))


@dataclass
class _Node:
    question: Question
    children: list["_Node"] = field(default_factory=list)

    def built(self) -> Question:
        """The points of a heading are those of its questions: what a file says beside it is not needed."""
        if not self.children:
            return self.question
        return replace(self.question, points=None, children=tuple(child.built() for child in self.children))


def _row(line: str, place: int) -> tuple[int, Question] | None:
    """(indentation, question), or None for an empty line and a line of titles.  A tab indents like a space."""
    if not line.strip():
        return None
    indent = len(line) - len(line.lstrip())
    body = line.strip()
    delimiter = "\t" if "\t" in body else ";"
    cells = [" ".join(cell.split()) for cell in next(csv.reader([body], delimiter=delimiter))]
    if len(cells) == 2 and re.fullmatch(r"[\d.,]+", cells[1]):
        cells.insert(1, "")
    label, title, points = (cells + ["", ""])[:3]
    if label.casefold() in _TITLES and not re.search(r"\d", points):
        return None
    if not label:
        raise SchemeError([_("Line ${line} has no label.", line=place)])
    where = _("Line ${line}", line=place)
    return indent, Question(new_question_id(), label, title, number(points, where) if points else None, _STEP)


def _by_labels(questions: Sequence[Question]) -> list[Line]:
    lines: list[Line] = []
    above: list[Question] = []
    for question in questions:
        above = above[:_depth(question, above)]
        lines.append(Line(question, len(above)))
        above.append(question)
    return lines


def _depth(question: Question, above: Sequence[Question]) -> int:
    """How many of the open questions stay open: the one whose label goes on here, a sister's parent, a heading."""
    parts = _parts(question.label)
    others = [_parts(one.label) for one in above]
    for depth in range(len(above), 0, -1):
        if len(others[depth - 1]) < len(parts) and parts[:len(others[depth - 1])] == others[depth - 1]:
            return depth
    for depth in range(len(above), 0, -1):
        if _shape(others[depth - 1]) == _shape(parts):
            return depth - 1
    return next((depth for depth in range(len(above), 0, -1) if above[depth - 1].points is None), 0)


def _parts(label: str) -> tuple[str, ...]:
    """"Exercice 1.b" -> ("1", "b"): runs of digits and of letters; "12" is not below "1"."""
    parts = re.findall(r"\d+|[^\W\d_]+", label.casefold())
    return tuple(parts[1:] if len(parts) > 1 and parts[0] in _KINDS else parts)


def _shape(parts: tuple[str, ...]) -> tuple[bool, ...]:
    return tuple(part.isdigit() for part in parts)
