"""What is going away still works, and warns with the name of who uses it; in our own tests that is an error."""

import types

import pytest

from korrigo import deprecated as going
from korrigo.api import KorrigoDeprecation, deprecated, deprecated_names
from korrigo.config import configure
from korrigo.plugins import Plugin
from korrigo.testing.fakes import Provided
from korrigo.testing.sites import settings


@deprecated(since="1.3", instead="add_korrigo_pen")
def add_korrigo_quill(config, colour):
    """Still there."""
    config.registry["quill"] = colour


def includeme(config):
    config.add_directive("add_korrigo_quill", add_korrigo_quill)
    config.add_korrigo_quill("blue")


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """This module is the plugin ``old``."""
    entry = Provided("old", None, value=f"{__name__}:plugin")
    monkeypatch.setattr(going, "installed", lambda: {"old": entry})


def start(tmp_path):
    plugins = [Plugin("old", "Old", includeme)]
    config = configure(settings(tmp_path, ()), here=str(tmp_path), check=False, plugins=plugins)
    config.registry["engine"].dispose()
    return config.registry


def test_a_directive_that_is_going_away_works_and_names_the_plugin(tmp_path):
    with pytest.warns(KorrigoDeprecation) as told:
        assert start(tmp_path)["quill"] == "blue"
    assert str(told[0].message) == ("the plugin 'old' uses add_korrigo_quill, which is going away since the plugin API "
                                    "1.3: use add_korrigo_pen.")
    assert told[0].filename == __file__


def test_in_our_own_tests_it_is_an_error(tmp_path):
    with pytest.raises(Exception, match="the plugin 'old' uses add_korrigo_quill"):
        start(tmp_path)


def test_a_name_that_is_going_away_is_still_imported_and_names_who_does():
    module = types.ModuleType("some_api")
    module.__getattr__ = deprecated_names("some_api", {"Quill": (str, "1.3", "Pen")})
    with pytest.warns(KorrigoDeprecation, match="the plugin 'old' uses some_api.Quill.*use Pen"):
        assert module.Quill is str
    with pytest.raises(AttributeError, match="no attribute 'Feather'"):
        module.Feather  # noqa: B018


def test_whoever_is_no_plugin_is_named_as_a_module(monkeypatch):
    monkeypatch.setattr(going, "installed", dict)
    with pytest.warns(KorrigoDeprecation, match=f"the module '{__name__}' uses x"):
        going.tell(__name__, "x", "1.3", "y", stacklevel=2)
