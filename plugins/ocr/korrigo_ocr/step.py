"""Identification as a step of the exam: in the stepper, and in ``korrigo exam run``."""

import csv

import sqlalchemy as sa
from pyramid.i18n import TranslationStringFactory
from zope.interface import implementer

from korrigo.api import Copy, Exam, ExamStudent, Identification, IExamStep, Sentence, StepState, Student

from .models import Proposal
from .readers import chosen
from .services import Identifier

_ = TranslationStringFactory("korrigo")

NAMED = (Identification.AUTO, Identification.MANUAL)


@implementer(IExamStep)
class IdentifyStep:
    """Whose copy it is."""

    title = _("Identification")
    after = ("import",)

    def state(self, request, exam) -> StepState | None:
        if not request.has_permission("exam:office"):
            return None
        counts = dict(request.db.execute(
            sa.select(Copy.identification, sa.func.count()).where(Copy.exam_id == exam.id)
            .group_by(Copy.identification)).all())
        total, named = sum(counts.values()), sum(counts.get(how, 0) for how in NAMED)
        url = request.route_path("ocr.desk", exam=exam.id)
        if not total:
            return StepState("empty")
        if named + counts.get(Identification.UNKNOWN, 0) == total:
            return StepState("done", f"{named}/{total}", url)
        return StepState("todo", f"{named}/{total}", url)

    def arguments(self, parser) -> None:
        pass

    def check(self, options) -> None:
        pass

    def run(self, run) -> None:
        reader = chosen(run.registry)
        why_not = reader.available() if reader else "no reader is chosen"
        if why_not:
            run.needs_person(f"names were not read: {Sentence.of(why_not)}")
        with run.scope() as request:
            request.jobs.add("ocr.identify", unique_key=f"ocr.identify:{run.exam_id}:run", exam_id=run.exam_id)
        run.work()

    def report(self, run) -> None:
        """Write ``identification.csv``; list the copies whose name is not certain."""
        with run.scope() as request:
            exam = request.db.get(Exam, run.exam_id)
            request.find_service(Identifier).match(exam)
            rows = request.db.execute(
                sa.select(Copy, Student, Proposal).outerjoin(Student, Student.id == Copy.student_id)
                .outerjoin(Proposal, Proposal.copy_id == Copy.id)
                .where(Copy.exam_id == run.exam_id).order_by(Copy.serial)).all()
            names = {student.id: label(student) for student in request.db.scalars(
                sa.select(Student).join(ExamStudent, ExamStudent.student_id == Student.id)
                .where(ExamStudent.exam_id == run.exam_id))}
            write(run.out / "identification.csv", rows, names)
            named = sum(copy.identification in NAMED for copy, _student, _proposal in rows)
            for copy, _student, proposal in rows:
                if copy.identification == Identification.NONE:
                    best = names.get(proposal.student_id) if proposal else None
                    run.needs_person(f"copy {copy.serial}: " + (f"is it {best}?" if best else "whose is it?"))
        run.tell("Copies identified", f"{named} of {len(rows)}")


def label(student: Student) -> str:
    """A pupil's number, or name and birth date when there is none."""
    if student.number:
        return student.number
    born = f" {student.birth_date:%d/%m/%Y}" if student.birth_date else ""
    return f"{student.name}{born}"


def write(file, rows, names: dict[str, str]) -> None:
    """``identification.csv``: one line a copy."""
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["copy", "pupil", "confidence", "decision", *(f"candidate{n}" for n in range(1, 6))])
        for copy, student, proposal in rows:
            candidates = [names.get(item["student"], "") for item in proposal.candidates] if proposal else []
            verdict = proposal.verdict if proposal else "none"
            if copy.identification == Identification.MANUAL:
                verdict = "auto"
            writer.writerow([copy.serial, label(student) if student else "",
                             f"{proposal.confidence:.3f}" if proposal else "", verdict,
                             *(candidates + [""] * 5)[:5]])
