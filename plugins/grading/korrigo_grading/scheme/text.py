"""Schemes as JSON, and points as people write them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from korrigo.api import Sentence as _

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
        return Scheme(tuple(_question(item) for item in data["questions"]), number(data["total"], _("The total")))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SchemeError([_("This is not a marking scheme: ${thing} is missing or of the wrong kind.",
                             thing=str(error))]) from error


def _question(item: Mapping[str, Any]) -> Question:
    label = str(item.get("label", ""))
    points = item.get("points")
    return Question(
        id=str(item.get("id") or new_question_id()), label=label, title=str(item.get("title", "")),
        points=None if points is None else number(points, _("Question ${label}", label=label)),
        step=number(item.get("step", "0.25"), _("The step of question ${label}", label=label)),
        bonus=_flag(item, "bonus"), out_of_total=_flag(item, "out_of_total"),
        grader=str(item.get("grader", "manual")), config=_config(item),
        criteria=tuple(Criterion(str(one.get("id") or new_question_id()), str(one["text"]),
                                 number(one["points"], _("A criterion of question ${label}", label=label)))
                       for one in item.get("criteria", ())),
        children=tuple(_question(child) for child in item.get("children", ())))


def _flag(item: Mapping[str, Any], name: str) -> bool:
    """A yes or no; the text "false" is neither."""
    value = item.get(name, False)
    if not isinstance(value, bool):
        raise SchemeError([_("Question ${label}: ${name} is true or false, not ${value}.",
                             label=item.get("label", ""), name=name, value=repr(value))])
    return value


def _config(item: Mapping[str, Any]) -> dict[str, Any]:
    config = item.get("config", {})
    if not isinstance(config, dict):
        raise SchemeError([_("Question ${label}: the config holds settings by name.", label=item.get("label", ""))])
    return config


def number(value: Any, where: str) -> Decimal:
    """Points with a comma or a point; :class:`SchemeError` for anything else."""
    try:
        found = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise SchemeError([_("${where}: ${value} is no number of points.", where=where, value=repr(value))])
    return found
