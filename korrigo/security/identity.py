"""Who is at the other end of a request."""

import sqlalchemy as sa

from ..models import ApiToken, ExamMember, ExamRole, User
from .scopes import BASIC


class Identity:
    """A signed-in person, or whoever a token acts for.  What they are for an exam is asked once a request."""

    def __init__(self, db, user: User, session_id: str | None, token: ApiToken | None = None):
        self.db, self.user, self.session_id, self.token = db, user, session_id, token
        self.id, self.name, self.email = user.id, user.name, user.email
        self.roles = frozenset(user.roles)
        self.scopes = frozenset({BASIC, *token.scopes}) if token else frozenset()
        self._exams: dict[str, frozenset[str]] | None = None

    def exam_roles(self, exam_id: str) -> frozenset[str]:
        return self.exams.get(exam_id, frozenset())

    @property
    def exams(self) -> dict[str, frozenset[ExamRole]]:
        """Exam id -> what this person is for it."""
        if self._exams is None:
            found: dict[str, set] = {}
            for row in self.db.execute(sa.select(ExamMember.exam_id, ExamMember.role)
                                       .where(ExamMember.user_id == self.id)):
                found.setdefault(row.exam_id, set()).add(row.role)
            self._exams = {exam: frozenset(roles) for exam, roles in found.items()}
        return self._exams
