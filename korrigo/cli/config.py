"""``korrigo config``: help for those who edit the ini."""

import os

from pyramid.settings import aslist

from ..config import configure, declared
from ..pipeline import BadInput
from ..plugins import resolve
from ..settings import CORE, load, undeclared
from .bootstrap import settings_of


def add(commands, name):
    parser = commands.add_parser(name, help="explain and check the settings")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    documented = acts.add_parser("doc", help="every setting, commented, as an ini")
    documented.add_argument("plugin", nargs="?", help="of one enabled plugin, or core")
    documented.set_defaults(run=doc)
    acts.add_parser("show", help="what is used, and where it comes from").set_defaults(run=show)
    acts.add_parser("validate", help="would Korrigo start with this file?").set_defaults(run=validate)
    acts.add_parser("undeclared", help="keys that nobody reads (typos)").set_defaults(run=unknown)


def doc(arguments) -> int:
    found = _declared(arguments)
    if arguments.plugin == "core":
        found = CORE
    elif arguments.plugin:
        if arguments.plugin not in [plugin.name for plugin in _plugins(arguments)]:
            raise BadInput(f"{arguments.plugin!r} is not enabled: korrigo.plugins does not name it.")
        found = [setting for setting in found if setting.key.startswith(f"korrigo.{arguments.plugin}.")]
    for setting in found:
        choices = f" One of: {', '.join(setting.choices)}." if setting.choices else ""
        print(f"# {setting.doc}{choices}\n# environment: {setting.environment}\n{setting.key} = {setting.default}\n")
    return 0


def show(arguments) -> int:
    """Every setting as the application has it: environment before ini before default; secrets stay hidden."""
    raw, found = settings_of(arguments.ini), _declared(arguments)
    values = load(found, raw, here=arguments.ini.resolve().parent)
    for setting in found:
        written = "ini" if setting.key in raw else "default"
        source = setting.environment if setting.environment in os.environ else written
        print(f"{setting.key} = {setting.shown(values[setting.key])}".ljust(60), f"({source})")
    return 0


def validate(arguments) -> int:
    configure(settings_of(arguments.ini), here=str(arguments.ini.resolve().parent), check=False)
    print(f"{arguments.ini}: sound")
    return unknown(arguments)


def unknown(arguments) -> int:
    found = undeclared(_declared(arguments), settings_of(arguments.ini))
    for key, near in found.items():
        print(f"{key}: nobody reads this" + (f"; did you mean {near}?" if near else ""))
    return 1 if found else 0


def _plugins(arguments):
    """The enabled plugins, as the application finds them."""
    return resolve(aslist(os.environ.get("KORRIGO_PLUGINS", settings_of(arguments.ini).get("korrigo.plugins", ""))))


def _declared(arguments):
    return declared(_plugins(arguments))
