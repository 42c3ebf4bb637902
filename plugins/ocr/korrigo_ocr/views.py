"""The identification desk."""

from typing import Annotated

from markupsafe import Markup
from pydantic import Field
from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.renderers import render
from pyramid.response import Response

from korrigo.api import (
    AlreadyTaken,
    Exam,
    Form,
    Student,
    View,
    answer,
    copy_context,
    exam_context,
    json_object,
    read,
    say,
    script_json,
    side_context,
)
from korrigo.api import Sentence as _

from . import desk
from .models import Names
from .services import Desk, Identifier, Measured, Readings

#: The part of a header side that the desk shows (page units), when no zone is known.
HEADER = (0, 0, 1000, 480)
ROOM = 20


class DecisionForm(Form):
    """Whose copy it is."""

    student: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None
    unknown: bool = False
    version: int


class NamesForm(Form):
    """What becomes of the names that are found."""

    how: Names


def page(context, request):
    exam = context.exam
    boot = {**desk.describe(request, exam), "urls": {
        "decide": _for_any_copy(request, "ocr.decide"), "undo": _for_any_copy(request, "ocr.undo"),
        "pupils": request.route_path("ocr.pupils", exam=exam.id), "add": _new_pupil_url(request, exam)}}
    return {"exam": exam, "boot": script_json(boot), "names": request.find_service(Identifier).how(exam)}


def pupils(context, request):
    """The pupils of the exam as they are now."""
    return desk.pupils(request, context.exam)


def header(context, request):
    """The header of a side, large enough to read handwriting."""
    side, exam = context.side, context.exam
    bottom = max((zone[3] for zone in exam.identity_zones), default=HEADER[3] - ROOM) + ROOM
    view = View(side.pdf_page, side.region, side.turned)
    found = request.registry["pictures"].side(side.blob_id, view, "zoom", clip=(0, 0, 1000, min(bottom, 900)))
    response = Response(body=found.data, content_type=found.media_type, request=request)
    response.cache_control = "private, max-age=31536000, immutable"
    return response


def decide(context, request):
    """One decision; 409 when the pupil has another copy or somebody decided meanwhile."""
    form, errors = read(DecisionForm, json_object(request))
    if form is None:
        return answer(request, 422, "; ".join(f"{name}: {say(request, why)}" for name, why in errors.items()))
    exam, copy = context.exam, context.copy
    if form.version != copy.version:
        return Response(json_body={"copy": desk.one(request, exam, copy), "taken_by": None}, status=409)
    student = request.db.get(Student, form.student) if form.student else None
    if form.student and student is None:
        return answer(request, 422, _("This pupil is not here any more. Reload the page."))
    try:
        row = request.find_service(Desk).decide(copy, student, unknown=form.unknown)
    except AlreadyTaken as error:
        other = {"serial": error.copy.serial, "id": error.copy.id}
        return Response(json_body={"copy": desk.one(request, exam, copy), "taken_by": other}, status=409)
    return {"copy": desk.one(request, exam, copy), "undo": row.id}


def undo(context, request):
    """Undo the last decision on a copy."""
    request.find_service(Desk).undo(context.copy)
    return {"copy": desk.one(request, context.exam, context.copy)}


def choose(context, request):
    """Say what becomes of the names that are found, and find them again."""
    form, _errors = read(NamesForm, request.POST)
    if form is None:
        raise HTTPBadRequest()
    request.find_service(Identifier).choose(context.exam, form.how)
    _again(request, context.exam)
    return HTTPSeeOther(request.route_path("ocr.desk", exam=context.exam.id))


def measured(request):
    """How often names were right, on the page of health."""
    service = request.find_service(Measured)
    accepted, corrected = service.automatic()
    values = {"bands": service.bands(), "accepted": accepted, "corrected": corrected}
    return Markup(render("korrigo_ocr:templates/measured.jinja2", values, request))  # noqa: S704  templates escape


def rerun(context, request):
    """Read what was not read, or seemed empty, and decide again."""
    request.find_service(Readings).forget(context.exam, empty=True)
    return {"job": request.route_path("job", job=_again(request, context.exam).id)}


def _again(request, exam: Exam):
    return request.jobs.add("ocr.identify", unique_key=f"ocr.identify:{exam.id}:again", exam_id=exam.id)


def _for_any_copy(request, route: str) -> str:
    """The address of a route with ``{copy}`` where the script puts a copy's id."""
    nobody = "0" * 32
    return request.route_path(route, copy=nobody).replace(nobody, "{copy}")


def _new_pupil_url(request, exam: Exam) -> str | None:
    """Where a pupil is added; None while nothing here does that."""
    try:
        return request.route_path("import.pupil.new", exam=exam.id)
    except KeyError:
        return None


def includeme(config):
    config.add_route("ocr.desk", "/exams/{exam:[0-9a-f]{32}}/desk", factory=exam_context)
    config.add_route("ocr.pupils", "/exams/{exam:[0-9a-f]{32}}/pupils.json", factory=exam_context)
    config.add_route("ocr.rerun", "/exams/{exam:[0-9a-f]{32}}/again", factory=exam_context)
    config.add_route("ocr.names", "/exams/{exam:[0-9a-f]{32}}/names", factory=exam_context)
    config.add_route("ocr.decide", "/copies/{copy:[0-9a-f]{32}}/decide", factory=copy_context)
    config.add_route("ocr.undo", "/copies/{copy:[0-9a-f]{32}}/undo", factory=copy_context)
    config.add_route("ocr.header", "/sides/{side:[0-9a-f]{32}}/header.jpg", factory=side_context)
    config.add_korrigo_slot("admin.health", measured, permission="admin")
    office = {"permission": "exam:office"}
    config.add_view(page, route_name="ocr.desk", request_method="GET", renderer="korrigo_ocr:templates/desk.jinja2",
                    **office)
    config.add_view(pupils, route_name="ocr.pupils", request_method="GET", renderer="json", **office)
    config.add_view(header, route_name="ocr.header", request_method=("GET", "HEAD"), **office)
    config.add_view(decide, route_name="ocr.decide", request_method="POST", renderer="json", **office)
    config.add_view(undo, route_name="ocr.undo", request_method="POST", renderer="json", **office)
    config.add_view(choose, route_name="ocr.names", request_method="POST", **office)
    config.add_view(rerun, route_name="ocr.rerun", request_method="POST", renderer="json", **office)

