"""``korrigo plugin``: what is installed, enabled, and what each plugin adds."""

from ..plugins import installed
from ..web.admin import describe_plugins
from .bootstrap import registry_of


def add(commands, name):
    parser = commands.add_parser(name, help="list plugins")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    listing = acts.add_parser("list", help="installed and enabled plugins")
    listing.add_argument("-v", "--verbose", action="store_true", help="with all that each adds")
    listing.set_defaults(run=list_plugins)


def list_plugins(arguments) -> int:
    registry = registry_of(arguments.ini, check=False)
    shown = describe_plugins(registry)
    for item in shown:
        plugin = item["plugin"]
        migrations = item["migrations"]
        state = "no tables" if migrations is None else "behind" if migrations.behind else "up to date"
        print(f"{plugin.name:20s} enabled    {state:12s} {plugin.title}")
        if arguments.verbose:
            for category, names in item["adds"].items():
                print(f"    {category.removeprefix('korrigo '):12s} {', '.join(map(str, names))}")
    enabled = {item["plugin"].name for item in shown}
    for name in sorted(set(installed()) - enabled):
        print(f"{name:20s} installed  not listed in korrigo.plugins")
    return 0
