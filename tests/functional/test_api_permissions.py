"""Who may do what with a token: every operation of the API, every kind of person, every scope."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from exam_builder import traces
from test_permissions import ROLES, SECRETS

from korrigo.api import Copies, Copy, Identification, Student, User, now
from korrigo.models import ApiToken, AuditEntry
from korrigo.security.scopes import BASIC
from korrigo.services import Accounts, Tokens
from korrigo.web.api.operations import ROOT, operations

#: Method, path, a letter for each of ROLES (y: may), and what whoever may is answered when nothing is filled in.
TABLE = """
GET   /me                          . y y y y y y  200
GET   /capabilities                . y y y y y y  200
GET   /exams                       . y y y y y y  200
POST  /exams                       . y y y y y y  422
GET   /exams/{exam}                . . y y y y y  200
GET   /exams/{exam}/copies         . . y y y y y  200
GET   /jobs/{job}                  . . . y y y y  200
POST  /exams/{exam}/scans          . . . y y y y  422
POST  /exams/{exam}/roster         . . . y y y y  422
GET   /exams/{exam}/sides          . . . y y y y  200
GET   /exams/{exam}/gate           . . . y y y y  200
GET   /exams/{exam}/receipt        . . . y y y y  200
GET   /exams/{exam}/receipt/pdf    . . . y y y y  200
GET   /exams/{exam}/identification . . . y y y y  200
PUT   /copies/{copy}/pupil         . . . y y y y  422
GET   /exams/{exam}/scheme         . . y y y y y  200
PUT   /exams/{exam}/scheme         . . . . y . y  422
GET   /copies/{copy}/targets       . . y . y . y  200
POST  /copies/{copy}/ops           . . y . y . y  422
POST  /copies/{copy}/finalise      . . . y y y y  409
GET   /exams/{exam}/marks          . . . y y y y  200
POST  /exams/{exam}/exports        . . . y y y y  422
GET   /exports/{file}              . . . y y y y  404
"""


def table() -> dict[tuple[str, str], tuple[dict[str, bool], int]]:
    """(method, path) -> who may, and the answer."""
    found = {}
    for line in TABLE.strip().splitlines():
        method, path, *letters, status = line.split()
        found[method, path] = dict(zip(ROLES, (letter == "y" for letter in letters), strict=True)), int(status)
    return found


def ask(app, operation, known: dict[str, str], headers: dict[str, str]):
    """Ask for an operation with nothing filled in."""
    url = ROOT + re.sub(r"\{(\w+)\}", lambda match: known[{"file": "wanted"}.get(match[1], match[1])], operation.path)
    body = b"{}" if operation.body else b""
    kind = {"Content-Type": operation.media_type} if operation.sends else {}
    return app.request(url, method=operation.method, body=body, headers={**headers, **kind}, expect_errors=True)


def test_the_table_holds_every_operation_and_nothing_else(registry):
    assert {(operation.method, operation.path) for operation in operations(registry)} ^ set(table()) == set()


@pytest.mark.parametrize("role", ROLES)
def test_a_token_may_what_its_owner_may_and_nothing_more(app, registry, cast, bearer, role):
    known = cast(role)
    headers = bearer(known["user"]) if role != "stranger" else {}
    app.reset()
    wrong = []
    for operation in operations(registry):
        who, status = table()[operation.method, operation.path]
        answer = ask(app, operation, known, headers)
        expected = status if who[role] else 401 if role == "stranger" else 403
        if answer.status_int != expected or (expected >= 400 and answer.content_type != "application/problem+json"):
            wrong.append((operation.name, answer.status_int, answer.text))
    assert wrong == []


def test_a_token_without_the_scope_is_refused_and_told_which_one_it_lacks(app, registry, cast, bearer):
    known = cast("admin")
    all_scopes = {name for operation in operations(registry) for name in operation.scopes}
    without = {name: bearer(known["user"], *(all_scopes - {name})) for name in all_scopes - {BASIC}}
    app.reset()
    asked = 0
    for operation in operations(registry):
        for scope in set(operation.scopes) - {BASIC}:
            answer = ask(app, operation, known, without[scope])
            assert (answer.status_int, answer.json["scope"]) == (403, scope), operation.name
            assert scope in answer.json["detail"] and scope in answer.headers["WWW-Authenticate"]
            asked += 1
    assert asked >= len(operations(registry)) - 2


def test_the_cookie_of_a_session_opens_nothing_in_the_api(app, registry, cast):
    known = cast("admin")
    app.get("/admin/journal", status=200)
    csrf = {"X-CSRF-Token": app.get("/session").json["csrf"]}
    for operation in operations(registry):
        answer = ask(app, operation, known, csrf)
        assert answer.status_int == 401, operation.name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_no_page(app, registry, cast, bearer):
    headers = bearer(cast("admin")["user"])
    app.reset()
    app.get(f"{ROOT}/me", headers=headers, status=200)
    for page in ("/", "/profile", "/admin/journal", "/api", "/jobs/mine"):
        assert "/signin?next=" in app.get(page, headers=headers, status=302).location
    assert app.get("/session", headers=headers).json["user"] is None


def test_a_token_that_was_revoked_is_over_or_whose_owner_is_gone_opens_nothing(app, scope, sign_in, bearer):
    user_id = sign_in("ann", "teacher")
    app.reset()
    for end in ({"revoked": now()}, {"expires": now() - dt.timedelta(seconds=1)}, None):
        headers = bearer(user_id)
        token = app.get(f"{ROOT}/me", headers=headers, status=200).json["token"]["id"]
        with scope() as request:
            for name, value in (end or {}).items():
                setattr(request.db.get(ApiToken, token), name, value)
            if end is None:
                request.db.get(User, user_id).active = False
        refused = app.get(f"{ROOT}/me", headers=headers, status=401)
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
        assert refused.content_type == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer krg_wrong", "Basic YTpi", "krg_wrong", "Bearer \xe9"])
def test_what_is_no_token_opens_nothing(app, header):
    app.get(f"{ROOT}/me", headers={"Authorization": header}, status=401)


def test_names_need_the_scope_and_the_permission(app, scope, cast, bearer):
    known = cast("coordinator")
    with scope() as request:
        student = request.db.get(Student, cast.made.students[0])
        request.find_service(Copies).identify(
            request.db.get(Copy, known["copy"]), student, Identification.MANUAL)
    scopes = ("exams:read", "ocr:read", "export:read")
    with_names, without = bearer(known["user"], "pupils:read", *scopes), bearer(known["user"], *scopes)
    app.reset()
    for path in ("copies", "identification", "marks"):
        named, bare = (app.get(f"{ROOT}/exams/{known['exam']}/{path}", headers=headers).text
                       for headers in (with_names, without))
        assert "Lastname0" in named and "Lastname0" not in bare, path


def test_the_token_of_a_grader_of_an_anonymous_exam_gets_no_name_in_any_byte(app, registry, scope, cast, bearer):
    known, seen = cast("grader"), []
    headers = bearer(known["user"])
    app.reset()
    with scope() as request:
        student = request.db.get(Student, cast.made.students[0])
        student.birth_date = dt.date(2008, 5, 23)
        request.find_service(Copies).identify(request.db.get(Copy, known["copy"]), student, Identification.MANUAL)
        known["student"] = student.id
    for act in (None, "finalise", "fail", "retry", "finish"):
        if act:
            with scope() as request:
                request.find_service(Copies).move(request.db.get(Copy, known["copy"]), act, reason="Lastname0: no page")
        for operation in operations(registry):
            answer = ask(app, operation, known, headers)
            seen += [(operation.name, answer.body), (operation.name, repr(answer.headerlist).encode())]
    assert len(seen) == 2 * 5 * len(operations(registry))
    assert traces(seen, [*SECRETS, known["student"]]) == []
    [shown, *_more] = app.get(f"{ROOT}/exams/{known['exam']}/copies", headers=headers).json["copies"]
    assert (shown["serial"], shown["identification"], shown["pupil"]) == (None, None, None)


def test_requests_with_one_token_are_counted(app, sign_in, bearer, registry):
    user = sign_in("ann", "teacher")
    first, second = bearer(user), bearer(user)
    app.reset()
    registry["limits"].settings = {**registry["limits"].settings, "korrigo.limits.api": "2/minute"}
    for status in (200, 200, 429):
        answer = app.get(f"{ROOT}/me", headers=first, status=status)
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert answer.content_type == "application/problem+json"
    app.get(f"{ROOT}/me", headers=second, status=200)


def test_an_act_by_a_token_is_in_the_journal_with_the_token(app, scope, sign_in, bearer):
    headers = bearer(sign_in("ann", "teacher"))
    app.reset()
    token = app.get(f"{ROOT}/me", headers=headers).json["token"]["id"]
    app.post_json(f"{ROOT}/exams", {"title": "By a program"}, headers=headers, status=201)
    with scope() as request:
        assert request.audit.verify() is None
        actor = request.db.scalar(sa.select(AuditEntry.actor).where(AuditEntry.action == "exam.created"))
        assert actor == f"ann@example.org token:{token}"


def test_the_last_use_is_written_down_and_no_oftener_than_needed(app, scope, sign_in, bearer):
    user_id = sign_in("ann", "teacher")
    headers = bearer(user_id)
    app.reset()
    times = []
    for _again in range(2):
        app.get(f"{ROOT}/me", headers=headers)
        with scope() as request:
            [token] = request.find_service(Tokens).of_user(user_id)
            times.append(token.last_used)
    assert times[0] is not None and times[0] == times[1]


def test_a_password_that_is_changed_leaves_tokens_as_they_are(app, scope, sign_in, bearer):
    user_id = sign_in("ann", "teacher")
    headers = bearer(user_id)
    with scope() as request:
        request.find_service(Accounts).set_password(request.db.get(User, user_id), "a sentence that nobody knows 7")
    app.get(f"{ROOT}/me", headers=headers, status=200)
