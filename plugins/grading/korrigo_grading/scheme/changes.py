"""What is different between two versions of a scheme: what the journal and the graders are told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .model import Question, Scheme

#: What of a question is compared; ids are what it is known by.
_FIELDS = ("label", "title", "points", "step", "bonus", "out_of_total", "grader", "config", "criteria")


@dataclass(frozen=True)
class Change:
    """One attribute of a question that is in both versions."""

    question: Question
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class SchemeDiff:
    """Questions by id: new ones, those that are gone, those under another heading or in another place, changes.

    ``points_lost``: questions with points that are gone or became headings; scores given to them count no more.
    """

    added: tuple[Question, ...]
    removed: tuple[Question, ...]
    moved: tuple[Question, ...]
    changed: tuple[Change, ...]
    points_lost: tuple[Question, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.moved or self.changed)


def diff(old: Scheme, new: Scheme) -> SchemeDiff:
    """Compare two versions by the ids of their questions; call ``merge_ids`` first when ids may be new."""
    before = {question.id: question for question, _depth in old.flatten()}
    after = {question.id: question for question, _depth in new.flatten()}
    both = before.keys() & after.keys()
    old_places, new_places = _places(old.questions, both), _places(new.questions, both)
    leaves = {leaf.id for leaf in new.leaves()}
    return SchemeDiff(
        tuple(question for key, question in after.items() if key not in before),
        tuple(question for key, question in before.items() if key not in after),
        tuple(question for key, question in after.items() if key in both and old_places[key] != new_places[key]),
        tuple(change for key, question in after.items() if key in both for change in _changes(before[key], question)),
        tuple(leaf for leaf in old.leaves() if leaf.id not in leaves))


def _places(questions: Iterable[Question], both: set[str], parent: str = "") -> dict[str, tuple[str, str]]:
    """Question -> (its heading, the question before it), of those in both versions: an insertion moves nothing."""
    places, previous = {}, ""
    for question in questions:
        if question.id in both:
            places[question.id] = (parent, previous)
            previous = question.id
        places |= _places(question.children, both, question.id)
    return places


def _changes(before: Question, after: Question) -> Iterator[Change]:
    for field in _FIELDS:
        if getattr(before, field) != getattr(after, field):
            yield Change(after, field, getattr(before, field), getattr(after, field))
