"""Scores of a whole exam in one query."""

from collections import defaultdict
from decimal import Decimal

import sqlalchemy as sa

from korrigo.api import Copy

from ..models import Target

PREFIX = "score:"


def scores_of_exam(db, exam_id: str) -> dict[str, dict]:
    """Copy id -> question id -> score (Decimal, "NT" or None)."""
    found: dict[str, dict] = defaultdict(dict)
    rows = db.execute(sa.select(Target.copy_id, Target.key, Target.value).join(Copy, Copy.id == Target.copy_id)
                      .where(Copy.exam_id == exam_id, Target.key.like(f"{PREFIX}%")))
    for copy_id, key, value in rows:
        found[copy_id][key.removeprefix(PREFIX)] = exact(value)
    return found


def exact(value):
    """A stored score with exact points."""
    return value if value in ("NT", None) else Decimal(str(value))
