"""The one Alembic environment, of the core and of every plugin.

``config.attributes`` says which part is meant; without it (``alembic -c development.ini upgrade head``) it
is the core, on the database of the ini file.
"""

import importlib

import sqlalchemy as sa

from alembic import context
from korrigo.db.base import Base
from korrigo.db.migrate import CORE, version_table

config = context.config
part = config.attributes.get("part", CORE)
importlib.import_module("korrigo.models")


def owner(table) -> str:
    return table.info.get("plugin", CORE)


def include_object(item, name, kind, reflected, compare_to):
    """Only this part's tables: told apart by their info, and by their prefix when they are only reflected."""
    table = item if kind == "table" else getattr(item, "table", None)
    if table is None:
        return True
    if not reflected or compare_to is not None:
        return owner(table if not reflected else Base.metadata.tables.get(table.name, table)) == part
    if table.name.startswith("alembic_version"):
        return False
    return table.name.startswith(f"{part}_") if part != CORE else table.name in Base.metadata.tables


def render_item(kind, item, autogen_context):
    """Revisions name plain types, so that they never depend on today's code."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=config.attributes.get("version_table", version_table(part)),
        include_object=include_object,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_from_ini():
    from korrigo.cli.bootstrap import registry_of

    registry = registry_of(config.config_file_name, check=False)
    with registry["engine"].begin() as connection:
        run(connection)


if config.attributes.get("connection") is not None:
    run(config.attributes["connection"])
else:
    run_from_ini()
