"""``korrigo doctor``: everything that is needed, in words."""

from ..web.health import run_checks
from .bootstrap import registry_of


def add(commands, name):
    commands.add_parser(name, help="check everything that is needed").set_defaults(run=doctor)


def doctor(arguments) -> int:
    results = run_checks(registry_of(arguments.ini, check=False))
    for name, ok, detail in results:
        print(f"{'ok  ' if ok else 'FAIL'} {name:20s} {detail}")
    return 0 if all(ok for _name, ok, _detail in results) else 1
