"""The pupil's number against the expected one."""

from decimal import Decimal
from typing import Annotated

from korrigo_grading.public import IGrader, ScoreProposal
from pydantic import Field
from zope.interface import implementer

from korrigo.api import DecimalText, Form
from korrigo.api import Sentence as _


class Numeric(Form):
    """What the scheme editor asks for each question that has this grader."""

    expected: Annotated[Decimal, DecimalText, Field(title=_("Expected number"))] = Decimal(0)
    tolerance: Annotated[Decimal, DecimalText, Field(title=_("Tolerance"), ge=0)] = Decimal(0)


@implementer(IGrader)
class NumericGrader:
    """All points within the tolerance, else none; what is no number is left to a person."""

    name, title, reads, form = "tolerance", _("Number with a tolerance"), ("typed",), Numeric

    def propose(self, answer, question, config):
        try:
            given = Decimal(answer.typed.strip().replace(",", "."))
            off = abs(given - config.expected)
        except ArithmeticError:
            return None
        if not off.is_finite():
            return None
        if off <= config.tolerance:
            return ScoreProposal(question.points, 0.95, _("The difference is ${off}: within the tolerance.", off=off))
        near = off <= 10 * config.tolerance     # a slip of the pen or of the typist, perhaps
        return ScoreProposal(Decimal(0), 0.6 if near else 0.9, _("The difference is ${off}: too large.", off=off))
