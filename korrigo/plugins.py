"""What a plugin is, which ones are installed, and in which order those that are enabled are included.

A plugin is a distribution with one entry point in the group ``korrigo.plugins`` that resolves to a
:class:`Plugin`.  Reading it has no effect; only a name in the ini line ``korrigo.plugins`` enables it.
"""

import difflib
import graphlib
import importlib.metadata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pyramid.exceptions import ConfigurationConflictError, ConfigurationError

from .settings import Setting
from .version import PLUGIN_API

GROUP = "korrigo.plugins"


@dataclass(frozen=True)
class Plugin:
    """The manifest of a plugin.

    ``requires`` names plugins that must be enabled and are included before; ``after`` names plugins that are
    included before when they are enabled.  ``api`` is a version range of ``korrigo.PLUGIN_API``.
    ``models`` is the dotted name of the module with its tables, ``migrations`` the asset spec of its folder
    of Alembic revisions.  ``ready(registry)`` is called once the whole configuration is committed.
    """

    name: str
    title: str
    includeme: Callable
    description: str = ""
    api: str = ">=1.0,<2"
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    models: str | None = None
    migrations: str | None = None
    settings: tuple[Setting, ...] = ()
    ready: Callable | None = None


class PluginError(ConfigurationError):
    """A fault of the line ``korrigo.plugins`` or of a plugin: its message names the plugin and the remedy."""


class PluginConflict(PluginError, ConfigurationConflictError):
    """Two plugins add one thing; who, what and where."""

    def __init__(self, conflict: ConfigurationConflictError, names: Sequence[str]):
        super().__init__(conflict._conflicts)
        self.names = tuple(names)

    def __str__(self) -> str:
        what = ", ".join(" ".join(map(str, thing)) if isinstance(thing, tuple) else str(thing)
                         for thing in self._conflicts)
        who = " and ".join(map(repr, self.names)) or "one of them"
        return (f"two plugins add the same ({what}): take {who} out of korrigo.plugins, or have one of them choose "
                f"another name.\n{super().__str__()}")


def installed() -> dict[str, importlib.metadata.EntryPoint]:
    """The entry points of all installed plugins by name, loaded or not."""
    found: dict[str, importlib.metadata.EntryPoint] = {}
    for entry in importlib.metadata.entry_points(group=GROUP):
        other = found.get(entry.name)
        if other is not None and other.value != entry.value:
            raise PluginError(
                f"two distributions provide the plugin {entry.name!r}: {other.dist.name} ({other.value}) and "
                f"{entry.dist.name} ({entry.value}). Uninstall one of them."
            )
        found[entry.name] = entry
    return found


def load(name: str, available: Mapping[str, importlib.metadata.EntryPoint]) -> Plugin:
    """The manifest of one plugin, checked."""
    if name not in available:
        near = difflib.get_close_matches(name, available, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise PluginError(
            f"korrigo.plugins enables {name!r}, which is not installed.{hint} "
            f"Installed: {', '.join(sorted(available)) or 'none'}. "
            f"Try: pip install korrigo-{name.replace('_', '-')}"
        )
    try:
        plugin = available[name].load()
    except Exception as error:
        raise PluginError(
            f"the plugin {name!r} ({available[name].value}) does not import: {error!r}. "
            f"Repair it, or take {name!r} out of korrigo.plugins."
        ) from error
    if not isinstance(plugin, Plugin):
        raise PluginError(
            f"the entry point {name!r} ({available[name].value}) is a {type(plugin).__name__}, "
            f"not a korrigo.api.Plugin. Repair it, or take {name!r} out of korrigo.plugins."
        )
    if plugin.name != name:
        raise PluginError(f"the entry point {name!r} holds a plugin that calls itself {plugin.name!r}. "
                          f"Repair it, or take {name!r} out of korrigo.plugins.")
    try:
        fits = PLUGIN_API in SpecifierSet(plugin.api)
    except InvalidSpecifier:
        raise PluginError(
            f"the plugin {name!r} needs the plugin API {plugin.api!r}, which is no version range. "
            f"Repair it, or take {name!r} out of korrigo.plugins.") from None
    if not fits:
        raise PluginError(
            f"the plugin {name!r} needs the plugin API {plugin.api}; this Korrigo has {PLUGIN_API}. "
            f"Install versions that fit: pip install -U korrigo korrigo-{name.replace('_', '-')}"
        )
    return plugin


def resolve(
    names: Sequence[str], available: Mapping[str, importlib.metadata.EntryPoint] | None = None
) -> list[Plugin]:
    """The enabled plugins in the order of inclusion: dependencies first, the ini order breaks ties."""
    available = installed() if available is None else available
    chosen: dict[str, Plugin] = {}
    for name in names:
        if name in chosen:
            raise PluginError(f"korrigo.plugins lists {name!r} twice. Remove one.")
        chosen[name] = load(name, available)
    graph = graphlib.TopologicalSorter()
    for plugin in chosen.values():
        missing = [other for other in plugin.requires if other not in chosen]
        if missing:
            raise PluginError(
                f"the plugin {plugin.name!r} requires {', '.join(map(repr, missing))}: "
                f"add it to korrigo.plugins or take {plugin.name!r} out."
            )
        graph.add(plugin.name, *plugin.requires, *(other for other in plugin.after if other in chosen))
    try:
        graph.prepare()
    except graphlib.CycleError as error:
        circle = error.args[1]
        raise PluginError(f"plugins depend on one another, take {' or '.join(sorted(map(repr, set(circle))))} out of "
                          f"korrigo.plugins: {' -> '.join(circle)}.") from error
    order: list[Plugin] = []
    rank = {name: place for place, name in enumerate(chosen)}
    while graph.is_active():
        ready = sorted(graph.get_ready(), key=rank.__getitem__)
        order += [chosen[name] for name in ready]
        graph.done(*ready)
    return order
