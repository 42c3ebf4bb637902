"""What is installed and enabled: one answer for ``korrigo plugin list`` and for the page of administrators."""

from dataclasses import dataclass
from typing import Any

from . import plugins
from .db import migrate
from .directives import added_by
from .settings import Setting
from .web.health import CATEGORY, run_checks


@dataclass(frozen=True)
class Item:
    """One plugin.

    ``state``: enabled (the ini names it), installed (it does not) or broken (``problem`` says why it cannot be
    enabled).  ``adds``: names by kind of extension point.  ``settings``: each with what the application uses, shown
    as in :meth:`korrigo.settings.Setting.shown`.  ``migrations`` is None for a plugin without tables.  ``checks`` are
    the answers of its own health checks: (name, sound, detail).
    """

    name: str
    title: str
    description: str
    distribution: str
    version: str
    state: str
    problem: str = ""
    requires: tuple[str, ...] = ()
    adds: dict[str, list] | None = None
    settings: tuple[tuple[Setting, str], ...] = ()
    migrations: migrate.Status | None = None
    checks: tuple[tuple[str, bool, str], ...] = ()


def inventory(registry, *, ask: bool = True) -> list[Item]:
    """The enabled plugins in the order of inclusion, then the others.  ``ask`` runs the health checks."""
    available = plugins.installed()
    enabled = registry["korrigo plugins"]
    statuses = {status.part: status for status in migrate.status(registry["engine"], enabled)}
    names = {plugin.name for plugin in enabled}
    return [*(running(registry, plugin, available.get(plugin.name), statuses.get(plugin.name), ask)
              for plugin in enabled),
            *(resting(name, entry) for name, entry in sorted(available.items()) if name not in names)]


def running(registry, plugin: plugins.Plugin, entry, status, ask: bool) -> Item:
    """An enabled plugin."""
    added = added_by(registry, plugin.includeme.__module__.partition(".")[0])
    own = {item["name"] for item in added.get(CATEGORY, ())}
    return Item(
        plugin.name, plugin.title, plugin.description, *distribution(entry), "enabled", requires=plugin.requires,
        adds={category.removeprefix("korrigo "): [item["name"] for item in items]
              for category, items in added.items()},
        settings=tuple((setting, setting.shown(registry.settings[setting.key])) for setting in plugin.settings),
        migrations=status, checks=tuple(run_checks(registry, own)) if ask else ())


def resting(name: str, entry) -> Item:
    """An installed plugin that the ini does not name; its manifest can be read without any effect."""
    try:
        plugin = plugins.load(name, {name: entry})
    except plugins.PluginError as error:
        return Item(name, name, "", *distribution(entry), "broken", str(error))
    return Item(name, plugin.title, plugin.description, *distribution(entry), "installed", requires=plugin.requires,
                settings=tuple((setting, setting.shown(setting.default)) for setting in plugin.settings))


def distribution(entry: Any) -> tuple[str, str]:
    """Name and version of what holds an entry point; nothing for a plugin of a test."""
    return (entry.dist.name, entry.dist.version) if entry is not None and entry.dist is not None else ("", "")
