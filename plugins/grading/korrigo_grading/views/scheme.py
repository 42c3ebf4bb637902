"""The marking scheme: pasted, uploaded, shown as a tree."""

import json

from pyramid.httpexceptions import HTTPFound
from pyramid.response import Response

from korrigo.api import Sentence as _
from korrigo.api import exam_context

from ..scheme import SchemeError, parse_csv, parse_json, parse_lines, to_csv, to_json
from ..services import Schemes

LARGEST = 1 << 20


def page(context, request, **more):
    scheme = request.find_service(Schemes).get(context.exam)
    return {"exam": context.exam, "scheme": scheme, "flat": scheme.flatten() if scheme else [], "problems": [],
            "text": "", **more}


def save(context, request):
    """Replace the scheme by pasted lines or a file; what is wrong is said, and nothing is changed."""
    exam, upload = context.exam, request.POST.get("file")
    try:
        if hasattr(upload, "file"):
            scheme = from_file(upload.file.read(LARGEST), upload.filename, exam.total)
        else:
            scheme = parse_lines(request.POST.get("lines", "")[:LARGEST], exam.total)
    except SchemeError as error:
        request.response.status_int = 422
        return page(context, request, problems=error.problems, text=request.POST.get("lines", ""))
    request.find_service(Schemes).set(exam, scheme)
    return HTTPFound(request.route_path("grading.scheme", exam=exam.id))


def from_file(data: bytes, filename: str, total=None):
    """The scheme of a JSON or CSV file.  Raises ``SchemeError``."""
    try:
        text = data.decode("utf-8-sig")
        return parse_json(json.loads(text)) if filename.endswith(".json") else parse_csv(text, total)
    except ValueError as error:
        if isinstance(error, SchemeError):
            raise
        raise SchemeError([_("${file} cannot be read: ${why}.", file=filename, why=str(error))]) from error


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
