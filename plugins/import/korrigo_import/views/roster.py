"""The expected pupils: a CSV in, a report row by row out; absences."""

from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.i18n import TranslationStringFactory

from korrigo.api import Exams, exam_context

from ..roster import RosterError, read_roster
from ..services import Rosters

_ = TranslationStringFactory("korrigo")

LARGEST = 5 << 20


def page(context, request, **more):
    roster = request.find_service(Exams).roster(context.exam)
    return {"exam": context.exam, "roster": roster, "report": None, "error": "", **more}


def send(context, request):
    """Read a file and add its pupils; rows that cannot be used are listed with their reasons."""
    upload = request.POST.get("file")
    if not hasattr(upload, "file"):
        return _refused(context, request, _("Choose a file first."))
    data = upload.file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return _refused(context, request, _("This file is too large for a list of pupils."))
    try:
        roster = read_roster(data, upload.filename)
    except RosterError as error:
        return _refused(context, request, error.message)
    report = request.find_service(Rosters).apply(context.exam, roster)
    return page(context, request, report=report)


def absence(context, request):
    """Mark a pupil as absent, or not."""
    try:
        request.find_service(Exams).set_absent(context.exam, request.POST.get("student", ""),
                                               request.POST.get("absent") == "1")
    except LookupError:
        raise HTTPNotFound() from None
    return HTTPFound(request.route_path("import.roster", exam=context.exam.id))


def _refused(context, request, why):
    request.response.status_int = 422
    return page(context, request, error=why)


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    config.add_route("import.roster", f"{exam}/roster", factory=exam_context)
    config.add_route("import.absence", f"{exam}/roster/absence", factory=exam_context)
    template = "korrigo_import:templates/roster.jinja2"
    config.add_view(page, route_name="import.roster", request_method="GET", permission="exam:office",
                    renderer=template)
    config.add_view(send, route_name="import.roster", request_method="POST", permission="exam:office",
                    renderer=template)
    config.add_view(absence, route_name="import.absence", request_method="POST", permission="exam:office")
