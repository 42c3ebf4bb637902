"""The extension point of this plugin: a grader, that is, a program that proposes scores.

A proposal is shown as such and confirmed by a person; it is never a score by itself.  Values are frozen and free of
the database: a grader can be tested with plain values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zope.interface import Attribute, Interface


@dataclass(frozen=True)
class AnswerPage:
    """A page of the copy: its place, and whether nobody wrote on it."""

    position: int
    blank: bool


@dataclass(frozen=True)
class Answer:
    """What a grader may know of a copy: its pages and the criteria that a person has applied to the question."""

    copy: str
    pages: tuple[AnswerPage, ...]
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoreProposal:
    """Points that a program proposes, how sure it is (0..1), and why, in a sentence."""

    points: Decimal
    confidence: float
    reason: str
    marks: tuple[Mapping[str, Any], ...] = field(default=())


class IGrader(Interface):
    """Proposes the score of a question; chosen for each question in the marking scheme, by name."""

    name = Attribute("Short name stored in the scheme: letters, digits and hyphens.")
    title = Attribute("A translatable title for the scheme editor.")

    def propose(answer, question, config):
        """A :class:`ScoreProposal`, or None when the program has nothing to say.

        ``answer`` is an :class:`Answer`, ``question`` a :class:`korrigo_grading.scheme.Question`, ``config`` the
        question's own settings for this grader.
        """
