"""What is shipped: each distribution's wheel holds what it needs at run time, and nothing of the tests."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sites import NAMES

from korrigo.testing.contract.shipping import contents, entry_points, wanted

ROOT = Path(__file__).resolve().parents[2]
CORE = "korrigo"
#: What is built of the core; plugins are folders of their own.
PARTS = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "korrigo", "alembic")

pytestmark = pytest.mark.xdist_group("wheels")


@pytest.fixture(scope="session")
def wheels(contract_wheel, tmp_path_factory) -> dict[str, Path]:
    """The wheel of the core and of each plugin."""
    core = tmp_path_factory.mktemp("core") / CORE
    core.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, core / part)
    return {CORE: contract_wheel(core), **{name: contract_wheel(ROOT / "plugins" / name) for name in NAMES}}


def test_the_wheel_of_the_core_holds_every_module_and_every_file_that_is_read(wheels):
    files = wanted(ROOT / CORE)
    assert {"templates", "static", "scaffold"} <= {Path(file).parts[1] for file in files}
    assert files - contents(wheels[CORE]) == set()


def test_the_wheel_of_the_core_holds_no_tests_and_only_its_own_package(wheels):
    held = contents(wheels[CORE])
    assert {top for top in (file.partition("/")[0] for file in held) if not top.endswith(".dist-info")} == {CORE}
    assert [file for file in held if "conftest" in file or "test_" in file and "scaffold" not in file] == []


def test_a_wheel_says_its_licence(wheels):
    for wheel in wheels.values():
        info = next(file for file in contents(wheel) if file.endswith(".dist-info/METADATA"))
        with zipfile.ZipFile(wheel) as archive:
            assert "MIT" in archive.read(info).decode()


def test_the_command_is_found_by_the_wheel_of_the_core(wheels):
    assert dict(entry_points(wheels[CORE])["console_scripts"]) == {"korrigo": "korrigo.cli:main"}


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
