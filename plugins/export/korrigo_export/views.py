"""The export centre."""

import itertools

from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.response import FileIter, Response

from korrigo.api import Sentence as _
from korrigo.api import answer, describe_job, exam_context

from .exporters import exporters
from .formats import counts
from .models import ExportFile
from .services import ExportFiles, Gathering

PREVIEW = 5


def page(context, request):
    """The formats, a preview of the first rows, what to know before, and the files that were made."""
    exam = context.exam
    table = request.find_service(Gathering).table(exam)
    made, files = request.find_service(ExportFiles).of_exam(exam), []
    jobs = request.jobs.by_id(file.job_id for file in made)
    for file in made:
        job = jobs.get(file.job_id)
        files.append({"file": file, "job": describe_job(request, job) if job and not file.blob_id else None,
                      "url": request.route_path("export.download", exam=exam.id, file=file.id)})
    return {"exam": exam, "exporters": list(exporters(request.registry).values()), "files": files, "table": table,
            "rows": list(itertools.islice(table.rows, PREVIEW)), "counts": counts(table)}


def ask(context, request):
    exporter = exporters(request.registry).get(request.POST.get("exporter", ""))
    if exporter is None:
        return answer(request, 422, _("Choose a format."))
    request.find_service(ExportFiles).ask(context.exam, exporter)
    return HTTPFound(request.route_path("export.centre", exam=context.exam.id))


def download(context, request):
    """A file that was made.  Whoever takes marks away is written down."""
    file = request.db.get(ExportFile, request.matchdict["file"])
    if file is None or file.exam_id != context.exam.id or file.blob_id is None:
        raise HTTPNotFound()
    request.audit.record("export.downloaded", f"exam:{context.exam.id}", exporter=file.exporter, sha256=file.blob_id)
    return as_download(request, file)


def as_download(request, file: ExportFile) -> Response:
    """The bytes of a file that was made."""
    with request.find_service(ExportFiles).blobs.path(file.blob_id) as path:
        opened = open(path, "rb")
    response = Response(app_iter=FileIter(opened), content_type=file.media_type, request=request)
    response.content_length = file.size
    response.content_disposition = f'attachment; filename="{file.filename}"'
    return response


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    config.add_route("export.centre", exam, factory=exam_context)
    config.add_route("export.download", exam + "/files/{file:[0-9a-f]{32}}", factory=exam_context)
    office = {"permission": "exam:office"}
    config.add_view(page, route_name="export.centre", request_method="GET",
                    renderer="korrigo_export:templates/exports.jinja2", **office)
    config.add_view(ask, route_name="export.centre", request_method="POST", **office)
    config.add_view(download, route_name="export.download", request_method="POST", **office)
