"""Operations for programs: marks as JSON, exports and their files."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field
from pyramid.httpexceptions import HTTPNotFound

from korrigo.api import Context, Exam, Given, Problem, Reply, exam_context, record_apart
from korrigo.api import Sentence as _

from .exporters import exporters
from .models import ExportFile
from .services import ExportFiles, Gathering
from .views import as_download


class QuestionMarks(Reply):
    id: str
    label: str
    title: str
    maximum: Decimal


class PupilMarks(Reply):
    """The marks of an expected pupil, or of a copy that is nobody's yet.

    ``status`` is graded, partial, absent or unidentified.  Scores are by the question's id: points, "NT" for a question
    that was not attempted, None for none yet.  Without the scope ``pupils:read`` the names stay empty.
    """

    copy_id: Annotated[str | None, Field(serialization_alias="copy")]
    pupil: str | None
    status: str
    code: str
    last_name: str | None
    first_name: str | None
    number: str | None
    class_name: str | None
    total: Decimal | None
    scores: dict[str, Decimal | str | None]
    appreciation: str


class MarksReply(Reply):
    """The marks of an exam; points are texts, so that they are exact."""

    maximum: Decimal
    questions: list[QuestionMarks]
    rows: list[PupilMarks]


class ExportGiven(Given):
    """The name of an exporter, such as csv, pronote or copies."""

    exporter: Annotated[str, Field(max_length=40)]


class ExportReply(Reply):
    """The file that will be there once the job is done."""

    file: str
    job: str


def list_marks(context, request) -> MarksReply:
    """The marks of every expected pupil, then those of copies that are nobody's yet."""
    names = bool(request.has_permission("exam:names"))
    table, ids = request.find_service(Gathering).with_ids(context.exam)
    rows = []
    for row, (copy_id, pupil) in zip(table.rows, ids, strict=True):
        who = {name: getattr(row, name) if names else None for name in (
            "last_name", "first_name", "number", "class_name")}
        rows.append(PupilMarks(copy_id=copy_id, pupil=pupil, status=row.status, code=row.code, total=row.total,
                               scores=dict(row.scores), appreciation=row.appreciation, **who))
    questions = [QuestionMarks(id=question.id, label=question.label, title=question.title, maximum=question.maximum)
                 for question in table.questions]
    return MarksReply(maximum=table.maximum, questions=questions, rows=rows)


def ask_export(context, request) -> ExportReply:
    """Have a file made by one of the exporters."""
    exporter = exporters(request.registry).get(request.given.body.exporter)
    if exporter is None:
        raise Problem(422, _("The exporters are: ${names}.", names=", ".join(exporters(request.registry))))
    file = request.find_service(ExportFiles).ask(context.exam, exporter)
    return ExportReply(file=file.id, job=file.job_id)


def take_export(context, request):
    """The bytes of a file that was made; 404 while it is not there yet.  Whoever takes marks away is written down."""
    file = context.file
    if file.blob_id is None:
        raise HTTPNotFound()
    record_apart(request, "export.downloaded", f"exam:{file.exam_id}", exporter=file.exporter, sha256=file.blob_id)
    return as_download(request, file)


def file_context(request) -> Context:
    """For paths with ``{file}``."""
    context = Context(request)
    context.file = request.db.get(ExportFile, request.matchdict["file"])
    if context.file is None:
        raise HTTPNotFound()
    context.exam = request.db.get(Exam, context.file.exam_id)
    return context


def includeme(config):
    config.add_korrigo_scope("export:read", _("See marks and take exports"))
    config.add_korrigo_scope("export:write", _("Have exports made"))
    office = {"permission": "exam:office"}
    config.add_korrigo_api("GET", "/exams/{exam}/marks", list_marks, scope="export:read", factory=exam_context,
                           summary=_("See the marks"), reply=MarksReply, **office)
    config.add_korrigo_api("POST", "/exams/{exam}/exports", ask_export, scope="export:write", factory=exam_context,
                           summary=_("Have an export made"), body=ExportGiven, reply=ExportReply, status=202, **office)
    config.add_korrigo_api("GET", "/exports/{file}", take_export, scope=("export:read", "pupils:read"),
                           factory=file_context, summary=_("Take an export"), reply=bytes, **office)
