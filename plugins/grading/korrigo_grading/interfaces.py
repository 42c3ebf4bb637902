"""The extension point of this plugin: a grader, that is, a program that proposes scores.

A proposal is shown as such and confirmed by a person; it is never a score by itself.  Values are frozen and free of
the database: a grader can be tested with plain values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from zope.interface import Attribute, Interface

#: What a grader may look at.
Look = Literal["typed", "criteria", "pages"]


@dataclass(frozen=True)
class AnswerPage:
    """A page of the copy: its place (1-based), and whether nobody wrote on it.

    ``picture(dpi)`` draws it: PNG bytes, grey, upright.  It is there for graders that read ``pages``, else None; it
    raises ``korrigo.api.PageUnreadable`` for a page that cannot be shown.
    """

    position: int
    blank: bool
    picture: Callable[[int], bytes] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Answer:
    """What a grader may know of a copy.

    ``pages``: all of them, in order.  ``criteria``: the ids of those that a person has applied to the question.
    ``typed``: the pupil's answer as a person typed it from the page, "" when nobody has.
    """

    copy: str
    pages: tuple[AnswerPage, ...] = ()
    criteria: tuple[str, ...] = ()
    typed: str = ""


@dataclass(frozen=True)
class ScoreProposal:
    """Points that a program proposes, how sure it is (0..1), and why, in a sentence.

    ``marks`` are annotations that go on the page with the score: ``{"k": "stamp", "page": 0, "x": 500, "y": 300,
    "t": "✓"}``, in page units (the page is 1000 wide), pages counted from 0.
    """

    points: Decimal
    confidence: float
    reason: str
    marks: tuple[Mapping[str, Any], ...] = ()


class IGrader(Interface):
    """Proposes the score of a question; chosen for each question in the marking scheme, by name."""

    name = Attribute("Short name stored in the scheme: letters, digits and hyphens.")
    title = Attribute("A translatable title for the scheme editor.")
    reads = Attribute("What it looks at: a tuple of 'typed', 'criteria', 'pages'.  With 'pages' it works in a "
                      "background job, otherwise while the person who grades is waiting: be quick.")
    form = Attribute("A korrigo.api.Form with the settings that a question has for it, or None.  The scheme editor "
                     "makes its fields from titles, descriptions, types and defaults.")

    def propose(answer, question, config):
        """A :class:`ScoreProposal`, or None when the program has nothing to say.

        ``answer`` is an :class:`Answer`, ``question`` a :class:`korrigo_grading.scheme.Question`, ``config`` a valid
        ``form`` (None for a grader without one).  What it raises is logged with the plugin's name and shown beside the
        question; the copy can still be graded by hand.
        """
