"""One pupil by hand: expected besides those of the list, or corrected."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther

from korrigo.api import Sentence as _
from korrigo.api import exam_context

from ..preview import hidden_of
from ..roster import Match, RosterRow
from ..roster.typed import TYPED, read_typed
from ..services import Attendance, Rosters

LONGEST = 300


def add_form(context, request, values=None, error="", question: Match | None = None, hidden=frozenset()):
    """An empty form, or one that was filled in; ``question``: which of the school's pupils it may be."""
    return {"exam": context.exam, "student": None, "values": values or {}, "error": error, "question": question,
            "hidden": hidden}


def add(context, request):
    """Expect one more pupil; whom the school may know already is asked first."""
    values = _typed(request.POST)
    row, error, roster = _row(values)
    if row is None:
        return _again(request, add_form(context, request, values, error))
    rosters = request.find_service(Rosters)
    rosters.audit.wait_for_turn()
    plan = rosters.plan(context.exam, roster, {row.line: request.POST.get("who", "")})
    if not plan.taken:
        hidden = hidden_of(plan, bool(request.has_permission("students:view")))
        return _again(request, add_form(context, request, values, question=plan.matches[0], hidden=hidden))
    rosters.apply(context.exam, plan)
    return _done(context, request)


def correct_form(context, request, values=None, error=""):
    student = _student(context, request)
    shown = {field: getattr(student, field) for field in TYPED}
    shown["birth_date"] = student.birth_date.strftime("%d/%m/%Y") if student.birth_date else ""
    return {"exam": context.exam, "student": student, "values": values or shown, "error": error, "question": None,
            "hidden": frozenset()}


def correct(context, request):
    """Write down what somebody corrected of a pupil."""
    values = _typed(request.POST)
    row, error, _roster = _row(values)
    if row is None:
        return _again(request, correct_form(context, request, values, error))
    request.find_service(Attendance).correct(context.exam, _student(context, request), row)
    return _done(context, request)


def _typed(params: Mapping[str, str]) -> dict[str, str]:
    return {field: params.get(field, "").strip()[:LONGEST] for field in TYPED}


def _row(values: Mapping[str, str]):
    """(the row, what is wrong, the roster that it is); no row when something is wrong."""
    if not values["last_name"]:
        return None, _("The last name is missing."), None
    roster = read_typed(values)
    if roster.refused:
        return None, roster.refused[0].why, roster
    row: RosterRow = roster.rows[0]
    return (None, row.notes[0], roster) if row.notes else (row, "", roster)


def _student(context, request):
    student = request.find_service(Attendance).expected(context.exam, request.matchdict["student"])
    if student is None:
        raise HTTPNotFound()
    return student


def _again(request, given):
    request.response.status_int = 422
    return given


def _done(context, request):
    return HTTPSeeOther(request.route_path("import.roster", exam=context.exam.id))


def includeme(config):
    pupils = "/exams/{exam:[0-9a-f]{32}}/roster/pupil"
    config.add_route("import.pupil.new", pupils, factory=exam_context)
    config.add_route("import.pupil", pupils + "/{student:[0-9a-f]{32}}", factory=exam_context)
    for name, form, act in (("import.pupil.new", add_form, add), ("import.pupil", correct_form, correct)):
        for method, view in (("GET", form), ("POST", act)):
            config.add_view(view, route_name=name, request_method=method, permission="exam:office",
                            renderer="korrigo_import:templates/roster_pupil.jinja2")
