"""The marking scheme: a tree of questions with stable ids, points on its leaves.  No database."""

from .changes import Change, SchemeDiff, diff
from .files import from_file
from .lines import parse_lines
from .model import Criterion, Question, Scheme, SchemeError, new_question_id
from .stable import merge_ids
from .table import parse_csv, to_csv
from .text import parse_json, to_json
from .totals import Totals, score_ok, totals

__all__ = [
    "Change", "Criterion", "Question", "Scheme", "SchemeDiff", "SchemeError", "Totals", "diff", "from_file",
    "merge_ids", "new_question_id", "parse_csv", "parse_json", "parse_lines", "score_ok", "to_csv", "to_json", "totals",
]
