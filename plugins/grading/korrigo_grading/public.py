"""What other plugins may use of this one; the rest is private."""

from .graders import add_korrigo_grader
from .interfaces import Answer, AnswerPage, IGrader, ScoreProposal
from .models import Paper, Target
from .scheme import Criterion, Question, Scheme, Totals, totals
from .services import Papers, Schemes
from .services.summary import scores_of_exam

__all__ = [
    "Answer", "AnswerPage", "Criterion", "IGrader", "Paper", "Papers", "Question", "Scheme", "Schemes",
    "ScoreProposal", "Target", "Totals", "add_korrigo_grader", "scores_of_exam", "totals",
]
