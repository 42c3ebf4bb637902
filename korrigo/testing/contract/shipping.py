"""What is shipped: the wheel holds what is needed at run time, and nothing of the tests."""

import configparser
import zipfile
from pathlib import Path

from ..sites import package

#: Files of these folders are read at run time.
SHIPPED = ("templates", "static", "locale", "migrations", "fonts", "scaffold")


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def wanted(folder: Path) -> set[str]:
    """Every module of a package, and every file of the folders that are read at run time."""
    return {str(file.relative_to(folder.parent)) for file in folder.rglob("*")
            if file.is_file() and "__pycache__" not in file.parts and file.suffix not in ("", ".md")
            and (file.suffix == ".py" or set(file.relative_to(folder).parts) & set(SHIPPED))}


def entry_points(wheel: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    name = next(file for file in contents(wheel) if file.endswith(".dist-info/entry_points.txt"))
    with zipfile.ZipFile(wheel) as archive:
        parser.read_string(archive.read(name).decode())
    return parser


class Shipping:
    """It works where only its wheel is."""

    def test_its_wheel_holds_every_module_and_every_file_that_is_read(self, contract_wheel, project, name):
        files = wanted(project / package(name))
        assert f"{package(name)}/__init__.py" in files
        assert files - contents(contract_wheel(project)) == set()

    def test_its_wheel_holds_no_tests_and_only_its_own_package(self, contract_wheel, project, name):
        held = contents(contract_wheel(project))
        tops = {file.partition("/")[0] for file in held}
        assert {top for top in tops if not top.endswith(".dist-info")} == {package(name)}
        assert [file for file in held if "test_" in file or "conftest" in file] == []

    def test_its_wheel_says_how_it_is_found(self, contract_wheel, project, name):
        assert dict(entry_points(contract_wheel(project))["korrigo.plugins"]) == {name: f"{package(name)}:plugin"}
