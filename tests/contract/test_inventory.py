"""The command and the page of administrators say the same of every plugin, from one function."""

import html

import pytest
from sites import NAMES

from korrigo.api import Setting
from korrigo.directives import added_by
from korrigo.inventory import inventory
from korrigo.testing.fakes import Provided
from korrigo.testing.sites import package


def printer(registry):
    raise RuntimeError("there is no paper: add some")


def includeme(config):
    config.add_korrigo_check("printer", printer)


@pytest.fixture
def items(provide_plugin, make_site, monkeypatch):
    """Our plugins but one, a fake one with settings and a check, and one that does not import."""
    from korrigo import plugins

    provide_plugin("fake", includeme, settings=(
        Setting("korrigo.fake.key", "str", "", "A key.", secret=True),
        Setting("korrigo.fake.size", "int", 3, "A size.")))
    provided = plugins.installed
    broken = Provided("broken", ImportError("no module named cv3"))
    monkeypatch.setattr(plugins, "installed", lambda: {**provided(), "broken": broken})
    site = make_site("grading", "ocr", "fake", **{"korrigo.fake.key": "hunter2", "korrigo.fake.size": "7"})
    return site, {item.name: item for item in inventory(site.registry)}


def test_states_versions_and_migrations_are_told(items):
    _site, found = items
    assert {name: item.state for name, item in found.items()} == {
        **dict.fromkeys(NAMES, "installed"), "grading": "enabled", "ocr": "enabled", "fake": "enabled",
        "broken": "broken"}
    assert found["grading"].distribution == "korrigo-grading" and found["grading"].version.startswith("1.0.0")
    assert found["grading"].migrations.current == found["grading"].migrations.head
    assert found["fake"].migrations is None
    assert "no module named cv3" in found["broken"].problem


def test_what_a_plugin_adds_is_that_of_the_introspector(items):
    site, found = items
    for name in ("grading", "ocr"):
        assert found[name].adds == {
            category.removeprefix("korrigo "): [item["name"] for item in added]
            for category, added in added_by(site.registry, package(name)).items()}
    assert "manual" in found["grading"].adds["graders"]


def test_settings_are_told_with_their_values_and_secrets_are_hidden(items):
    _site, found = items
    assert [(setting.key, value) for setting, value in found["fake"].settings] == [
        ("korrigo.fake.key", "(hidden)"), ("korrigo.fake.size", "7")]
    assert ("korrigo.ocr.reader", "none") in [(setting.key, value) for setting, value in found["ocr"].settings]


def test_the_answers_of_its_own_health_checks_are_told(items):
    _site, found = items
    assert found["fake"].checks == (("printer", False, "there is no paper: add some"),)
    assert [(name, sound) for name, sound, _detail in found["ocr"].checks] == [("reader", True)]
    assert found["grading"].checks == ()


def test_the_page_says_all_of_it_and_no_secret(items):
    site, found = items
    site.sign_in("ann", "admin")
    page = html.unescape(site.app.get("/admin/plugins").text)
    for item in found.values():
        assert item.name in page and item.problem[:20] in page
        for names in (item.adds or {}).values():
            assert str(names[0] if isinstance(names[0], str) else names[0][0]) in page
    assert "korrigo.fake.size = 7" in page and "there is no paper" in page
    assert "hunter2" not in page
