"""``korrigo user``: accounts and one-time sign-in links."""

from ..db import scope
from ..models import Role
from ..pipeline import BadInput
from ..services import Accounts
from ..web.admin import AccountForm
from ..web.forms import read
from .bootstrap import registry_of


def add(commands, name):
    parser = commands.add_parser(name, help="accounts and one-time sign-in links")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    new = acts.add_parser("add", help="make an account and print a link that signs in once")
    new.add_argument("email")
    new.add_argument("name")
    new.add_argument("--role", choices=[*Role], default=Role.TEACHER)
    new.set_defaults(run=add_user)
    link = acts.add_parser("link", help="print a link that signs in once")
    link.add_argument("email")
    link.set_defaults(run=link_user)


def add_user(arguments) -> int:
    form, errors = read(AccountForm, vars(arguments))
    if form is None:
        raise BadInput("; ".join(f"{name}: {why}" for name, why in errors.items()))
    registry = registry_of(arguments.ini)
    with scope(registry) as request:
        accounts = request.find_service(Accounts)
        if accounts.by_email(arguments.email):
            raise BadInput(f"{arguments.email} has an account already. For a link: korrigo user link {arguments.email}")
        user = accounts.create(form.email, form.name, [form.role])
        print(signin_url(request, accounts.make_link(user)))
    return 0


def link_user(arguments) -> int:
    registry = registry_of(arguments.ini)
    with scope(registry) as request:
        accounts = request.find_service(Accounts)
        user = accounts.by_email(arguments.email)
        if user is None:
            raise BadInput(f"nobody has the e-mail address {arguments.email}.")
        print(signin_url(request, accounts.make_link(user)))
    return 0


def signin_url(request, token: str) -> str:
    """The absolute address of a one-time link, as people reach this server."""
    return request.registry.settings["korrigo.url"].rstrip("/") + request.route_path("signin.link", token=token)
