"""The smallest things two people can disagree on, and what may be written to each.

Keys: ``score:<question>``, ``crit:<question>``, ``note:<question>``, ``answer:<question>`` (what the pupil answered,
as a person typed it for a grader), ``annot:<24 hex>``, ``appreciation``, ``flag``, ``done``.  A value of None takes
the thing away.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from korrigo.api import Sentence as _

from .scheme import Question, score_ok

NOT_ATTEMPTED = "NT"
TEXT_LENGTH = 4000
#: An ink stroke has some hundred bytes; whatever is larger is no annotation.
ANNOTATION_SIZE = 64 << 10

KEY = re.compile(r"(?:(?P<kind>score|crit|note|answer):(?P<question>[0-9a-f]{32})"
                 r"|annot:[0-9a-f]{24}|appreciation|flag|done)")


def problem(key: str, value: Any, questions: Mapping[str, Question]) -> str | None:
    """Why a value cannot be written to a key, or None.  ``questions``: the leaves of the scheme by id."""
    match = KEY.fullmatch(key)
    if not match:
        return _("There is nothing of this kind on a copy.")
    if value is None:
        return None
    if match["question"]:
        question = questions.get(match["question"])
        if question is None:
            return _("This question is not in the marking scheme any more.")
        return {"score": _score, "crit": _criteria, "note": _text, "answer": _text}[match["kind"]](value, question)
    if key == "done":
        return None if isinstance(value, bool) else _("Done is yes or no.")
    if key.startswith("annot:"):
        return _annotation(value)
    return _text(value, None)


def points(value: Any) -> Decimal | None:
    """The points of a score: None for nothing yet, zero for a question that was not attempted."""
    if value is None:
        return None
    return Decimal(0) if value == NOT_ATTEMPTED else Decimal(str(value))


def _score(value: Any, question: Question) -> str | None:
    if value == NOT_ATTEMPTED:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return _("A score is a number.")
    try:
        return score_ok(question, Decimal(str(value)))
    except InvalidOperation:
        return _("A score is a number.")


def _criteria(value: Any, question: Question) -> str | None:
    known = {criterion.id for criterion in question.criteria}
    if not isinstance(value, list) or not all(isinstance(item, str) and item in known for item in value):
        return _("One of these criteria is not in the marking scheme any more.")
    return None


def _text(value: Any, question: Question | None) -> str | None:
    if not isinstance(value, str):
        return _("A remark is a text.")
    return _("This text is too long.") if len(value) > TEXT_LENGTH else None


def _annotation(value: Any) -> str | None:
    if not isinstance(value, dict) or not isinstance(value.get("k"), str) or not isinstance(value.get("page"), int):
        return _("This is no annotation.")
    if value["page"] < 0:
        return _("This page is not in this copy any more. Reload the page to see where it is.")
    if len(json.dumps(value)) > ANNOTATION_SIZE:
        return _("This annotation is too large.")
    return None
