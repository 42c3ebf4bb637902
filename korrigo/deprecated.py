"""What is going away: it works for one more minor version of the plugin API, and says who still uses it."""

import functools
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from .plugins import installed


class KorrigoDeprecation(DeprecationWarning):
    """A plugin uses what the next versions of Korrigo will not have."""


def deprecated(*, since: str, instead: str) -> Callable:
    """A decorator for a directive that is going away: ``since`` this plugin API, ``instead`` what to use."""
    def decorate(directive: Callable) -> Callable:
        @functools.wraps(directive)
        def warned(config, *args, **values):
            tell(config.package.__name__, directive.__name__, since, instead, stacklevel=4)
            return directive(config, *args, **values)
        return warned
    return decorate


def deprecated_names(module: str, moved: Mapping[str, tuple[Any, str, str]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module whose names are going away: name -> (value, since, instead)."""
    def getter(name: str) -> Any:
        if name not in moved:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        value, since, instead = moved[name]
        tell(importer(), f"{module}.{name}", since, instead, stacklevel=3)
        return value
    return getter


def importer() -> str:
    """The module that asks for a name: the first one on the stack that is neither this one nor the import system."""
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("importlib"):
        frame = frame.f_back
    return frame.f_globals.get("__name__", "")


def tell(module: str, what: str, since: str, instead: str, *, stacklevel: int) -> None:
    package = module.partition(".")[0]
    names = [name for name, entry in installed().items() if entry.value.partition(":")[0].partition(".")[0] == package]
    who = f"the plugin {names[0]!r}" if names else f"the module {module!r}"
    warnings.warn(f"{who} uses {what}, which is going away since the plugin API {since}: use {instead}.",
                  KorrigoDeprecation, stacklevel=stacklevel)
