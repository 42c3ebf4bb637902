"""A custom grader: numeric answers with a tolerance."""

from korrigo.api import Plugin
from korrigo.api import Sentence as _


def includeme(config):
    from .grader import NumericGrader

    config.add_korrigo_grader(NumericGrader())


plugin = Plugin(
    name="example_grader",
    title=_("Example of a grader"),
    description=_("Proposes the points of a question whose answer is a number."),
    includeme=includeme,
    requires=("grading",),
)
