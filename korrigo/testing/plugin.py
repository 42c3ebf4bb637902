"""A pytest plugin: an application on an empty database, jobs that run at once, people who are signed in, fake plugins.

``korrigo_settings`` is what a test overrides to change the ini; ``app`` is a WebTest application of it.  ``make_site``
makes one in the middle of a test, ``provide_plugin`` a plugin that exists in the test only.  The fixtures
``contract_*`` are shared by :class:`korrigo.testing.contract.PluginContract`: its tests look at applications and
change nothing that another test sees.
"""

import re
import secrets
import shutil
import subprocess
import sys

import pytest

#: What a build leaves behind, and what is no part of a distribution's source.
LEFT_OUT = ("__pycache__", "*.egg-info", "build", "dist", ".*", "var")


def pytest_configure(config):
    """pytest loads this distribution by a loader of its own: tell ``pkg_resources``, and so Pyramid, what that is."""
    import pkg_resources

    import korrigo

    pkg_resources.register_loader_type(type(korrigo.__spec__.loader), pkg_resources.DefaultProvider)


@pytest.fixture
def korrigo_settings(tmp_path) -> dict:
    """The settings of the application under test: every installed plugin, SQLite, jobs at once."""
    from korrigo.plugins import installed

    return {
        "korrigo.plugins": " ".join(sorted(installed())),
        "korrigo.environment": "test",
        "korrigo.secret": secrets.token_hex(32),
        "korrigo.queue": "immediate",
        "korrigo.data": str(tmp_path / "data"),
        "korrigo.url": "http://localhost",
        "korrigo.languages": "en fr",
        "sqlalchemy.url": f"sqlite:///{tmp_path / 'korrigo.db'}",
    }


@pytest.fixture
def configurator(korrigo_settings, tmp_path):
    """A committed configurator on a migrated database."""
    from korrigo.config import configure
    from korrigo.db import migrate

    config = configure(korrigo_settings, here=str(tmp_path), check=False)
    migrate.upgrade(config.registry["engine"], config.registry["korrigo plugins"])
    yield config
    config.registry["engine"].dispose()


@pytest.fixture
def registry(configurator):
    return configurator.registry


@pytest.fixture
def scope(registry):
    """``with scope() as request``: work in one transaction, as a job or a command does."""
    from functools import partial

    from korrigo.db import scope

    return partial(scope, registry)


@pytest.fixture
def app(configurator):
    """A WebTest application; nobody is signed in."""
    from webtest import TestApp

    return TestApp(configurator.make_wsgi_app())


@pytest.fixture
def sign_in(app, scope):
    """``sign_in("ann", "teacher")`` makes an account and signs the application in; returns the account's id."""
    from korrigo.services import Accounts

    def enter(name: str, *roles: str) -> str:
        with scope() as request:
            accounts = request.find_service(Accounts)
            user = accounts.by_email(f"{name}@example.org") or accounts.create(
                f"{name}@example.org", name.title(), list(roles))
            user_id, token = user.id, accounts.make_link(user)
        app.reset()
        app.get(f"/signin/{token}").forms[0].submit(status=302)
        return user_id

    return enter


@pytest.fixture
def provide_plugin(monkeypatch):
    """``provide_plugin("fake", includeme, requires=("grading",))``: a plugin that is installed until the test ends.

    Further arguments are those of :class:`korrigo.api.Plugin`.  Its tables, if any, are nobody's: it has none.
    """
    from korrigo import plugins

    from .fakes import Provided

    installed, provided = plugins.installed, {}

    def provide(name: str, includeme, *, title: str = "Fake", **more) -> plugins.Plugin:
        plugin = plugins.Plugin(name, title, includeme, **more)
        provided[name] = Provided(name, plugin)
        monkeypatch.setattr(plugins, "installed", lambda: {**installed(), **provided})
        return plugin

    return provide


@pytest.fixture
def make_site(tmp_path):
    """``make_site("ocr", **{"korrigo.ocr.reader": "mine"})``: an application of some plugins, without names of all.

    See :class:`korrigo.testing.sites.Site`.  What has a dot in its name is a line of the ini.
    """
    from .sites import Site, names

    made = []

    def make(*enabled: str, **more):
        folder = tmp_path / f"site-{len(made)}"
        folder.mkdir()
        made.append(Site(folder, enabled or names(), **more))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture(scope="session")
def contract_site(tmp_path_factory):
    """``contract_site("import")``: an application of these plugins, the same one whenever it is asked for."""
    from .sites import Site, shuffled

    made: dict[tuple[str, ...], Site] = {}

    def of(*names: str) -> Site:
        key = tuple(sorted(names))
        if key not in made:
            made[key] = Site(tmp_path_factory.mktemp("site"), shuffled(names))
        return made[key]

    yield of
    for site in made.values():
        site.close()


@pytest.fixture(scope="session")
def contract_served(contract_site):
    """The same, once it is known to serve the pages of the core."""
    from .contract.boot import served

    known = {}

    def of(*names: str):
        key = tuple(sorted(names))
        if key not in known:
            known[key] = served(contract_site(*names))
        return known[key]

    return of


@pytest.fixture(scope="session")
def contract_whole(contract_site):
    """The application of every installed plugin."""
    from .sites import names

    return contract_site(*names())


@pytest.fixture(scope="session")
def contract_scan(tmp_path_factory):
    """A PDF of empty pages."""
    from .exams import blank_scan

    return blank_scan(tmp_path_factory.mktemp("scan") / "blank.pdf")


@pytest.fixture(scope="session")
def contract_make(contract_scan):
    """``contract_make(site)`` makes an exam with copies that nothing is known of; override it for one with more."""
    from .exams import make_exam

    def make(site):
        with site.scope() as request:
            return make_exam(request, contract_scan)

    return make


@pytest.fixture(scope="session")
def contract_exam(contract_whole, contract_make):
    """An exam in the application of every plugin."""
    return contract_make(contract_whole)


@pytest.fixture(scope="session")
def contract_off(contract_whole, contract_exam):
    """``contract_off("ocr")``: the database of all plugins, served without one of them."""
    from .sites import Site, shuffled, without

    sites: dict[str, Site] = {}

    def of(name: str) -> Site:
        if name not in sites:
            sites[name] = Site(contract_whole.folder, shuffled(without(name)))
        return sites[name]

    yield of
    for site in sites.values():
        site.close()


@pytest.fixture(scope="session")
def contract_spied(tmp_path_factory):
    """(registry of every plugin, every directive of Korrigo that was called, as (package, name))."""
    from korrigo import config as contents

    from .sites import names, settings

    calls: list[tuple[str, str]] = []

    class Spy(contents.Configurator):
        def __getattr__(self, name):
            directive = super().__getattr__(name)
            if re.match(r"(add|set)_korrigo_", name):
                calls.append((self.package.__name__.partition(".")[0], name))
            return directive

    folder = tmp_path_factory.mktemp("spied")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "Configurator", Spy)
        config = contents.configure(settings(folder, names()), here=str(folder), check=False)
    yield config.registry, calls
    config.registry["engine"].dispose()


@pytest.fixture(scope="session")
def contract_wheel(tmp_path_factory):
    """``contract_wheel(folder)``: the wheel of a distribution, built from a copy, for a build leaves things behind."""
    built = {}

    def of(project):
        if project not in built:
            source, out = tmp_path_factory.mktemp("source") / project.name, tmp_path_factory.mktemp("wheel")
            shutil.copytree(project, source, ignore=shutil.ignore_patterns(*LEFT_OUT))
            subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps",  # noqa: S603 (our own)
                            "--no-build-isolation", "--no-index", "--wheel-dir", out, source],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            [built[project]] = out.glob("*.whl")
        return built[project]

    return of
