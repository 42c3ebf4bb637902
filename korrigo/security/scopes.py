"""Scopes: what the owner of a token lets it do.  They only narrow what the permission table gives its owner."""

import re
from dataclasses import dataclass

from pyramid.exceptions import ConfigurationError

from ..directives import owner, register, table
from ..sentences import Sentence as _

CATEGORY = "korrigo scopes"

#: What every token may: say whose it is and what is enabled here.
BASIC = "account:read"

NAME = re.compile(r"[a-z][a-z0-9]*:[a-z]+")


@dataclass(frozen=True)
class Scope:
    """``guards``: permissions that a token has only with this scope, whatever it is used for."""

    name: str
    title: str
    guards: tuple[str, ...] = ()


CORE = (
    Scope(BASIC, _("See whose token this is and what is enabled")),
    Scope("exams:read", _("See exams and how far their copies are")),
    Scope("exams:write", _("Make exams")),
    Scope("jobs:read", _("Follow background jobs")),
    Scope("pupils:read", _("See the names of pupils"), guards=("exam:names", "students:view")),
)


def add_korrigo_scope(config, name, title, *, guards=()):
    """Offer a scope for tokens.  That of a plugin begins with its name: ``grading:read``."""
    plugin = owner(config)
    if not NAME.fullmatch(name) or (plugin and not name.startswith(f"{plugin}:")):
        raise ConfigurationError(f"the scope {name!r} is called {plugin or 'subject'}: and a word")
    if not str(title).strip():
        raise ConfigurationError(f"the scope {name!r} needs a title: people choose by it")
    scope = Scope(name, title, tuple(guards))
    register(config, CATEGORY, name, scope, lambda: table(config.registry, CATEGORY).__setitem__(name, scope),
             title=str(title))


def scopes(registry) -> dict[str, Scope]:
    """Every scope by name."""
    return table(registry, CATEGORY)


def within(registry, identity, permission: str) -> bool:
    """Whether the scopes of somebody's token let a permission through; a person who is signed in needs none."""
    return identity is None or identity.token is None or all(
        scope.name in identity.scopes for scope in scopes(registry).values() if permission in scope.guards)


def includeme(config):
    config.add_directive("add_korrigo_scope", add_korrigo_scope)
    for scope in CORE:
        config.add_korrigo_scope(scope.name, scope.title, guards=scope.guards)
