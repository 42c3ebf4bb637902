"""From an empty database to today's tables and back, for the core and each plugin."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from alembic import command
from korrigo.config import configure
from korrigo.db import make_engine, migrate
from korrigo.db.base import Base
from korrigo.models import Copy, Exam
from korrigo.plugins import Plugin, installed, resolve

PLUGINS = resolve(sorted(installed()))
WITH_TABLES = [plugin for plugin in PLUGINS if plugin.migrations]
PARTS = [migrate.CORE, *(plugin.name for plugin in WITH_TABLES)]


def nothing(config):
    """An includeme without effect."""


@pytest.fixture
def engine(backend):
    engine = make_engine(backend.url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def every_model():
    """The tables of all plugins are known."""
    import importlib

    for plugin in PLUGINS:
        if plugin.models:
            importlib.import_module(plugin.models)


def tables(engine) -> set[str]:
    return {name for name in sa.inspect(engine).get_table_names() if not name.startswith("alembic_version")}


def part_of(table: sa.Table) -> str:
    return table.info.get("plugin", migrate.CORE)


def expected(*parts: str) -> set[str]:
    return {name for name, table in Base.metadata.tables.items() if part_of(table) in parts}


def folder_of(part: str) -> Path:
    return dict(migrate.parts(PLUGINS))[part]


def test_an_empty_database_is_brought_to_the_head_of_every_part(engine):
    before = migrate.status(engine, PLUGINS)
    assert [item.part for item in before] == PARTS
    assert all(item.behind and item.current is None for item in before)
    after = migrate.upgrade(engine, PLUGINS)
    assert not any(item.behind for item in after)
    assert tables(engine) == expected(*PARTS)


def test_an_upgrade_that_is_repeated_changes_nothing(engine):
    first = migrate.upgrade(engine, PLUGINS)
    assert migrate.upgrade(engine, PLUGINS) == first


def test_what_migrations_make_is_what_the_models_say(engine):
    """Columns, types, indexes, unique constraints and foreign keys, as Alembic compares them."""
    migrate.upgrade(engine, PLUGINS)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "compare_type": True,
            "include_object": lambda item, name, kind, reflected, other: not (
                kind == "table" and name.startswith("alembic_version"))})
        assert compare_metadata(context, Base.metadata) == []


def rules(engine) -> set[tuple]:
    """What Alembic does not compare: checks, what happens on deletion, what may be null, where an index applies."""
    inspector, found = sa.inspect(engine), set()
    for table in tables(engine):
        found |= {(table, "check", check["name"]) for check in inspector.get_check_constraints(table)}
        found |= {(table, "fk", key["name"], key["options"].get("ondelete"))
                  for key in inspector.get_foreign_keys(table)}
        found |= {(table, "null", column["name"], column["nullable"]) for column in inspector.get_columns(table)}
        found |= {(table, "index", index["name"], index["unique"], str(index["dialect_options"].get(
            f"{engine.dialect.name}_where"))) for index in inspector.get_indexes(table)}
        found |= {(table, "pk", *inspector.get_pk_constraint(table)["constrained_columns"])}
    return found


def test_checks_deletions_and_partial_indexes_are_those_of_the_models(engine):
    migrate.upgrade(engine, PLUGINS)
    migrated = rules(engine)
    for plugin in reversed(WITH_TABLES):
        migrate.remove(engine, plugin)
    downgrade_core(engine)
    Base.metadata.create_all(engine)
    assert {rule for rule in migrated ^ rules(engine)} == set()
    assert ("copy", "check", "ck_copy_identified_has_student") in migrated


def downgrade_core(engine) -> None:
    with engine.connect() as connection, connection.begin():
        config = migrate.alembic_config(migrate.CORE, folder_of(migrate.CORE), connection)
        command.downgrade(config, "base")


def test_every_part_can_be_taken_down_again(engine):
    migrate.upgrade(engine, PLUGINS)
    for plugin in reversed(WITH_TABLES):
        migrate.remove(engine, plugin)
    assert tables(engine) == expected(migrate.CORE)
    downgrade_core(engine)
    assert tables(engine) == set()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_one_head_and_one_unbroken_line(part):
    script = ScriptDirectory.from_config(migrate.alembic_config(part, folder_of(part)))
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    assert all(revision.dependencies is None for revision in revisions)
    assert all(revision.revision.startswith(f"{part}_") for revision in revisions)


@pytest.mark.parametrize("part", PARTS)
def test_revisions_name_plain_types_and_never_todays_code(part):
    for file in folder_of(part).glob("*.py"):
        assert "korrigo" not in "".join(line for line in file.read_text().splitlines() if "import" in line), file


@pytest.mark.parametrize("plugin", WITH_TABLES, ids=lambda plugin: plugin.name)
def test_a_plugin_can_be_removed_and_put_back_while_the_others_stay(engine, plugin):
    migrate.upgrade(engine, PLUGINS)
    migrate.remove(engine, plugin)
    assert tables(engine) == expected(*PARTS) - expected(plugin.name)
    state = {item.part: item for item in migrate.status(engine, PLUGINS)}
    assert state[plugin.name].current is None
    assert not any(item.behind for part, item in state.items() if part != plugin.name)
    migrate.upgrade(engine, PLUGINS)
    assert tables(engine) == expected(*PARTS)


@pytest.mark.parametrize("plugin", WITH_TABLES, ids=lambda plugin: plugin.name)
def test_a_plugin_that_is_not_installed_hinders_no_command(engine, plugin):
    """Its tables and its version stay where they are until it comes back."""
    migrate.upgrade(engine, PLUGINS)
    others = [other for other in PLUGINS if other is not plugin]
    assert [item.part for item in migrate.status(engine, others)] == [part for part in PARTS if part != plugin.name]
    migrate.upgrade(engine, others)
    migrate.check(engine, others)
    assert tables(engine) == expected(*PARTS)
    assert not any(item.behind for item in migrate.status(engine, PLUGINS))


def test_an_exam_can_be_deleted_while_a_plugin_is_off_and_its_rows_go_too(engine):
    migrate.upgrade(engine, PLUGINS)
    with engine.begin() as connection:
        connection.execute(sa.insert(Exam).values(id="e" * 32, title="T", identity_zones=[]))
        connection.execute(sa.text(
            "INSERT INTO grading_scheme (exam_id, tree, version, changed) "
            "VALUES (:exam, '{}', 1, '2026-01-01 00:00:00')"), {"exam": "e" * 32})
        connection.execute(sa.delete(Exam.__table__))
        assert connection.scalar(sa.text("SELECT count(*) FROM grading_scheme")) == 0


def test_an_application_refuses_a_database_that_is_behind(tmp_path, backend):
    settings = {"korrigo.secret": "a secret for tests, long enough for anybody", "korrigo.environment": "test",
                "korrigo.queue": "none", "sqlalchemy.url": backend.url}
    with pytest.raises(migrate.BehindError, match="core .empty -> core_.*korrigo db upgrade"):
        configure(settings, here=str(tmp_path), plugins=[])
    engine = make_engine(backend.url)
    migrate.upgrade(engine, [])
    engine.dispose()
    configure(settings, here=str(tmp_path), plugins=[]).registry["engine"].dispose()


def test_the_rows_of_a_plugin_are_counted_before_it_is_removed(engine):
    migrate.upgrade(engine, PLUGINS)
    assert migrate.row_counts(engine, "grading") == dict.fromkeys(sorted(expected("grading")), 0)


BATCH = '''
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade():
{body}


def downgrade():
    pass
'''


@pytest.fixture
def core_revision(tmp_path, monkeypatch):
    """Adds one more revision to the core: ``core_revision("  op.…")``."""
    def add(body: str):
        folder = tmp_path / "versions"
        folder.mkdir()
        for file in folder_of(migrate.CORE).glob("*.py"):
            (folder / file.name).write_text(file.read_text())
        head = ScriptDirectory.from_config(
            migrate.alembic_config(migrate.CORE, folder_of(migrate.CORE))).get_current_head()
        (folder / "core_next.py").write_text(BATCH.format(revision="core_next", down=head, body=body))
        original = migrate.parts
        monkeypatch.setattr(migrate, "parts", lambda plugins: [(migrate.CORE, folder), *original(plugins)[1:]])
    return add


def fill(engine) -> None:
    """A row of the core with rows of plugins that hang on it."""
    with engine.begin() as connection:
        connection.execute(sa.insert(Exam).values(id="e" * 32, title="T", identity_zones=[]))
        connection.execute(sa.insert(Copy).values(id="c" * 32, exam_id="e" * 32, serial=1, code="ABCDE"))
        connection.execute(sa.text("INSERT INTO grading_copy (copy_id, version) VALUES (:copy, 3)"), {"copy": "c" * 32})


def test_a_table_that_is_copied_keeps_the_rows_of_plugins_that_hang_on_it(engine, core_revision):
    """SQLite drops the old table; with foreign keys on that would delete what refers to it without a word."""
    migrate.upgrade(engine, PLUGINS)
    fill(engine)
    core_revision("    with op.batch_alter_table('copy', recreate='auto') as batch:\n"
                  "        batch.add_column(sa.Column('colour', sa.String(10)))\n"
                  "        batch.alter_column('code', type_=sa.String(20))\n")
    migrate.upgrade(engine, PLUGINS)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version FROM grading_copy")) == 3
        assert connection.scalar(sa.text("SELECT count(*) FROM copy WHERE colour IS NULL")) == 1
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_breaks_references_is_undone(tmp_path, core_revision):
    engine = make_engine(f"sqlite:///{tmp_path / 'own.db'}")
    migrate.upgrade(engine, PLUGINS)
    fill(engine)
    core_revision("    op.execute('DELETE FROM copy')\n")
    with pytest.raises(RuntimeError, match="migration of core would break references"):
        migrate.upgrade(engine, PLUGINS)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM copy")) == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert {item.part: item.behind for item in migrate.status(engine, PLUGINS)}[migrate.CORE]
    engine.dispose()


def test_a_migration_that_fails_half_way_leaves_nothing(engine, core_revision):
    migrate.upgrade(engine, PLUGINS)
    core_revision("    op.create_table('half', sa.Column('id', sa.Integer))\n    op.execute('NONSENSE')\n")
    with pytest.raises(sa.exc.DBAPIError):
        migrate.upgrade(engine, PLUGINS)
    assert "half" not in tables(engine)
    assert migrate.status(engine, [])[0].behind


def test_a_plugin_without_migrations_has_no_part():
    plugin = Plugin("bare", "Bare", nothing)
    assert [part for part, _folder in migrate.parts([plugin])] == [migrate.CORE]


def test_the_folder_alembic_is_no_package():
    """With an ``__init__.py`` it would stand in the library's place for whatever is started from the root."""
    assert not (Path(__file__).parents[2] / "alembic" / "__init__.py").exists()
