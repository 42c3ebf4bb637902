"""The directives by which a plugin adds to Korrigo.

Each is of one shape: resolve dotted names, validate *now* (so that the error names the caller's line), and
register in an action with a discriminator (two plugins cannot take one name unseen) and an introspectable
(the admin page and ``korrigo plugin list`` show who added what).
"""

import inspect
from collections.abc import Callable

from pyramid.exceptions import ConfigurationError
from zope.interface.exceptions import Invalid
from zope.interface.verify import verifyObject


def verified(config, interface, candidate, what: str):
    """The object behind ``candidate`` (an object or a dotted name), checked against its interface.

    A plain function need not declare that it provides an interface whose only method is ``__call__``; that it
    takes the interface's arguments is checked here, for ``verifyObject`` looks at methods only.
    """
    candidate = config.maybe_dotted(candidate)
    function = inspect.isfunction(candidate)
    try:
        verifyObject(interface, candidate, tentative=function)
        if function:
            wanted = interface["__call__"].getSignatureInfo()
            signature = inspect.signature(candidate)
            (signature.bind_partial if wanted["kwargs"] else signature.bind)(*wanted["positional"])
    except (Invalid, TypeError) as error:
        raise ConfigurationError(f"{what} of {config.package.__name__}: {str(error).strip()}") from None
    return candidate


def register(config, category: str, name, value, store: Callable[[], None], *, key=None, order: int = 0,
             **details) -> None:
    """One action: ``store()`` runs at commit; ``category`` is plural and begins with "korrigo ".

    ``key`` is what conflicts when it is less than the name; actions of a higher ``order`` run later.
    """
    introspectable = config.introspectable(category, name, str(name), category.removeprefix("korrigo "))
    introspectable.update(details, name=name, value=value, package=config.package.__name__)
    config.action((category, name if key is None else key), store, introspectables=(introspectable,), order=order)


def owner(config) -> str:
    """The plugin whose ``includeme`` is at work, by the prefix of its routes; nothing for the core."""
    return (config.route_prefix or "").strip("/").partition("/")[0]


def table(registry, category: str) -> dict:
    """The registry's dict of a category: name -> value, in the order of registration."""
    return registry.setdefault(category, {})


def owner_of(registry, category: str, name) -> str:
    """The package that registered something: whom a log blames when it raises."""
    introspectable = registry.introspector.get(category, name)
    return introspectable["package"] if introspectable is not None else "nobody"


def added_by(registry, package: str) -> dict[str, list]:
    """What a package and those inside it added, by category, from the introspector."""
    found: dict[str, list] = {}
    for category in sorted(name for name, _ in registry.introspector.categorized() if name.startswith("korrigo ")):
        for item in registry.introspector.get_category(category) or ():
            introspectable = item["introspectable"]
            if f"{introspectable['package']}.".startswith(f"{package}."):
                found.setdefault(category, []).append(introspectable)
    return found
