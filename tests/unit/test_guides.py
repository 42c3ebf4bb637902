"""The guides say what is so: their code is run, their table of settings is what ``korrigo config doc`` knows."""

import importlib
import re
import sys
import warnings
from pathlib import Path

import pytest

from korrigo.config import configure
from korrigo.plugins import Plugin, resolve
from korrigo.testing.sites import settings

sys.path.insert(0, str(Path(__file__).parent.parent))
from workplace import Workplace  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "plugin-authors.md"
#: A fenced block: its language, the file that it is to be written to or nothing, its text.
BLOCK = re.compile(r"^```(\w+)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = ("import", "ocr", "grading", "export")


def blocks(page: Path) -> list[tuple[str, str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def test_every_block_of_the_guide_has_a_language_that_is_run_here():
    text = GUIDE.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(blocks(GUIDE)) > 40
    assert {language for language, _file, _text in blocks(GUIDE)} == {"sh", "python"}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_commands_and_files_of_the_guide_work_in_their_order(tmp_path):
    place = Workplace(tmp_path)
    for language, file, text in blocks(GUIDE):
        if language == "sh":
            printed = place.run(text)
            assert "failed" not in printed and "skipped" not in printed
        elif file:
            (tmp_path / file).write_text(text, encoding="utf-8")
    assert "graders        numeric" in place.run("korrigo -c school.ini plugin list -v")
    assert "korrigo_numeric-0.1.0-py3-none-any.whl" in place.run("ls wheels")


MODULES = [text for language, file, text in blocks(GUIDE) if language == "python" and not file]


@pytest.mark.parametrize("text", MODULES, ids=lambda text: next(iter(re.findall(r"add_korrigo_\w+", text)), "module"))
def test_an_example_of_the_guide_is_a_plugin_that_starts(text, tmp_path, monkeypatch):
    (tmp_path / "korrigo_sample" / "static").mkdir(parents=True)
    (tmp_path / "korrigo_sample" / "static" / "pace.js").write_text("export {};\n")
    (tmp_path / "korrigo_sample" / "__init__.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "korrigo_sample", None)    # forgotten when the test ends
    del sys.modules["korrigo_sample"]
    with warnings.catch_warnings():
        module = importlib.import_module("korrigo_sample")
    if hasattr(module, "includeme"):
        plugin = getattr(module, "plugin", None) or Plugin("sample", "Sample", module.includeme, requires=OURS)
        config = configure(settings(tmp_path, ()), here=str(tmp_path), check=False, plugins=[*resolve(OURS), plugin])
        config.registry["engine"].dispose()
        assert all(hasattr(config, directive) for directive in re.findall(r"config\.(add_korrigo_\w+)", text))


def test_the_table_of_settings_is_what_is_declared():
    from settings_table import parts, table

    assert parts()[1] == table(), "run: make settings"


def test_every_command_of_the_guide_for_administrators_is_there(capsys):
    from korrigo.cli import main

    text = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"korrigo(?: -c production\.ini)? ([a-z]+)(?: ([a-z]+))?(?=[ `\n])", text))
    known = {("config", act) for act in ("validate", "undeclared", "show", "doc")} | {
        ("db", "upgrade"), ("db", "status"), ("db", "remove"), ("plugin", "list"), ("user", "add"), ("user", "link"),
        ("job", "list"), ("exam", "run")}
    assert {pair for pair in commands if pair[1]} - known == set()
    for command, act in sorted(known):
        with pytest.raises(SystemExit) as end:
            main([command, act, "--help"])
        assert end.value.code == 0
        assert act in capsys.readouterr().out


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page):
    for path, name in re.findall(r"`(tests/[\w/.]+)(?:::([\w:]+))?`", page.read_text()):
        assert (ROOT / path).exists(), path
        for part in name.split("::") if name else ():
            sources = [ROOT / path, *(ROOT / "korrigo/testing/contract").glob("*.py")]
            assert any(re.search(rf"^ *(def|class) {part}\b", source.read_text(), re.MULTILINE)
                       for source in sources), f"{path}::{name}"
