"""A plugin is switched off, uninstalled and put back: nothing is lost, nothing is broken meanwhile."""

import contextlib

import pytest
import sqlalchemy as sa
from sites import NAMES, build_in

from korrigo import plugins
from korrigo.cli import main
from korrigo.db.base import Base
from korrigo.testing.contract.absence import tables
from korrigo.testing.contract.boot import use
from korrigo.testing.sites import Site, needed, settings
from korrigo.testing.walk import Walk

WITH_TABLES = [name for name in NAMES if tables(name)]


def gone_with(name: str) -> set[str]:
    """A plugin and those that require it."""
    return {other for other in NAMES if name in needed(other)}


def rows(folder, names) -> dict[str, list]:
    """What the tables of plugins hold."""
    engine = sa.create_engine(f"sqlite:///{folder / 'korrigo.db'}")
    with engine.connect() as connection:
        found = {table.name: sorted(map(repr, connection.execute(sa.select(table))))
                 for table in Base.metadata.sorted_tables if table.info.get("plugin") in names}
    engine.dispose()
    return found


@pytest.fixture
def lived_in(tmp_path, small_scan):
    """A folder with the database of all plugins, and an exam in it."""
    with contextlib.closing(Site(tmp_path, NAMES)) as site:
        build_in(site, small_scan)
    return tmp_path


@pytest.fixture
def command(lived_in, capsys):
    """``command(names, "db", "status")``: (exit code, what was printed) with these plugins in the ini."""
    def run(names, *words: str) -> tuple[int, str]:
        file = lived_in / "site.ini"
        lines = "\n".join(f"{key} = {value}" for key, value in settings(lived_in, names).items())
        file.write_text(f"[app:main]\nuse = egg:korrigo\n{lines}\n")
        code = main(["-c", str(file), *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err
    return run


def live(folder, names, *, walk: bool = False) -> None:
    """What a school does meanwhile: it looks at its pages, and makes an exam."""
    with contextlib.closing(Site(folder, names)) as site:
        use(site)
        assert not walk or Walk(site).wrong == []


@pytest.mark.parametrize("name", WITH_TABLES)
def test_off_then_uninstalled_then_back_nothing_is_lost(lived_in, command, monkeypatch, name):
    gone = gone_with(name)
    rest = tuple(other for other in NAMES if other not in gone)
    before = rows(lived_in, gone)
    assert any(before.values()) or name in ("export", "ocr")

    live(lived_in, rest)
    code, printed = command(rest, "db", "status")
    assert code == 0 and f"{name}_0001" in printed and "not enabled: its tables stay" in printed
    assert command(rest, "db", "upgrade")[0] == 0

    installed = plugins.installed
    monkeypatch.setattr(plugins, "installed",
                        lambda: {other: entry for other, entry in installed().items() if other not in gone})
    live(lived_in, rest, walk=True)
    code, printed = command(rest, "db", "status")
    assert code == 0 and "not installed: its tables stay" in printed
    assert command(rest, "plugin", "list")[0] == 0
    code, printed = command(NAMES, "db", "status")
    assert code == 2 and "is not installed" in printed and "korrigo.plugins" in printed
    code, printed = command(rest, "db", "remove", name)
    assert code == 2 and "Install it, remove them, then uninstall it." in printed
    assert rows(lived_in, gone) == before

    monkeypatch.undo()
    live(lived_in, NAMES)
    assert command(NAMES, "db", "status")[0] == 0
    kept = rows(lived_in, gone)
    assert {table: set(before[table]) - set(kept[table]) for table in before} == {table: set() for table in before}


@pytest.mark.parametrize("name", WITH_TABLES)
def test_the_tables_of_a_plugin_that_is_off_can_be_dropped(lived_in, command, name):
    rest = tuple(other for other in NAMES if other not in gone_with(name))
    code, printed = command(rest, "db", "remove", name)
    assert code == 2 and all(f"{table.name:40s}" in printed for table in tables(name)) and "--yes" in printed
    assert command(rest, "db", "remove", name, "--yes")[0] == 0
    assert name not in command(rest, "db", "status")[1]
    live(lived_in, rest)
    assert "has no tables" in command(rest, "db", "remove", name, "--yes")[1]
    assert command(NAMES, "db", "upgrade")[0] == 0
    live(lived_in, NAMES)
