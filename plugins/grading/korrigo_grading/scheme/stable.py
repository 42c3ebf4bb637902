"""Keeping ids when a scheme comes back from an editor, a file or a spreadsheet."""

import dataclasses
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from .model import Criterion, Question, Scheme

Path = tuple[str, ...]


def merge_ids(old: Scheme, new: Scheme) -> Scheme:
    """``new`` with the ids of ``old``: by id where it is known, else by the labels on the way to the question.

    Labels are compared without case and spaces at their ends.  No id is given twice.
    """
    known = {question.id: question for question, _depth in old.flatten()}
    taken = {question.id for question, _depth in new.flatten() if question.id in known}
    free: dict[Path, deque[Question]] = defaultdict(deque)
    for path, question in label_paths(old.questions):
        if question.id not in taken:
            free[path].append(question)
    return dataclasses.replace(new, questions=_renamed(new.questions, (), known, free))


def label_paths(questions: Iterable[Question], before: Path = ()) -> Iterator[tuple[Path, Question]]:
    """Every question with the labels that lead to it, as they are compared."""
    for question in questions:
        path = _path(before, question)
        yield path, question
        yield from label_paths(question.children, path)


def _path(before: Path, question: Question) -> Path:
    return (*before, question.label.strip().casefold())


def _renamed(questions, before: Path, known, free) -> tuple[Question, ...]:
    renamed = []
    for question in questions:
        path = _path(before, question)
        same = known.get(question.id) or (free[path].popleft() if free[path] else None)
        renamed.append(dataclasses.replace(
            question, id=same.id if same else question.id,
            criteria=_same_criteria(same.criteria if same else (), question.criteria),
            children=_renamed(question.children, path, known, free)))
    return tuple(renamed)


def _same_criteria(old: tuple[Criterion, ...], new: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    """Criteria with a known id or a known text keep their id."""
    taken = {item.id for item in old} & {item.id for item in new}
    free: dict[str, deque[str]] = defaultdict(deque)
    for item in old:
        if item.id not in taken:
            free[item.text].append(item.id)
    return tuple(dataclasses.replace(item, id=free[item.text].popleft())
                 if item.id not in taken and free[item.text] else item for item in new)
