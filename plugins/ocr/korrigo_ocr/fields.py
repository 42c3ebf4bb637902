"""Where pupils write their names: the fields of the header, found by the program or drawn by a person."""

import base64
import zlib
from typing import Annotated

from pydantic import Field
from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response

from korrigo.api import Exam, Form, answer, exam_context, json_object, read, say, script_json
from korrigo.api import Sentence as _

from .matching.values import FieldName
from .services import Readings

#: In the order of their keys, 1 to 5.
LABELS = {"last": _("Last name"), "first": _("First name"), "birth_date": _("Birth date"), "number": _("Number"),
          "class_name": _("Class")}
LEAST = 10
"""Page units that a field measures at least, either way."""

Unit = Annotated[float, Field(ge=0, le=1500, allow_inf_nan=False)]


class DrawnForm(Form):
    """Fields as a person has drawn them, [x, y, width, height] in page units, on a form that was found or, without
    ``form``, on the first header."""

    form: Annotated[int | None, Field(ge=0)] = None
    boxes: dict[FieldName, tuple[Unit, Unit, Unit, Unit]]


def page(context, request):
    exam = context.exam
    headers = request.find_service(Readings).headers(exam)
    forms = [{"picture": request.route_path("ocr.form", exam=exam.id, form=number, _query={"v": _version(form)}),
              "boxes": {field["name"]: field["box"] for field in form["fields"]}}
             for number, form in enumerate(request.find_service(Readings).forms(exam))]
    first = headers[0].id if headers else None
    sample = {"side": first, "picture": request.route_path("ocr.header", side=first)} if first else None
    boot = {"forms": forms, "sample": sample, "labels": {name: say(request, text) for name, text in LABELS.items()},
            "urls": {"try": request.route_path("ocr.fields.try", exam=exam.id),
                     "save": request.route_path("ocr.fields.save", exam=exam.id),
                     "desk": request.route_path("ocr.desk", exam=exam.id)}}
    return {"exam": exam, "boot": script_json(boot), "headers": len(headers), "forms": len(forms)}


def picture(context, request):
    """The empty header of a form."""
    forms = request.find_service(Readings).forms(context.exam)
    number = int(request.matchdict["form"])
    if number >= len(forms):
        raise HTTPNotFound()
    response = Response(body=base64.b64decode(forms[number]["picture"]), content_type="image/png", request=request)
    response.cache_control = "private, max-age=31536000, immutable"
    return response


def try_fields(context, request):
    """Try drawn fields on some copies."""
    form, why = _drawn(context.exam, request)
    if why or not form.boxes:
        return answer(request, 422, why or _("Draw a field first."))
    return _queued(request, "ocr.try", context.exam, form)


def save(context, request):
    """Read every copy anew by drawn fields; without any, by those that the program finds."""
    form, why = _drawn(context.exam, request)
    if why:
        return answer(request, 422, why)
    request.audit.record("ocr.fields", f"exam:{context.exam.id}", fields=sorted(form.boxes))
    return _queued(request, "ocr.draw", context.exam, form)


def _drawn(exam: Exam, request) -> tuple[DrawnForm | None, object]:
    """The fields that were sent, or why they cannot be used."""
    form, errors = read(DrawnForm, json_object(request))
    readings = request.find_service(Readings)
    if form is None:
        return None, "; ".join(f"{name}: {say(request, why)}" for name, why in errors.items())
    if form.form is not None and form.form >= len(readings.forms(exam)):
        return None, _("This header is not here any more. Reload the page.")
    if not readings.headers(exam):
        return None, _("There are no copies yet.")
    small = [say(request, LABELS[name]) for name, box in form.boxes.items() if min(box[2:]) < LEAST]
    if small:
        return None, _("Too small to write in: ${fields}.", fields=", ".join(small))
    return form, None


def _queued(request, kind: str, exam: Exam, form: DrawnForm) -> dict:
    job = request.jobs.add(kind, exam_id=exam.id, form=form.form,
                           boxes={name: list(box) for name, box in form.boxes.items()})
    return {"job": request.route_path("job", job=job.id)}


def _version(form: dict) -> str:
    """Another one for another picture."""
    return f"{zlib.crc32(form['picture'].encode()):x}"


def includeme(config):
    config.add_route("ocr.fields", "/exams/{exam:[0-9a-f]{32}}/fields", factory=exam_context)
    config.add_route("ocr.fields.try", "/exams/{exam:[0-9a-f]{32}}/fields/try", factory=exam_context)
    config.add_route("ocr.fields.save", "/exams/{exam:[0-9a-f]{32}}/fields/save", factory=exam_context)
    config.add_route("ocr.form", r"/exams/{exam:[0-9a-f]{32}}/fields/{form:\d+}.png", factory=exam_context)
    office = {"permission": "exam:office"}
    config.add_view(page, route_name="ocr.fields", request_method="GET", renderer="korrigo_ocr:templates/fields.jinja2",
                    **office)
    config.add_view(picture, route_name="ocr.form", request_method=("GET", "HEAD"), **office)
    config.add_view(try_fields, route_name="ocr.fields.try", request_method="POST", renderer="json", **office)
    config.add_view(save, route_name="ocr.fields.save", request_method="POST", renderer="json", **office)
