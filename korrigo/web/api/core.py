"""The core's own operations: who one is, what is enabled, exams, copies, jobs."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from ...models import Copy, Exam, Student
from ...plugins import installed
from ...security.contexts import exam_context, job_context
from ...security.scopes import BASIC
from ...sentences import Sentence as _
from ...services import Exams
from ...version import PLUGIN_API, VERSION
from ..errors import Problem
from ..exams import ExamForm, copy_states, visible
from ..forms import Given, Id, Reply
from ..jobs import describe
from ..language import say
from ..nav import step_states


class TokenReply(Reply):
    id: str
    name: str
    scopes: list[str]
    expires: dt.datetime | None


class Me(Reply):
    """The owner of the token, and the token."""

    id: str
    name: str
    email: str
    roles: list[str]
    token: TokenReply


class PluginReply(Reply):
    name: str
    title: str
    version: str


class Capabilities(Reply):
    """The version of Korrigo, of its contract with plugins, and the plugins that are enabled."""

    version: str
    plugin_api: str
    plugins: list[PluginReply]


class ExamsQuery(Given):
    """``after`` is ``next`` of the page before."""

    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ExamGiven(ExamForm, Given):
    """A new exam; points are numbers or texts such as "17.5"."""


class ExamReply(Reply):
    """An exam; points are texts, so that they are exact."""

    id: str
    title: str
    subject: str
    held_on: dt.date | None
    total: Decimal
    anonymous: bool
    paper: str
    pages_per_copy: int | None
    created: dt.datetime
    copies: int


class ExamsReply(Reply):
    """A page of exams, newest first; ``next`` is None on the last one."""

    exams: list[ExamReply]
    next: str | None


class StepReply(Reply):
    name: str
    state: str
    detail: str


class ExamState(ExamReply):
    """An exam with its copies by state and how far each of its steps is."""

    states: dict[str, int]
    steps: list[StepReply]


class PupilReply(Reply):
    id: str
    name: str


class CopyReply(Reply):
    """A copy.  ``serial``, ``identification`` and ``pupil`` are for whoever may see whose copies they are."""

    id: str
    code: str
    state: str
    serial: int | None
    identification: str | None
    pupil: PupilReply | None


class CopiesReply(Reply):
    copies: list[CopyReply]


class JobReply(Reply):
    """A background job; ``state`` is queued, running, done, cancelled or dead."""

    id: str
    kind: str
    title: str
    state: str
    done: int
    total: int
    unit: str
    stage: str
    message: str
    attempts: int
    max_attempts: int
    created: dt.datetime
    started: dt.datetime | None
    finished: dt.datetime | None
    result: dict[str, Any] | None


def me(context, request) -> Me:
    """Whose token this is, and what it may be used for."""
    identity, token = request.identity, request.identity.token
    return Me(id=identity.id, name=identity.name, email=identity.email, roles=sorted(identity.roles), token=TokenReply(
        id=token.id, name=token.name, scopes=sorted(identity.scopes), expires=token.expires))


def capabilities(context, request) -> Capabilities:
    """What a program can count on here."""
    entries = installed()
    return Capabilities(version=VERSION, plugin_api=PLUGIN_API, plugins=[
        PluginReply(name=plugin.name, title=say(request, plugin.title),
                    version=entries[plugin.name].dist.version if plugin.name in entries else "")
        for plugin in request.registry["korrigo plugins"]])


def list_exams(context, request) -> ExamsReply:
    """The exams that the owner of the token sees, newest first, a page at a time."""
    asked, query = request.given.query, visible(request)
    if asked.after is not None:
        last = request.db.scalar(query.where(Exam.id == asked.after))
        if last is None:
            raise Problem(422, _("The exam after which the list goes on is not here (any more). Begin again."))
        query = query.where(sa.tuple_(Exam.created, Exam.id) < (last.created, last.id))
    exams = list(request.db.scalars(query.limit(asked.limit + 1)))
    shown, more = exams[:asked.limit], len(exams) > asked.limit
    counts = copy_counts(request.db, [exam.id for exam in shown])
    return ExamsReply(exams=[ExamReply(**facts(exam), copies=counts.get(exam.id, 0)) for exam in shown],
                      next=shown[-1].id if more else None)


def make_exam(context, request) -> ExamReply:
    """Make an exam, which the owner of the token then coordinates."""
    exam = request.find_service(Exams).create(**request.given.body.model_dump())
    return ExamReply(**facts(exam), copies=0)


def see_exam(context, request) -> ExamState:
    """An exam, its copies by state, and how far each step is."""
    states = copy_states(request.db, context.exam.id)
    steps = [StepReply(name=step["name"], state=step["state"], detail=say(request, step["detail"]))
             for step in step_states(request, context.exam)]
    return ExamState(**facts(context.exam), copies=sum(states.values()), states=states, steps=steps)


def list_copies(context, request) -> CopiesReply:
    """The copies of an exam; whoever may not see whose they are gets them in the order of their codes."""
    names = bool(request.has_permission("exam:names"))
    rows = request.db.execute(
        sa.select(Copy, Student).outerjoin(Student, Student.id == Copy.student_id)
        .where(Copy.exam_id == context.exam.id).order_by(Copy.serial if names else Copy.code))
    return CopiesReply(copies=[CopyReply(
        id=copy.id, code=copy.code, state=copy.state, serial=copy.serial if names else None,
        identification=copy.identification if names else None,
        pupil=PupilReply(id=student.id, name=student.name) if names and student else None) for copy, student in rows])


def see_job(context, request) -> JobReply:
    """How far a background job is; ask again every two seconds."""
    return JobReply.model_validate(describe(request, context.job))


def copy_counts(db, exam_ids) -> dict[str, int]:
    """How many copies each exam has; one without any is left out."""
    rows = db.execute(sa.select(Copy.exam_id, sa.func.count()).where(Copy.exam_id.in_(list(exam_ids)))
                      .group_by(Copy.exam_id))
    return dict(rows.all())


def facts(exam: Exam) -> dict:
    """The columns of an exam that programs see."""
    return {name: getattr(exam, name) for name in ExamReply.model_fields if name != "copies"}


def includeme(config):
    config.add_korrigo_api("GET", "/me", me, scope=BASIC, permission="home", summary=_("Whose token this is"), reply=Me)
    config.add_korrigo_api("GET", "/capabilities", capabilities, scope=BASIC, permission="home",
                           summary=_("What is enabled"), reply=Capabilities)
    config.add_korrigo_api("GET", "/exams", list_exams, scope="exams:read", permission="home",
                           summary=_("List exams"), query=ExamsQuery, reply=ExamsReply)
    config.add_korrigo_api("POST", "/exams", make_exam, scope="exams:write", permission="exam:create",
                           summary=_("Make an exam"), body=ExamGiven, reply=ExamReply, status=201)
    exam = {"factory": exam_context, "scope": "exams:read", "permission": "exam:view"}
    config.add_korrigo_api("GET", "/exams/{exam}", see_exam, summary=_("See an exam and how far it is"),
                           reply=ExamState, **exam)
    config.add_korrigo_api("GET", "/exams/{exam}/copies", list_copies, summary=_("List the copies of an exam"),
                           reply=CopiesReply, **exam)
    config.add_korrigo_api("GET", "/jobs/{job}", see_job, scope="jobs:read", permission="job:view",
                           factory=job_context, summary=_("Follow a background job"), reply=JobReply)
