"""Migrations: the core and each plugin have a version table of their own.

One graph with branches would break every command as soon as a plugin is uninstalled; with a table each, a
plugin can leave and come back.  The core goes first, then the plugins in their order of inclusion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pyramid.path import AssetResolver

from alembic import command

from ..plugins import Plugin
from .sqlite import reading

CORE = "core"


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


def alembic_config(part: str, folder: Path, connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(environment_folder()))
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(part=part, connection=connection, version_table=version_table(part))
    return config


def status(engine: sa.Engine, plugins: Sequence[Plugin]) -> list[Status]:
    """Where the core and each plugin stand; reads only."""
    found = []
    with reading(engine).connect() as connection:
        for part, folder in parts(plugins):
            script = ScriptDirectory.from_config(alembic_config(part, folder))
            context = MigrationContext.configure(connection, opts={"version_table": version_table(part)})
            found.append(Status(part, context.get_current_revision(), script.get_current_head()))
    return found


def check(engine: sa.Engine, plugins: Sequence[Plugin]) -> None:
    """Refuse to go on with a database that is behind."""
    behind = [item for item in status(engine, plugins) if item.behind]
    if behind:
        names = ", ".join(f"{item.part} ({item.current or 'empty'} -> {item.head})" for item in behind)
        raise BehindError(f"the database is behind: {names}. Run: korrigo db upgrade")


def upgrade(engine: sa.Engine, plugins: Sequence[Plugin], revision: str = "head") -> list[Status]:
    """Bring the core, then each plugin, to its head; each part in one transaction."""
    for part, folder in parts(plugins):
        _run(engine, part, folder, command.upgrade, revision)
    return status(engine, plugins)


def remove(engine: sa.Engine, plugin: Plugin) -> None:
    """Drop the tables of a plugin: back to before its first revision."""
    folder = dict(parts([plugin]))[plugin.name]
    _run(engine, plugin.name, folder, command.downgrade, "base")


def revise(engine: sa.Engine, plugins: Sequence[Plugin], part: str, message: str, *, autogenerate: bool) -> None:
    """Write the next revision of a part: empty, or with what its models have and the database has not."""
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
                context = MigrationContext.configure(connection, opts={"version_table": name})
                revision = context.get_current_revision()
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
