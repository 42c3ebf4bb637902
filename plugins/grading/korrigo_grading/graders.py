"""Graders: the directive, the manual one, and two that propose by themselves."""

import logging
from decimal import Decimal

from zope.interface import implementer

from korrigo.api import Sentence as _
from korrigo.api import register, table, verified

from .interfaces import Answer, IGrader, ScoreProposal

log = logging.getLogger(__name__)

CATEGORY = "korrigo graders"


def add_korrigo_grader(config, grader):
    """Offer a grader (:class:`korrigo_grading.interfaces.IGrader`) under its name."""
    grader = verified(config, IGrader, grader, "the grader")
    register(config, CATEGORY, grader.name, grader,
             lambda: table(config.registry, CATEGORY).__setitem__(grader.name, grader), title=str(grader.title))


def propose(registry, answer: Answer, question) -> ScoreProposal | None:
    """What the question's grader proposes.  One that raises, or is gone, proposes nothing and is logged."""
    grader = table(registry, CATEGORY).get(question.grader)
    if grader is None:
        log.warning("the grader %r of question %s is not there", question.grader, question.label)
        return None
    try:
        return grader.propose(answer, question, question.config)
    except Exception:
        log.exception("the grader %r raised on question %s", question.grader, question.label)
        return None


@implementer(IGrader)
class ManualGrader:
    """A person gives the points."""

    name = "manual"
    title = _("By hand")

    def propose(self, answer, question, config):
        return None


@implementer(IGrader)
class BlankGrader:
    """Proposes zero where the pupil handed in blank pages only."""

    name = "blank"
    title = _("Zero for blank copies")

    def propose(self, answer, question, config):
        if not answer.pages or not all(page.blank for page in answer.pages):
            return None
        return ScoreProposal(Decimal(0), 0.99, _("Every page of this copy is blank."))


@implementer(IGrader)
class CriteriaGrader:
    """Proposes the sum of the criteria that were applied, within the question's points."""

    name = "criteria"
    title = _("Sum of criteria")

    def propose(self, answer, question, config):
        if not answer.criteria:
            return None
        points = {criterion.id: criterion.points for criterion in question.criteria}
        total = sum((points[item] for item in answer.criteria if item in points), Decimal(0))
        return ScoreProposal(min(max(total, Decimal(0)), question.points), 1.0, _("The sum of the criteria."))


GRADERS = (ManualGrader(), BlankGrader(), CriteriaGrader())
