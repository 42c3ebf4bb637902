"""Tokens on the profile: made, shown once, listed, revoked; each act in the journal."""

import re

import pytest
import sqlalchemy as sa

from korrigo.models import ApiToken, AuditEntry
from korrigo.services.tokens import PREFIX

SECRET = re.compile(PREFIX + r"[\w-]{40,}")


@pytest.fixture
def ann(sign_in) -> str:
    return sign_in("ann", "teacher")


def make(app, name: str = "Timetable", scopes: tuple[str, ...] = ("exams:read",), days: str = "90", status: int = 200):
    """Fill in the form on the profile."""
    form = next(form for form in app.get("/profile").forms.values() if "scopes" in form.fields)
    form["name"], form["days"] = name, days
    for box in form.fields["scopes"]:
        box.checked = box._value in scopes
    return form.submit(status=status)


def acts(scope, subject: str = "token:") -> list[tuple[str, dict]]:
    with scope() as request:
        return [(entry.action, entry.details) for entry in request.db.scalars(
            sa.select(AuditEntry).where(AuditEntry.subject.startswith(subject)).order_by(AuditEntry.id))]


def test_a_token_is_shown_once_and_only_a_digest_is_kept(app, ann, scope):
    page = make(app, scopes=("exams:read", "grading:read"))
    secret = SECRET.search(page.text)[0]
    assert not SECRET.search(app.get("/profile").text)
    me = app.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json
    assert me["token"]["scopes"] == ["account:read", "exams:read", "grading:read"]
    with scope() as request:
        row = request.db.execute(sa.select(ApiToken.__table__)).one()
        assert secret not in map(str, row)
    [(action, details)] = acts(scope)
    assert (action, details["scopes"]) == ("token.made", ["exams:read", "grading:read"])
    assert secret not in str(details)


def test_the_profile_lists_tokens_with_what_they_may_and_their_last_use(app, ann):
    secret = SECRET.search(make(app, "Backup <of> marks").text)[0]
    page = app.get("/profile").text
    assert "Backup &lt;of&gt; marks" in page and "never used" in page and "valid until" in page
    app.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert "last used" in app.get("/profile").text


def test_a_token_that_is_revoked_is_gone_at_once(app, ann, scope):
    headers = {"Authorization": f"Bearer {SECRET.search(make(app, days='').text)[0]}"}
    app.get("/api/v1/me", headers=headers, status=200)
    form = next(form for form in app.get("/profile").forms.values() if form.action.endswith("/revoke"))
    assert "Timetable" not in form.submit(status=302).follow().text
    app.get("/api/v1/me", headers=headers, status=401)
    assert [action for action, _details in acts(scope)] == ["token.made", "token.revoked"]


def test_nobody_revokes_the_token_of_somebody_else(app, ann, sign_in, bearer, scope):
    headers = bearer(ann)
    token = app.get("/api/v1/me", headers=headers).json["token"]["id"]
    sign_in("bob", "admin")
    csrf = {"X-CSRF-Token": app.get("/session").json["csrf"]}
    app.post(f"/profile/tokens/{token}/revoke", headers=csrf, status=404)
    app.get("/api/v1/me", headers=headers, status=200)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": ()}, {"name": "n" * 101}])
def test_a_token_without_name_or_scope_is_not_made(app, ann, scope, wrong):
    page = make(app, **wrong, status=422)
    assert 'role="alert"' in page.text and not SECRET.search(page.text)
    assert acts(scope) == []


def test_a_scope_that_nobody_offers_is_not_given(app, ann):
    csrf = {"X-CSRF-Token": app.get("/session").json["csrf"]}
    page = app.post("/profile/tokens", {"name": "x", "days": "", "scopes": ["exams:read"]}, headers=csrf)
    headers = {"Authorization": f"Bearer {SECRET.search(page.text)[0]}"}
    assert app.get("/api/v1/me", headers=headers).json["token"]["scopes"] == ["account:read", "exams:read"]
    app.post("/profile/tokens", {"name": "x", "scopes": "school:destroy"}, headers=csrf, status=422)
