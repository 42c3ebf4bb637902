"""What its modules say: whom they import, which settings they read, which messages people get."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from ... import messages
from ...config import declared
from ..sites import manifest, package

#: All of Korrigo that a plugin may import.
FACE = "korrigo.api"
SETTING = re.compile(r'settings\[\s*"(korrigo\.[\w.]+)"')


def folder(name: str) -> Path:
    """The package of a plugin."""
    return Path(importlib.import_module(package(name)).__file__).parent


def modules(name: str) -> list[Path]:
    """The modules of a plugin; revisions import nothing of anybody, which is checked by itself."""
    return sorted(file for file in folder(name).rglob("*.py") if "migrations" not in file.parts)


def imported(file: Path) -> Iterator[str]:
    """The modules that a file imports, wherever it does; relative ones are its own."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module == "korrigo":
                yield from (f"korrigo.{alias.name}" for alias in node.names)
            else:
                yield node.module


class Sources:
    """It uses what is public."""

    def test_it_imports_only_the_public_face_and_what_it_requires(self, name):
        public = {f"{package(other)}.public" for other in manifest(name).requires}
        wrong = {(file.name, module) for file in modules(name) for module in imported(file)
                 if module.partition(".")[0].partition("_")[0] == "korrigo"
                 and module != FACE and module not in public and module.partition(".")[0] != package(name)}
        assert wrong == set(), f"a plugin imports {FACE}" + "".join(f", {module}" for module in sorted(public))

    def test_its_revisions_name_plain_types_and_never_todays_code(self, name):
        for file in folder(name).glob("migrations/**/*.py"):
            assert [module for module in imported(file) if module.startswith("korrigo")] == [], file

    def test_no_setting_is_read_that_nobody_declared(self, name):
        read = {key for file in modules(name) for key in SETTING.findall(file.read_text(encoding="utf-8"))}
        assert read <= {setting.key for setting in declared([manifest(name)])}

    def test_every_message_is_translated_and_compiled_when_it_has_a_catalogue(self, name):
        where = folder(name)
        if not messages.file_of(where).exists():
            return
        catalogue = messages.stored(where)
        told = "run: korrigo plugin messages, then translate"
        assert {message.id for message in catalogue if message.id} == set(messages.wanted(where)), told
        assert messages.untranslated(catalogue) == []
        assert messages.file_of(where, ".mo").read_bytes() == messages.as_mo(messages.updated(where)), told
