"""``korrigo db``: migrations of the core and of the plugins."""

import sys

from .. import plugins
from ..db import migrate
from ..pipeline import BadInput
from .bootstrap import registry_of


def add(commands, name):
    parser = commands.add_parser(name, help="create and upgrade the database")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    acts.add_parser("upgrade", help="bring the core and each enabled plugin to its newest tables").set_defaults(
        run=upgrade)
    acts.add_parser("status", help="where the core and each plugin stand").set_defaults(run=status)
    revision_parser = acts.add_parser("revision", help="write a new migration (for developers)")
    revision_parser.add_argument("-p", "--plugin", required=True, help="an enabled plugin, or core")
    revision_parser.add_argument("-m", "--message", required=True, help="what it does, in a few words")
    revision_parser.add_argument("--autogenerate", action="store_true",
                                 help="with what the models have and the database has not")
    revision_parser.set_defaults(run=revision)
    remove_parser = acts.add_parser("remove", help="drop the tables of a plugin")
    remove_parser.add_argument("plugin")
    remove_parser.add_argument("--yes", action="store_true", help="do not ask")
    remove_parser.set_defaults(run=remove)


def upgrade(arguments) -> int:
    registry = registry_of(arguments.ini, check=False)
    _show(migrate.upgrade(registry["engine"], registry["korrigo plugins"]))
    return 0


def status(arguments) -> int:
    """Where each part stands; tables of a plugin that is off or gone are named, and stay."""
    registry = registry_of(arguments.ini, check=False)
    engine, enabled = registry["engine"], registry["korrigo plugins"]
    found, available = migrate.status(engine, enabled), plugins.installed()
    _show(found)
    for part, current in migrate.leftovers(engine, enabled).items():
        why = "not enabled" if part in available else "not installed"
        print(f"{part:20s} {current:30s} {why}: its tables stay until it comes back")
    return 1 if any(item.behind for item in found) else 0


def revision(arguments) -> int:
    """Write a revision into the folder ``migrations`` of a plugin."""
    registry = registry_of(arguments.ini, check=False)
    engine, enabled, part = registry["engine"], registry["korrigo plugins"], arguments.plugin
    if part not in dict(migrate.parts(enabled)):
        raise BadInput(f"no enabled plugin {part!r} has migrations: its manifest says migrations=\"…:migrations\".")
    if arguments.autogenerate and any(item.behind for item in migrate.status(engine, enabled) if item.part == part):
        raise BadInput("the database is behind, so nobody can say what is new. Run: korrigo db upgrade")
    migrate.revise(engine, enabled, part, arguments.message, autogenerate=arguments.autogenerate)
    return 0


def remove(arguments) -> int:
    """Drop a plugin's tables, after showing what is in them."""
    registry = registry_of(arguments.ini, check=False)
    engine, available = registry["engine"], plugins.installed()
    if arguments.plugin not in available:
        raise BadInput(f"the plugin {arguments.plugin!r} is not installed, and only its own migrations know how to "
                       "drop its tables. Install it, remove them, then uninstall it.")
    plugin = plugins.load(arguments.plugin, available)
    if not plugin.migrations:
        raise BadInput(f"the plugin {plugin.name!r} has no tables.")
    counts = migrate.row_counts(engine, plugin.name)
    if not counts:
        print(f"{plugin.name} has no tables in this database.")
        return 0
    for table, rows in counts.items():
        print(f"{table:40s} {rows:8d} rows")
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise BadInput("nobody to ask: say --yes to drop these tables")
        if input(f"Drop them for good? Type {plugin.name} to go on: ").strip() != plugin.name:
            print("Nothing was changed.")
            return 1
    migrate.remove(engine, plugin)
    print(f"The tables of {plugin.name} are gone.")
    if plugin in registry["korrigo plugins"]:
        print(f"Take {plugin.name!r} out of korrigo.plugins, or make them anew with: korrigo db upgrade")
    return 0


def _show(statuses) -> None:
    for item in statuses:
        state = f"behind {item.head}" if item.behind else "up to date"
        print(f"{item.part:20s} {item.current or '(empty)':30s} {state}")
