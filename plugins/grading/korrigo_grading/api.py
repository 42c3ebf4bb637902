"""Operations for programs: the marking scheme, what is written on copies, finalising."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from korrigo.api import Given, Id, Problem, Reply, TransitionRefused, copy_context, exam_context, say, wrong_fields
from korrigo.api import Sentence as _

from . import document
from .scheme import Scheme, SchemeError, parse_json, to_json
from .services import Closed, Edit, NotFinished, Ops, Papers, Proposals, SchemeMoved, Schemes
from .services.ops import LAST_REVISION
from .views.screen import MOST

Number = Annotated[Decimal, Field(max_digits=9, decimal_places=3)]
Text = Annotated[str, Field(max_length=2000)]


class CriterionGiven(Given):
    id: Id | None = None
    text: Text
    points: Number


class QuestionGiven(Given):
    """A question with points, or a heading over others.  A question that keeps its id keeps its scores."""

    id: Id | None = None
    label: Annotated[str, Field(max_length=100)]
    title: Text = ""
    points: Number | None = None
    step: Number = Decimal("0.25")
    bonus: bool = False
    out_of_total: bool = False
    grader: Annotated[str, Field(max_length=60)] = "manual"
    config: dict[str, Any] = {}
    criteria: Annotated[list[CriterionGiven], Field(max_length=200)] = []
    children: Annotated[list["QuestionGiven"], Field(max_length=500)] = []


class SchemeGiven(Given):
    """The whole scheme.  With ``version``, that of the scheme which it replaces, nobody's change is lost: 409."""

    total: Number
    questions: Annotated[list[QuestionGiven], Field(max_length=500)]
    version: Annotated[int, Field(ge=0, le=LAST_REVISION)] | None = None


class CriterionReply(Reply):
    id: str
    text: str
    points: Decimal


class QuestionReply(Reply):
    id: str
    label: str
    title: str
    points: Decimal | None
    step: Decimal
    bonus: bool
    out_of_total: bool
    grader: str
    config: dict[str, Any]
    criteria: list[CriterionReply]
    children: list["QuestionReply"]


class SchemeReply(Reply):
    """The marking scheme; points are texts, so that they are exact."""

    version: int
    total: Decimal
    questions: list[QuestionReply]


class TargetReply(Reply):
    """A score, remark, annotation … as it is now; ``by`` is an account."""

    key: str
    rev: int
    value: Any
    by: str | None
    at: dt.datetime


class TargetsReply(Reply):
    """All that is on a copy; ``version`` counts every edit."""

    version: int
    state: str
    targets: list[TargetReply]


class OpGiven(Given):
    """An edit.  ``id`` is of your own making: sent again with it, an edit is not made again.

    ``target`` is score:…, crit:…, note:… or answer:… with a question's id, annot:… with an id of your own,
    appreciation, flag or done; a ``value`` of None takes it away.  ``base`` is the ``rev`` that you were looking at, 0
    when there was none.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
    target: Annotated[str, Field(max_length=80)]
    value: Any = None
    base: Annotated[int, Field(ge=0, le=LAST_REVISION)]


class OpsGiven(Given):
    ops: Annotated[list[OpGiven], Field(max_length=MOST)]


class Current(Reply):
    rev: int
    value: Any
    by: str | None
    at: dt.datetime | None


class OpReply(Reply):
    """What became of an edit.  ``current`` is what is there instead, in a conflict; ``why`` a sentence when invalid."""

    id: str
    status: Literal["ok", "conflict", "invalid"]
    rev: int | None = None
    why: str | None = None
    current: Current | None = None


class OpsReply(Reply):
    version: int
    results: list[OpReply]


class Finalising(Reply):
    """The copy is closed; the job makes its graded PDF."""

    id: str
    state: str
    job: str


def see_scheme(context, request) -> SchemeReply:
    """The marking scheme of an exam."""
    schemes = request.find_service(Schemes)
    scheme = schemes.get(context.exam)
    if scheme is None:
        raise Problem(404, _("There is no marking scheme yet."))
    return described(scheme, schemes.version(context.exam))


def set_scheme(context, request) -> SchemeReply:
    """Replace the marking scheme; 422 says all that is wrong with it, and nothing is changed."""
    given, schemes, exam = request.given.body, request.find_service(Schemes), context.exam
    try:
        scheme = schemes.set(exam, parse_json(given.model_dump(exclude={"version"})), replaces=given.version)
    except SchemeMoved as moved:
        raise Problem(409, _("The scheme was changed meanwhile; its version is ${n}.", n=moved.version)) from moved
    except SchemeError as error:
        raise wrong_fields(request, [("questions", why) for why in error.problems]) from error
    return described(scheme, schemes.version(exam))


def described(scheme: Scheme, version: int) -> SchemeReply:
    return SchemeReply.model_validate({**to_json(scheme), "version": version})


def list_targets(context, request) -> TargetsReply:
    """What is written on a copy; what was taken away is left out."""
    ops, copy = request.find_service(Ops), context.copy
    return TargetsReply(version=ops.version(copy.id), state=copy.state, targets=[
        TargetReply(key=key, rev=target.rev, value=target.value, by=target.user_id, at=target.at)
        for key, target in sorted(ops.targets(copy.id).items()) if target.value is not None])


def write_ops(context, request) -> OpsReply:
    """Write on a copy: edits in their order, one result each.  A conflict changes nothing."""
    leaves = request.find_service(Schemes).leaves(context.exam)
    edits = [Edit(op.id, op.target, op.value, op.base) for op in request.given.body.ops]
    try:
        version, results = request.find_service(Ops).apply(context.copy, edits, leaves)
    except Closed as error:
        raise Problem(409, document.READ_ONLY.get(context.copy.state, document.READ_ONLY["staging"])) from error
    written = [edit.target for edit, result in zip(edits, results, strict=True) if result["status"] == "ok"]
    request.find_service(Proposals).edited(context.copy, context.exam, written)
    return OpsReply(version=version, results=[
        OpReply.model_validate({**result, "why": say(request, result["why"])} if "why" in result else result)
        for result in results])


def finalise(context, request) -> Finalising:
    """Close a copy that has all its scores; its graded PDF is made in a job."""
    try:
        job = request.find_service(Papers).finalise(context.copy, context.exam)
    except (NotFinished, TransitionRefused) as error:
        raise Problem(409, error) from error
    return Finalising(id=context.copy.id, state=context.copy.state, job=job.id)


def includeme(config):
    config.add_korrigo_scope("grading:read", _("See marking schemes and what is written on copies"))
    config.add_korrigo_scope("grading:write", _("Write on copies and finalise them"))
    config.add_korrigo_scope("grading:scheme", _("Change marking schemes"))
    exam, copy = {"factory": exam_context}, {"factory": copy_context}
    config.add_korrigo_api("GET", "/exams/{exam}/scheme", see_scheme, scope="grading:read", permission="exam:view",
                           summary=_("See the marking scheme"), reply=SchemeReply, **exam)
    config.add_korrigo_api("PUT", "/exams/{exam}/scheme", set_scheme, scope="grading:scheme",
                           permission="grading:scheme", summary=_("Replace the marking scheme"), body=SchemeGiven,
                           reply=SchemeReply, **exam)
    config.add_korrigo_api("GET", "/copies/{copy}/targets", list_targets, scope="grading:read",
                           permission="grading:grade", summary=_("See what is written on a copy"), reply=TargetsReply,
                           **copy)
    config.add_korrigo_api("POST", "/copies/{copy}/ops", write_ops, scope="grading:write", permission="grading:grade",
                           summary=_("Write on a copy"), body=OpsGiven, reply=OpsReply, **copy)
    config.add_korrigo_api("POST", "/copies/{copy}/finalise", finalise, scope="grading:write",
                           permission="grading:finalise", summary=_("Finalise a copy"), reply=Finalising, status=202,
                           **copy)
