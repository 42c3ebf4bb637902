"""The table of contents: what an application is made of, in which order, and why."""

import contextlib
import os
import sys
import traceback
import zoneinfo
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import limits
from limits.storage import storage_from_string
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError, ConfigurationError
from pyramid.path import package_of, package_path
from pyramid.settings import aslist
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from . import settings
from .db import migrate
from .plugins import Plugin, PluginConflict, PluginError, resolve

#: A secret shorter than this can be guessed.
SECRET_LENGTH = 32
#: Words of secrets that stand in files which everybody can read.
EXAMPLES = ("change", "secret", "example", "development")
#: How the address of a Redis server begins.
REDIS = ("redis://", "rediss://", "unix://")


def configure(
    raw: Mapping[str, Any], *, here: str | None = None, plugins: Sequence[Plugin] | None = None, check: bool = True,
) -> Configurator:
    """A committed configurator for the settings of an ini file.

    ``here`` is the folder that relative paths start from.  ``plugins`` replaces what the ini enables (tests do
    so).  Without ``check`` the database may be behind: the commands that mend it need that.
    """
    here = Path(here or ".").resolve()
    # Plugins come first: they declare settings.  Reading a manifest has no effect.
    if plugins is None:
        enabled = os.environ.get("KORRIGO_PLUGINS", raw.get("korrigo.plugins", ""))
        plugins = resolve(aslist(enabled))
    values = settings.load(declared(plugins), raw, here=here)
    values["korrigo.here"] = here
    # A wrong file can ask for as many retries as it likes; a lost race deserves two more.
    values.setdefault("retry.attempts", 3)
    refuse_unusable(values)
    refuse_insecure(values)

    config = Configurator(settings=values)
    config.registry["korrigo plugins"] = list(plugins)
    # The database: everything else asks it something.
    config.include("korrigo.db")
    # What plugins and the core itself register with.
    config.include("korrigo.storage")
    config.include("korrigo.services")
    config.include("korrigo.security")
    config.include("korrigo.jobs")
    # What people see; what they did wrong is logged under the transaction.
    config.include("korrigo.web")
    config.include("korrigo.cli.directive")
    # What the server does by itself at night.
    config.include("korrigo.housekeeping")
    # From here on a plugin may put its own in place of what the core registered ...
    config.commit()
    # ... but two plugins that register one thing are a conflict: no commit between them.
    for plugin in plugins:
        with named(plugin, "be included"):
            if plugin.models:
                config.maybe_dotted(plugin.models)
            config.include(plugin.includeme, route_prefix=f"/{plugin.name}")
            add_words(config, plugin)
    refuse_foreign_tables(plugins)
    try:
        config.commit()
    except ConfigurationConflictError as error:
        raise PluginConflict(error, [plugin.name for plugin in plugins if adds(plugin, error)]) from None
    config.registry["korrigo.configured"] = True
    for plugin in plugins:
        if plugin.ready is not None:
            with named(plugin, "get ready"):
                plugin.ready(config.registry)
    if check and values["korrigo.db.check"]:
        refuse_behind(config.registry["engine"], plugins)
    return config


def refuse_behind(engine, plugins: Sequence[Plugin]) -> None:
    """Stop at a database that is behind, and leave no connection to it open."""
    try:
        migrate.check(engine, plugins)
    except BaseException:
        engine.dispose()
        raise


@contextlib.contextmanager
def named(plugin: Plugin, act: str):
    """What a plugin raises at the start stops it, and says whose it is: a school that believes in it must know now."""
    try:
        yield
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        told = str(error) if isinstance(error, ConfigurationError) else f"{error!r} ({where.filename}:{where.lineno})"
        raise PluginError(f"the plugin {plugin.name!r} could not {act}: {told.rstrip('.')}. Repair it, or take "
                          f"{plugin.name!r} out of korrigo.plugins.") from error


def adds(plugin: Plugin, conflict: ConfigurationConflictError) -> bool:
    """Whether a conflict is about something that the plugin's package says."""
    folder = package_path(package_of(sys.modules[plugin.includeme.__module__]))
    return any(Path(info.file).is_relative_to(folder) for infos in conflict._conflicts.values() for info in infos)


def add_words(config: Configurator, plugin: Plugin) -> None:
    """The plugin's catalogues of messages, when its package has a folder ``locale``."""
    package = package_of(sys.modules[plugin.includeme.__module__])
    folder = Path(package_path(package), "locale")
    if folder.is_dir():
        config.add_translation_dirs(str(folder))


def declared(plugins: Sequence[Plugin]) -> list[settings.Setting]:
    """All settings that the core and these plugins know."""
    found = list(settings.CORE)
    for plugin in plugins:
        for setting in plugin.settings:
            if not setting.key.startswith(f"korrigo.{plugin.name}."):
                raise PluginError(
                    f"the plugin {plugin.name!r} declares {setting.key!r}; its settings begin with "
                    f"korrigo.{plugin.name}. Repair it, or take {plugin.name!r} out of korrigo.plugins.")
            found.append(setting)
    return found


def refuse_unusable(values: Mapping[str, Any]) -> None:
    """Stop at values that are well written and lead nowhere, before somebody meets them on a page."""
    if not values["korrigo.languages"]:
        raise ConfigurationError("korrigo.languages must name one language at least")
    for key, use in (("korrigo.timezone", zoneinfo.ZoneInfo), ("korrigo.limits.signin", limits.parse),
                     ("korrigo.limits.api", limits.parse), ("korrigo.limits.store", storage_from_string),
                     ("sqlalchemy.url", dialect)):
        try:
            use(values[key])
        except (ValueError, LookupError, ArgumentError, limits.errors.ConfigurationError) as error:
            raise ConfigurationError(f"{key} cannot be used: {error}") from None
    if values["korrigo.queue"] == "redis" and not values["korrigo.queue.url"].startswith(REDIS):
        raise ConfigurationError(f"korrigo.queue.url must begin with {', '.join(REDIS)}")


def dialect(url: str) -> None:
    """Load what talks to the database of an URL."""
    make_url(url).get_dialect()


def refuse_insecure(values: Mapping[str, Any]) -> None:
    """In production, stop at settings that only a developer may use.  All problems are said at once."""
    wrong, secret = [], values["korrigo.secret"]
    if len(secret) < SECRET_LENGTH:
        wrong.append(f"korrigo.secret must have at least {SECRET_LENGTH} random characters")
    if values["korrigo.environment"] == "production":
        if any(word in secret.lower() for word in EXAMPLES) or len(set(secret)) < 10:
            wrong.append("korrigo.secret is an example, not a secret")
        if not values["korrigo.url"].startswith("https://"):
            wrong.append("korrigo.url must begin with https://")
        if "*" in values["korrigo.hosts"]:
            wrong.append("korrigo.hosts must name the hosts that are served")
        if not values["korrigo.limits.enabled"]:
            wrong.append("korrigo.limits.enabled must be true")
        if "pyramid_debugtoolbar" in aslist(values.get("pyramid.includes", "")):
            wrong.append("pyramid.includes must not hold the debug toolbar")
    if wrong:
        raise ConfigurationError("Korrigo does not start with these settings: " + "; ".join(wrong) + ".")


def refuse_foreign_tables(plugins: Sequence[Plugin]) -> None:
    """A plugin's tables carry its name, so that it can be told apart and removed."""
    from .db.base import Base

    names = {plugin.name for plugin in plugins}
    for table in Base.metadata.tables.values():
        owner = table.info.get("plugin")
        if owner in names and not table.name.startswith(f"{owner}_"):
            raise PluginError(
                f"the plugin {owner!r} has a table {table.name!r}: its tables begin with {owner}_. "
                f"Repair it, or take {owner!r} out of korrigo.plugins.")
