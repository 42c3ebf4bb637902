"""One question of the scheme: its points, and who scores it."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field
from pyramid.httpexceptions import HTTPFound, HTTPNotFound

from korrigo.api import DecimalText, Form, Title, exam_context, fields_of, read, submitted

from ..graders import graders
from ..scheme import SchemeError
from ..services import Schemes

#: Before the names of a grader's own fields.
PREFIX = "config."


class QuestionForm(Form):
    """What can be said of a question."""

    label: Title
    title: Annotated[str, Field(max_length=200)] = ""
    points: Annotated[Decimal, DecimalText, Field(gt=0, le=1000)]
    step: Annotated[Decimal, DecimalText, Field(gt=0, le=1000)]
    grader: str


def page(context, request, **more):
    """The question as it is; ``?grader=`` shows the settings of another grader."""
    question = _question(context, request)
    known = graders(request.registry)
    name = more.get("grader") or request.params.get("grader", question.grader)
    form = known[name].form if name in known else None
    kept = question.config if name == question.grader else {}
    return {"exam": context.exam, "question": question, "graders": known, "grader": name, "prefix": PREFIX,
            "fields": [(field, kept.get(field.name, field.default)) for field in fields_of(form)] if form else [],
            "values": {name: getattr(question, name) for name in ("label", "title", "points", "step")},
            "errors": {}, "problems": [], **more}


def save(context, request):
    """Change the question; what is wrong is said, and nothing is changed."""
    question = _question(context, request)
    form, errors = read(QuestionForm, request.POST)
    known = graders(request.registry)
    grader = known.get(request.POST.get("grader", ""))
    config, kept = {}, []
    if grader is not None and grader.form is not None:
        sent = submitted(grader.form, request.POST, PREFIX)
        settings, wrong = read(grader.form, sent)
        errors |= {PREFIX + name: why for name, why in wrong.items()}
        config = settings.model_dump(mode="json") if settings else {}
        kept = [(field, sent.get(field.name, field.default)) for field in fields_of(grader.form)]
    if form is None or grader is None or errors:
        return _refused(context, request, errors=errors, fields=kept)
    try:
        request.find_service(Schemes).change_question(
            context.exam, question.id, **form.model_dump(), config=config)
    except SchemeError as error:
        return _refused(context, request, problems=error.problems, fields=kept)
    return HTTPFound(request.route_path("grading.scheme", exam=context.exam.id))


def _refused(context, request, **more):
    request.response.status_int = 422
    return page(context, request, values=request.POST, grader=request.POST.get("grader", ""), **more)


def _question(context, request):
    question = request.find_service(Schemes).leaves(context.exam).get(request.matchdict["question"])
    if question is None:
        raise HTTPNotFound()
    return question


def includeme(config):
    config.add_route("grading.question", "/exams/{exam:[0-9a-f]{32}}/scheme/questions/{question:[0-9a-f]{32}}",
                     factory=exam_context)
    options = {"route_name": "grading.question", "permission": "grading:scheme",
               "renderer": "korrigo_grading:templates/question.jinja2"}
    config.add_view(page, request_method="GET", **options)
    config.add_view(save, request_method="POST", **options)
