"""The command ``korrigo``: thin commands over the same services as the pages."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from .. import quiet  # noqa: F401  before anything imports Pyramid

# isort: split
from pyramid.exceptions import ConfigurationError
from sqlalchemy.exc import OperationalError

from ..db.migrate import BehindError
from ..pipeline import BAD_INPUT, FAILED, OK, BadInput
from ..version import VERSION
from .bootstrap import DEFAULT_INI, registry_of
from .directive import COMMANDS

#: Command -> (module, function that adds it).  A module is imported when its command is wanted, or help for all.
BUILT_IN = {
    "config": ("config", "add"), "db": ("db", "add"), "demo": ("demo", "add"), "doctor": ("doctor", "add"),
    "exam": ("exam", "add"), "job": ("job", "add"), "plugin": ("plugin", "add"), "serve": ("serve", "add_serve"),
    "up": ("demo", "add_up"), "user": ("user", "add"), "worker": ("serve", "add_worker"),
}


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code is 0 done, 1 failed, 2 bad input, 3 done but a person is needed."""
    argv = list(sys.argv[1:] if argv is None else argv)
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("-c", "--config", default=os.environ.get("KORRIGO_INI", DEFAULT_INI))
    known, rest = first.parse_known_args(argv)
    try:
        parser, ini = _parser(known.config, rest)
        arguments, extra = parser.parse_known_args(rest)
        if not hasattr(arguments, "run"):
            parser.print_help()
            return OK
        if extra and not hasattr(arguments, "extra"):
            parser.error(f"unknown arguments: {' '.join(extra)}")
        arguments.ini, arguments.ini_given, arguments.extra = ini, "-c" in argv or "--config" in argv, extra
        return arguments.run(arguments) or OK
    except (BadInput, BehindError, ConfigurationError) as error:
        print(f"korrigo: {error}", file=sys.stderr)
        return BAD_INPUT
    except OperationalError as error:
        print(f"korrigo: the database does not answer: {str(error.orig).strip().partition(chr(10))[0]}",
              file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("korrigo: stopped", file=sys.stderr)
        return FAILED


def _parser(ini: str, rest: list[str]) -> tuple[argparse.ArgumentParser, Path]:
    parser = argparse.ArgumentParser(
        prog="korrigo", description="From the school's copier to marks and graded copies.",
        epilog="-c FILE names the ini file (default: development.ini, or $KORRIGO_INI).")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    wanted = next((word for word in rest if not word.startswith("-")), None)
    for name in [wanted] if wanted in BUILT_IN else sorted(BUILT_IN):
        module, add = BUILT_IN[name]
        getattr(importlib.import_module(f".{module}", __name__), add)(commands, name)
    if wanted and wanted not in BUILT_IN:
        for name, setup in registry_of(ini, check=False).get(COMMANDS, {}).items():
            setup(commands.add_parser(name))
    return parser, Path(ini)
