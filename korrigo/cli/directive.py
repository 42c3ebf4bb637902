"""Plugins add commands of their own."""

from ..directives import register, table

COMMANDS = "korrigo commands"


def add_korrigo_cli(config, name, setup):
    """A command ``korrigo <name>``: ``setup(parser)`` adds options and sets ``run`` by ``set_defaults``.

    ``run(arguments)`` has ``arguments.ini``; it returns an exit code or None.
    """
    setup = config.maybe_dotted(setup)
    register(config, COMMANDS, name, setup, lambda: table(config.registry, COMMANDS).__setitem__(name, setup))


def includeme(config):
    config.add_directive("add_korrigo_cli", add_korrigo_cli)
