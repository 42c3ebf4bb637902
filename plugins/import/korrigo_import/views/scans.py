"""Sending scans: pieces of files in, batches and their progress out."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field
from pyramid.httpexceptions import HTTPBadRequest, HTTPConflict, HTTPFound, HTTPNotFound
from pyramid.response import Response

from korrigo.api import Form, Job, answer, describe_job, exam_context, json_object, read, say, unpack
from korrigo.api import Sentence as _

from ..importers.directive import endings
from ..models import Batch, BatchState, Upload
from ..recipes.directive import ways
from ..services import AlreadyReceived, Batches, Uploads, WatchedFolder
from ..services.uploads import PIECE, UploadRefused, WrongOffset


class PasswordForm(Form):
    """The password of a locked PDF."""

    password: Annotated[str, Field(min_length=1, max_length=200)]


class UploadForm(Form):
    """A file that is going to be sent."""

    name: Annotated[str, Field(min_length=1, max_length=500)]
    size: Annotated[int, Field(ge=0)]


def page(context, request):
    """The drop zone and the files that were sent."""
    service = request.find_service(Batches)
    batches = service.of_exam(context.exam)
    jobs, copies = request.jobs.by_id(batch.job_id for batch in batches), service.first_copies(batches)
    watched = request.find_service(WatchedFolder)
    return {"exam": context.exam, "watching": watched.root is not None, "unclaimed": watched.unclaimed(),
            "folder": watched.is_open(context.exam), "endings": endings(request.registry),
            "kinds": ways(request.registry),
            "batches": [{**describe(request, batch, jobs.get(batch.job_id)), "copies": [
                [request.pictures.url(context.exam, side, "thumb") for side in row] for row in copies[batch.id]]}
                for batch in batches]}


def describe(request, batch: Batch, job: Job | None) -> dict:
    """A batch and its job as the page and its script see them."""
    return {
        "id": batch.id, "filename": batch.filename, "size": batch.size, "state": batch.state, "pages": batch.pages,
        "message": say(request, batch.message), "refusal": batch.refusal,
        "recipe": {**batch.recipe, "why": say(request, unpack(batch.recipe.get("why", "")))}, "created": batch.created,
        "job": describe_job(request, job) if job else None,
        "url": request.route_path("import.batch", exam=batch.exam_id, batch=batch.id),
    }


def batch(context, request):
    """How far a file is; polled while it is worked on."""
    found = batch_of(context, request)
    shown = describe(request, found, request.db.get(Job, found.job_id) if found.job_id else None)
    job = shown["job"] or {}
    return {**shown, "created": found.created.isoformat(), "done": job.get("done", 0), "total": job.get("total", 0),
            "unit": job.get("unit", ""), "stage": job.get("stage", "")}


def password(context, request):
    """Try a locked file again, with the password that somebody gives."""
    batch = batch_of(context, request, refusal="password")
    form, _errors = read(PasswordForm, request.POST)
    if form is not None:
        request.find_service(Batches).open_with(batch, form.password)
    return _back(context, request)


def forget(context, request):
    """Take a refused file off the list."""
    request.find_service(Batches).forget(batch_of(context, request, BatchState.REFUSED))
    return _back(context, request)


def folder(context, request):
    """Make the folder that the copier scans to for this exam."""
    request.find_service(WatchedFolder).open(context.exam)
    return _back(context, request)


def claim(context, request):
    """Take a file out of the scan folder for this exam."""
    try:
        request.find_service(WatchedFolder).claim(context.exam, request.POST.get("name", ""))
    except LookupError:
        raise HTTPConflict(_("This file is not in the scan folder any more.")) from None
    return _back(context, request)


def _back(context, request):
    return HTTPFound(request.route_path("import.uploads", exam=context.exam.id))


def begin(context, request):
    """Announce a file."""
    form, errors = read(UploadForm, json_object(request))
    if form is None:
        return answer(request, 422, "; ".join(say(request, why) for why in errors.values()))
    if not form.size:
        return answer(request, 422, _("This file is empty. Scan the pile again."))
    try:
        upload = request.find_service(Uploads).begin(context.exam, form.name, form.size)
    except UploadRefused as error:
        return answer(request, 413, error)
    return {"id": upload.id, "url": _url(request, upload), "offset": 0}


def state(context, request):
    """Where an upload goes on."""
    upload = _upload(context, request)
    return {"offset": request.find_service(Uploads).offset(upload), "size": upload.size,
            "state": "received" if upload.batch_id else "receiving"}


def piece(context, request):
    """A piece of a file; after the last one the import is queued."""
    upload, uploads = _upload(context, request, alone=True), request.find_service(Uploads)
    try:
        offset = int(request.headers["Upload-Offset"])
    except (KeyError, ValueError):
        raise HTTPBadRequest(_("Upload-Offset says where the piece begins")) from None
    if (request.content_length or 0) > PIECE:
        return answer(request, 413, _("A piece has at most ${n} MB.", n=PIECE >> 20))
    try:
        offset = uploads.append(upload, offset, request.body)
    except WrongOffset as error:
        return Response(json_body={"offset": error.offset}, status=409)
    except UploadRefused as error:
        return answer(request, 422, error)
    if offset < upload.size:
        return {"offset": offset, "size": upload.size, "state": "receiving"}
    try:
        batch, same = uploads.finish(upload), None
    except AlreadyReceived as error:
        batch, same = error.batch, say(request, error)
    shown = {"id": batch.id, "url": request.route_path("import.batch", exam=context.exam.id, batch=batch.id),
             "job": describe_job(request, request.db.get(Job, batch.job_id))["url"] if batch.job_id else None}
    return {"offset": offset, "size": upload.size, "state": "received", "batch": shown, "same": same}


def batch_of(context, request, state: str | None = None, refusal: str | None = None) -> Batch:
    """The batch of the address, in a state or refused for a reason."""
    found = request.db.get(Batch, request.matchdict["batch"])
    if found is None or found.exam_id != context.exam.id:
        raise HTTPNotFound()
    if state not in (None, found.state) or refusal not in (None, found.refusal):
        raise HTTPConflict(_("This was done already."))
    return found


def _upload(context, request, *, alone: bool = False) -> Upload:
    """The upload of the address; ``alone``: a second piece that comes at the same time waits for the first."""
    query = sa.select(Upload).where(Upload.id == request.matchdict["upload"], Upload.exam_id == context.exam.id)
    upload = request.db.scalar(query.with_for_update() if alone else query)
    if upload is None:
        raise HTTPNotFound()
    return upload


def _url(request, upload: Upload) -> str:
    return request.route_path("import.upload", exam=upload.exam_id, upload=upload.id)


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    for name, pattern in (("import.uploads", f"{exam}/scans"), ("import.batch", exam + "/batches/{batch}"),
                          ("import.password", exam + "/batches/{batch}/password"),
                          ("import.forget", exam + "/batches/{batch}/forget"),
                          ("import.folder", f"{exam}/scan-folder"), ("import.claim", f"{exam}/scan-folder/claim"),
                          ("import.upload.new", f"{exam}/uploads"),
                          ("import.upload", exam + "/uploads/{upload:[0-9a-f]{32}}")):
        config.add_route(name, pattern, factory=exam_context)
    office = {"permission": "exam:office"}
    config.add_view(page, route_name="import.uploads", request_method="GET",
                    renderer="korrigo_import:templates/upload.jinja2", **office)
    config.add_view(batch, route_name="import.batch", request_method="GET", renderer="json", **office)
    config.add_view(password, route_name="import.password", request_method="POST", **office)
    config.add_view(forget, route_name="import.forget", request_method="POST", **office)
    config.add_view(folder, route_name="import.folder", request_method="POST", **office)
    config.add_view(claim, route_name="import.claim", request_method="POST", **office)
    config.add_view(begin, route_name="import.upload.new", request_method="POST", renderer="json", **office)
    config.add_view(state, route_name="import.upload", request_method="GET", renderer="json", **office)
    config.add_view(piece, route_name="import.upload", request_method="PATCH", renderer="json", require_csrf=True,
                    **office)
