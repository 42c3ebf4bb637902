"""Graders: the directive, the manual one, and two that propose by themselves."""

from decimal import Decimal

from pyramid.exceptions import ConfigurationError
from zope.interface import implementer

from korrigo.api import Form, register, table, verified
from korrigo.api import Sentence as _

from .interfaces import IGrader, ScoreProposal

CATEGORY = "korrigo graders"

LOOKS = frozenset({"typed", "criteria", "pages"})


def add_korrigo_grader(config, grader):
    """Offer a grader (:class:`korrigo_grading.interfaces.IGrader`) under its name."""
    grader = verified(config, IGrader, grader, "the grader")
    if not isinstance(grader.reads, tuple) or not LOOKS.issuperset(grader.reads):
        raise ConfigurationError(f"the grader {grader.name!r} reads {grader.reads!r}: a tuple of "
                                 f"{', '.join(map(repr, sorted(LOOKS)))} was expected")
    if grader.form is not None and not (isinstance(grader.form, type) and issubclass(grader.form, Form)):
        raise ConfigurationError(f"the form of the grader {grader.name!r} is no subclass of korrigo.api.Form")
    register(config, CATEGORY, grader.name, grader,
             lambda: table(config.registry, CATEGORY).__setitem__(grader.name, grader), title=str(grader.title))


def graders(registry) -> dict[str, IGrader]:
    """Every grader by name, the manual one first."""
    return table(registry, CATEGORY)


@implementer(IGrader)
class ManualGrader:
    """A person gives the points."""

    name = "manual"
    title = _("By hand")
    reads = ()
    form = None

    def propose(self, answer, question, config):
        return None


@implementer(IGrader)
class BlankGrader:
    """Proposes zero where the pupil handed in blank pages only."""

    name = "blank"
    title = _("Zero for blank copies")
    reads = ()
    form = None

    def propose(self, answer, question, config):
        if not answer.pages or not all(page.blank for page in answer.pages):
            return None
        return ScoreProposal(Decimal(0), 0.99, _("Every page of this copy is blank."))


@implementer(IGrader)
class CriteriaGrader:
    """Proposes the sum of the criteria that were applied, within the question's points."""

    name = "criteria"
    title = _("Sum of criteria")
    reads = ("criteria",)
    form = None

    def propose(self, answer, question, config):
        if not answer.criteria:
            return None
        points = {criterion.id: criterion.points for criterion in question.criteria}
        total = sum((points[item] for item in answer.criteria if item in points), Decimal(0))
        return ScoreProposal(min(max(total, Decimal(0)), question.points), 1.0, _("The sum of the criteria."))


GRADERS = (ManualGrader(), BlankGrader(), CriteriaGrader())
