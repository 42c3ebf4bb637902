"""Migrations: the core and each plugin have a version table of their own.

One graph with branches would break every command as soon as a plugin is uninstalled; with a table each, a
plugin can leave and come back.  The core goes first, then the plugins in their order of inclusion.

Alembic is imported by what changes a database.  Every start looks where it stands, and need not wait for that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from pyramid.path import AssetResolver

from ..plugins import Plugin, PluginError
from .sqlite import reading

if TYPE_CHECKING:
    from alembic.config import Config

CORE = "core"
#: What a revision says of itself.
SAYS = re.compile(r"""^(revision|down_revision)\b[^=\n]*=\s*["']([^"']+)["']""", re.MULTILINE)


class BehindError(RuntimeError):
    """The database is behind the code; the message says which part and what to type."""


@dataclass(frozen=True)
class Status:
    """Where one part stands.  ``current`` is None before the first upgrade."""

    part: str
    current: str | None
    head: str | None

    @property
    def behind(self) -> bool:
        return self.current != self.head


def environment_folder() -> Path:
    """The shared environment: beside the package when it is installed, one folder up in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "alembic", package.parent / "alembic"):
        if (folder / "env.py").exists():
            return folder
    raise FileNotFoundError("the folder alembic/ with env.py is missing from this installation")


def version_table(part: str) -> str:
    return "alembic_version" if part == CORE else f"alembic_version_{part}"


def parts(plugins: Sequence[Plugin]) -> list[tuple[str, Path]]:
    """(name, folder of revisions) of the core and of each plugin that has migrations."""
    found = [(CORE, environment_folder() / "versions")]
    for plugin in plugins:
        if plugin.migrations:
            found.append((plugin.name, Path(AssetResolver().resolve(plugin.migrations).abspath())))
    return found


def head(part: str, folder: Path) -> str | None:
    """The newest revision of a folder: the one that no other follows.  Revisions are one unbroken line."""
    said = [dict(SAYS.findall(file.read_text(encoding="utf-8"))) for file in folder.glob("[!_]*.py")]
    followed = {one.get("down_revision") for one in said}
    heads = [one["revision"] for one in said if "revision" in one and one["revision"] not in followed]
    if len(heads) > 1:
        raise PluginError(f"the migrations of {part!r} have several ends: {', '.join(sorted(heads))}. "
                          "Have one follow the other.")
    return heads[0] if heads else None


def current(connection: sa.Connection, part: str) -> str | None:
    """The revision at which the tables of a part stand, None before the first one."""
    name = version_table(part)
    if not sa.inspect(connection).has_table(name):
        return None
    return connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(name)))


def alembic_config(part: str, folder: Path, connection: sa.Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(environment_folder()))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(part=part, connection=connection, version_table=version_table(part))
    return config


def status(engine: sa.Engine, plugins: Sequence[Plugin]) -> list[Status]:
    """Where the core and each plugin stand; reads only."""
    with reading(engine).connect() as connection:
        return [Status(part, current(connection, part), head(part, folder)) for part, folder in parts(plugins)]


def check(engine: sa.Engine, plugins: Sequence[Plugin]) -> None:
    """Refuse to go on with a database that is behind."""
    behind = [item for item in status(engine, plugins) if item.behind]
    if behind:
        names = ", ".join(f"{item.part} ({item.current or 'empty'} -> {item.head})" for item in behind)
        raise BehindError(f"the database is behind: {names}. Run: korrigo db upgrade")


def upgrade(engine: sa.Engine, plugins: Sequence[Plugin], revision: str = "head") -> list[Status]:
    """Bring the core, then each plugin, to its head; each part in one transaction."""
    from alembic import command

    for part, folder in parts(plugins):
        _run(engine, part, folder, command.upgrade, revision)
    return status(engine, plugins)


def remove(engine: sa.Engine, plugin: Plugin) -> None:
    """Drop the tables of a plugin: back to before its first revision."""
    from alembic import command

    folder = dict(parts([plugin]))[plugin.name]
    _run(engine, plugin.name, folder, command.downgrade, "base")


def revise(engine: sa.Engine, plugins: Sequence[Plugin], part: str, message: str, *, autogenerate: bool) -> None:
    """Write the next revision of a part: empty, or with what its models have and the database has not."""
    from alembic.script import ScriptDirectory

    from alembic import command

    folder = dict(parts(plugins))[part]
    folder.mkdir(exist_ok=True)
    config = alembic_config(part, folder)
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    script = ScriptDirectory.from_config(config)
    number = len(list(script.walk_revisions())) + 1
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=autogenerate, rev_id=f"{part}_{number:04d}",
                         version_path=str(folder))


def leftovers(engine: sa.Engine, plugins: Sequence[Plugin]) -> dict[str, str]:
    """Parts that have tables and are not enabled, with the revision at which they stand."""
    known, found = {part for part, _folder in parts(plugins)}, {}
    with reading(engine).connect() as connection:
        for name in sorted(sa.inspect(connection).get_table_names()):
            part = name.removeprefix(f"{version_table(CORE)}_")
            if name == version_table(part) and part not in known:
                revision = current(connection, part)
                if revision is not None:
                    found[part] = revision
    return found


def row_counts(engine: sa.Engine, part: str) -> dict[str, int]:
    """Rows in each table of a plugin, by the prefix of its tables."""
    inspector = sa.inspect(engine)
    names = [name for name in inspector.get_table_names() if name.startswith(f"{part}_")]
    with engine.connect() as connection:
        return {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in names}


def _run(engine: sa.Engine, part: str, folder: Path, act, revision: str) -> None:
    """One Alembic command on a connection of its own.

    SQLite's batch mode copies a table and drops the old one, and a DROP with foreign keys on is a DELETE
    that cascades into the plugins' tables: so they are off, which must be said before BEGIN, and checked
    before COMMIT.
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                act(alembic_config(part, folder, connection), revision)
                if sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"migration of {part} would break references: {broken[:5]}")
        finally:
            if sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
