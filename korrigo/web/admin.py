"""Administration: accounts, pupils, plugins, health, journal."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field
from pyramid.httpexceptions import HTTPFound
from pyramid.i18n import TranslationStringFactory

from ..inventory import inventory
from ..models import AuditEntry, Role, Student, User
from ..services import Accounts
from .forms import Form, Title, read
from .health import run_checks

_ = TranslationStringFactory("korrigo")
PAGE = 50


class AccountForm(Form):
    email: Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    name: Title
    role: Role


def accounts(request, **more):
    users = request.db.scalars(sa.select(User).order_by(User.name)).all()
    return {"users": users, "values": {}, "errors": {}, "link": None, "roles": list(Role), **more}


def new_account(request):
    form, errors = read(AccountForm, request.POST)
    service = request.find_service(Accounts)
    if form is not None and service.by_email(form.email):
        form, errors = None, {"email": _("There is an account with this e-mail address already.")}
    if form is None:
        request.response.status_int = 422
        return accounts(request, values=request.POST, errors=errors)
    user = service.create(form.email, form.name, [form.role])
    return accounts(request, link=request.route_url("signin.link", token=service.make_link(user)))


def account_link(request):
    """A new one-time link for somebody."""
    user = request.db.get(User, request.matchdict["user"])
    if user is None:
        return HTTPFound(request.route_path("accounts"))
    token = request.find_service(Accounts).make_link(user)
    return accounts(request, link=request.route_url("signin.link", token=token))


def students(request):
    """The school's pupils; ``q`` searches in names, number and class in one query."""
    q = request.params.get("q", "").strip()
    query = sa.select(Student).order_by(Student.last_name, Student.first_name).limit(PAGE)
    for word in q.split():
        like = f"%{word}%"
        query = query.where(sa.or_(Student.last_name.ilike(like), Student.first_name.ilike(like),
                                   Student.number.ilike(like), Student.class_name.ilike(like)))
    return {"students": request.db.scalars(query).all(), "q": q}


def plugins(request):
    """What is installed and enabled, and what each adds: as ``korrigo plugin list -v`` says it."""
    return {"plugins": inventory(request.registry)}


def health(request):
    return {"checks": run_checks(request.registry)}


def journal(request):
    before = request.params.get("before", "")
    query = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE)
    if before.isdigit():
        query = query.where(AuditEntry.id < int(before))
    return {"entries": request.db.scalars(query).all()}


def includeme(config):
    for name, pattern, view, template, permission in (
        ("accounts", "/admin/accounts", accounts, "accounts", "admin"),
        ("students", "/students", students, "students", "students:view"),
        ("plugins", "/admin/plugins", plugins, "plugins", "admin"),
        ("health", "/admin/health", health, "health", "admin"),
        ("audit", "/admin/journal", journal, "audit", "admin"),
    ):
        config.add_route(name, pattern)
        config.add_view(view, route_name=name, request_method="GET", permission=permission,
                        renderer=f"korrigo:templates/{template}.jinja2")
    config.add_view(new_account, route_name="accounts", request_method="POST", permission="admin",
                    renderer="korrigo:templates/accounts.jinja2")
    config.add_route("accounts.link", "/admin/accounts/{user}/link")
    config.add_view(account_link, route_name="accounts.link", request_method="POST", permission="admin",
                    renderer="korrigo:templates/accounts.jinja2")
    for order, (label, route, icon) in enumerate((
        (_("Accounts"), "accounts", "users"), (_("Jobs"), "jobs", "clock"), (_("Plugins"), "plugins", "plug"),
        (_("Health"), "health", "health"), (_("Journal"), "audit", "file"))):
        config.add_korrigo_nav("admin", label=label, route=route, icon=icon, permission="admin", order=order)
    config.add_korrigo_nav("main", label=_("Pupils"), route="students", icon="users", permission="students:view",
                           order=80)
