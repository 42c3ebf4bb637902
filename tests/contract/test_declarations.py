"""What a plugin declares carries its name, says who may, and can be looked up."""

import importlib
import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sites import NAMES, PLUGINS, Site, methods, needed, package, settings
from zope.interface.interface import InterfaceClass

from korrigo import config as contents
from korrigo.cli import main
from korrigo.config import configure, declared
from korrigo.db.base import Base
from korrigo.plugins import installed
from korrigo.security.permissions import NOBODY
from korrigo.web.admin import describe_plugins

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
READING = {"GET", "HEAD"}


def permission_of(site: Site, view) -> str | None:
    """What a view (an introspectable) asks for."""
    related = site.registry.introspector.related(view)
    return next((other["value"] for other in related if other.category_name == "permissions"), None)


def in_api(route: str) -> bool:
    """Whether a route of a plugin is an operation of the API, where tokens take the place of cookies."""
    return route.split(".")[1] == "api"


def views(site: Site, name: str) -> list:
    """The views of a plugin: those that its modules hold, wherever they are shown."""
    return [view for view in site.introspected("views")
            if view["callable"].__module__.partition(".")[0] == package(name)]


def test_every_view_of_a_plugin_says_who_may(whole, name):
    granted = whole.registry["korrigo permissions"]
    for view in views(whole, name):
        permission = permission_of(whole, view)
        assert permission not in (None, NOBODY, "public", "home"), view["callable"]
        assert permission in granted


def test_every_view_of_the_core_says_who_may(whole):
    for view in whole.introspected("views"):
        if view["route_name"]:
            assert permission_of(whole, view) in whole.registry["korrigo permissions"], view["callable"]


def test_a_view_reads_or_changes_and_never_both(whole, name):
    for view in views(whole, name):
        said = set(methods(view))
        assert said and (said <= READING or said <= CHANGING), view["callable"]
        assert view["require_csrf"] is not False or said <= READING or in_api(view["route_name"])
    assert {method for view in views(whole, name) for method in methods(view)} & CHANGING


def test_every_route_of_a_plugin_carries_its_name(whole, name):
    shown = {view["route_name"] for view in views(whole, name)}
    own = [route for route in whole.introspected("routes") if route["name"] in shown]
    assert own
    for route in own:
        assert route["name"].startswith(f"{name}.")
        assert route["pattern"].lstrip("/").startswith("api/v1/" if in_api(route["name"]) else f"{name}/")
    assert {route["name"] for route in whole.routes(name)} == shown


def tables(name: str) -> list[sa.Table]:
    """What the modules of a plugin define."""
    importlib.import_module(PLUGINS[name].models)
    return [mapper.local_table for mapper in Base.registry.mappers
            if mapper.class_.__module__.partition(".")[0] == package(name)]


def test_every_table_of_a_plugin_carries_its_name(name):
    assert tables(name)
    for table in tables(name):
        assert table.name.startswith(f"{name}_")
        assert table.info["plugin"] == name


def test_every_foreign_key_says_what_happens_on_deletion(name):
    for table in [*tables(name), *(table for table in Base.metadata.tables.values() if "plugin" not in table.info)]:
        for key in table.foreign_keys:
            assert key.ondelete in ("CASCADE", "SET NULL", "RESTRICT"), f"{table.name}.{key.parent.name}"
            assert key.ondelete != "SET NULL" or key.parent.nullable
            target = key.column.table
            assert target.info.get("plugin", name) in needed(name) or "plugin" not in target.info


def test_every_job_says_when_it_must_end(whole, name):
    kinds = whole.added("korrigo jobs", name)
    assert kinds
    for item in kinds:
        assert item["name"].startswith(f"{name}.")
        assert 0 < item["value"].hard_limit <= 3600
        assert 1 <= item["value"].max_attempts <= 3


def test_every_setting_of_a_plugin_carries_its_name_and_is_explained(name):
    for setting in PLUGINS[name].settings:
        assert setting.key.startswith(f"korrigo.{name}.")
        assert setting.doc.endswith(".")


def source(name: str) -> str:
    """All Python of a package."""
    folder = Path(importlib.import_module(name).__file__).parent
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.py")))


def test_no_setting_is_read_that_nobody_declared(name):
    read = set(re.findall(r'settings\[\s*"(korrigo\.[\w.]+)"', source(package(name))))
    assert read <= {setting.key for setting in declared([PLUGINS[name]])}


@pytest.fixture
def ini(tmp_path) -> str:
    """An ini file of all plugins."""
    file = tmp_path / "all.ini"
    lines = "\n".join(f"{key} = {value}" for key, value in settings(tmp_path, NAMES).items())
    file.write_text(f"[app:main]\nuse = egg:korrigo\n{lines}\n")
    return str(file)


def test_the_settings_of_all_plugins_are_printed_with_their_explanations(ini, capsys):
    assert main(["-c", ini, "config", "doc"]) == 0
    printed = capsys.readouterr().out
    for setting in declared(list(PLUGINS.values())):
        assert f"\n{setting.key} = " in printed
        assert setting.doc in printed
        assert setting.environment in printed


@pytest.fixture(scope="module")
def spied(tmp_path_factory):
    """(Configurator, every directive that was called as (package, name))."""
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
        config = configure(settings(folder, NAMES), here=str(folder), check=False)
    yield config, calls
    config.registry["engine"].dispose()


def test_every_directive_that_a_plugin_uses_is_in_the_introspector(spied, name):
    config, calls = spied
    used = [directive for caller, directive in calls if caller == package(name)]
    shown = next(item for item in describe_plugins(config.registry) if item["plugin"].name == name)
    assert sum(len(names) for names in shown["adds"].values()) == len(used)


def test_the_command_lists_what_each_plugin_adds(ini, spied, capsys):
    assert main(["-c", ini, "plugin", "list", "-v"]) == 0
    printed = capsys.readouterr().out
    for item in describe_plugins(spied[0].registry):
        assert item["plugin"].title in printed
        for names in item["adds"].values():
            assert all(str(name) in printed for name in names)


def test_every_extension_point_of_a_plugin_is_an_explained_interface(name):
    module = f"{package(name)}.interfaces"
    if importlib.util.find_spec(module) is None:
        return
    points = [value for value in vars(importlib.import_module(module)).values()
              if isinstance(value, InterfaceClass) and value.__module__ == module]
    assert points
    for point in points:
        assert point.__doc__
        assert [member for member, described in point.namesAndDescriptions() if not described.__doc__] == []


def test_names_of_plugins_are_those_of_their_distributions():
    owners = Counter(entry.dist.name.replace("_", "-") for entry in installed().values())
    assert owners == {f"korrigo-{name}": 1 for name in NAMES}
