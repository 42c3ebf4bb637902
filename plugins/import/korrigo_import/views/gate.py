"""The scan gate: what was expected and found, findings to decide, lots to sign for, and the receipt."""

from typing import Annotated, Literal

from pydantic import Field
from pyramid.httpexceptions import HTTPFound
from pyramid.renderers import render
from pyramid.response import Response

from korrigo.api import Form, MoveRefused, TransitionRefused, answer, exam_context, json_object, read, say, script_json

from ..models import HandOver
from ..overview import figures, findings
from ..services import Gate, HandingOver, SignRefused, Stapling
from ..services.stapling import Act, Stale
from .pages import Id

#: The parts of the page that change with every decision.
PARTS = {name: f"korrigo_import:templates/gate_{name}.jinja2" for name in ("figures", "signing")}


class DecideForm(Form):
    """What somebody decided: about one finding, about a copy as a whole, or about all sure ones of a kind."""

    act: Literal["accept", "dismiss", "valid", "accept_all"]
    finding: Id | None = None
    copy_id: Annotated[Id | None, Field(alias="copy")] = None
    kind: Annotated[str, Field(max_length=40)] = ""
    version: int


class SignForm(Form):
    """Why the lots can go to graders as they are."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class ChoiceForm(Form):
    hand_over: HandOver


def page(context, request, **more):
    """The gate with everything that its script needs."""
    exam, loaded = context.exam, request.find_service(Gate).load(context.exam)
    boot = {
        "version": request.find_service(Stapling).version(exam), "findings": findings(request, loaded),
        "urls": {name: request.route_path(f"import.gate.{name}", exam=exam.id) for name in ("act", "undo")},
    }
    return {**figures(request, loaded), "boot": script_json(boot), "errors": {}, **more}


def act(context, request):
    """Decide; the figures as they are then, and the findings that may have changed."""
    form, errors = read(DecideForm, json_object(request))
    if form is None:
        return answer(request, 422, "; ".join(f"{name}: {say(request, why)}" for name, why in errors.items()))
    stapling, exam = request.find_service(Stapling), context.exam
    try:
        if form.act == "accept_all":
            tokens = _accept_all(request, exam, form)
        else:
            done = Act(form.act, copy=form.copy_id, finding=form.finding)
            tokens = [stapling.act(exam, done, form.version)]
    except Stale:
        return Response(json_body=_now(request, exam, None), status=412)
    except (MoveRefused, TransitionRefused) as error:
        return answer(request, 422, error)
    touched = {form.finding} if form.finding else set()
    return {**_now(request, exam, touched), "undo": [token for token in tokens if token]}


def undo(context, request):
    """Take decisions back, the last one first."""
    form = json_object(request)
    tokens = [str(token) for token in form.get("tokens", ())][:2000]
    before = {row.id for row, _name in request.find_service(Gate).load(context.exam).findings if row.undo_id in tokens}
    try:
        with request.db.begin_nested():
            for token in reversed(tokens):
                request.find_service(Stapling).undo(context.exam, token)
    except MoveRefused as error:
        return answer(request, 409, error)
    return _now(request, context.exam, before)


def sign(context, request):
    """Sign for the lots that were chosen."""
    form, errors = read(SignForm, request.POST)
    if form is not None:
        try:
            request.find_service(HandingOver).sign(context.exam, request.POST.getall("batch"), form.reason)
        except SignRefused as error:
            errors = {"reason": error}
        else:
            return HTTPFound(request.route_path("import.gate", exam=context.exam.id, _anchor="signed"))
    request.response.status_int = 422
    return page(context, request, errors=errors, reason=request.POST.get("reason", ""),
                chosen=request.POST.getall("batch"))


def hand_over(context, request):
    """Hand over what has stayed behind of a green lot."""
    try:
        request.find_service(HandingOver).hand_over(context.exam, request.POST.get("batch", ""))
    except SignRefused as error:
        return answer(request, 409, error)
    return HTTPFound(request.route_path("import.gate", exam=context.exam.id))


def choose(context, request):
    """Say when copies go to graders."""
    form, _errors = read(ChoiceForm, request.POST)
    if form is None:
        return answer(request, 422, say(request, next(iter(_errors.values()))))
    request.find_service(HandingOver).choose(context.exam, form.hand_over)
    return HTTPFound(request.route_path("import.gate", exam=context.exam.id))


def _accept_all(request, exam, form: DecideForm) -> list[str | None]:
    """Accept every open finding of a kind whose proposal is certain, all or none."""
    stapling, loaded = request.find_service(Stapling), request.find_service(Gate).load(exam)
    sure = [row["id"] for row in findings(request, loaded, ()) if row["kind"] == form.kind and row["certain"]
            and row["state"] == "open"]
    return stapling.act_all(exam, [Act("accept", finding=finding) for finding in sure], form.version)


def _now(request, exam, touched: set[str] | None) -> dict:
    """What the script takes over; ``touched`` None: every finding."""
    request.db.flush()
    loaded = request.find_service(Gate).load(exam)
    shown = figures(request, loaded)
    return {"version": request.find_service(Stapling).version(exam), "findings": findings(request, loaded, touched),
            "whole": touched is None, **{name: render(template, shown, request) for name, template in PARTS.items()}}


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    for name, tail in (("gate", ""), ("gate.act", "/act"), ("gate.undo", "/undo"), ("gate.sign", "/sign"),
                       ("gate.hand", "/hand-over"), ("gate.choose", "/choice")):
        config.add_route(f"import.{name}", f"{exam}/gate{tail}", factory=exam_context)
    office, template = {"permission": "exam:office"}, "korrigo_import:templates/gate.jinja2"
    config.add_view(page, route_name="import.gate", request_method="GET", renderer=template, **office)
    config.add_view(act, route_name="import.gate.act", request_method="POST", renderer="json", **office)
    config.add_view(undo, route_name="import.gate.undo", request_method="POST", renderer="json", **office)
    config.add_view(sign, route_name="import.gate.sign", request_method="POST", renderer=template, **office)
    config.add_view(hand_over, route_name="import.gate.hand", request_method="POST", **office)
    config.add_view(choose, route_name="import.gate.choose", request_method="POST", permission="exam:edit")
