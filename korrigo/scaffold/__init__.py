"""``korrigo plugin new``: a distribution that installs, passes its tests and does something visible.

The templates are the folders beside this module: ``common``, then one for each kind.  ``package`` in a path becomes the
plugin's package; the rest is :class:`string.Template`.
"""

import re
from importlib import resources
from pathlib import Path
from string import Template

from ..messages import update
from ..pipeline import BadInput
from ..plugins import installed

#: Kind -> (what such a plugin does, what it requires and the plugins whose distributions it needs).
KINDS = {
    "grader": ("Proposes the points of a question whose answer is a number.", ("grading",)),
    "reader": ("Reads the names that are written on copies.", ("ocr",)),
    "importer": ("Reads text files, whose pages show 60 lines each.", ("import",)),
    "exporter": ("The total of each pupil, as CSV.", ("export", "grading")),
    "panel": ("What is left to grade, on the page of an exam.", ()),
}

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 30
#: First words of the core's addresses, and its part of the database: a plugin's pages are under its name.
TAKEN = frozenset({"admin", "api", "copies", "core", "exams", "healthz", "jobs", "metrics", "pages", "profile",
                   "readyz", "session", "sides", "signin", "signout", "static", "students", "testing"})


def create(name: str, kind: str, folder: Path) -> Path:
    """Write the distribution into ``folder``; where it is."""
    refuse_name(name)
    target = folder / f"korrigo-{name.replace('_', '-')}"
    if target.exists():
        raise BadInput(f"{target} is there already. Choose another name or --folder.")
    values = words(name, kind)
    for part in ("common", kind):
        copy(resources.files(__name__) / part, target, values)
    update(target / values["package"])
    return target


def refuse_name(name: str) -> None:
    """A plugin's name is part of its package, its tables, its settings and its addresses."""
    if not NAME.fullmatch(name) or len(name) > LONGEST or name.startswith("korrigo"):
        near = re.sub(r"[^a-z0-9]+", "_", name.lower().removeprefix("korrigo")).strip("_0123456789")[:LONGEST]
        hint = f" What about {near}?" if NAME.fullmatch(near) else ""
        raise BadInput(f"{name!r} cannot be the name of a plugin: small letters and digits, words joined by _, a "
                       f"letter first, without korrigo before it, at most {LONGEST} characters.{hint}")
    if name in TAKEN:
        raise BadInput(f"{name!r} cannot be the name of a plugin: the core uses it.")
    for other in installed():
        if name == other:
            raise BadInput(f"a plugin {name!r} is installed already. Choose another name.")
        if f"{name}_".startswith(f"{other}_") or other.startswith(f"{name}_"):
            raise BadInput(f"{name!r} cannot be the name of a plugin: tables of it and of {other!r} could not be told "
                           "apart. Choose one that does not begin alike.")


def words(name: str, kind: str) -> dict[str, str]:
    """What the templates speak of."""
    summary, needs = KINDS[kind]
    return {
        "name": name, "package": f"korrigo_{name}", "distribution": f"korrigo-{name.replace('_', '-')}",
        "hyphened": name.replace("_", "-"), "title": name.replace("_", " ").capitalize(),
        "class_name": name.title().replace("_", ""), "summary": summary,
        "enabled": " ".join([*sorted(needs), name]),
        "needs": "\n    ".join(f"{other}>=1.0.0.dev0,<2" for other in ("korrigo", *(f"korrigo-{n}" for n in needs))),
    }


def copy(source, target: Path, values: dict[str, str]) -> None:
    """A folder of templates, written out."""
    target.mkdir(parents=True, exist_ok=True)
    for item in source.iterdir():
        if item.is_dir():
            copy(item, target / (values["package"] if item.name == "package" else item.name), values)
        elif item.name.endswith(".in"):
            text = Template(item.read_text(encoding="utf-8")).substitute(values)
            (target / item.name.removesuffix(".in")).write_text(text, encoding="utf-8")
