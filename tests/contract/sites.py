"""Applications of some plugins, and a walk over everything that their pages point to."""

import html
import re
import secrets
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from exam_builder import Built, build
from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request
from webtest import TestApp

from korrigo.config import configure
from korrigo.db import migrate, scope
from korrigo.plugins import installed, load
from korrigo.services import Accounts

#: The plugins of this repository, by entry point.
NAMES = tuple(sorted(installed()))
PLUGINS = {name: load(name, installed()) for name in NAMES}

#: Anything in quotes that is a path of this server: attributes and the JSON that scripts are given.
PATH = re.compile(r'"(/(?!/)[^"\s<>]*)"')
ANCHOR = re.compile(r'<a\b[^>]*\bhref="(/[^"]*)"')
#: So many pages are looked at behind paths of one route that nobody can click on (pictures, mostly).
SAMPLE = 3


def needed(name: str) -> tuple[str, ...]:
    """A plugin with only what it requires."""
    found = {name}
    for other in PLUGINS[name].requires:
        found |= set(needed(other))
    return tuple(sorted(found))


def without(name: str) -> tuple[str, ...]:
    """Every plugin but this one and those that require it."""
    return tuple(other for other in NAMES if name not in needed(other))


def package(name: str) -> str:
    """The package of a plugin."""
    return PLUGINS[name].includeme.__module__


def settings(folder: Path, names, queue: str = "immediate", reader: str = "none") -> dict:
    """What the ini of an application of these plugins says; names are not read unless somebody asks for it."""
    return {
        "korrigo.plugins": " ".join(names), "korrigo.environment": "test", "korrigo.secret": secrets.token_hex(32),
        "korrigo.queue": queue, "korrigo.data": str(folder / "data"), "korrigo.url": "http://localhost",
        "korrigo.languages": "en fr", "korrigo.ocr.reader": reader,
        "sqlalchemy.url": f"sqlite:///{folder / 'korrigo.db'}"}


def methods(view) -> tuple[str, ...]:
    """The methods that a view (an introspectable) says it answers."""
    said = view["request_methods"] or ()
    return (said,) if isinstance(said, str) else tuple(said)


class Site:
    """An application of some plugins, on the database of its folder."""

    def __init__(self, folder: Path, names: tuple[str, ...], **more):
        self.folder, self.names = folder, names
        config = configure(settings(folder, names, **more), here=str(folder), check=False)
        self.registry = config.registry
        self.statuses = migrate.upgrade(self.registry["engine"], self.registry["korrigo plugins"])
        self.app = TestApp(config.make_wsgi_app())

    def close(self) -> None:
        self.registry["engine"].dispose()

    def scope(self):
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

    def build(self, scan: Path, *, scheme: bool = True) -> Built:
        """An exam with copies, and what the plugins that are here know of it."""
        with self.scope() as request:
            return build(request, scan, scheme=scheme and "grading" in self.names, batch="import" in self.names)

    def introspected(self, category: str) -> list:
        return [item["introspectable"] for item in self.registry.introspector.get_category(category) or ()]

    def added(self, category: str, name: str) -> list:
        """What a plugin added by a directive."""
        return [item for item in self.introspected(category) if item["package"] == package(name)]

    def routes(self, name: str) -> list:
        """The routes of a plugin."""
        return [route for route in self.introspected("routes") if route["name"].startswith(f"{name}.")]

    def methods(self, route: str) -> set[str]:
        return {method for view in self.introspected("views") if view["route_name"] == route
                for method in methods(view)}

    def route_of(self, path: str) -> str | None:
        """The route that answers for a path."""
        request = Request.blank(path)
        request.registry = self.registry
        found = self.registry.getUtility(IRoutesMapper)(request)["route"]
        return found.name if found else None

    def path(self, route, made: Built) -> str:
        """The address of a route (an introspectable), for an exam that is there."""
        values = {"exam": made.exam, "copy": made.copies[0], "side": made.sides[0][0], "format": "json"}
        request = Request.blank("/")
        request.registry = self.registry
        names = re.findall(r"\{([a-z]\w*)", route["pattern"])
        return request.route_path(route["name"], **{name: values.get(name, "f" * 32) for name in names})


class Walk:
    """Every page that can be reached from the first one, and what is wrong with their links."""

    def __init__(self, site: Site, start: str = "/"):
        self.site, self.pages, self.wrong = site, {}, []
        self.seen, self.looked = {start}, Counter()
        waiting = [start]
        while waiting:
            waiting += self.look(waiting.pop())

    def look(self, url: str) -> list[str]:
        """Get a page; the links on it that were not seen before."""
        response = self.pages[url] = self.site.app.get(url, expect_errors=True)
        if response.status_int >= 400:
            self.wrong.append((url, response.status_int))
        found = [urlsplit(response.location).path] if response.location else []
        if response.content_type == "text/html":
            anchors = {html.unescape(path) for path in ANCHOR.findall(response.text)}
            others = {html.unescape(path) for path in PATH.findall(response.text)} - anchors
            found += [path for path in anchors if self.leads(url, path)]
            found += [path for path in others if self.leads(url, path, sample=True)]
        new = [path for path in dict.fromkeys(found) if path not in self.seen]
        self.seen.update(new)
        return new

    def leads(self, page: str, path: str, *, sample: bool = False) -> bool:
        """Whether a link is to be followed; one that leads nowhere is wrong."""
        if path in self.seen:
            return False
        route = self.site.route_of(path.partition("?")[0].replace("{copy}", "f" * 32))
        methods = self.site.methods(route) if route else set()
        if not methods or not sample and "GET" not in methods:
            self.wrong.append((page, path))
            return False
        if sample:
            self.looked[route] += 1
        return "GET" in methods and "{" not in path and not path.endswith("/") and (
            not sample or route == "static" or self.looked[route] <= SAMPLE)
