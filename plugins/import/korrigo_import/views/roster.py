"""The expected pupils: a list in, absences, pupils who are no longer expected."""

from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPFound, HTTPNotFound, HTTPSeeOther

from korrigo.api import Exams, exam_context
from korrigo.api import Sentence as _

from ..roster import LARGEST, RosterError
from ..services import Attendance, Lists
from ..services.attendance import wanted
from ..services.uploads import clean_name

FILTERS = ("q", "class", "away")


def page(context, request, error=""):
    """Who is expected; filtered by words, class and absence."""
    attendance, exam = request.find_service(Attendance), context.exam
    everybody = attendance.everybody(exam)
    asked = {name: request.GET.get(name, "")[:100] for name in FILTERS}
    shown = [one for one in everybody if wanted(one, asked["q"], asked["class"], bool(asked["away"]))]
    return {"exam": exam, "everybody": everybody, "shown": shown, "asked": asked, "error": error,
            "classes": sorted({one.student.class_name for one in everybody} - {""}),
            "absent": sum(one.absent for one in everybody), "removal": attendance.last_removal(exam),
            "sent": request.find_service(Lists).find(exam)}


def send(context, request):
    """Keep a file, or pasted rows, and show what it would do; nothing is imported yet."""
    upload, pasted = request.POST.get("file"), request.POST.get("rows", "")
    if hasattr(upload, "file"):
        data, name = upload.file.read(LARGEST + 1), clean_name(upload.filename)
    elif pasted.strip():
        data, name = pasted.encode(), ""
    else:
        return _refused(context, request, _("Choose a file first, or paste rows of a spreadsheet."))
    purpose = "absences" if request.POST.get("purpose") == "absences" else "roster"
    try:
        request.find_service(Lists).receive(context.exam, data, name, purpose)
    except RosterError as error:
        return _refused(context, request, error.message)
    return HTTPSeeOther(request.route_path("import.list", exam=context.exam.id))


def absence(context, request):
    """Mark a pupil as absent, or not."""
    try:
        request.find_service(Exams).set_absent(context.exam, request.POST.get("student", ""),
                                               request.POST.get("absent") == "1")
    except LookupError:
        raise HTTPNotFound() from None
    return _back(context, request)


def remove(context, request):
    """Expect a pupil no longer."""
    request.find_service(Attendance).remove(context.exam, request.POST.getall("student"))
    return _back(context, request)


def undo(context, request):
    """Expect again whom the last removal took away."""
    request.find_service(Attendance).undo_removal(context.exam)
    return _back(context, request)


def _back(context, request):
    """To the list as it was filtered."""
    kept = {name: value for name in FILTERS if (value := request.POST.get(name, "")[:100])}
    url = request.route_path("import.roster", exam=context.exam.id)
    return HTTPFound(f"{url}?{urlencode(kept)}" if kept else url)


def _refused(context, request, why):
    request.response.status_int = 422
    return page(context, request, error=why)


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}/roster"
    template = "korrigo_import:templates/roster.jinja2"
    for name, tail, method, view, more in (
            ("import.roster", "", "GET", page, {"renderer": template}),
            ("import.roster", "", "POST", send, {"renderer": template, "limit": "korrigo.import.lists"}),
            ("import.absence", "/absence", "POST", absence, {}),
            ("import.remove", "/remove", "POST", remove, {}),
            ("import.remove.undo", "/remove/undo", "POST", undo, {})):
        if method == "GET" or tail:
            config.add_route(name, exam + tail, factory=exam_context)
        config.add_view(view, route_name=name, request_method=method, permission="exam:office", **more)
