"""``korrigo config``: help for those who edit the ini."""

from pyramid.settings import aslist

from ..config import configure, declared
from ..plugins import resolve
from ..settings import undeclared
from .bootstrap import settings_of


def add(commands, name):
    parser = commands.add_parser(name, help="explain and check the settings")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    acts.add_parser("doc", help="every setting, commented, as an ini").set_defaults(run=doc)
    acts.add_parser("validate", help="would Korrigo start with this file?").set_defaults(run=validate)
    acts.add_parser("undeclared", help="keys that nobody reads (typos)").set_defaults(run=unknown)


def doc(arguments) -> int:
    for setting in _declared(arguments):
        choices = f" One of: {', '.join(setting.choices)}." if setting.choices else ""
        print(f"# {setting.doc}{choices}\n# environment: {setting.environment}\n{setting.key} = {setting.default}\n")
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


def _declared(arguments):
    return declared(resolve(aslist(settings_of(arguments.ini).get("korrigo.plugins", ""))))
