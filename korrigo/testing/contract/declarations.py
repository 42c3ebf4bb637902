"""What a plugin declares carries its name, says who may, and can be looked up."""

import importlib
import importlib.util

from zope.interface.interface import InterfaceClass

from ...cli import main
from ...directives import added_by
from ...jobs.handlers import Later
from ...plugins import installed
from ...security.permissions import NOBODY
from ..sites import manifest, methods, package, settings

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
READING = {"GET", "HEAD"}
#: Everybody has these.
FOR_ALL = ("public", "home")


def in_api(route: str) -> bool:
    """Whether a route of a plugin is an operation of the API, where tokens take the place of cookies."""
    return route.split(".")[1:2] == ["api"]


class Declarations:
    """Nothing of it is anonymous."""

    def test_every_view_says_who_may(self, contract_whole, name):
        granted = contract_whole.registry["korrigo permissions"]
        for view in contract_whole.views(name):
            permission = contract_whole.permission_of(view)
            assert permission not in (None, NOBODY, *FOR_ALL), view["callable"]
            assert permission in granted

    def test_a_view_reads_or_changes_and_never_both(self, contract_whole, name):
        for view in contract_whole.views(name):
            said = set(methods(view))
            assert said and (said <= READING or said <= CHANGING), view["callable"]
            assert view["require_csrf"] is not False or said <= READING or in_api(view["route_name"])

    def test_every_route_carries_its_name(self, contract_whole, name):
        shown = {view["route_name"] for view in contract_whole.views(name)}
        own = [route for route in contract_whole.introspected("routes") if route["name"] in shown]
        for route in own:
            assert route["name"].startswith(f"{name}.")
            assert route["pattern"].lstrip("/").startswith("api/v1/" if in_api(route["name"]) else f"{name}/")
        assert {route["name"] for route in contract_whole.routes(name)} == shown

    def test_every_job_says_when_it_must_end(self, contract_whole, name):
        for item in contract_whole.added("korrigo jobs", name):
            assert item["name"].startswith(f"{name}.")
            assert 0 < item["value"].hard_limit <= 3600
            assert 1 <= item["value"].max_attempts <= 3

    def test_every_job_is_done_by_a_function_that_is_there(self, contract_whole, name):
        for item in contract_whole.added("korrigo jobs", name):
            done = [function for function in (item["value"].run, item["value"].failed) if function is not None]
            assert all(callable(one.function if isinstance(one, Later) else one) for one in done)

    def test_every_setting_carries_its_name_and_is_explained(self, name):
        for setting in manifest(name).settings:
            assert setting.key.startswith(f"korrigo.{name}.")
            assert setting.doc.endswith(".")

    def test_the_settings_are_printed_with_their_explanations(self, name, tmp_path, capsys):
        file = tmp_path / "all.ini"
        lines = "\n".join(f"{key} = {value}" for key, value in settings(tmp_path, sorted(installed())).items())
        file.write_text(f"[app:main]\nuse = egg:korrigo\n{lines}\n", encoding="utf-8")
        assert main(["-c", str(file), "config", "doc"]) == 0
        printed = capsys.readouterr().out
        for setting in manifest(name).settings:
            assert f"\n{setting.key} = " in printed
            assert setting.doc in printed and setting.environment in printed

    def test_every_directive_that_it_uses_is_in_the_introspector(self, contract_spied, name):
        registry, calls = contract_spied
        used = [directive for caller, directive in calls if caller == package(name)]
        assert sum(map(len, added_by(registry, package(name)).values())) == len(used)

    def test_its_own_extension_points_are_explained_interfaces(self, name):
        module = f"{package(name)}.interfaces"
        if importlib.util.find_spec(module) is None:
            return
        points = [value for value in vars(importlib.import_module(module)).values()
                  if isinstance(value, InterfaceClass) and value.__module__ == module]
        assert points
        for point in points:
            assert point.__doc__
            assert [member for member, described in point.namesAndDescriptions() if not described.__doc__] == []

    def test_its_distribution_carries_its_name(self, name):
        entry = installed()[name]
        owner = entry.dist.name.replace("_", "-")
        assert owner == f"korrigo-{name.replace('_', '-')}"
        assert [other.name for other in installed().values() if other.dist.name == entry.dist.name] == [name]
