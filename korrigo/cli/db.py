"""``korrigo db``: migrations of the core and of the plugins."""

import sys

from ..db import migrate
from ..pipeline import BadInput
from .bootstrap import registry_of


def add(commands, name):
    parser = commands.add_parser(name, help="create and upgrade the database")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    acts.add_parser("upgrade", help="bring the core and each enabled plugin to its newest tables").set_defaults(
        run=upgrade)
    acts.add_parser("status", help="where the core and each plugin stand").set_defaults(run=status)
    remove_parser = acts.add_parser("remove", help="drop the tables of a plugin")
    remove_parser.add_argument("plugin")
    remove_parser.add_argument("--yes", action="store_true", help="do not ask")
    remove_parser.set_defaults(run=remove)


def upgrade(arguments) -> int:
    registry = registry_of(arguments.ini, check=False)
    _show(migrate.upgrade(registry["engine"], registry["korrigo plugins"]))
    return 0


def status(arguments) -> int:
    registry = registry_of(arguments.ini, check=False)
    found = migrate.status(registry["engine"], registry["korrigo plugins"])
    _show(found)
    return 1 if any(item.behind for item in found) else 0


def remove(arguments) -> int:
    """Drop a plugin's tables, after showing what is in them."""
    registry = registry_of(arguments.ini, check=False)
    plugin = next((item for item in registry["korrigo plugins"] if item.name == arguments.plugin), None)
    if plugin is None or not plugin.migrations:
        raise BadInput(f"no enabled plugin {arguments.plugin!r} has tables. Enable it in korrigo.plugins first.")
    for table, rows in migrate.row_counts(registry["engine"], plugin.name).items():
        print(f"{table:40s} {rows:8d} rows")
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise BadInput("nobody to ask: say --yes to drop these tables")
        if input(f"Drop them for good? Type {plugin.name} to go on: ").strip() != plugin.name:
            print("Nothing was changed.")
            return 1
    migrate.remove(registry["engine"], plugin)
    print(f"The tables of {plugin.name} are gone.")
    return 0


def _show(statuses) -> None:
    for item in statuses:
        state = f"behind {item.head}" if item.behind else "up to date"
        print(f"{item.part:20s} {item.current or '(empty)':30s} {state}")
