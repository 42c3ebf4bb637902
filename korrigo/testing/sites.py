"""Applications of some plugins, for tests that look at the whole of one."""

import itertools
import random
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request
from webtest import TestApp

from .. import plugins
from ..config import configure
from ..db import migrate, scope
from ..services import Accounts


def names() -> tuple[str, ...]:
    """Every installed plugin."""
    return tuple(sorted(plugins.installed()))


def manifest(name: str) -> plugins.Plugin:
    """What an installed plugin says of itself."""
    return plugins.load(name, plugins.installed())


def package(name: str) -> str:
    """The package of a plugin."""
    return manifest(name).includeme.__module__.partition(".")[0]


def needed(name: str) -> tuple[str, ...]:
    """A plugin with only what it requires."""
    found = {name}
    for other in manifest(name).requires:
        found |= set(needed(other))
    return tuple(sorted(found))


def without(name: str) -> tuple[str, ...]:
    """Every plugin but this one and those that require it."""
    return tuple(other for other in names() if name not in needed(other))


def allowed_sets() -> list[tuple[str, ...]]:
    """Every set of plugins in which nobody's requirement is missing, the smallest first."""
    needs = {name: set(needed(name)) for name in names()}
    sets = itertools.chain.from_iterable(itertools.combinations(needs, size) for size in range(len(needs) + 1))
    return [chosen for chosen in sets if all(needs[name] <= set(chosen) for name in chosen)]


def shuffled(chosen: Iterable[str]) -> tuple[str, ...]:
    """In an order that looks like none, the same each time: for the line of the ini."""
    order = sorted(chosen)
    random.Random(" ".join(order)).shuffle(order)  # noqa: S311 (no secret)
    return tuple(order)


def settings(folder: Path, enabled: Iterable[str], queue: str = "immediate", reader: str = "none", **more) -> dict:
    """What the ini of an application of these plugins says; names are not read unless somebody asks for it."""
    return {
        "korrigo.plugins": " ".join(enabled), "korrigo.environment": "test", "korrigo.secret": secrets.token_hex(32),
        "korrigo.queue": queue, "korrigo.data": str(folder / "data"), "korrigo.url": "http://localhost",
        "korrigo.languages": "en fr", "korrigo.ocr.reader": reader,
        "sqlalchemy.url": f"sqlite:///{folder / 'korrigo.db'}", **more}


def methods(view) -> tuple[str, ...]:
    """The methods that a view (an introspectable) says it answers."""
    said = view["request_methods"] or ()
    return (said,) if isinstance(said, str) else tuple(said)


class Site:
    """An application of some plugins, on the database of its folder, which is brought up to date."""

    def __init__(self, folder: Path, enabled: tuple[str, ...], **more):
        self.folder, self.names = folder, enabled
        config = configure(settings(folder, enabled, **more), here=str(folder), check=False)
        self.registry = config.registry
        self.statuses = migrate.upgrade(self.registry["engine"], self.registry["korrigo plugins"])
        self.app = TestApp(config.make_wsgi_app())

    def close(self) -> None:
        self.registry["engine"].dispose()

    def scope(self):
        """``with site.scope() as request``: work in one transaction."""
        return scope(self.registry)

    def sign_in(self, name: str, role: str) -> str:
        """Sign somebody in, with an account that is made when there is none; the account's id."""
        email = f"{name}@example.org"
        with self.scope() as request:
            accounts = request.find_service(Accounts)
            user = accounts.by_email(email) or accounts.create(email, name.title(), [role])
            user_id, token = user.id, accounts.make_link(user)
        self.app.reset()
        self.app.get(f"/signin/{token}").forms[0].submit(status=302)
        return user_id

    def introspected(self, category: str) -> list:
        return [item["introspectable"] for item in self.registry.introspector.get_category(category) or ()]

    def added(self, category: str, name: str) -> list:
        """What a plugin added by a directive."""
        return [item for item in self.introspected(category) if item["package"].partition(".")[0] == package(name)]

    def views(self, name: str) -> list:
        """The views of a plugin: those that its modules hold, wherever they are shown."""
        return [view for view in self.introspected("views")
                if view["callable"].__module__.partition(".")[0] == package(name)]

    def routes(self, name: str) -> list:
        """The routes of a plugin."""
        return [route for route in self.introspected("routes") if route["name"].startswith(f"{name}.")]

    def methods(self, route: str) -> set[str]:
        return {method for view in self.introspected("views") if view["route_name"] == route
                for method in methods(view)}

    def permission_of(self, view) -> str | None:
        """What a view (an introspectable) asks for."""
        related = self.registry.introspector.related(view)
        return next((other["value"] for other in related if other.category_name == "permissions"), None)

    def route_of(self, path: str) -> str | None:
        """The route that answers for a path."""
        request = Request.blank(path)
        request.registry = self.registry
        found = self.registry.getUtility(IRoutesMapper)(request)["route"]
        return found.name if found else None

    def path(self, route, made) -> str:
        """The address of a route (an introspectable), for an exam that is there."""
        values = {"exam": made.exam, "copy": made.copies[0], "side": made.sides[0][0], "format": "json"}
        request = Request.blank("/")
        request.registry = self.registry
        places = re.findall(r"\{([a-z]\w*)", route["pattern"])
        return request.route_path(route["name"], **{place: values.get(place, "f" * 32) for place in places})
