"""The contact sheet."""

from typing import Annotated, Literal

from pydantic import Field
from pyramid.response import Response

from korrigo.api import (
    Form,
    MoveRefused,
    TransitionRefused,
    answer,
    exam_context,
    json_object,
    read,
    say,
    script_json,
)

from ..changes import Changes, changes_since
from ..services import Stapling
from ..services.stapling import Act, Stale
from ..sheet import describe, describe_changes

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
#: A version of the sheet: the number of an entry of the journal.
Version = Annotated[int, Field(ge=0, lt=2**31)]


class ActForm(Form):
    """What somebody did on the sheet."""

    act: Literal["turn", "cut", "join", "move", "fate", "accept", "dismiss", "valid"]
    sides: Annotated[list[Id], Field(max_length=2000)] = []
    copy_id: Annotated[Id | None, Field(alias="copy")] = None
    position: Annotated[int | None, Field(ge=1, le=10_000)] = None
    by: Literal[90, 180, 270] = 90
    fate: str = ""
    finding: Id | None = None
    version: Version


class UndoForm(Form):
    """An act to undo, or an undo to take back."""

    token: Id
    version: Version


class SinceForm(Form):
    since: Version = 0
    sides: int = 0


def page(context, request):
    """The sheet, with everything that its script needs."""
    exam, path = context.exam, request.route_path
    undo, redo = request.find_service(Stapling).undoable(exam)
    boot = {**describe(request, exam), "undo": undo, "redo": redo, "urls": {
        name: path(f"import.{route}", exam=exam.id) for name, route in
        (("act", "act"), ("undo", "undo"), ("changes", "changes"), ("scans", "uploads"))}}
    boot["urls"]["exam"] = path("exam", exam=exam.id)
    return {"exam": exam, "boot": script_json(boot), "counts": boot["counts"]}


def act(context, request):
    """Do one act; what changed since the version that its author saw.  412 with the same when that concerns the act."""
    form, errors = read(ActForm, json_object(request))
    if form is None:
        return _wrong(request, errors)
    stapling, exam = request.find_service(Stapling), context.exam
    done = Act(form.act, tuple(form.sides), form.copy_id, form.position, form.by, form.fate, form.finding)
    try:
        token = stapling.act(exam, done, form.version)
    except Stale:
        return Response(json_body=_changes(request, exam, form.version), status=412)
    except (MoveRefused, TransitionRefused) as error:
        return answer(request, 422, error)
    return {**_changes(request, exam, form.version), "undo": token, "told": _told(request, stapling)}


def undo(context, request):
    """Undo one act, or do it again."""
    form, errors = read(UndoForm, json_object(request))
    if form is None:
        return _wrong(request, errors)
    stapling, exam = request.find_service(Stapling), context.exam
    try:
        token = stapling.undo(exam, form.token)
    except MoveRefused as error:
        return answer(request, 409, error)
    return {**_changes(request, exam, form.version), "redo": token, "told": _told(request, stapling)}


def changes(context, request):
    """What happened since a version; while a file is being read, the whole sheet when more pages are there."""
    form, errors = read(SinceForm, request.params)
    if form is None:
        return _wrong(request, errors)
    shown = _changes(request, context.exam, form.since)
    if shown["counts"]["sides"] != form.sides and not shown.get("whole"):
        return describe_changes(request, context.exam, Changes(everything=True))
    return shown


def _changes(request, exam, version: int) -> dict:
    return describe_changes(request, exam, changes_since(request.audit, exam, version))


def _told(request, stapling: Stapling) -> list[str]:
    return [say(request, sentence) for sentence in stapling.told]


def _wrong(request, errors):
    return answer(request, 422, "; ".join(f"{name}: {say(request, why)}" for name, why in errors.items()))


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    for name, tail in (("import.pages", "/pages"), ("import.act", "/pages/act"), ("import.undo", "/pages/undo"),
                       ("import.changes", "/pages/changes")):
        config.add_route(name, exam + tail, factory=exam_context)
    may = {"permission": "exam:office"}
    config.add_view(page, route_name="import.pages", request_method="GET",
                    renderer="korrigo_import:templates/pages.jinja2", **may)
    config.add_view(act, route_name="import.act", request_method="POST", renderer="json", **may)
    config.add_view(undo, route_name="import.undo", request_method="POST", renderer="json", **may)
    config.add_view(changes, route_name="import.changes", request_method="GET", renderer="json", **may)
