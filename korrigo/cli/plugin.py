"""``korrigo plugin``: what is installed, enabled, and what each plugin adds; a new one from a template."""

from pathlib import Path

from ..pipeline import BadInput
from .bootstrap import registry_of


def add(commands, name):
    parser = commands.add_parser(name, help="list plugins, or write a new one")
    acts = parser.add_subparsers(metavar="ACT", required=True)
    listing = acts.add_parser("list", help="installed and enabled plugins")
    listing.add_argument("-v", "--verbose", action="store_true", help="what each adds, settings, checks")
    listing.set_defaults(run=list_plugins)
    new = acts.add_parser("new", help="write a distribution with a new plugin, its tests and its contract")
    new.add_argument("name", help="small letters, digits and _: the name in the ini")
    new.add_argument("--kind", default="grader", metavar="KIND",
                     help="grader (default), reader, importer, exporter or panel")
    new.add_argument("--folder", type=Path, default=Path("."), help="where to write korrigo-NAME (default: here)")
    new.set_defaults(run=new_plugin)
    words = acts.add_parser("messages", help="bring the French catalogue of a plugin up to date")
    words.add_argument("folder", type=Path, nargs="?", default=Path("."), help="of the distribution (default: here)")
    words.set_defaults(run=messages)


def list_plugins(arguments) -> int:
    from ..inventory import inventory

    # A list needs no queue, and its drivers take longer than the list.
    quick = {} if arguments.verbose else {"korrigo.queue": "none"}
    for item in inventory(registry_of(arguments.ini, check=False, **quick), ask=arguments.verbose):
        tables = "" if item.migrations is None else "behind" if item.migrations.behind else "up to date"
        print(f"{item.name:20s} {item.version:14s} {item.state:10s} {tables:11s} {item.title}".rstrip())
        for line in details(item) if arguments.verbose else ():
            print(f"    {line}")
    return 0


def details(item):
    """What ``-v`` says of a plugin, line by line."""
    if item.problem:
        yield item.problem
    if item.distribution:
        yield f"{'distribution':14s} {item.distribution} {item.version}"
    if item.requires:
        yield f"{'requires':14s} {', '.join(item.requires)}"
    for category, names in (item.adds or {}).items():
        yield f"{category:14s} {', '.join(map(str, names))}"
    for setting, value in item.settings:
        yield f"{'setting':14s} {setting.key} = {value}"
    if item.migrations:
        yield f"{'migrations':14s} {item.migrations.current or '(empty)'} of {item.migrations.head}"
    for name, sound, detail in item.checks:
        yield f"{'check':14s} {'ok  ' if sound else 'FAIL'} {name}: {detail}"


def new_plugin(arguments) -> int:
    from ..scaffold import KINDS, create, words

    if arguments.kind not in KINDS:
        raise BadInput(f"{arguments.kind!r} is no kind of plugin: {', '.join(KINDS)}. Importers are no extension "
                       "point yet.")
    target = create(arguments.name, arguments.kind, arguments.folder)
    enabled = words(arguments.name, arguments.kind)["enabled"]
    print(f"{target} is written. Go on with:\n\n    pip install -e {target}\n    pytest {target}\n\n"
          f"and in the ini:\n\n    korrigo.plugins = {enabled}")
    return 0


def messages(arguments) -> int:
    from ..messages import update

    packages = [file.parent for file in sorted(arguments.folder.glob("korrigo_*/__init__.py"))]
    if not packages:
        raise BadInput(f"{arguments.folder} holds no package korrigo_…")
    missing = [message for package in packages for message in update(package)]
    print(*(f"to translate: {message}" for message in missing), sep="\n")
    return 1 if missing else 0
