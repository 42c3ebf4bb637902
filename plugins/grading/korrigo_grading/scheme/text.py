"""Schemes as JSON, and points as people write them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .model import Criterion, Question, Scheme, SchemeError, new_question_id


def to_json(scheme: Scheme) -> dict[str, Any]:
    """Plain values; points as texts, so that they stay exact."""
    return {"total": str(scheme.total), "questions": [_question_json(question) for question in scheme.questions]}


def _question_json(question: Question) -> dict[str, Any]:
    return {
        "id": question.id, "label": question.label, "title": question.title,
        "points": None if question.points is None else str(question.points), "step": str(question.step),
        "bonus": question.bonus, "out_of_total": question.out_of_total, "grader": question.grader,
        "config": question.config,
        "criteria": [{"id": item.id, "text": item.text, "points": str(item.points)} for item in question.criteria],
        "children": [_question_json(child) for child in question.children],
    }


def parse_json(data: Mapping[str, Any]) -> Scheme:
    """The scheme of ``to_json``, or of a hand-written file: ids, steps and empty lists may be left out.

    Raises :class:`SchemeError`.
    """
    try:
        return Scheme(tuple(_question(item) for item in data["questions"]), number(data["total"], "The total"))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SchemeError([f"This is not a marking scheme: {error} is missing or of the wrong kind."]) from error


def _question(item: Mapping[str, Any]) -> Question:
    label = str(item.get("label", ""))
    points = item.get("points")
    return Question(
        id=str(item.get("id") or new_question_id()), label=label, title=str(item.get("title", "")),
        points=None if points is None else number(points, f"Question {label}"),
        step=number(item.get("step", "0.25"), f"The step of question {label}"),
        bonus=_flag(item, "bonus"), out_of_total=_flag(item, "out_of_total"),
        grader=str(item.get("grader", "manual")), config=_config(item),
        criteria=tuple(Criterion(str(one.get("id") or new_question_id()), str(one["text"]),
                                 number(one["points"], f"A criterion of question {label}"))
                       for one in item.get("criteria", ())),
        children=tuple(_question(child) for child in item.get("children", ())))


def _flag(item: Mapping[str, Any], name: str) -> bool:
    """A yes or no; the text "false" is neither."""
    value = item.get(name, False)
    if not isinstance(value, bool):
        raise SchemeError([f"Question {item.get('label', '')}: {name} is true or false, not {value!r}."])
    return value


def _config(item: Mapping[str, Any]) -> dict[str, Any]:
    config = item.get("config", {})
    if not isinstance(config, dict):
        raise SchemeError([f"Question {item.get('label', '')}: the config holds settings by name."])
    return config


def number(value: Any, where: str) -> Decimal:
    """Points with a comma or a point; :class:`SchemeError` for anything else."""
    try:
        found = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise SchemeError([f"{where}: {value!r} is no number of points."])
    return found
