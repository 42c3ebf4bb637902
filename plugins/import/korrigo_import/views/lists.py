"""A list of pupils before it is imported: how it is read, what it would do, what a person says; then its report."""

import re
from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from korrigo.api import answer, exam_context, safe_filename, say

from ..preview import Preview, columns_of, hidden_of
from ..roster import DELIMITERS, ENCODINGS, FIELDS, Reading, RosterError, refused_csv
from ..services import ListGone, Lists

TEMPLATE = "korrigo_import:templates/roster_list.jinja2"
#: A change of one of these moves the columns: what was said about them no longer holds.
LAYOUT = ("encoding", "delimiter", "sheet", "titles")
TITLES = {"yes": True, "no": False}
_WORDS = re.compile(r"=?\d{1,3}")


def page(context, request):
    """The list that this person sent, as it would be imported, or what became of it."""
    lists = request.find_service(Lists)
    sent = lists.find(context.exam)
    if sent is None:
        return HTTPSeeOther(request.route_path("import.roster", exam=context.exam.id))
    return show(context, request, lists, sent)


def choose(context, request):
    """Keep what was said about the list, and show what follows from it."""
    try:
        lists, sent = _for_writing(context, request)
    except ListGone as error:
        return answer(request, 409, error)
    said(request.POST, lists, sent)
    return HTTPSeeOther(request.route_path("import.list", exam=context.exam.id))


def apply(context, request):
    """Import the list, unless what was said just now makes another list of it: then it is shown again."""
    try:
        lists, sent = _for_writing(context, request)
    except ListGone as error:
        return answer(request, 409, error)
    seen = lists.reading(sent)
    said(request.POST, lists, sent)
    if replace(lists.reading(sent), cuts={}) != replace(seen, cuts={}):
        return show(context, request, lists, sent, again=True)
    try:
        lists.apply(context.exam, sent, request.POST.getall("gone"))
    except RosterError:
        return show(context, request, lists, sent)
    return HTTPSeeOther(request.route_path("import.list", exam=context.exam.id))


def drop(context, request):
    """Put the list away."""
    request.find_service(Lists).drop(context.exam)
    return HTTPSeeOther(request.route_path("import.roster", exam=context.exam.id))


def unused(context, request):
    """The rows that are not used, as a file to be corrected and sent again."""
    lists = request.find_service(Lists)
    try:
        sent = lists.get(context.exam)
        roster, rows = lists.unused(context.exam, sent)
    except (ListGone, RosterError) as error:
        return answer(request, 409, error)
    name = safe_filename(sent.filename.rpartition(".")[0] or sent.filename)
    return Response(body=refused_csv(roster, rows, lambda why: say(request, why)),
                    content_type="text/csv", charset="utf-8",
                    content_disposition=f'attachment; filename="{name}_a-corriger.csv"')


def show(context, request, lists: Lists, sent, *, again: bool = False):
    """The page of a list; also of one that cannot be read as it was said."""
    given = {"exam": context.exam, "sent": sent, "error": "", "again": again, "table": None, "preview": None,
             "columns": [], "roster": None, "left": [], "reading": lists.reading(sent),
             "ENCODINGS": ENCODINGS, "DELIMITERS": DELIMITERS, "FIELDS": FIELDS}
    try:
        if sent.report:
            roster, left = lists.unused(context.exam, sent)
            return given | {"roster": roster, "left": left}
        table, reading = lists.open(sent)
        given |= {"table": table, "columns": columns_of(table, reading.mapping)}
        plan = lists.plan(context.exam, sent, table, reading)
    except RosterError as error:
        request.response.status_int = 422
        return given | {"error": error.message}
    hidden = hidden_of(plan, bool(request.has_permission("students:view")))
    preview = Preview(plan, reading, lists.decisions(sent), hidden)
    return given | {"preview": preview, "columns": preview.columns}


def said(params, lists: Lists, sent) -> None:
    """Keep what a form says about a list."""
    reading = reading_of(params, lists.reading(sent))
    decisions = {line: choice for name, choice in params.items() if (line := _line("decide", name)) is not None}
    lists.choose(sent, reading, lists.decisions(sent) | decisions)


def reading_of(params: Mapping[str, str], before: Reading) -> Reading:
    """How a form says that the file is to be read; what it does not hold stays as it was."""
    layout = {
        "encoding": _one_of(params, "encoding", ENCODINGS, before.encoding),
        "delimiter": _one_of(params, "delimiter", DELIMITERS, before.delimiter),
        "sheet": params["sheet"][:100] if _is_changed(params, "sheet") else before.sheet,
        "titles": TITLES.get(params["titles"]) if _is_changed(params, "titles") else before.titles,
    }
    order = {"dates": _one_of(params, "dates", ("day", "month"), before.dates),
             "names": _one_of(params, "names", ("last", "first"), before.names)}
    moved = any(layout[name] != getattr(before, name) for name in LAYOUT)
    mapping = {} if moved else _mapping(params, before)
    cuts = {} if moved or order["names"] != before.names else {**before.cuts, **_cuts(params)}
    return Reading(**layout, **order, mapping=mapping, cuts=cuts)


def _mapping(params: Mapping[str, str], before: Reading) -> dict[str, str]:
    """Field -> title, of every field, once a column was changed from what the page showed."""
    chosen, changed = {}, False
    for name, field in params.items():
        place = _line("column", name)
        if place is None:
            continue
        changed = changed or _is_changed(params, name)
        if field in FIELDS:
            chosen.setdefault(field, params.get(f"title-{place}", ""))
    return {field: chosen.get(field, "") for field in FIELDS} if changed else dict(before.mapping)


def _cuts(params: Mapping[str, str]) -> dict[str, int]:
    """Whole name -> words of its last name, of those that somebody has looked at.

    "=2" is the proposal as it was shown, and counts when the person says that all of them were seen.
    """
    seen = params.get("seen") == "1"
    return {params[f"name-{line}"]: int(way.removeprefix("=")) for name, way in params.items()
            if (line := _line("cut", name)) is not None and f"name-{line}" in params and _WORDS.fullmatch(way)
            and (seen or not way.startswith("="))}


def _line(kind: str, name: str) -> int | None:
    """The number behind the name of a field: "cut-12"."""
    match = re.fullmatch(rf"{kind}-(\d{{1,7}})", name)
    return int(match[1]) if match else None


def _is_changed(params: Mapping[str, str], name: str) -> bool:
    """Whether a choice is another than what the page showed, which may have been found out and not said."""
    return name in params and params[name] != params.get(f"shown-{name}")


def _one_of(params: Mapping[str, str], name: str, choices, before: str) -> str:
    if not _is_changed(params, name):
        return before
    return params[name] if params[name] in choices else ""


def _for_writing(context, request):
    lists = request.find_service(Lists)
    return lists, lists.get(context.exam, writing=True)


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}/roster/list"
    for name, tail, method, view, more in (
            ("import.list", "", "GET", page, {"renderer": TEMPLATE}),
            ("import.list", "", "POST", choose, {}),
            ("import.list.apply", "/apply", "POST", apply, {"renderer": TEMPLATE, "limit": "korrigo.import.rosters"}),
            ("import.list.drop", "/drop", "POST", drop, {}),
            ("import.list.unused", "/unused.csv", "GET", unused, {})):
        if method == "GET" or tail:
            config.add_route(name, exam + tail, factory=exam_context)
        config.add_view(view, route_name=name, request_method=method, permission="exam:office", **more)
