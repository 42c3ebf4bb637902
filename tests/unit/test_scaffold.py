"""``korrigo plugin new``: what it refuses, and that what it writes installs, works and passes its tests at once."""

import shutil
import sys
from pathlib import Path

import pytest

from korrigo.config import configure
from korrigo.pipeline import BadInput
from korrigo.scaffold import KINDS, TAKEN, create, refuse_name
from korrigo.testing.sites import settings

sys.path.insert(0, str(Path(__file__).parent.parent))
from workplace import Workplace  # noqa: E402


@pytest.mark.parametrize(("name", "words"), [
    ("Numeric", "What about numeric?"), ("my-grader", "What about my_grader?"), ("korrigo_numeric", "about numeric?"),
    ("2nd", "a letter first"), ("", "a letter first"), ("é", "a letter first"), ("a__b", "What about a_b?"),
    ("x" * 31, "at most 30"), ("exams", "the core uses it"), ("core", "the core uses it"),
    ("grading", "installed already"), ("grading_numeric", "could not be told apart")])
def test_a_bad_name_is_refused_with_a_sentence(name, words, tmp_path):
    with pytest.raises(BadInput) as error:
        create(name, "grader", tmp_path)
    assert words in str(error.value) and repr(name) in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["numeric", "x", "second_grader2", "class_", "lambda"])
def test_a_good_name_is_taken(name):
    refuse_name(name.rstrip("_"))


def test_no_plugin_takes_an_address_of_the_core(tmp_path):
    config = configure(settings(tmp_path, ()), here=str(tmp_path), check=False)
    config.registry["engine"].dispose()
    patterns = [item["introspectable"]["pattern"] for item in config.registry.introspector.get_category("routes")]
    assert {pattern.strip("/").partition("/")[0] for pattern in patterns} - {""} <= TAKEN


def test_what_is_there_already_is_not_written_over(tmp_path):
    create("numeric", "grader", tmp_path)
    (tmp_path / "korrigo-numeric" / "README.md").write_text("Mine.")
    with pytest.raises(BadInput, match="there already"):
        create("numeric", "panel", tmp_path)
    assert (tmp_path / "korrigo-numeric" / "README.md").read_text() == "Mine."


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """A stranger's machine with one new plugin of each kind."""
    place = Workplace(tmp_path_factory.mktemp("strangers"))
    for kind in KINDS:
        place.run(f"korrigo plugin new my_{kind} --kind {kind}")
        place.run(f"pip install -e ./korrigo-my-{kind}")
    return place


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_tests_of_new_plugins_are_green_at_once(workplace):
    """Of all kinds together: each must get on with each, and applications are made once."""
    printed = workplace.run("pytest -q -x -c korrigo-my-grader/setup.cfg --import-mode importlib korrigo-my-*/tests")
    assert " passed" in printed and "failed" not in printed and "skipped" not in printed


def test_a_new_plugin_is_listed_with_what_it_adds(workplace):
    enabled = " ".join(["import", "ocr", "grading", "export", *(f"my_{kind}" for kind in KINDS)])
    (workplace.folder / "site.ini").write_text(
        f"[app:main]\nuse = egg:korrigo\nkorrigo.plugins = {enabled}\nkorrigo.environment = test\n"
        f"korrigo.secret = {'x7' * 20}\nkorrigo.queue = none\nkorrigo.ocr.reader = my-reader\n"
        "sqlalchemy.url = sqlite:///site.db\n")
    workplace.run("korrigo -c site.ini db upgrade")
    printed = workplace.run("korrigo -c site.ini plugin list -v")
    for added in ("graders        my-grader", "readers        my-reader", "exporters      my-exporter",
                  "importers      my-importer",
                  "slots          ('exam.summary', 'korrigo_my_panel')", "check          ok   reader: my-reader"):
        assert added in printed, printed


def test_a_new_plugin_works_from_its_wheel_and_is_gone_when_it_is_uninstalled(workplace):
    wheels = workplace.folder / "wheels"
    workplace.run("korrigo plugin new passing --kind panel --folder made")
    workplace.run(f"pip wheel --quiet --no-deps --no-build-isolation --no-index -w {wheels} made/korrigo-passing")
    shutil.rmtree(workplace.folder / "made")
    workplace.run(f"pip install {wheels}/*.whl")
    ini = ("[app:main]\nuse = egg:korrigo\nkorrigo.plugins = passing\nkorrigo.environment = test\n"
           f"korrigo.secret = {'x7' * 20}\nkorrigo.queue = none\nsqlalchemy.url = sqlite:///passing.db\n")
    (workplace.folder / "passing.ini").write_text(ini)
    assert "passing" in workplace.run("korrigo -c passing.ini plugin list")
    workplace.run("pip uninstall --quiet --yes korrigo-passing")
    with pytest.raises(AssertionError, match="'passing', which is not installed"):
        workplace.run("korrigo -c passing.ini plugin list")
