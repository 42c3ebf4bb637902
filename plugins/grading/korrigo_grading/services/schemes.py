"""The marking scheme of an exam."""

from dataclasses import replace

from korrigo.api import Audit, Exam, now, read
from korrigo.api import Sentence as _

from ..events import SchemeChanged
from ..graders import graders
from ..interfaces import IGrader
from ..models import SchemeRow
from ..scheme import Question, Scheme, SchemeError, merge_ids, parse_json, to_json


class SchemeMoved(Exception):
    """The scheme that was to be replaced is not there any more; ``version`` is the one that is."""

    def __init__(self, version: int):
        super().__init__(version)
        self.version = version


class Schemes:
    def __init__(self, db, audit: Audit, notify, graders: dict[str, IGrader]):
        self.db, self.audit, self.notify, self.graders = db, audit, notify, graders

    @classmethod
    def of(cls, request) -> "Schemes":
        return cls(request.db, request.audit, request.notify, graders(request.registry))

    def get(self, exam: Exam) -> Scheme | None:
        """The scheme, or None when there is none yet."""
        row = self.db.get(SchemeRow, exam.id)
        return parse_json(row.tree) if row else None

    def version(self, exam: Exam) -> int:
        row = self.db.get(SchemeRow, exam.id)
        return row.version if row else 0

    def set(self, exam: Exam, scheme: Scheme, *, replaces: int | None = None) -> Scheme:
        """Replace the scheme.  Questions that were there keep their ids, so nothing that was graded is lost.

        ``SchemeMoved`` when it is to replace another version than the present one; ``SchemeError`` when a grader is not
        here or does not take its settings, unless they were there before.
        """
        self.audit.wait_for_turn()
        row = self.db.get(SchemeRow, exam.id, populate_existing=True)
        if replaces not in (None, row.version if row else 0):
            raise SchemeMoved(row.version if row else 0)
        before = parse_json(row.tree) if row else None
        scheme = self._with_settings(merge_ids(before, scheme) if before else scheme, before)
        if row is None:
            row = SchemeRow(exam_id=exam.id, tree=to_json(scheme))
            self.db.add(row)
        else:
            row.tree, row.version, row.changed = to_json(scheme), row.version + 1, now()
        self.db.flush()
        self.audit.record("grading.scheme_changed", f"exam:{exam.id}", version=row.version,
                          questions=len(scheme.leaves()))
        self.notify(SchemeChanged(exam.id, row.version))
        return scheme

    def _with_settings(self, scheme: Scheme, before: Scheme | None) -> Scheme:
        """The scheme, with what each grader's form made of its settings."""
        known = {question.id: (question.grader, question.config) for question in before.leaves()} if before else {}
        problems = []
        for question in scheme.leaves():
            if known.get(question.id) == (question.grader, question.config):
                continue
            config, wrong = self._settings(question)
            problems += wrong
            scheme = Scheme(changed(scheme.questions, question.id, {"config": config}), scheme.total)
        if problems:
            raise SchemeError(problems)
        return scheme

    def _settings(self, question: Question) -> tuple[dict, list]:
        """(what the grader's form makes of the settings, what is wrong with them)."""
        grader = self.graders.get(question.grader)
        if grader is None:
            return {}, [_("Question ${label}: no grader is called ${grader} here. There are: ${known}.",
                          label=question.label, grader=question.grader, known=", ".join(sorted(self.graders)))]
        if grader.form is None:
            return question.config, []
        settings, wrong = read(grader.form, question.config)
        return settings.model_dump(mode="json") if settings else {}, [
            _("Question ${label}: ${name}: ${why}", label=question.label, name=name, why=why)
            for name, why in wrong.items()]

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
