"""Asking a grader: what it proposes is checked, what it raises is contained."""

from dataclasses import dataclass
from decimal import Decimal

from korrigo.api import Sentence as _
from korrigo.api import contained, read

from .graders import CATEGORY, graders
from .interfaces import Answer, ScoreProposal
from .scheme import Question, score_ok


@dataclass(frozen=True)
class NoProposal:
    """Why a grader has none, in a sentence; the question is graded by hand."""

    reason: str


def propose(registry, answer: Answer, question: Question) -> ScoreProposal | NoProposal | None:
    """What the question's grader proposes; None when it has nothing to say."""
    grader = graders(registry).get(question.grader)
    if grader is None:
        return NoProposal(_("The grader “${name}” is not there: its plugin is off.", name=question.grader))
    config = None
    if grader.form is not None:
        config, wrong = read(grader.form, question.config)
        if wrong:
            return NoProposal(_("The settings of the grader “${name}” are incomplete: ${fields}.", name=grader.title,
                                fields=", ".join(wrong)))
    with contained(registry, CATEGORY, grader.name):
        proposal = grader.propose(answer, question, config)
        return None if proposal is None else sound(proposal, question)
    return NoProposal(_("The grader “${name}” could not work on this question.", name=grader.title))


def sound(proposal: ScoreProposal, question: Question) -> ScoreProposal:
    """The proposal; ``ValueError`` when it is none that could be a score."""
    if not isinstance(proposal, ScoreProposal):
        raise ValueError(f"{proposal!r} is no ScoreProposal")
    points = Decimal(proposal.points)
    if why := score_ok(question, points):
        raise ValueError(str(why))
    if not 0 <= proposal.confidence <= 1:
        raise ValueError(f"a confidence is between 0 and 1, not {proposal.confidence}")
    return ScoreProposal(points, float(proposal.confidence), proposal.reason, tuple(map(dict, proposal.marks)))
