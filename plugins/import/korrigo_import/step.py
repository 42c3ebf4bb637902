"""Import as a step of the exam: in the stepper, and in ``korrigo exam run``."""

import csv
import json
from pathlib import Path

import sqlalchemy as sa
from pyramid.i18n import TranslationStringFactory
from zope.interface import implementer

from korrigo.api import BadInput, Copy, ExamStudent, IExamStep, StepState

from .models import Batch, BatchState, FindingRow, FindingState
from .roster import RosterError, read_roster
from .services import Batches, Gate, Rosters
from .services.gate import Loaded

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
        return StepState("trouble" if look else "done", detail, request.route_path("import.gate", exam=exam.id))

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
        """Write ``sides.csv`` and ``findings.csv``; tell the gate's figures, and list what a person must look at."""
        with run.scope() as request:
            loaded = request.find_service(Gate).load(run.exam(request))
            write_sides(run.out / "sides.csv", [
                (side, loaded.copies[side.copy_id].serial if side.copy_id else None) for side in loaded.sides.values()])
            write_findings(run.out / "findings.csv", loaded)
            findings = list(findings_of(loaded))
        tally = loaded.tally
        run.tell("Sides", f"{tally.sides}: " + ", ".join(f"{n} {column}" for column, n in tally.columns.items() if n))
        run.tell("Copies", len(tally.copies))
        if tally.balance:
            run.tell("Copies against pupils present", f"{tally.balance:+d}")
        run.tell("Findings applied", sum(state == FindingState.APPLIED for state, _where, _what in findings))
        for state, where, what in findings:
            if state == FindingState.OPEN:
                run.needs_person(f"{where}: {what}" if where else what)


def findings_of(loaded: Loaded):
    """(state, where, what) of each finding."""
    for row, _name in loaded.findings:
        side = loaded.sides.get(row.side_id)
        copy = loaded.copies.get(row.copy_id)
        yield row.state, ", ".join([*([f"page {side.pdf_page}"] if side else []),
                                    *([f"copy {copy.serial}"] if copy else [])]), row.message


def write_findings(file: Path, loaded: Loaded) -> None:
    """``findings.csv``: one line for each, with what is proposed as JSON."""
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["kind", "state", "pdf_page", "region", "copy", "confidence", "message", "proposal"])
        for row, _name in loaded.findings:
            side, copy = loaded.sides.get(row.side_id), loaded.copies.get(row.copy_id)
            writer.writerow([row.kind, row.state, side.pdf_page if side else "", side.region if side else "",
                             copy.serial if copy else "", row.confidence, row.message, json.dumps(row.proposal)])


def write_sides(file: Path, sides) -> None:
    """``sides.csv``: one line a side, ``(Side, serial of its copy)`` in the order of the scan."""
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["pdf_page", "region", "fate", "copy", "position", "turned"])
        for side, serial in sides:
            writer.writerow([side.pdf_page, side.region, side.fate, serial or "", side.position or "", side.turned])
