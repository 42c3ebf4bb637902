"""Declared settings: every kind, their order of precedence, typing errors, and what production refuses."""

import datetime as dt
import re
from configparser import RawConfigParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyramid.exceptions import ConfigurationError

from korrigo import settings
from korrigo.config import declared, refuse_insecure
from korrigo.plugins import installed, resolve
from korrigo.settings import CORE, Setting, SettingError, load, undeclared

ROOT = Path(__file__).parents[2]
HERE = Path("/srv/school")

#: Keys of libraries beside Korrigo that the ini files may use.
OTHERS = {"use"}


def value(kind: str, text, **more):
    setting = Setting("korrigo.x", kind, None, "An x.", **more)
    return load([setting], {"korrigo.x": text}, {}, HERE)["korrigo.x"]


@pytest.mark.parametrize("kind, text, expected", [
    ("str", " a b ", "a b"),
    ("int", "12", 12),
    ("int", "-3", -3),
    ("float", "4.7", 4.7),
    ("bool", "true", True),
    ("bool", "Yes", True),
    ("bool", "1", True),
    ("bool", "on", True),
    ("bool", "false", False),
    ("bool", "no", False),
    ("bool", "0", False),
    ("bool", "Off", False),
    ("list", "a b\n c", ["a", "b", "c"]),
    ("list", "", []),
    ("path", "var/x", HERE / "var" / "x"),
    ("path", "/var/x", Path("/var/x")),
    ("path", "", None),
    ("duration", "90 s", dt.timedelta(seconds=90)),
    ("duration", "90", dt.timedelta(seconds=90)),
    ("duration", "1.5 min", dt.timedelta(seconds=90)),
    ("duration", "4h", dt.timedelta(hours=4)),
    ("duration", "2 d", dt.timedelta(days=2)),
    ("rate", "10/hour", "10/hour"),
    ("rate", "5/15minute", "5/15minute"),
    ("size", "512 MB", 512 << 20),
    ("size", "2 GiB", 2 << 30),
    ("size", "10k", 10 << 10),
    ("size", "7", 7),
])
def test_a_text_becomes_a_value_of_its_kind(kind, text, expected):
    assert value(kind, text) == expected


@pytest.mark.parametrize("kind, text, words", [
    ("int", "two", "whole number"),
    ("int", "", "whole number"),
    ("float", "4,7", "decimal point"),
    ("bool", "ture", "true or false"),
    ("bool", "", "true or false"),
    ("duration", "2 weeks", "such as 90 s"),
    ("duration", "-5 s", "such as 90 s"),
    ("rate", "10", "such as 10/hour"),
    ("rate", "many/hour", "such as 10/hour"),
    ("size", "2 TB", "such as 512 MB"),
    ("size", "1.5 GB", "such as 512 MB"),
])
def test_a_wrong_text_is_refused_with_key_value_and_what_is_expected(kind, text, words):
    with pytest.raises(SettingError) as error:
        value(kind, text)
    assert str(error.value).startswith(f"korrigo.x = {text!r}:")
    assert words in str(error.value) and str(error.value).endswith("An x.")


def test_a_choice_is_one_of_those_that_are_listed():
    assert value("choice", "a", choices=("a", "b")) == "a"
    with pytest.raises(SettingError, match="expected one of a, b"):
        value("choice", "c", choices=("a", "b"))


def test_a_secret_is_never_shown():
    with pytest.raises(SettingError) as error:
        value("int", "hunter2", secret=True)
    assert "(hidden)" in str(error.value) and "hunter2" not in str(error.value)


def test_every_kind_has_a_test_here():
    kinds = {mark.args[1][place][0] for mark in test_a_text_becomes_a_value_of_its_kind.pytestmark
             for place in range(len(mark.args[1]))}
    assert kinds | {"choice"} == set(settings._CONVERTERS)


def test_a_value_that_is_no_text_is_taken_as_it_is():
    assert value("duration", dt.timedelta(1)) == dt.timedelta(1)


def test_the_environment_goes_before_the_ini_and_the_ini_before_the_default():
    setting = Setting("korrigo.jobs.lease-time", "int", 1, "A lease.")
    assert setting.environment == "KORRIGO_JOBS_LEASE_TIME"
    assert load([setting], {}, {})["korrigo.jobs.lease-time"] == 1
    assert load([setting], {"korrigo.jobs.lease-time": "2"}, {})["korrigo.jobs.lease-time"] == 2
    assert load([setting], {"korrigo.jobs.lease-time": "2"},
                {"KORRIGO_JOBS_LEASE_TIME": "3"})["korrigo.jobs.lease-time"] == 3


def test_keys_of_other_libraries_stay_as_they_are():
    assert load([], {"pyramid.includes": "a\nb"}, {}) == {"pyramid.includes": "a\nb"}


def test_a_key_that_is_declared_twice_is_refused():
    with pytest.raises(SettingError, match="korrigo.x is declared twice"):
        load([Setting("korrigo.x", "int", 1, ""), Setting("korrigo.x", "int", 2, "")], {}, {})


def test_a_key_that_nobody_declared_is_shown_with_the_nearest_one():
    raw = {"korrigo.job.lease": "1", "korrigo.data": "x", "other.key": "y", "korrigo.weather.of.tomorrow": ""}
    assert undeclared(CORE, raw) == {"korrigo.job.lease": "korrigo.jobs.lease", "korrigo.weather.of.tomorrow": None}


@given(st.text(max_size=20), st.sampled_from(sorted(settings._CONVERTERS)))
def test_any_text_is_a_value_or_a_setting_error(text, kind):
    setting = Setting("korrigo.x", kind, None, "An x.", choices=("a",))
    if "\0" in text and kind == "path":
        return
    try:
        setting.convert(text, HERE)
    except SettingError:
        pass


def every_setting() -> list[Setting]:
    return declared(resolve(sorted(installed())))


def test_every_default_is_of_its_kind():
    values = load(every_setting(), {}, {}, HERE)
    types = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "path": Path,
             "duration": dt.timedelta, "size": int, "rate": str, "choice": str}
    for setting in every_setting():
        assert isinstance(values[setting.key], types[setting.kind]), setting.key


def test_every_setting_is_documented_in_a_sentence():
    assert [setting.key for setting in every_setting() if not setting.doc.endswith(".")] == []


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_every_key_of_an_ini_file_is_declared_and_can_be_read(name):
    parser = RawConfigParser()
    parser.read(ROOT / name, encoding="utf-8")
    raw = dict(parser["app:main"])
    known = {setting.key for setting in every_setting()}
    assert set(raw) - known - OTHERS == set()
    load(every_setting(), raw, {}, ROOT)


SECRET = "c1b5f0d3a79e48e6b2d4f8a1c3e5d7f9"
SOUND = {"korrigo.environment": "production", "korrigo.secret": SECRET, "korrigo.url": "https://korrigo.example.org",
         "korrigo.hosts": "korrigo.example.org"}


def insecure(**changes) -> str:
    """What is said of a sound production file with some changes."""
    raw = {**SOUND, **{f"korrigo.{key}" if "." not in key else key: text for key, text in changes.items()}}
    try:
        refuse_insecure(load(CORE, raw, {}, HERE))
    except ConfigurationError as error:
        return str(error)
    return ""


def test_a_sound_production_file_is_accepted():
    assert insecure() == ""


@pytest.mark.parametrize("changes, words", [
    ({"secret": ""}, "at least 32"),
    ({"secret": SECRET[:31]}, "at least 32"),
    ({"secret": "change-me-change-me-change-me-change-me"}, "an example"),
    ({"secret": "abc" * 20}, "an example"),
    ({"secret": "development-only-secret-that-everybody-knows"}, "an example"),
    ({"url": "http://korrigo.example.org"}, "korrigo.url"),
    ({"hosts": "*"}, "korrigo.hosts"),
    ({"hosts": "korrigo.example.org *"}, "korrigo.hosts"),
    ({"limits.enabled": "false"}, "korrigo.limits.enabled"),
    ({"pyramid.includes": "pyramid_debugtoolbar"}, "debug toolbar"),
])
def test_production_refuses_an_insecure_setting(changes, words):
    changes = {f"korrigo.{key}" if key == "limits.enabled" else key: text for key, text in changes.items()}
    assert words in insecure(**changes)


def test_all_problems_are_said_at_once():
    said = insecure(secret="", url="http://x", hosts="*")
    assert all(word in said for word in ("korrigo.secret", "korrigo.url", "korrigo.hosts"))


def test_a_developer_may_use_what_production_refuses_but_not_a_short_secret():
    assert insecure(environment="development", url="http://localhost", hosts="*") == ""
    assert "at least 32" in insecure(environment="development", secret="short")


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_every_key_of_an_ini_file_has_a_comment_above_it(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    keys = [place for place, line in enumerate(lines) if re.match(r"(korrigo|sqlalchemy)\.[\w.]+ *=", line)]
    assert len(keys) > 8
    assert [lines[place] for place in keys if not lines[place - 1].startswith("# ")] == []


@pytest.mark.parametrize("value, shown", [
    ("postgresql+psycopg://korrigo:hunter2@db/x", "postgresql+psycopg://korrigo:(hidden)@db/x"),
    ("redis://:hunter2@localhost:6379/0", "redis://:(hidden)@localhost:6379/0"),
    ("redis://localhost:6379/0", "redis://localhost:6379/0"), ("sqlite:///a:b@c.db", "sqlite:///a:b@c.db"),
    (True, "true"), (dt.timedelta(hours=4), "14400 s"), (["fr", "en"], "fr en"), (None, "")])
def test_a_value_is_shown_as_one_writes_it_and_without_the_password_in_an_address(value, shown):
    assert Setting("korrigo.x", "str", "", "An x.").shown(value) == shown


def test_a_secret_is_shown_as_being_there_or_not():
    secret = Setting("korrigo.x", "str", "", "An x.", secret=True)
    assert (secret.shown("hunter2"), secret.shown("")) == ("(hidden)", "")
