"""Grading as steps of the exam: the stepper, and ``korrigo exam run``."""

import secrets
from collections import defaultdict
from pathlib import Path

import sqlalchemy as sa
from pyramid.i18n import TranslationStringFactory
from zope.interface import implementer

from korrigo.api import BadInput, Blobs, Copy, CopyState, IExamStep, StepState, Student, safe_filename

from .given import by_label, marks_of, scheme_of, set_scheme
from .models import Paper
from .services import Edit, NotFinished, Ops, Papers, Schemes

_ = TranslationStringFactory("korrigo")


@implementer(IExamStep)
class SchemeStep:
    """The marking scheme."""

    title = _("Marking scheme")
    after = ()

    def state(self, request, exam) -> StepState | None:
        if not request.has_permission("exam:office"):
            return None
        scheme = request.find_service(Schemes).get(exam)
        url = request.route_path("grading.scheme", exam=exam.id)
        if scheme is None:
            return StepState("empty", "", url)
        return StepState("done" if scheme.points == exam.total else "todo", format(scheme.points.normalize(), "f"), url)

    def arguments(self, parser) -> None:
        parser.add_argument("--scheme", type=Path, metavar="scheme.json", help="the marking scheme (JSON or CSV)")

    def check(self, options) -> None:
        scheme_of(options.scheme)

    def run(self, run) -> None:
        with run.scope() as request:
            exam = run.exam(request)
            scheme = scheme_of(run.options.scheme, exam.total)
            if scheme is not None:
                set_scheme(request, exam, scheme, run.options.scheme)

    def report(self, run) -> None:
        pass


@implementer(IExamStep)
class GradeStep:
    """Scores, and graded PDFs."""

    title = _("Grading")
    after = ("scheme", "identify", "import")

    def state(self, request, exam) -> StepState | None:
        if not request.has_permission("grading:grade"):
            return None
        states = dict(request.db.execute(
            sa.select(Copy.state, sa.func.count()).where(Copy.exam_id == exam.id).group_by(Copy.state)).all())
        total, graded = sum(states.values()), states.get(CopyState.GRADED, 0)
        url = request.route_path("grading.screen", exam=exam.id)
        if states.get(CopyState.FAILED) and request.has_permission("grading:finalise"):
            return StepState("trouble", f"{graded}/{total}", request.route_path("grading.finalise", exam=exam.id))
        if not total:
            return StepState("empty", "", "")
        if states.get(CopyState.FINALISING):
            return StepState("busy", f"{graded}/{total}", url)
        return StepState("done" if graded == total else "todo", f"{graded}/{total}", url)

    def arguments(self, parser) -> None:
        parser.add_argument("--marks", type=Path, metavar="marks.csv",
                            help="marks to apply (pupil or copy, question, points); finished copies are finalised")

    def check(self, options) -> None:
        marks, scheme = marks_of(options.marks), scheme_of(options.scheme)
        if marks and scheme is None:
            raise BadInput(f"{options.marks} holds marks of questions: name their marking scheme with --scheme")
        if marks:
            by_label(scheme.leaves(), marks, options.marks)

    def run(self, run) -> None:
        marks = marks_of(run.options.marks)
        if not marks:
            return
        with run.scope() as request:
            self._apply(run, request, marks)
        with run.scope() as request:
            self._finalise(run, request)
        run.work()

    def _apply(self, run, request, marks) -> None:
        """Write the marks as ops, as a grader's screen would."""
        exam = run.exam(request)
        leaves = request.find_service(Schemes).leaves(exam)
        questions = by_label(leaves.values(), marks, run.options.marks)
        copies = _copies(request, exam)
        ops, found = request.find_service(Ops), {}
        for mark in marks:
            named = copies["copy" if mark.by_copy else "pupil", _plain(mark.who)]
            if len(named) != 1:
                why = "no copy of" if not named else f"{len(named)} pupils are called"
                run.needs_person(f"{run.options.marks.name}, line {mark.line}: {why} {mark.who}")
            else:
                found.setdefault(named[0].id, (named[0], []))[1].append(mark)
        for copy, own in found.values():
            if copy.state not in (CopyState.READY, CopyState.GRADING):
                run.needs_person(f"copy {copy.serial} is {copy.state}: its marks were not applied")
                continue
            revs = {key: target.rev for key, target in ops.targets(copy.id).items()}
            edits = []
            for mark in own:
                key = f"score:{questions[mark.question].id}"
                value = mark.points if isinstance(mark.points, str) else float(mark.points)
                edits.append(Edit(secrets.token_hex(12), key, value, revs.get(key, 0)))
            for mark, result in zip(own, ops.apply(copy, edits, leaves)[1], strict=True):
                if result["status"] != "ok":
                    raise BadInput(f"{run.options.marks}, line {mark.line}: {result.get('why', result['status'])}")

    def _finalise(self, run, request) -> None:
        papers, exam = request.find_service(Papers), run.exam(request)
        for copy in request.db.scalars(sa.select(Copy).where(
                Copy.exam_id == exam.id, Copy.state == CopyState.GRADING).order_by(Copy.serial)).all():
            try:
                papers.finalise(copy, exam)
            except NotFinished as error:
                run.needs_person(str(error))

    def report(self, run) -> None:
        """Write ``graded/*.pdf``; list failures."""
        with run.scope() as request:
            rows = request.db.execute(
                sa.select(Copy, Student, Paper).outerjoin(Student, Student.id == Copy.student_id)
                .outerjoin(Paper, sa.and_(Paper.copy_id == Copy.id, ~Paper.superseded))
                .where(Copy.exam_id == run.exam_id).order_by(Copy.serial)).all()
            blobs, folder, made = request.find_service(Blobs), run.out / "graded", 0
            folder.mkdir(exist_ok=True)
            for copy, student, paper in rows:
                if copy.state == CopyState.FAILED:
                    run.needs_person(f"copy {copy.serial}: {copy.failure}")
                if paper is not None and copy.state == CopyState.GRADED:
                    with blobs.path(paper.blob_id) as path:
                        (folder / _pdf_name(copy, student)).write_bytes(path.read_bytes())
                    made += 1
        run.tell("Graded PDFs", f"{made} of {len(rows)}")


def _copies(request, exam) -> dict[tuple[str, str], list[Copy]]:
    """How a file may name a copy: its number, its pupil's number, or the pupil's name, which two may share."""
    found = defaultdict(list)
    rows = request.db.execute(
        sa.select(Copy, Student).outerjoin(Student, Student.id == Copy.student_id).where(Copy.exam_id == exam.id)).all()
    for copy, student in rows:
        found["copy", str(copy.serial)].append(copy)
        if student is not None:
            for name in {_plain(name) for name in (student.number, student.name) if name}:
                found["pupil", name].append(copy)
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _pdf_name(copy: Copy, student: Student | None) -> str:
    """The serial first, so that names never clash."""
    name = safe_filename(student.name) if student else copy.code
    return f"{copy.serial:03d}_{name}.pdf"

