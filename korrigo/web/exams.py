"""The start page, and the pages of one exam."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field
from pyramid.httpexceptions import HTTPFound

from ..models import Copy, CopyState, Exam, ExamMember, ExamRole, Paper, Role, User
from ..security.contexts import exam_context
from ..services import Exams
from .forms import DecimalText, Form, Optional, Title, read
from .nav import step_states

LOOK = {"trouble", "todo"}
#: Exams whose steps are shown on the start page.
RECENT = 8


class ExamForm(Form):
    """What is asked of an exam."""

    title: Title
    subject: Annotated[str, Field(max_length=100)] = ""
    held_on: Annotated[dt.date | None, Optional] = None
    total: Annotated[Decimal, DecimalText, Field(gt=0, le=1000, max_digits=7, decimal_places=3)] = Decimal(20)
    paper: Paper = Paper.A4
    pages_per_copy: Annotated[Annotated[int, Field(ge=1, le=64)] | None, Optional] = None
    anonymous: bool = False


def visible(request) -> sa.Select[tuple[Exam]]:
    """What selects the exams that this person sees, newest first."""
    query = sa.select(Exam).order_by(Exam.created.desc(), Exam.id.desc())
    if not request.identity.roles & {Role.ADMIN, Role.SECRETARY}:
        query = query.where(Exam.id.in_(list(request.identity.exams)))
    return query


def copy_states(db, exam_id: str) -> dict[str, int]:
    """How many copies of an exam are in which state."""
    return dict(db.execute(
        sa.select(Copy.state, sa.func.count()).where(Copy.exam_id == exam_id).group_by(Copy.state)).all())


class _Seen:
    """The context of one exam on a page that shows several: permissions are asked of it."""

    copy = side = job = None

    def __init__(self, exam):
        self.exam = exam


def home(request):
    """What must be done now, and the exams.  How far an exam is takes some queries: it is shown for the newest."""
    exams = list(request.db.scalars(visible(request)))
    shown, todo = [], []
    for exam in exams[:RECENT]:
        request.context = _Seen(exam)
        steps = step_states(request, exam)
        shown.append({"exam": exam, "url": request.route_path("exam", exam=exam.id), "steps": steps})
        todo += [{"label": step["label"], "exam": exam.title, "count": step["detail"], "url": step["url"]}
                 for step in steps if step["state"] in LOOK and step["url"]]
    return {"exams": shown, "earlier": exams[RECENT:], "todo": todo[:8]}


def exam_page(context, request):
    exam = context.exam
    states = copy_states(request.db, exam.id)
    people = request.db.execute(
        sa.select(User.name, ExamMember.role).join(ExamMember, ExamMember.user_id == User.id)
        .where(ExamMember.exam_id == exam.id).order_by(ExamMember.role, User.name)).all()
    return {"exam": exam, "steps": step_states(request, exam), "states": states, "total": sum(states.values()),
            "people": people, "CopyState": CopyState}


def new_exam_form(request):
    return {"values": {"total": "20", "paper": Paper.A4, "anonymous": True}, "errors": {}}


def new_exam(request):
    form, errors = read(ExamForm, request.POST)
    if form is None:
        request.response.status_int = 422
        return {"values": request.POST, "errors": errors}
    exam = request.find_service(Exams).create(**form.model_dump())
    return HTTPFound(request.route_path("exam", exam=exam.id))


def edit_exam_form(context, request):
    exam = context.exam
    return {"exam": exam, "values": {name: getattr(exam, name) for name in ExamForm.model_fields}, "errors": {},
            "people": _people(request, exam), "accounts": _accounts(request)}


def edit_exam(context, request):
    form, errors = read(ExamForm, request.POST)
    if form is None:
        request.response.status_int = 422
        return {**edit_exam_form(context, request), "values": request.POST, "errors": errors}
    request.find_service(Exams).change(context.exam, **form.model_dump())
    return HTTPFound(request.route_path("exam", exam=context.exam.id))


def add_member(context, request):
    """Let somebody work on the exam."""
    user = request.db.get(User, request.POST.get("user", ""))
    role = request.POST.get("role", "")
    if user is not None and role in set(ExamRole):
        request.find_service(Exams).set_role(context.exam, user.id, ExamRole(role))
    return HTTPFound(request.route_path("exam.edit", exam=context.exam.id))


def _people(request, exam):
    return request.db.execute(
        sa.select(User.id, User.name, ExamMember.role).join(ExamMember, ExamMember.user_id == User.id)
        .where(ExamMember.exam_id == exam.id).order_by(User.name)).all()


def _accounts(request):
    return request.db.execute(sa.select(User.id, User.name).where(User.active).order_by(User.name)).all()


def includeme(config):
    config.add_route("home", "/")
    config.add_view(home, route_name="home", request_method="GET", permission="home",
                    renderer="korrigo:templates/home.jinja2")
    config.add_route("exam.new", "/exams/new")
    new = "korrigo:templates/exam_new.jinja2"
    config.add_view(new_exam_form, route_name="exam.new", request_method="GET", permission="exam:create", renderer=new)
    config.add_view(new_exam, route_name="exam.new", request_method="POST", permission="exam:create", renderer=new)
    config.add_route("exam", "/exams/{exam:[0-9a-f]{32}}", factory=exam_context)
    config.add_view(exam_page, route_name="exam", request_method="GET", permission="exam:view",
                    renderer="korrigo:templates/exam.jinja2")
    config.add_route("exam.edit", "/exams/{exam:[0-9a-f]{32}}/edit", factory=exam_context)
    edit = "korrigo:templates/exam_edit.jinja2"
    config.add_view(edit_exam_form, route_name="exam.edit", request_method="GET", permission="exam:edit", renderer=edit)
    config.add_view(edit_exam, route_name="exam.edit", request_method="POST", permission="exam:edit", renderer=edit)
    config.add_route("exam.members", "/exams/{exam:[0-9a-f]{32}}/members", factory=exam_context)
    config.add_view(add_member, route_name="exam.members", request_method="POST", permission="exam:edit")
