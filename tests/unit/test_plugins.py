"""Which plugins are installed and enabled, in which order, and what is said when something is wrong."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyramid.exceptions import ConfigurationConflictError, ConfigurationError
from pyramid.request import Request

from korrigo import plugins
from korrigo.config import configure, declared
from korrigo.plugins import Plugin, PluginError, resolve
from korrigo.settings import Setting

SETTINGS = {"korrigo.secret": "a secret for tests, long enough for anybody", "korrigo.environment": "test",
            "korrigo.queue": "none", "sqlalchemy.url": "sqlite://"}


@dataclass
class Entry:
    """An installed entry point."""

    name: str
    loads: object
    value: str = "somewhere:plugin"
    dist: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(name="some-distribution"))

    def load(self):
        if isinstance(self.loads, Exception):
            raise self.loads
        return self.loads


def nothing(config):
    """An includeme without effect."""


def make(name: str, **more) -> Plugin:
    return Plugin(name, name.title(), more.pop("includeme", nothing), **more)


def available(*found: Plugin) -> dict[str, Entry]:
    return {plugin.name: Entry(plugin.name, plugin) for plugin in found}


def names(found) -> list[str]:
    return [plugin.name for plugin in found]


def test_an_unknown_plugin_is_refused_with_the_nearest_name_and_the_remedy():
    with pytest.raises(PluginError) as error:
        resolve(["gradin"], available(make("grading"), make("export")))
    assert "'gradin', which is not installed" in str(error.value)
    assert "Did you mean 'grading'?" in str(error.value)
    assert "Installed: export, grading" in str(error.value)
    assert "pip install korrigo-gradin" in str(error.value)


def test_a_name_like_no_other_gets_no_suggestion():
    with pytest.raises(PluginError) as error:
        resolve(["xyz"], available(make("grading")))
    assert "Did you mean" not in str(error.value)


def test_a_missing_requirement_names_both_plugins():
    with pytest.raises(PluginError, match="'export' requires 'grading'.*take 'export' out"):
        resolve(["export"], available(make("grading"), make("export", requires=("grading",))))


def test_a_circle_of_requirements_is_printed_as_a_path():
    found = available(make("a", requires=("b",)), make("b", requires=("c",)), make("c", requires=("a",)))
    with pytest.raises(PluginError) as error:
        resolve(["a", "b", "c"], found)
    path = str(error.value).split(": ")[1].rstrip(".").split(" -> ")
    assert path[0] == path[-1] and set(path) == {"a", "b", "c"}


def test_a_plugin_for_another_api_is_refused_with_both_versions(monkeypatch):
    monkeypatch.setattr(plugins, "PLUGIN_API", "1.4")
    assert names(resolve(["a"], available(make("a", api=">=1.2,<2")))) == ["a"]
    with pytest.raises(PluginError, match="'a' needs the plugin API >=2; this Korrigo has 1.4"):
        resolve(["a"], available(make("a", api=">=2")))


def test_an_api_range_that_is_none_names_the_plugin():
    with pytest.raises(PluginError, match="'a'.*'one or two'"):
        resolve(["a"], available(make("a", api="one or two")))


def test_a_plugin_that_is_listed_twice_is_refused():
    with pytest.raises(PluginError, match="lists 'a' twice"):
        resolve(["a", "b", "a"], available(make("a"), make("b")))


def test_a_plugin_that_does_not_import_is_named_with_its_error():
    with pytest.raises(PluginError, match="'a' .*does not import: ImportError.*take 'a' out"):
        resolve(["a"], {"a": Entry("a", ImportError("no module named cv2"))})


def test_an_entry_point_that_is_no_plugin_is_refused():
    with pytest.raises(PluginError, match="'a' .*is a str, not a korrigo.api.Plugin"):
        resolve(["a"], {"a": Entry("a", "text")})


def test_a_plugin_must_have_the_name_of_its_entry_point():
    with pytest.raises(PluginError, match="'a' holds a plugin that calls itself 'b'"):
        resolve(["a"], {"a": Entry("a", make("b"))})


def test_two_distributions_with_one_plugin_are_both_named(monkeypatch):
    found = [Entry("a", None, "one:plugin", SimpleNamespace(name="korrigo-one")),
             Entry("a", None, "two:plugin", SimpleNamespace(name="korrigo-two"))]
    monkeypatch.setattr(plugins.importlib.metadata, "entry_points", lambda group: found)
    with pytest.raises(PluginError, match="korrigo-one .*korrigo-two .*Uninstall one"):
        plugins.installed()


def test_one_distribution_found_twice_is_no_conflict(monkeypatch):
    monkeypatch.setattr(plugins.importlib.metadata, "entry_points", lambda group: [Entry("a", None), Entry("a", None)])
    assert list(plugins.installed()) == ["a"]


@given(st.permutations("abcdef"), st.data())
def test_any_order_of_the_ini_gives_requirements_first(order, data):
    """An edge goes only from a later letter to an earlier one, so there is never a circle."""
    found = []
    for place, name in enumerate("abcdef"):
        earlier = st.lists(st.sampled_from("abcdef"[:place]), unique=True) if place else st.just([])
        found.append(make(name, requires=tuple(data.draw(earlier)), after=tuple(data.draw(earlier))))
    result = names(resolve(order, available(*found)))
    assert sorted(result) == sorted(order)
    for plugin in found:
        assert all(result.index(other) < result.index(plugin.name) for other in (*plugin.requires, *plugin.after))


def test_the_order_of_the_ini_breaks_ties():
    found = available(make("a"), make("b"), make("c"))
    assert names(resolve(["c", "a", "b"], found)) == ["c", "a", "b"]


def test_after_is_an_order_and_no_requirement():
    found = available(make("a", after=("b", "gone")), make("b"))
    assert names(resolve(["a"], found)) == ["a"]
    assert names(resolve(["a", "b"], found)) == ["b", "a"]


def test_a_setting_of_a_plugin_carries_its_name():
    with pytest.raises(ConfigurationError, match="'a' declares 'korrigo.b.x'.*korrigo.a."):
        declared([make("a", settings=(Setting("korrigo.b.x", "int", 1, "X."),))])


def first(config):
    config.add_korrigo_permission("shared:name", "First", (["korrigo.security.predicates.admin"],))


def second(config):
    config.add_korrigo_permission("shared:name", "Second", (["korrigo.security.predicates.signed_in"],))


def test_two_plugins_that_register_one_name_conflict_and_both_lines_are_named(tmp_path):
    with pytest.raises(ConfigurationConflictError) as error:
        configure(SETTINGS, here=str(tmp_path), check=False,
                  plugins=[make("a", includeme=first), make("b", includeme=second)])
    text = str(error.value)
    assert text.count("test_plugins.py") == 2
    assert '"shared:name", "First"' in text and '"shared:name", "Second"' in text


def override(config):
    config.add_korrigo_permission("admin", "Nobody at all", ([never],))


def never(identity, context) -> bool:
    return False


def test_a_plugin_may_put_its_own_in_place_of_what_the_core_registered(tmp_path):
    config = configure(SETTINGS, here=str(tmp_path), check=False, plugins=[make("a", includeme=override)])
    assert config.registry["korrigo permissions"]["admin"] == ([never],)


def page_of_a(config):
    config.add_route("a.page", "/page")


def page_of_b(config):
    config.add_route("b.page", "/page")


def test_plugins_with_equal_patterns_have_different_addresses(tmp_path):
    registry = configure(SETTINGS, here=str(tmp_path), check=False,
                         plugins=[make("a", includeme=page_of_a), make("b", includeme=page_of_b)]).registry
    request = Request.blank("/")
    request.registry = registry
    assert [request.route_path(name) for name in ("a.page", "b.page")] == ["/a/page", "/b/page"]


def test_two_applications_live_in_one_process(tmp_path):
    one = configure(SETTINGS, here=str(tmp_path), check=False, plugins=[make("a", includeme=first)]).registry
    two = configure(SETTINGS, here=str(tmp_path), check=False, plugins=[]).registry
    assert "shared:name" in one["korrigo permissions"]
    assert "shared:name" not in two["korrigo permissions"]
    assert one["engine"] is not two["engine"]


def test_ready_is_called_once_all_is_committed(tmp_path):
    seen = []
    configure(SETTINGS, here=str(tmp_path), check=False,
              plugins=[make("a", includeme=first, ready=lambda registry: seen.append(dict(registry)))])
    assert len(seen) == 1 and "shared:name" in seen[0]["korrigo permissions"]


def test_two_plugins_that_clash_are_named_with_the_remedy(tmp_path):
    with pytest.raises(PluginError) as error:
        configure(SETTINGS, here=str(tmp_path), check=False,
                  plugins=[make("a", includeme=first), make("b", includeme=second)])
    said = str(error.value).partition("\n")[0]
    assert said == ("two plugins add the same (korrigo permissions shared:name): take 'a' and 'b' out of "
                    "korrigo.plugins, or have one of them choose another name.")


def breaks(config):
    raise ZeroDivisionError("it was nothing")


def refused(config):
    config.add_korrigo_slot("exam.summary", object())


@pytest.mark.parametrize(("includeme", "words"), [
    (breaks, "ZeroDivisionError('it was nothing')"), (breaks, "test_plugins.py:"),
    (refused, "the slot 'exam.summary'")])
def test_a_plugin_that_breaks_while_it_is_added_is_named_with_the_remedy(tmp_path, includeme, words):
    with pytest.raises(PluginError) as error:
        configure(SETTINGS, here=str(tmp_path), check=False, plugins=[make("a", includeme=includeme)])
    assert "the plugin 'a' could not be included" in str(error.value) and words in str(error.value)
    assert "take 'a' out of korrigo.plugins" in str(error.value)


def test_a_table_without_the_name_of_its_plugin_is_refused_with_the_remedy(tmp_path, monkeypatch):
    tables = {"note": SimpleNamespace(name="note", info={"plugin": "a"})}
    monkeypatch.setattr("korrigo.db.base.Base.metadata", SimpleNamespace(tables=tables))
    with pytest.raises(PluginError, match="'a' has a table 'note': its tables begin with a_.*out of korrigo.plugins"):
        configure(SETTINGS, here=str(tmp_path), check=False, plugins=[make("a")])


MESSAGES = {
    "missing": (["gone"], {}), "requirement": (["a"], {"a": make("a", requires=("b",))}),
    "circle": (["a", "b"], {"a": make("a", requires=("b",)), "b": make("b", requires=("a",))}),
    "api": (["a"], {"a": make("a", api=">=2")}), "import": (["a"], {"a": ImportError("cv2")}),
    "twice": (["a", "a"], {"a": make("a")}), "no plugin": (["a"], {"a": "text"}),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_every_refusal_names_the_plugin_and_the_remedy_in_one_line(case):
    wanted, held = MESSAGES[case]
    with pytest.raises(PluginError) as error:
        resolve(wanted, {name: Entry(name, item) for name, item in held.items()})
    said = str(error.value)
    assert "\n" not in said and repr(wanted[0]) in said
    assert any(word in said for word in ("korrigo.plugins", "pip install", "Remove", "Uninstall")), said
