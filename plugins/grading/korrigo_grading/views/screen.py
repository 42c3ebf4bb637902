"""The grading screen and what its script talks to."""

from typing import Annotated, Any

from pydantic import Field
from pyramid.httpexceptions import HTTPBadRequest, HTTPFound, HTTPNotFound
from pyramid.response import Response

from korrigo.api import Copy, Form, answer, copy_context, exam_context, json_object, polled, read, say, script_json

from .. import document
from ..services import Closed, Edit, Leases, Ops, Proposals, Queue, Schemes
from ..services.ops import LAST_REVISION

#: Ops that one request may bring.
MOST = 200


class OpForm(Form):
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
    target: Annotated[str, Field(max_length=80)]
    value: Any = None
    base: Annotated[int, Field(ge=0, le=LAST_REVISION)]


class OpsForm(Form):
    ops: Annotated[list[OpForm], Field(max_length=MOST)]


class LeaseForm(Form):
    token: Annotated[str, Field(min_length=8, max_length=40)]
    take: bool = False
    release: bool = False


def screen(context, request):
    """The screen, at a copy (``?copy=``) or at the first that is not done."""
    exam, queue = context.exam, request.find_service(Queue)
    scheme = request.find_service(Schemes).get(exam)
    if scheme is None:
        if request.has_permission("exam:office"):
            return HTTPFound(request.route_path("grading.scheme", exam=exam.id))
        return {"exam": exam, "boot": None, "questions": [], "scheme": False}
    turns = queue.turns(exam)
    wanted = request.params.get("copy")
    first = wanted or next(iter(queue.after(exam, None, 1)), None) or (turns[0].id if turns else None)
    copy = request.db.get(Copy, first) if first else None
    if copy is not None and copy.exam_id != exam.id:
        raise HTTPNotFound()
    if copy is None:
        return {"exam": exam, "boot": None, "questions": [], "scheme": True}
    shown = document.questions(request, scheme)
    boot = {
        "exam": {"id": exam.id, "title": exam.title, "total": float(exam.total)}, "anonymous": exam.anonymous,
        "me": {"id": request.identity.id, "name": request.identity.name},
        "urls": {"queue": request.route_path("grading.queue", exam=exam.id),
                 "home": request.route_path("exam", exam=exam.id), "session": request.route_path("session"),
                 "signin": request.route_path("signin")},
        "questions": shown, "copy": document.describe(request, exam, copy),
        "queue": {"ids": [turn.id for turn in turns], "done": sum(turn.done for turn in turns),
                  "total": len(turns)}}
    return {"exam": exam, "questions": shown, "boot": script_json(boot)}


def copy_document(context, request):
    """The copy; 304 while it is as it was."""
    return polled(request, document.describe(request, context.exam, context.copy))


def ops(context, request):
    """Edits in, one result each out."""
    form, errors = read(OpsForm, json_object(request))
    if form is None:
        return answer(request, 422, "; ".join(f"{name}: {say(request, why)}" for name, why in errors.items()))
    leaves = request.find_service(Schemes).leaves(context.exam)
    edits = [Edit(op.id, op.target, op.value, op.base) for op in form.ops]
    try:
        version, results = request.find_service(Ops).apply(context.copy, edits, leaves)
    except Closed:
        return answer(request, 423, document.READ_ONLY.get(context.copy.state, document.READ_ONLY["staging"]))
    written = [edit.target for edit, result in zip(edits, results, strict=True) if result["status"] == "ok"]
    asked = request.find_service(Proposals).edited(context.copy, context.exam, written)
    return {"version": version, "results": document.with_names(request, results),
            "proposals": {question: document.proposal(request, row) for question, row in asked.items()}}


def lease(context, request):
    """Take, renew or give back the lease of one tab."""
    form, _errors = read(LeaseForm, json_object(request))
    if form is None:
        raise HTTPBadRequest()
    leases = request.find_service(Leases)
    if form.release:
        leases.release(context.copy, form.token)
        return {"ttl": 0}
    held = leases.take(context.copy, form.token, force=form.take)
    if held is None:
        return {"ttl": 60}
    return Response(json_body={"by": held.by, "since": held.since.isoformat(), "ttl": 60}, status=423)


def queue(context, request):
    """What comes after a copy."""
    service, exam = request.find_service(Queue), context.exam
    try:
        n = min(max(int(request.params.get("n", 3)), 1), 10)
    except ValueError:
        raise HTTPBadRequest() from None
    turns = service.turns(exam)
    return {"ids": service.after(exam, request.params.get("after"), n), "done": sum(turn.done for turn in turns),
            "total": len(turns)}


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    copy = "/copies/{copy:[0-9a-f]{32}}"
    config.add_route("grading.screen", f"{exam}/grade", factory=exam_context)
    config.add_route("grading.queue", f"{exam}/queue", factory=exam_context)
    config.add_route("grading.copy", copy, factory=copy_context)
    config.add_route("grading.ops", f"{copy}/ops", factory=copy_context)
    config.add_route("grading.lease", f"{copy}/lease", factory=copy_context)
    may = {"permission": "grading:grade"}
    config.add_view(screen, route_name="grading.screen", request_method="GET",
                    renderer="korrigo_grading:templates/grade.jinja2", **may)
    config.add_view(queue, route_name="grading.queue", request_method="GET", renderer="json", **may)
    config.add_view(copy_document, route_name="grading.copy", request_method="GET", **may)
    config.add_view(ops, route_name="grading.ops", request_method="POST", renderer="json", **may)
    config.add_view(lease, route_name="grading.lease", request_method="POST", renderer="json", **may)
