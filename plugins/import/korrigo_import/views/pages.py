"""The contact sheet."""

from typing import Annotated, Literal

from pydantic import Field
from pyramid.response import Response

from korrigo.api import Form, MoveRefused, TransitionRefused, answer, exam_context, json_object, read, say, script_json

from ..services import Stapling
from ..services.stapling import Act, Stale
from ..sheet import describe

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class ActForm(Form):
    """What somebody did on the sheet."""

    act: Literal["turn", "cut", "join", "move", "fate", "accept", "dismiss", "valid"]
    sides: Annotated[list[Id], Field(max_length=2000)] = []
    copy_id: Annotated[Id | None, Field(alias="copy")] = None
    position: Annotated[int | None, Field(ge=1, le=10_000)] = None
    by: Literal[90, 180, 270] = 90
    fate: str = ""
    finding: Id | None = None
    version: int


def page(context, request):
    """The sheet, with everything that its script needs."""
    exam = context.exam
    boot = {**describe(request, exam), "urls": {
        "act": request.route_path("import.act", exam=exam.id), "undo": request.route_path("import.undo", exam=exam.id)}}
    return {"exam": exam, "boot": script_json(boot), "counts": boot["counts"]}


def act(context, request):
    """Do one act; what changed, or 412 with the whole sheet as it is now."""
    form, errors = read(ActForm, json_object(request))
    if form is None:
        return answer(request, 422, "; ".join(f"{name}: {say(request, why)}" for name, why in errors.items()))
    stapling, exam = request.find_service(Stapling), context.exam
    before = {copy["id"]: copy for copy in describe(request, exam)["copies"]}
    done = Act(form.act, tuple(form.sides), form.copy_id, form.position, form.by, form.fate, form.finding)
    try:
        token = stapling.act(exam, done, form.version)
    except Stale:
        return Response(json_body=describe(request, exam), status=412)
    except (MoveRefused, TransitionRefused) as error:
        return answer(request, 422, error)
    return {**_changes(request, exam, before), "undo": token}


def undo(context, request):
    """Undo one act."""
    exam = context.exam
    before = {copy["id"]: copy for copy in describe(request, exam)["copies"]}
    try:
        request.find_service(Stapling).undo(exam, str(json_object(request).get("token", "")))
    except MoveRefused as error:
        return answer(request, 409, error)
    return _changes(request, exam, before)


def _changes(request, exam, before: dict[str, dict]) -> dict:
    """The rows that are not as they were, those that are gone, and the order of all."""
    after = describe(request, exam)
    order = [copy["id"] for copy in after["copies"]]
    changed = [copy for copy in after["copies"] if before.get(copy["id"]) != copy]
    return {**after, "copies": changed, "order": order, "removed": sorted(set(before) - set(order))}


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    for name, tail in (("import.pages", "/pages"), ("import.act", "/pages/act"), ("import.undo", "/pages/undo")):
        config.add_route(name, exam + tail, factory=exam_context)
    config.add_view(page, route_name="import.pages", request_method="GET", permission="exam:office",
                    renderer="korrigo_import:templates/pages.jinja2")
    config.add_view(act, route_name="import.act", request_method="POST", permission="exam:office", renderer="json")
    config.add_view(undo, route_name="import.undo", request_method="POST", permission="exam:office", renderer="json")
