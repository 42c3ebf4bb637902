"""Its tables carry its name, its migrations make them, and they can go."""

import importlib

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ...db import make_engine, migrate
from ...db.base import Base
from ...plugins import resolve
from ..sites import manifest, needed, package


def models(name: str) -> list[sa.Table]:
    """What the modules of a plugin define."""
    if manifest(name).models:
        importlib.import_module(manifest(name).models)
    return [mapper.local_table for mapper in Base.registry.mappers
            if mapper.class_.__module__.partition(".")[0] == package(name)]


def stored(engine) -> set[str]:
    return {name for name in sa.inspect(engine).get_table_names() if not name.startswith("alembic_version")}


class Tables:
    """A plugin without tables passes by having none."""

    @pytest.fixture
    def engine(self, tmp_path):
        engine = make_engine(f"sqlite:///{tmp_path / 'tables.db'}")
        yield engine
        engine.dispose()

    @pytest.fixture
    def revisions(self, name) -> ScriptDirectory | None:
        """Its migrations."""
        plugin = manifest(name)
        if not plugin.migrations:
            return None
        return ScriptDirectory.from_config(migrate.alembic_config(name, dict(migrate.parts([plugin]))[name]))

    def test_every_table_carries_its_name(self, name):
        for table in models(name):
            assert table.name.startswith(f"{name}_")
            assert table.info["plugin"] == name

    def test_whoever_has_tables_has_migrations(self, name):
        assert bool(models(name)) == bool(manifest(name).migrations)

    def test_every_foreign_key_says_what_happens_on_deletion(self, name):
        for table in models(name):
            for key in table.foreign_keys:
                assert key.ondelete in ("CASCADE", "SET NULL", "RESTRICT"), f"{table.name}.{key.parent.name}"
                assert key.ondelete != "SET NULL" or key.parent.nullable
                assert key.column.table.info.get("plugin", name) in needed(name)

    def test_what_its_migrations_make_is_what_its_models_say(self, engine, name):
        migrate.upgrade(engine, resolve(needed(name)))
        own = {table.name for table in models(name)}
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={
                "compare_type": True, "include_object": lambda item, label, kind, reflected, other: not (
                    kind == "table" and label not in own)})
            assert compare_metadata(context, Base.metadata) == []

    def test_its_migrations_can_be_taken_down_and_put_back(self, engine, name):
        before = resolve([other for other in needed(name) if other != name])
        migrate.upgrade(engine, before)
        others = stored(engine)
        migrate.upgrade(engine, resolve(needed(name)))
        assert stored(engine) == others | {table.name for table in models(name)}
        if manifest(name).migrations:
            migrate.remove(engine, manifest(name))
            assert stored(engine) == others
            migrate.upgrade(engine, resolve(needed(name)))
            assert stored(engine) == others | {table.name for table in models(name)}

    def test_its_migrations_are_one_unbroken_line(self, revisions, name):
        if revisions is None:
            return
        assert len(revisions.get_heads()) == len(revisions.get_bases()) == 1
        for revision in revisions.walk_revisions():
            assert revision.dependencies is None
            assert revision.revision.startswith(f"{name}_")
