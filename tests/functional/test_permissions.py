"""Who may do what: every page, every method, every kind of person.  What is not in the table fails.

Operations of the API have a table of their own in ``test_api_permissions.py``.
"""

import datetime as dt
import re

import pytest
from exam_builder import boot, traces

from korrigo.api import Copies, Copy, Identification, Student
from korrigo.web.api.operations import operations

ROLES = ("stranger", "teacher", "grader", "exam secretary", "coordinator", "secretary", "admin")

#: Method, route, a letter for each of ROLES (y: may), and what whoever may is answered when nothing is filled in.
TABLE = """
GET    static               y y y y y y y  200
GET    healthz              y y y y y y y  200
GET    readyz               y y y y y y y  200
GET    session              y y y y y y y  200
GET    signin               y y y y y y y  200
POST   signin               y y y y y y y  422
GET    signin.link          y y y y y y y  200
POST   signin.link          y y y y y y y  404
GET    home                 . y y y y y y  200
GET    profile              . y y y y y y  200
POST   profile              . y y y y y y  422
POST   profile.session      . y y y y y y  302
POST   profile.tokens       . y y y y y y  422
POST   profile.token        . y y y y y y  404
GET    api.docs             . y y y y y y  200
GET    api.openapi          y y y y y y y  200
GET    jobs.mine            . y y y y y y  200
GET    exam.new             . y y y y y y  200
POST   exam.new             . y y y y y y  422
GET    exam                 . . y y y y y  200
GET    exam.edit            . . . . y y y  200
POST   exam.edit            . . . . y y y  422
POST   exam.members         . . . . y y y  302
GET    pages.picture        . . y y y y y  200
GET    job                  . . . y y y y  200
POST   job.act              . . . y y y y  302
GET    students             . . . . . y y  200
GET    jobs                 . . . . . . y  200
GET    accounts             . . . . . . y  200
POST   accounts             . . . . . . y  422
POST   accounts.link        . . . . . . y  200
GET    plugins              . . . . . . y  200
GET    health               . . . . . . y  200
GET    audit                . . . . . . y  200
GET    import.uploads       . . . y y y y  200
GET    import.batch         . . . y y y y  200
POST   import.upload.new    . . . y y y y  422
GET    import.upload        . . . y y y y  200
PATCH  import.upload        . . . y y y y  400
POST   import.password      . . . y y y y  409
POST   import.recipe        . . . y y y y  400
POST   import.folder        . . . y y y y  302
POST   import.claim         . . . y y y y  409
POST   import.forget        . . . y y y y  409
GET    import.pages         . . . y y y y  200
POST   import.act           . . . y y y y  422
GET    import.gate          . . . y y y y  200
POST   import.gate.act      . . . y y y y  422
POST   import.gate.undo     . . . y y y y  200
POST   import.gate.sign     . . . y y y y  422
POST   import.gate.hand     . . . y y y y  409
POST   import.gate.choose   . . . . y y y  422
GET    import.receipt       . . . y y y y  200
GET    import.receipt.pdf   . . . y y y y  200
POST   import.undo          . . . y y y y  422
GET    import.changes       . . . y y y y  200
GET    import.roster        . . . y y y y  200
POST   import.roster        . . . y y y y  422
POST   import.absence       . . . y y y y  404
POST   import.remove        . . . y y y y  302
POST   import.remove.undo   . . . y y y y  302
GET    import.list          . . . y y y y  303
POST   import.list          . . . y y y y  409
POST   import.list.apply    . . . y y y y  409
POST   import.list.drop     . . . y y y y  303
GET    import.list.unused   . . . y y y y  409
GET    import.pupil.new     . . . y y y y  200
POST   import.pupil.new     . . . y y y y  422
GET    import.pupil         . . . y y y y  200
POST   import.pupil         . . . y y y y  422
GET    ocr.desk             . . . y y y y  200
GET    ocr.fields           . . . y y y y  200
POST   ocr.fields.save      . . . y y y y  422
POST   ocr.fields.try       . . . y y y y  422
GET    ocr.form             . . . y y y y  404
GET    ocr.header           . . . y y y y  200
GET    ocr.pupils           . . . y y y y  200
POST   ocr.names            . . . y y y y  400
POST   ocr.rerun            . . . y y y y  200
POST   ocr.decide           . . . y y y y  422
POST   ocr.undo             . . . y y y y  200
GET    grading.screen       . . y . y . y  200
GET    grading.queue        . . y . y . y  200
GET    grading.copy         . . y . y . y  200
POST   grading.ops          . . y . y . y  422
POST   grading.lease        . . y . y . y  400
GET    grading.scheme       . . . y y y y  200
POST   grading.scheme       . . . . y . y  422
GET    grading.scheme.file  . . . y y y y  200
GET    grading.question     . . . . y . y  200
POST   grading.question     . . . . y . y  422
POST   grading.accept_from  . . . . y . y  302
POST   grading.accept       . . . . y . y  302
POST   grading.ask          . . . . y . y  302
GET    grading.finalise     . . . y y y y  200
POST   grading.finalise     . . . y y y y  302
POST   grading.finalise_one . . . y y y y  409
POST   grading.retry        . . . y y y y  409
POST   grading.reopen       . . . y y y y  409
POST   grading.download     . . . y y y y  404
GET    export.centre        . . . y y y y  200
POST   export.centre        . . . y y y y  422
POST   export.download      . . . y y y y  404
POST   signout              y y y y y y y  302
"""


def table() -> dict[tuple[str, str], tuple[dict[str, bool], int]]:
    """(method, route) -> who may, and the answer."""
    found = {}
    for line in TABLE.strip().splitlines():
        method, route, *letters, status = line.split()
        assert len(letters) == len(ROLES)
        found[method, route] = dict(zip(ROLES, (letter == "y" for letter in letters), strict=True)), int(status)
    return found


#: Routes that scripts talk to.
JSON = {"import.upload.new", "import.act", "import.undo", "import.gate.act", "import.gate.undo", "ocr.decide",
        "ocr.undo", "ocr.rerun", "ocr.fields.save", "ocr.fields.try", "grading.ops", "grading.lease"}


def offered(registry) -> dict[tuple[str, str], str]:
    """(method, route) -> pattern, of every view that a route leads to; those of the API are left out."""
    introspector, api = registry.introspector, {operation.name for operation in operations(registry)}
    patterns = {item["introspectable"]["name"]: item["introspectable"]["pattern"]
                for item in introspector.get_category("routes")}
    found = {}
    for item in introspector.get_category("views"):
        view = item["introspectable"]
        said = view["request_methods"] or "?"
        for method in (said,) if isinstance(said, str) else said:
            if view["route_name"] and view["route_name"] not in api and method != "HEAD":
                found[method, view["route_name"]] = "/" + patterns[view["route_name"]].lstrip("/")
    return found


def address(pattern: str, known: dict[str, str], registry) -> str:
    if pattern.startswith("/static/"):
        folder, version = registry["korrigo static"]["korrigo"]
        return f"/static/korrigo/{version}/logo.svg"
    return re.sub(r"\{(\w+)(?::(?:[^{}]|\{\d+\})+)?\}", lambda match: known[match[1]], pattern)


def ask(app, method: str, url: str, route: str, headers: dict[str, str]):
    body = b"{}" if route in JSON else b""
    kind = {"Content-Type": "application/json"} if route in JSON else {}
    return app.request(url, method=method, body=body, headers={**headers, **kind}, expect_errors=True)


def test_the_table_holds_every_route_and_nothing_else(registry):
    assert set(offered(registry)) ^ set(table()) == set()


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_what_the_table_says_and_nothing_more(app, registry, cast, role):
    known = cast(role)
    if role == "stranger":
        app.reset()
    routes, token, wrong = offered(registry), app.get("/session").json["csrf"], []
    for (method, route), (who, status) in table().items():
        headers = {} if method == "GET" else {"X-CSRF-Token": token}
        answer = ask(app, method, address(routes[method, route], known, registry), route, headers)
        refused = 403 if role != "stranger" else 302 if method == "GET" else 401
        if answer.status_int != (status if who[role] else refused):
            wrong.append((method, route, answer.status_int))
        elif not who[role] and refused == 302:
            assert "/signin?next=" in answer.location
    assert wrong == []


def test_nothing_is_changed_without_the_token_of_the_session(app, registry, cast):
    known = cast("admin")
    routes = offered(registry)
    changing = [(method, route) for method, route in table() if method != "GET"]
    assert len(changing) > 20
    for method, route in changing:
        url = address(routes[method, route], known, registry)
        for headers in ({}, {"X-CSRF-Token": "0" * 64}):
            assert ask(app, method, url, route, headers).status_int in (400, 403), (method, route)
    app.get("/", status=200)


def test_a_teacher_of_another_exam_is_a_stranger_to_this_one(app, registry, cast, scope, built):
    known = cast("teacher")
    other = built(graders=(known["user"],), title="Other")
    routes, token = offered(registry), app.get("/session").json["csrf"]
    app.get(f"/grading/exams/{other.exam}/grade", status=200)
    for (method, route), (who, _status) in table().items():
        if who["grader"] and not who["teacher"]:
            answer = ask(app, method, address(routes[method, route], known, registry), route, {"X-CSRF-Token": token})
            assert answer.status_int == 403, (method, route)
    app.get(f"/grading/exams/{other.exam}/grade?copy={known['copy']}", status=404)


SECRETS = ("Lastname0", "Firstname0", "7710000", "2008-05-23", "23/05/2008", "23 mai 2008", "May 2008", "mock exam.pdf")


def test_no_name_number_or_birth_date_reaches_the_grader_of_an_anonymous_exam(app, registry, cast, scope):
    """In any state of a copy, in bodies and headers of everything that she may open, refusals included."""
    known, seen = cast("grader"), []
    made = cast.made
    with scope() as request:
        student = request.db.get(Student, made.students[0])
        student.birth_date = dt.date(2008, 5, 23)
        copy, copies = request.db.get(Copy, made.copies[0]), request.find_service(Copies)
        copies.identify(copy, student, Identification.MANUAL)
        known["student"] = student.id
    routes = offered(registry)
    token = app.get("/session").json["csrf"]
    for act in (None, "finalise", "fail", "retry", "finish"):
        if act:
            with scope() as request:
                first = request.db.get(Copy, made.copies[0])
                request.find_service(Copies).move(first, act, reason="Lastname0: no page")
        for method, route in table():
            if route != "signout":
                answer = ask(app, method, address(routes[method, route], known, registry), route,
                             {"X-CSRF-Token": token})
                seen += [(route, answer.body), (route, repr(answer.headerlist).encode())]
        page = app.get(f"/grading/exams/{made.exam}/grade?copy={made.copies[0]}")
        document = app.get(f"/grading/copies/{made.copies[0]}").json
        seen.append(("grading.screen", page.body))
        assert boot(page)["copy"]["title"] == document["title"]
        assert (document["name"], document["serial"]) == (None, None)
    assert len(seen) > 300
    assert traces(seen, [*SECRETS, known["student"]]) == []
