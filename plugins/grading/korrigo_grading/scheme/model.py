"""Questions, criteria, and what makes a scheme sound."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from korrigo.api import Sentence as _
from korrigo.api import Told

#: Finer points could not be stored exactly.
FINEST = Decimal("0.001")
DEEPEST = 6
MOST = 500
LARGEST = Decimal(1000)
#: Keys of scores are made of ids, so an id has one shape.
ID = re.compile(r"[0-9a-f]{32}")


class SchemeError(Told, ValueError):
    """The scheme cannot be used; ``problems`` are sentences that say where, what and how to mend it."""

    def __init__(self, problems: list[str]):
        super().__init__(problems)
        self.problems = problems

    @property
    def message(self) -> str:
        return " ".join(self.problems)


def new_question_id() -> str:
    """A stable id: it stays when the question is renamed, moved or given other points."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Criterion:
    """A reason for points of a question, positive or negative."""

    id: str
    text: str
    points: Decimal


@dataclass(frozen=True)
class Question:
    """A question with points, or a heading over others (``points`` None, ``children`` not empty).

    ``bonus``: its points come on top of the total.  ``out_of_total``: it is marked but not counted.  On a heading,
    both hold for all that is below it.
    ``grader`` names the program that proposes its score, ``config`` are its settings.
    """

    id: str
    label: str
    title: str = ""
    points: Decimal | None = None
    step: Decimal = Decimal("0.25")
    bonus: bool = False
    out_of_total: bool = False
    grader: str = "manual"
    config: dict[str, Any] = field(default_factory=dict)
    criteria: tuple[Criterion, ...] = ()
    children: tuple["Question", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple["Question", int]]:
        """This question and those below it, in reading order, with their depth."""
        yield self, depth
        for child in self.children:
            yield from child.walk(depth + 1)

    @property
    def maximum(self) -> Decimal:
        """The points of this question, or of those below it that count, bonuses left out."""
        return sum_of(self.children) if self.children else self.points or Decimal(0)


def sum_of(questions: Iterable[Question]) -> Decimal:
    """What questions beside each other can give, without those that are a bonus or out of the total."""
    return sum((question.maximum for question in questions if not question.bonus and not question.out_of_total),
               Decimal(0))


@dataclass(frozen=True)
class Scheme:
    """The questions of an exam, and what it is marked out of."""

    questions: tuple[Question, ...]
    total: Decimal

    def __post_init__(self) -> None:
        problems = list(find_problems(self))
        if problems:
            raise SchemeError(problems)

    def flatten(self) -> list[tuple[Question, int]]:
        """All questions in reading order with their depth (0 at the top)."""
        return [item for question in self.questions for item in question.walk()]

    def leaves(self) -> list[Question]:
        """The questions that carry points, in reading order."""
        return [question for question, _depth in self.flatten() if not question.children]

    @property
    def points(self) -> Decimal:
        """The sum of all counted points: it should be the exam's total, and the editor says when it is not."""
        return sum_of(self.questions)


def find_problems(scheme: Scheme) -> Iterator[str]:
    """Everything that is wrong with a scheme, as sentences."""
    if not 0 < scheme.total <= LARGEST:
        yield _("The total must be more than zero and at most ${most}.", most=LARGEST)
    flat = scheme.flatten()
    if not flat:
        yield _("A marking scheme needs at least one question.")
    if len(flat) > MOST:
        yield _("A marking scheme has at most ${most} questions; this one has ${n}.", most=MOST, n=len(flat))
    ids = [question.id for question, _depth in flat]
    for question_id in sorted({item for item in ids if ids.count(item) > 1}):
        yield _("Two questions have the id ${id}: give one of them another.", id=question_id)
    for question, depth in flat:
        yield from question_problems(question, depth)
    yield from _label_problems(scheme.questions, None)


def _label_problems(questions: tuple[Question, ...], under: Question | None) -> Iterator[str]:
    """Labels are how files name questions, so two beside each other cannot be alike."""
    labels = [question.label.strip().casefold() for question in questions]
    for question, label in zip(questions, labels, strict=True):
        if label and labels.count(label) > 1 and labels.index(label) == questions.index(question):
            yield (_("Two questions below ${under} have the label ${label}: give one of them another.",
                     under=under.label, label=question.label) if under else
                   _("Two questions have the label ${label}: give one of them another.", label=question.label))
        yield from _label_problems(question.children, question)


def question_problems(question: Question, depth: int) -> Iterator[str]:
    name = _("Question ${label}", label=question.label or question.title or question.id)
    if depth >= DEEPEST:
        yield _("${question} is nested too deep: use at most ${n} levels.", question=name, n=DEEPEST)
    if not question.label.strip():
        yield _("${question} needs a label, such as 1a.", question=name)
    if question.children and question.points is not None:
        yield _("${question} has questions below it: give the points to those.", question=name)
    if not question.children and (question.points is None or question.points <= 0):
        yield _("${question} needs points, more than zero.", question=name)
    yield from _number_problems(name, question)
    if not ID.fullmatch(question.id):
        yield _("${question}: its id must have 32 digits from 0 to f. Leave the id out to be given one.", question=name)
    ids = [criterion.id for criterion in question.criteria]
    if len(set(ids)) != len(ids):
        yield _("${question} has two criteria with one id.", question=name)


def _number_problems(name: str, question: Question) -> Iterator[str]:
    numbers = [(_("points"), question.points), (_("step"), question.step),
               *((_("criterion “${text}”", text=criterion.text), criterion.points) for criterion in question.criteria)]
    sound = True
    for what, value in numbers:
        if value is not None and abs(value) > LARGEST:
            yield _("${question}: ${what} ${value} is beyond ${most}.",
                    question=name, what=what, value=f"{value:g}", most=LARGEST)
            sound = False
        elif value is not None and value % FINEST:
            yield _("${question}: ${what} ${value} is finer than a thousandth.", question=name, what=what, value=value)
            sound = False
    if question.step <= 0:
        yield _("${question}: its step must be more than zero.", question=name)
    elif sound and question.points is not None and question.points % question.step:
        yield _("${question}: its ${points} points are no multiple of its step ${step}.",
                question=name, points=question.points, step=question.step)
