"""The marking scheme: pasted, uploaded, shown as a tree."""

import json
from typing import Annotated

from pydantic import Field
from pyramid.httpexceptions import HTTPBadRequest, HTTPFound
from pyramid.response import Response

from korrigo.api import Form, Optional, exam_context, read

from ..graders import graders
from ..scheme import SchemeError, from_file, parse_lines, to_csv, to_json
from ..services import Proposals, Schemes

LARGEST = 1 << 20


class AcceptForm(Form):
    """From which confidence (0..1) proposals may be accepted together; empty: not at all."""

    confidence: Annotated[float | None, Optional, Field(ge=0, le=1)] = None


def page(context, request, **more):
    scheme, proposals = request.find_service(Schemes).get(context.exam), request.find_service(Proposals)
    return {"exam": context.exam, "scheme": scheme, "flat": scheme.flatten() if scheme else [], "problems": [],
            "text": "", "graders": graders(request.registry), "standing": proposals.standing(context.exam),
            "accept_from": proposals.accept_from(context.exam), **more}


def save(context, request):
    """Replace the scheme by pasted lines or a file; what is wrong is said, and nothing is changed."""
    exam, upload = context.exam, request.POST.get("file")
    try:
        if hasattr(upload, "file"):
            scheme = from_file(upload.file.read(LARGEST), upload.filename, exam.total)
        else:
            scheme = parse_lines(request.POST.get("lines", "")[:LARGEST], exam.total)
        request.find_service(Schemes).set(exam, scheme)
    except SchemeError as error:
        request.response.status_int = 422
        return page(context, request, problems=error.problems, text=request.POST.get("lines", ""))
    return HTTPFound(request.route_path("grading.scheme", exam=exam.id))


def accept_from(context, request):
    """Say from which confidence proposals may be accepted together, if at all."""
    form, _errors = read(AcceptForm, request.POST)
    if form is None:
        raise HTTPBadRequest()
    request.find_service(Proposals).set_accept_from(context.exam, form.confidence)
    return _back(context, request)


def accept(context, request):
    """Accept the proposals that are certain enough, all together."""
    request.find_service(Proposals).accept_ready(context.exam)
    return _back(context, request)


def ask(context, request):
    """Ask the graders again."""
    request.find_service(Proposals).queue(context.exam, "asked by hand")
    return _back(context, request)


def _back(context, request):
    return HTTPFound(request.route_path("grading.scheme", exam=context.exam.id))


def download(context, request):
    """The scheme as JSON or CSV."""
    scheme = request.find_service(Schemes).get(context.exam)
    if scheme is None:
        return HTTPFound(request.route_path("grading.scheme", exam=context.exam.id))
    if request.matchdict["format"] == "csv":
        return Response(body=to_csv(scheme).encode("utf-8-sig"), content_type="text/csv", charset="utf-8",
                        content_disposition='attachment; filename="scheme.csv"')
    return Response(body=json.dumps(to_json(scheme), ensure_ascii=False, indent=2).encode(),
                    content_type="application/json", charset="utf-8",
                    content_disposition='attachment; filename="scheme.json"')


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    config.add_route("grading.scheme", f"{exam}/scheme", factory=exam_context)
    config.add_route("grading.scheme.file", exam + "/scheme.{format:(json|csv)}", factory=exam_context)
    template = "korrigo_grading:templates/scheme.jinja2"
    config.add_view(page, route_name="grading.scheme", request_method="GET", permission="exam:office",
                    renderer=template)
    config.add_view(save, route_name="grading.scheme", request_method="POST", permission="grading:scheme",
                    renderer=template)
    config.add_view(download, route_name="grading.scheme.file", request_method="GET", permission="exam:office")
    for name, view, tail in (("accept_from", accept_from, "confidence"), ("accept", accept, "accept"),
                             ("ask", ask, "ask")):
        config.add_route(f"grading.{name}", f"{exam}/proposals/{tail}", factory=exam_context)
        config.add_view(view, route_name=f"grading.{name}", request_method="POST", permission="grading:scheme")
