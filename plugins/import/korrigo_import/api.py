"""Operations for programs: scans and rosters in, what became of every side."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from korrigo.api import Given, Problem, Reply, Side, exam_context, say
from korrigo.api import Sentence as _

from .roster import LARGEST, RosterError
from .services import AlreadyReceived, Batches, Rosters
from .services.uploads import clean_name

Name = Annotated[str, Field(min_length=1, max_length=500)]


class ScanQuery(Given):
    """The name by which people know the file."""

    name: Name = "scan.pdf"


class ScanReply(Reply):
    """The batch that the file became and the job that reads it; ``known``: the same content was there already."""

    batch: str
    job: str | None
    known: bool


class RosterQuery(Given):
    name: Name = "roster.csv"


class RosterLine(Reply):
    """What became of the line of a file where a row begins.  ``notes`` say what to look at, or why it was not used;
    an undecided line is for a person to import on the page of the exam."""

    line: int
    outcome: Literal["created", "changed", "same", "refused", "undecided"]
    pupil: str | None
    notes: list[str]


class RosterReply(Reply):
    """How many pupils are new, changed, the same, newly expected at this exam; and each line."""

    created: int
    changed: int
    same: int
    expected: int
    warnings: list[str]
    lines: list[RosterLine]


class SideReply(Reply):
    """A scanned page face: where it is in its file (sha256, page, region), and its fate."""

    id: str
    ordinal: int
    file: str
    page: int
    region: str
    turned: int
    header: bool
    fate: str
    reason: str
    copy_id: Annotated[str | None, Field(serialization_alias="copy")]
    position: int | None


class SidesReply(Reply):
    sides: list[SideReply]


def send_scan(context, request) -> ScanReply:
    """Send a pile as one PDF.  It is kept at once and read in a job; sending it again changes nothing."""
    with tempfile.TemporaryDirectory(prefix="korrigo-api-") as folder:
        file = Path(folder, "scan.pdf")
        with open(file, "wb") as out:
            shutil.copyfileobj(request.body_file, out)
        if not file.stat().st_size:
            raise Problem(422, _("This file is empty. Scan or send it again."))
        try:
            batch, known = request.find_service(Batches).receive(
                context.exam, file, clean_name(request.given.query.name)), False
        except AlreadyReceived as error:
            batch, known = error.batch, True
    return ScanReply(batch=batch.id, job=batch.job_id, known=known)


def send_roster(context, request) -> RosterReply:
    """Send the expected pupils; they are added or brought up to date, and every line is reported.

    CSV of any usual shape; a workbook or the XML of SIECLE is recognised by its content.
    """
    request.limits.hit("korrigo.import.rosters", request.actor_id)
    data = request.body_file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Problem(413, _("This file is too large for a list of pupils."))
    try:
        report = request.find_service(Rosters).receive(context.exam, data, request.given.query.name)
    except RosterError as error:
        raise Problem(422, error) from error
    undecided = {one.row.line for one in report.plan.with_outcome("ask")}
    lines = [*(RosterLine(line=row.line, outcome=what, pupil=pupil, notes=[say(request, note) for note in row.notes])
               for row, pupil, what in report.pupils),
             *(RosterLine(line=row.line, outcome="undecided" if row.line in undecided else "refused", pupil=None,
                          notes=[say(request, row.why)]) for row in report.plan.unused())]
    return RosterReply(created=report.created, changed=report.changed, same=report.same, expected=report.expected,
                       warnings=[say(request, warning) for warning in report.roster.warnings],
                       lines=sorted(lines, key=lambda line: line.line))


def list_sides(context, request) -> SidesReply:
    """Every scanned side in the order of the scan, with its fate."""
    sides = request.db.scalars(sa.select(Side).where(Side.exam_id == context.exam.id).order_by(Side.ordinal))
    return SidesReply(sides=[SideReply(
        id=side.id, ordinal=side.ordinal, file=side.blob_id, page=side.pdf_page, region=side.region,
        turned=side.turned, header=side.header, fate=side.fate, reason=say(request, side.reason),
        copy_id=side.copy_id, position=side.position) for side in sides])


def includeme(config):
    config.add_korrigo_scope("import:read", _("See what became of scanned pages"))
    config.add_korrigo_scope("import:write", _("Send scans and lists of pupils"))
    config.include(".api_gate")
    exam = {"factory": exam_context, "permission": "exam:office"}
    config.add_korrigo_api("POST", "/exams/{exam}/scans", send_scan, scope="import:write", summary=_("Send a scan"),
                           media_type="application/pdf", query=ScanQuery, reply=ScanReply, status=202, **exam)
    config.add_korrigo_api("POST", "/exams/{exam}/roster", send_roster, scope="import:write",
                           summary=_("Send the list of pupils"), media_type="text/csv", query=RosterQuery,
                           reply=RosterReply, **exam)
    config.add_korrigo_api("GET", "/exams/{exam}/sides", list_sides, scope="import:read",
                           summary=_("List the scanned pages"), reply=SidesReply, **exam)
