"""Import as a step of the exam: in the stepper, and in ``korrigo exam run``."""

import csv
import itertools
from pathlib import Path

import sqlalchemy as sa
from pyramid.i18n import TranslationStringFactory
from zope.interface import implementer

from korrigo.api import BadInput, Copy, ExamStudent, Fate, IExamStep, Side, StepState

from .models import Batch, BatchState, FindingRow, FindingState
from .roster import RosterError, read_roster
from .services import Batches, Rosters

_ = TranslationStringFactory("korrigo")


@implementer(IExamStep)
class ImportStep:
    """Scans and rosters in."""

    title = _("Copies")
    after = ()

    def state(self, request, exam) -> StepState | None:
        if not request.has_permission("exam:office"):
            return None
        db = request.db
        copies = db.scalar(sa.select(sa.func.count()).where(Copy.exam_id == exam.id))
        batches = dict(db.execute(sa.select(Batch.state, sa.func.count()).where(Batch.exam_id == exam.id)
                                  .group_by(Batch.state)).all())
        look = db.scalar(sa.select(sa.func.count()).where(FindingRow.exam_id == exam.id,
                                                         FindingRow.state == FindingState.OPEN))
        expected = db.scalar(sa.select(sa.func.count()).where(ExamStudent.exam_id == exam.id))
        detail = f"{copies}/{expected}" if expected else str(copies)
        if batches.get(BatchState.RECEIVED):
            return StepState("busy", detail, request.route_path("import.uploads", exam=exam.id))
        if batches.get(BatchState.REFUSED):
            return StepState("trouble", detail, request.route_path("import.uploads", exam=exam.id))
        if not copies:
            return StepState("empty", "", request.route_path("import.uploads", exam=exam.id))
        return StepState("trouble" if look else "done", detail, request.route_path("import.pages", exam=exam.id))

    def arguments(self, parser) -> None:
        parser.add_argument("--scan", type=Path, action="append", required=True, metavar="S.pdf",
                            help="a scanned PDF; may be said several times")
        parser.add_argument("--roster", type=Path, metavar="R.csv",
                            help="the pupils expected at the exam: CSV, XLSX, ODS or the XML of SIECLE")

    def check(self, options) -> None:
        for file in [*options.scan, *([options.roster] if options.roster else [])]:
            if not file.is_file():
                raise BadInput(f"there is no file {file}")
        if options.roster:
            try:
                read_roster(options.roster.read_bytes(), options.roster.name)
            except RosterError as error:
                raise BadInput(f"{options.roster}: {error}") from None

    def run(self, run) -> None:
        if run.options.roster:
            self._roster(run)
        with run.scope() as request:
            batches = request.find_service(Batches)
            for scan in run.options.scan:
                batches.receive(run.exam(request), scan, scan.name)
        run.work()

    def _roster(self, run) -> None:
        file = run.options.roster
        with run.scope() as request:
            report = request.find_service(Rosters).receive(run.exam(request), file.read_bytes(), file.name)
        run.tell("Pupils expected", len(report.pupils))
        for row in report.plan.unused():
            run.needs_person(f"{file.name}, line {row.line}: {row.why}")

    def report(self, run) -> None:
        """Write ``sides.csv``; list what a person must look at."""
        with run.scope() as request:
            sides = request.db.execute(
                sa.select(Side, Copy.serial).outerjoin(Copy, Copy.id == Side.copy_id)
                .where(Side.exam_id == run.exam_id).order_by(Side.ordinal)).all()
            findings = request.db.execute(
                sa.select(FindingRow.message, FindingRow.state, Side.pdf_page, Copy.serial)
                .outerjoin(Side, Side.id == FindingRow.side_id).outerjoin(Copy, Copy.id == FindingRow.copy_id)
                .where(FindingRow.exam_id == run.exam_id).order_by(Side.ordinal)).all()
            write_sides(run.out / "sides.csv", sides)
            counts = {fate: sum(side.fate == fate for side, _serial in sides) for fate in Fate}
            run.tell("Sides", f"{len(sides)}: " + ", ".join(f"{n} {fate}" for fate, n in counts.items() if n))
            run.tell("Copies", len({serial for _side, serial in sides if serial}))
        run.tell("Findings applied", sum(row.state == FindingState.APPLIED for row in findings))
        for row in findings:
            if row.state == FindingState.OPEN:
                where = ", ".join(itertools.chain(
                    [f"page {row.pdf_page}"] if row.pdf_page else [], [f"copy {row.serial}"] if row.serial else []))
                run.needs_person(f"{where}: {row.message}" if where else row.message)


def write_sides(file: Path, sides) -> None:
    """``sides.csv``: one line a side, ``(Side, serial of its copy)`` in the order of the scan."""
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["pdf_page", "region", "fate", "copy", "position", "turned"])
        for side, serial in sides:
            writer.writerow([side.pdf_page, side.region, side.fate, serial or "", side.position or "", side.turned])
