"""An exam made straight in the database, so that each browser test has one of its own in no time."""

import datetime as dt
import secrets
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from korrigo.models import AuthSession, Copy, CopyState, Exam, ExamRole, Fate, Identification, Side, Student, User
from korrigo.security.policy import COOKIE
from korrigo.services import Accounts, Blobs, Copies, Exams, Students

SCAN = Path(__file__).parents[1] / "data" / "batches" / "class-a4" / "scan.pdf"
COPIES, PAGES, PUPILS = 24, 4, 26
TOTAL = Decimal(20)

LAST = ("Abgrall", "Bernard", "Caradec", "Derrien", "Élies", "Floc’h", "Guivarc’h", "Hamon", "Inizan", "Jaouen",
        "Kergoat", "Le Bihan", "Morvan")
FIRST = ("Zoé", "Yann")
#: The copies whose name the program is sure of.
SURE = range(3, 12)
#: Copies that are the next one's pupil's, and the other way round: the second name is right, then none of five.
SWAPPED = (13, 18)

SCHEME = {"total": "20", "questions": [
    {"label": "1", "title": "Analyse", "children": [
        {"label": "1a", "title": "Dérivée", "points": "4", "step": "0.25", "criteria": [
            {"text": "Théorème cité", "points": "1"}, {"text": "Hypothèses", "points": "1.5"},
            {"text": "Conclusion", "points": "1.5"}]},
        {"label": "1b", "title": "Variations", "points": "5", "step": "0.25", "criteria": [
            {"text": "Signe", "points": "1"}, {"text": "Tableau", "points": "2"},
            {"text": "Justification", "points": "2"}, {"text": "Erreur de signe", "points": "-0.5"}]}]},
    {"label": "2", "title": "Suites", "points": "7", "step": "0.5"},
    {"label": "3", "title": "Géométrie", "points": "4", "step": "0.5"},
    {"label": "B", "title": "Soin", "points": "1", "step": "0.5", "bonus": True},
]}


class Live:
    """``copies``: ids in the order in which the person grades them."""

    def __init__(self, server):
        self.server = server
        self.contexts = []
        me, colleague = (f"{name}-{secrets.token_hex(3)}" for name in ("riou", "corre"))
        self.login = me
        self.me = server.user(me, "secretary", name="M. Riou", language="en")
        self.colleague = server.user(colleague, "teacher", name="Mme Corre")
        with server.scope(self.me) as request:
            self._exam(request)
        self.sign_in()

    # -- making the exam

    def _exam(self, request):
        from korrigo_grading.public import Schemes
        from korrigo_grading.scheme import parse_json
        from korrigo_grading.services import Queue

        exams = request.find_service(Exams)
        exam = exams.create(title="Bac blanc", total=TOTAL, anonymous=False, pages_per_copy=PAGES,
                            held_on=dt.date(2026, 11, 23))
        self.exam_id = exam.id
        for user, role in ((self.me, ExamRole.GRADER), (self.colleague, ExamRole.GRADER)):
            exams.set_role(exam, user, role)
        request.find_service(Schemes).set(exam, parse_json(SCHEME))
        pupils = [self._pupil(request, number) for number in range(PUPILS)]
        exams.expect(exam, pupils)
        blob = request.find_service(Blobs).add_file(SCAN, "application/pdf")
        copies = request.find_service(Copies)
        made = [self._copy(request, copies, exam, blob, number) for number in range(COPIES)]
        self._proposals(request, made, pupils)
        request.db.flush()
        self.copies = [turn.id for turn in request.find_service(Queue).turns(exam)]
        self.in_order = [copy.id for copy in made]
        order = [*range(COPIES)]
        for first in SWAPPED:
            order[first:first + 2] = first + 1, first
        self.truth = {copy.id: pupils[number].id for copy, number in zip(made, order, strict=True)}
        self.students = [{"id": pupil.id, "last": pupil.last_name, "first": pupil.first_name, "number": pupil.number,
                          "name": pupil.name} for pupil in pupils]

    def _pupil(self, request, number: int) -> Student:
        key = f"{self.exam_id}:{number}"
        return request.find_service(Students).upsert(
            key, last_name=LAST[number % len(LAST)], first_name=FIRST[number // len(LAST)],
            birth_date=dt.date(2009, 1 + number % 12, 1 + number), number=str(2624000 + number),
            class_name="TG2")[0]

    def _copy(self, request, copies, exam, blob, number: int) -> Copy:
        copy = copies.create(exam)
        for position in range(1, PAGES + 1):
            page = PAGES * number + position
            request.db.add(Side(exam_id=exam.id, blob_id=blob.id, pdf_page=page, region="full", width_mm=210,
                                height_mm=297, header=position == 1, ordinal=page - 1, fate=Fate.COPY,
                                copy_id=copy.id, position=position))
        request.db.flush()
        copies.move(copy, "release")
        return copy

    def _proposals(self, request, copies, pupils) -> None:
        from korrigo_ocr.models import Proposal

        for number, copy in enumerate(copies):
            others = [pupils[(number + step) % PUPILS].id for step in range(5)]
            shares = (0.94, 0.41, 0.38, 0.2, 0.1)
            request.db.add(Proposal(
                copy_id=copy.id, student_id=others[0], verdict="auto" if number in SURE else "review", confidence=9.0,
                text=pupils[number].name, candidates=[{"student": student, "confidence": share}
                                                      for student, share in zip(others, shares, strict=True)]))

    # -- signing in

    def sign_in(self) -> None:
        """A new session in every browser of this person."""
        with self.server.scope() as request:
            accounts = request.find_service(Accounts)
            self.token = accounts.sign_in(accounts.db.get(User, self.me))
        for context in self.contexts:
            self._give_cookie(context)

    def sign_out(self) -> None:
        with self.server.scope() as request:
            request.db.execute(sa.delete(AuthSession).where(AuthSession.user_id == self.me))

    def enter(self, context) -> None:
        self.contexts.append(context)
        self._give_cookie(context)

    def _give_cookie(self, context) -> None:
        context.add_cookies([{"name": COOKIE, "value": self.token, "domain": urlsplit(self.server.url).hostname,
                              "path": "/", "httpOnly": True}])

    # -- grading

    def grade_url(self, copy: str | None = None) -> str:
        url = f"{self.server.url}/grading/exams/{self.exam_id}/grade"
        return f"{url}?copy={copy}" if copy else url

    def targets(self, copy: str) -> dict:
        from korrigo_grading.services import Ops

        with self.server.scope() as request:
            return {key: target.value for key, target in request.find_service(Ops).targets(copy).items()}

    def question(self, label: str) -> str:
        from korrigo_grading.public import Schemes

        with self.server.scope() as request:
            leaves = request.find_service(Schemes).leaves(request.db.get(Exam, self.exam_id))
        return next(question.id for question in leaves.values() if question.label == label)

    def write(self, copy: str, key: str, value) -> None:
        """A colleague writes on top of what is there."""
        from korrigo_grading.public import Schemes
        from korrigo_grading.services import Edit, Ops

        with self.server.scope(self.colleague) as request:
            ops, row = request.find_service(Ops), request.db.get(Copy, copy)
            target = ops.targets(copy).get(key)
            edit = Edit(secrets.token_hex(12), key, value, target.rev if target else 0)
            leaves = request.find_service(Schemes).leaves(request.db.get(Exam, self.exam_id))
            _version, (result,) = ops.apply(row, [edit], leaves)
            assert result["status"] == "ok", result

    def propose(self, copy: str, label: str, points: str | None, **values) -> str:
        """A grader has said something of a question; the question's id."""
        from korrigo_grading.models import Proposal

        question = self.question(label)
        with self.server.scope() as request:
            request.db.add(Proposal(copy_id=copy, question_id=question, grader="numeric",
                                    points=None if points is None else Decimal(points), **values))
        return question

    def close(self, copy: str) -> str:
        """From now on the copy takes no changes; why, as the screen says it."""
        with self.server.scope() as request:
            request.db.get(Copy, copy).state = CopyState.FINALISING
        return "The graded PDF of this copy is being made."

    def expire_leases(self) -> None:
        from korrigo_grading.models import Lease

        with self.server.scope() as request:
            request.db.execute(sa.delete(Lease).where(Lease.copy_id.in_(self.copies)))

    # -- identification

    @property
    def desk_url(self) -> str:
        self.copies = self.in_order
        return f"{self.server.url}/ocr/exams/{self.exam_id}/desk"

    def proposed(self, copy: str) -> str:
        from korrigo_ocr.models import Proposal

        with self.server.scope() as request:
            return request.db.get(Proposal, copy).student_id

    def name_of(self, copy: str) -> str | None:
        with self.server.scope() as request:
            return request.db.get(Copy, copy).student_id

    def is_unknown(self, copy: str) -> bool:
        with self.server.scope() as request:
            return request.db.get(Copy, copy).identification == Identification.UNKNOWN

    def give(self, copy: str, student: str) -> None:
        """Somebody else decides."""
        with self.server.scope(self.colleague) as request:
            request.find_service(Copies).identify(request.db.get(Copy, copy), request.db.get(Student, student),
                                                  Identification.MANUAL)

    @property
    def sure(self) -> list[str]:
        return [self.in_order[number] for number in SURE]
