"""What is shipped: each distribution's wheel holds what it needs at run time, and nothing of the tests."""

import configparser
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sites import NAMES, package

ROOT = Path(__file__).resolve().parents[2]
CORE = "korrigo"
#: What is built of the core; plugins are folders of their own.
PARTS = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "korrigo", "alembic")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
#: Files of these folders are read at run time.
SHIPPED = ("templates", "static", "locale", "migrations", "fonts")


def folder_of(name: str) -> Path:
    """The package of a distribution in this repository."""
    return ROOT / CORE if name == CORE else ROOT / "plugins" / name / package(name)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """The wheel of the core and of each plugin, built from copies: a build leaves things behind."""
    out, sources = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("sources")
    (sources / CORE).mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, sources / CORE / part, **({"ignore": LEFT_OUT} if copy is shutil.copytree else {}))
    for name in NAMES:
        shutil.copytree(ROOT / "plugins" / name, sources / name, ignore=LEFT_OUT)
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
                    "--wheel-dir", out, *(sources / name for name in (CORE, *NAMES))],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return {name: next(out.glob(f"{'korrigo' if name == CORE else f'korrigo_{name}'}-*.whl"))
            for name in (CORE, *NAMES)}


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


pytestmark = pytest.mark.xdist_group("wheels")


@pytest.mark.parametrize("name", (CORE, *NAMES))
def test_a_wheel_holds_every_module_and_every_file_that_is_read(wheels, name):
    folder = folder_of(name)
    wanted = {str(file.relative_to(folder.parent)) for file in folder.rglob("*")
              if file.is_file() and "__pycache__" not in file.parts and file.suffix not in ("", ".md")
              and (file.suffix == ".py" or set(file.relative_to(folder).parts) & set(SHIPPED))}
    assert {Path(file).parts[1] for file in wanted} >= {"templates", "__init__.py"}
    assert wanted - contents(wheels[name]) == set()


@pytest.mark.parametrize("name", (CORE, *NAMES))
def test_a_wheel_holds_no_tests_and_only_its_own_package(wheels, name):
    tops = {file.partition("/")[0] for file in contents(wheels[name])}
    assert {top for top in tops if not top.endswith(".dist-info")} == {folder_of(name).name}
    assert [file for file in contents(wheels[name]) if "test_" in file or "conftest" in file] == []


@pytest.mark.parametrize("name", (CORE, *NAMES))
def test_a_wheel_says_its_licence_and_how_it_is_found(wheels, name):
    held = contents(wheels[name])
    info = next(file.partition("/")[0] for file in held if ".dist-info/" in file)
    parser = configparser.ConfigParser()
    with zipfile.ZipFile(wheels[name]) as archive:
        parser.read_string(archive.read(f"{info}/entry_points.txt").decode())
        metadata = archive.read(f"{info}/METADATA").decode()
    assert "MIT" in metadata
    if name == CORE:
        assert dict(parser["console_scripts"]) == {"korrigo": "korrigo.cli:main"}
    else:
        assert dict(parser["korrigo.plugins"]) == {name: f"{package(name)}:plugin"}


def test_the_core_ships_the_environment_of_all_migrations(wheels):
    held = contents(wheels[CORE])
    assert {"korrigo/alembic/env.py", "korrigo/alembic/script.py.mako"} <= held
    for file in (ROOT / "alembic" / "versions").glob("*.py"):
        assert f"korrigo/alembic/versions/{file.name}" in held
    assert "korrigo/alembic/__init__.py" not in held


def test_an_installation_from_wheels_makes_its_database_and_its_pages(wheels, tmp_path):
    """Away from the repository, with the wheels before what this environment has."""
    place = tmp_path / "place"
    for wheel in wheels.values():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place)
    (tmp_path / "site.ini").write_text(
        f"[app:main]\nuse = egg:korrigo\nkorrigo.plugins = {' '.join(NAMES)}\nkorrigo.environment = test\n"
        f"korrigo.secret = {'x7' * 20}\nkorrigo.queue = none\nsqlalchemy.url = sqlite:///site.db\n")
    program = tmp_path / "program.py"
    program.write_text(
        "import korrigo, korrigo.cli\n"
        f"assert korrigo.__file__.startswith({str(place)!r}), korrigo.__file__\n"
        "assert korrigo.cli.main(['-c', 'site.ini', 'db', 'upgrade']) == 0\n"
        "from pyramid.paster import get_app\nfrom webtest import TestApp\n"
        "page = TestApp(get_app('site.ini')).get('/signin')\n"
        "assert page.status_int == 200 and 'name=\"password\"' in page.text\n")
    subprocess.run([sys.executable, program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(place)}, check=True)
