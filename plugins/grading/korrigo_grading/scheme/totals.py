"""What scores add up to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from korrigo.api import Sentence as _

from .model import FINEST, Question, Scheme

NOT_ATTEMPTED = "NT"

Score = Decimal | str | None


@dataclass(frozen=True)
class Totals:
    """The result of a copy: its total (at most the exam's), what is missing, and the sum below each heading.

    ``unknown``: ids with a score that are no question with points (any more): it is kept, and not counted.
    """

    total: Decimal
    maximum: Decimal
    missing: tuple[Question, ...]
    sums: Mapping[str, Decimal]
    unknown: tuple[str, ...] = ()


def score_ok(question: Question, value: Decimal) -> str | None:
    """Why a score cannot be given to a question, or None."""
    if not value.is_finite():
        return _("A score is a number.")
    if value < 0:
        return _("A score is not negative.")
    if question.points is None:
        return _("This is a heading: the points belong to the questions below it.")
    if value > question.points:
        return _("${value} is above the maximum (${most}).", value=value, most=question.points)
    if value % question.step and value != question.points:
        return _("Scores of this question go by steps of ${step}.", step=question.step)
    return None


def points_of(score: Score) -> Decimal:
    """A missing score and one of a question that was not attempted count as zero."""
    return Decimal(0) if score is None or score == NOT_ATTEMPTED else score


def totals(scheme: Scheme, scores: Mapping[str, Score], *, capped: bool = True) -> Totals:
    """Add up the scores.  Bonus points count, up to the total unless not ``capped``; what is out of it does not.

    When the questions' points do not make up the exam's total, the result is scaled to it.
    """
    sums: dict[str, Decimal] = {}
    gained = _sum(scheme.questions, scores, sums)
    if scheme.points and scheme.points != scheme.total:
        gained = (gained * scheme.total / scheme.points).quantize(FINEST, ROUND_HALF_UP)
    missing = tuple(leaf for leaf in _owed(scheme.questions) if scores.get(leaf.id) is None)
    leaves = {leaf.id for leaf in scheme.leaves()}
    unknown = tuple(key for key, score in scores.items() if score is not None and key not in leaves)
    return Totals(min(gained, scheme.total) if capped else gained, scheme.total, missing, sums, unknown)


def _sum(questions: Iterable[Question], scores: Mapping[str, Score], sums: dict[str, Decimal]) -> Decimal:
    """What questions beside each other gave; every heading's own sum goes to ``sums``, counted or not."""
    counted = Decimal(0)
    for question in questions:
        if question.children:
            gained = sums[question.id] = _sum(question.children, scores, sums)
        else:
            gained = points_of(scores.get(question.id))
        if not question.out_of_total:
            counted += gained
    return counted


def _owed(questions: Iterable[Question]) -> Iterator[Question]:
    """The questions that need a score before a copy is finished."""
    for question in questions:
        if question.bonus or question.out_of_total:
            continue
        if question.children:
            yield from _owed(question.children)
        else:
            yield question
