"""The marking scheme of an exam."""

from dataclasses import replace

from korrigo.api import Audit, Exam, now

from ..events import SchemeChanged
from ..models import SchemeRow
from ..scheme import Question, Scheme, merge_ids, parse_json, to_json


class Schemes:
    def __init__(self, db, audit: Audit, notify):
        self.db, self.audit, self.notify = db, audit, notify

    @classmethod
    def of(cls, request) -> "Schemes":
        return cls(request.db, request.audit, request.notify)

    def get(self, exam: Exam) -> Scheme | None:
        """The scheme, or None when there is none yet."""
        row = self.db.get(SchemeRow, exam.id)
        return parse_json(row.tree) if row else None

    def version(self, exam: Exam) -> int:
        row = self.db.get(SchemeRow, exam.id)
        return row.version if row else 0

    def set(self, exam: Exam, scheme: Scheme) -> Scheme:
        """Replace the scheme.  Questions that were there keep their ids, so nothing that was graded is lost."""
        row = self.db.get(SchemeRow, exam.id)
        if row is None:
            row = SchemeRow(exam_id=exam.id, tree=to_json(scheme))
            self.db.add(row)
        else:
            scheme = merge_ids(parse_json(row.tree), scheme)
            row.tree, row.version, row.changed = to_json(scheme), row.version + 1, now()
        self.db.flush()
        self.audit.record("grading.scheme_changed", f"exam:{exam.id}", version=row.version,
                          questions=len(scheme.leaves()))
        self.notify(SchemeChanged(exam.id, row.version))
        return scheme

    def change_question(self, exam: Exam, question_id: str, **values) -> Scheme:
        """Give one question other values; ``SchemeError`` when the scheme would not be sound."""
        scheme = self.get(exam)
        return self.set(exam, Scheme(changed(scheme.questions, question_id, values), scheme.total))

    def leaves(self, exam: Exam) -> dict[str, Question]:
        """The questions that carry points, by id."""
        scheme = self.get(exam)
        return {question.id: question for question in scheme.leaves()} if scheme else {}


def changed(questions: tuple[Question, ...], question_id: str, values) -> tuple[Question, ...]:
    """The tree with other values for one question."""
    return tuple(replace(question, **(values if question.id == question_id else {}),
                         children=changed(question.children, question_id, values)) for question in questions)
