"""Declared settings: each key of the ini has a type, a default and a line of documentation.

Order: default < ini < environment.  ``korrigo.jobs.lease`` is overridden by ``KORRIGO_JOBS_LEASE``.
After :func:`load` the settings hold typed values (int, bool, timedelta, Path, list ...), not texts.
"""

import datetime as dt
import difflib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import limits
from pyramid.exceptions import ConfigurationError
from pyramid.settings import aslist, falsey, truthy

#: Namespaces that belong to Korrigo: an unknown key there is a mistake, elsewhere it is another library's.
OURS = ("korrigo.",)

#: The password inside the address of a server.
PASSWORD = re.compile(r"(://[^/@\s:]*:)[^@\s]*@")
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
TRUE, FALSE = frozenset(truthy), frozenset(falsey) - {""}
SIZES = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


class SettingError(ConfigurationError):
    """A value that cannot be used; the message names the key, the value and what is expected."""


@dataclass(frozen=True)
class Setting:
    """One key.  ``kind``: str, int, float, bool, list, path, duration, size, rate, choice."""

    key: str
    kind: str
    default: Any
    doc: str
    choices: tuple[str, ...] = ()
    secret: bool = False

    @property
    def environment(self) -> str:
        """The name of the environment variable that overrides this key."""
        return re.sub(r"[^A-Z0-9]", "_", self.key.upper())

    def shown(self, value: Any) -> str:
        """A value as people may see it: as one writes it into the ini, a secret hidden."""
        if self.secret and value:
            return "(hidden)"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list | tuple):
            return " ".join(value)
        if isinstance(value, dt.timedelta):
            return f"{value.total_seconds():g} s"
        text = "" if value is None else str(value)
        return PASSWORD.sub(r"\1(hidden)@", text)

    def convert(self, value: Any, here: Path) -> Any:
        """The typed value of a text; a value that is no text is taken as it is."""
        if not isinstance(value, str):
            return value
        try:
            return _CONVERTERS[self.kind](value.strip(), self, here)
        except ValueError as error:
            shown = "(hidden)" if self.secret else repr(value)
            raise SettingError(f"{self.key} = {shown}: {error}. {self.doc}") from None


def _duration(text: str, setting: Setting, here: Path) -> dt.timedelta:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)?", text)
    if not match:
        raise ValueError("expected a duration such as 90 s, 5 min, 4 h or 2 d")
    return dt.timedelta(seconds=float(match[1]) * UNITS[match[2] or "s"])


def _size(text: str, setting: Setting, here: Path) -> int:
    match = re.fullmatch(r"(\d+)\s*([kmg]?)i?b?", text.lower())
    if not match:
        raise ValueError("expected a size such as 512 MB or 2 GB")
    return int(match[1]) * SIZES[match[2]]


def _rate(text: str, setting: Setting, here: Path) -> str:
    try:
        limits.parse(text)
    except ValueError:
        raise ValueError("expected a rate such as 10/hour or 5/15minute") from None
    return text


def _int(text: str, setting: Setting, here: Path) -> int:
    try:
        return int(text)
    except ValueError:              # Python's own message would show a secret
        raise ValueError("expected a whole number") from None


def _float(text: str, setting: Setting, here: Path) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("expected a number with a decimal point") from None


def _bool(text: str, setting: Setting, here: Path) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise ValueError("expected true or false")
    return text.lower() in TRUE


def _choice(text: str, setting: Setting, here: Path) -> str:
    if text not in setting.choices:
        raise ValueError(f"expected one of {', '.join(setting.choices)}")
    return text


_CONVERTERS = {
    "str": lambda text, setting, here: text,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "list": lambda text, setting, here: aslist(text),
    "path": lambda text, setting, here: Path(here, text).resolve() if text else None,
    "duration": _duration,
    "size": _size,
    "rate": _rate,
    "choice": _choice,
}


def load(
    declared: Iterable[Setting],
    raw: Mapping[str, Any],
    environ: Mapping[str, str] = os.environ,
    here: str | os.PathLike | None = None,
) -> dict[str, Any]:
    """Typed settings: what is declared, plus the keys of other libraries as they stand."""
    here = Path(here or ".")
    settings = dict(raw)
    known: dict[str, Setting] = {}
    for setting in declared:
        if setting.key in known:
            raise SettingError(f"the setting {setting.key} is declared twice")
        known[setting.key] = setting
        value = environ.get(setting.environment, raw.get(setting.key, setting.default))
        settings[setting.key] = setting.convert(value, here)
    return settings


def undeclared(declared: Iterable[Setting], raw: Mapping[str, Any]) -> dict[str, str | None]:
    """Keys in our namespaces that nobody declared, with the nearest known key (a typo, mostly)."""
    known = {setting.key for setting in declared}
    return {
        key: next(iter(difflib.get_close_matches(key, known, n=1)), None)
        for key in raw
        if key.startswith(OURS) and key not in known
    }


CORE = (
    Setting("korrigo.plugins", "list", "", "The plugins that are enabled, by name, in any order."),
    Setting("korrigo.environment", "choice", "development",
            "production refuses insecure settings; test is for test suites.",
            choices=("development", "production", "test")),
    Setting("korrigo.secret", "str", "", "Signs cookies and queue messages: at least 32 random characters.",
            secret=True),
    Setting("korrigo.url", "str", "http://localhost:6543", "The address at which people reach this server."),
    Setting("korrigo.data", "path", "var", "Folder of uploaded files, page pictures and the queue's own file."),
    Setting("korrigo.languages", "list", "fr en", "Languages offered; the first is the default."),
    Setting("korrigo.timezone", "str", "Europe/Paris", "Time zone in which dates are shown."),
    Setting("sqlalchemy.url", "str", "sqlite:///var/korrigo.db",
            "The database: SQLite for one machine, postgresql+psycopg://… for several."),
    Setting("korrigo.db.check", "bool", True, "Refuse to start when the migrations are behind."),
    Setting("korrigo.queue", "choice", "sqlite",
            "What rings the workers: sqlite (one machine), redis (several), immediate (tests).",
            choices=("sqlite", "redis", "immediate", "none")),
    Setting("korrigo.queue.url", "str", "redis://localhost:6379/0", "The Redis server when korrigo.queue = redis."),
    Setting("korrigo.jobs.workers", "int", 2, "Worker processes that this machine runs."),
    Setting("korrigo.jobs.lease", "duration", "60 s", "A job whose worker is silent for so long is taken back."),
    Setting("korrigo.jobs.sweep", "duration", "15 s", "How often workers look for jobs that nobody rang for."),
    Setting("korrigo.session.lifetime", "duration", "4 h", "A sign-in lasts so long."),
    Setting("korrigo.signin.link_lifetime", "duration", "2 d", "A one-time sign-in link lasts so long."),
    Setting("korrigo.limits.store", "str", "memory://",
            "Counts attempts: memory:// for one process, redis://… for several."),
    Setting("korrigo.limits.enabled", "bool", True, "Limit how often costly or sensitive acts may be tried."),
    Setting("korrigo.limits.signin", "str", "5/15minute", "Failed sign-ins for one account from one address."),
    Setting("korrigo.limits.api", "str", "600/minute", "Requests to the API with one token."),
    Setting("korrigo.upload.max", "size", "1 GB", "The largest file that may be uploaded."),
    Setting("korrigo.pages.cache", "size", "2 GB", "Page pictures kept on disk; they can be thrown away at any time."),
    Setting("korrigo.hosts", "list", "*", "Host names under which requests are accepted; * accepts any."),
)
