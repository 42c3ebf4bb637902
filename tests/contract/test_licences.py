"""Everything that is used may be used, is pinned, and has its reason written down."""

import configparser
import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]

#: Licences that ask for nothing but their own text, as packages spell them.
PERMISSIVE = re.compile(
    r"0BSD|Apache(?: Software)?(?: License)?(?:[ ,-]*(?:Version )?2\.0)?|BSD(?:-[23]-Clause)?(?: License)?|HPND|ISC"
    r"|3-Clause BSD License"
    r"|MIT(?:-CMU|-0)?(?: License)?|PSF-2\.0|Python Software Foundation License|ZPL[- ]2\.1|Zope Public License|Zlib"
    r"|CC0-1\.0|LicenseRef-Repoze-BSD-derived|BSD-derived .*repoze.*|Repoze Public License"
    r"|dependency licenses", re.IGNORECASE)     # the last: pypdfium2, of PDFium and what is in it
#: The first words of the MIT licence, for packages that say nothing but hold it.
MIT = "Permission is hereby granted, free of charge"
#: Weak copyleft: used unchanged, as docs/dependencies.md says.
WEAK = {"pikepdf": "MPL-2.0", "psycopg": "LGPL-3.0", "psycopg-binary": "LGPL-3.0", "hypothesis": "MPL-2.0",
        "certifi": "MPL-2.0", "tqdm": "MPL-2.0"}
LONG = {"MPL-2.0": "Mozilla Public License 2.0", "LGPL-3.0": "Lesser General Public License v3"}
FILES = [ROOT / "setup.cfg", *sorted(ROOT.glob("plugins/*/setup.cfg"))]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def installed() -> list[str]:
    """The pinned packages that are here: each platform leaves some out."""
    found = []
    for requirement in pinned():
        try:
            importlib.metadata.distribution(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found.append(requirement.name)
    return found


def licences(name: str) -> list[str]:
    """What a package says of its licence: an expression, else classifiers, else a short text."""
    metadata = importlib.metadata.metadata(name)
    if metadata["License-Expression"]:
        return [metadata["License-Expression"]]
    classifiers = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or ()
                   if line.startswith("License :: ")]
    text = (metadata["License"] or "").strip()
    said = [line for line in classifiers if line != "OSI Approved"] + ([text] if 0 < len(text) < 60 else [])
    if said:
        return said
    files = [file for file in importlib.metadata.files(name) or () if file.name.upper().startswith("LICENSE")]
    return ["MIT"] if any(MIT in " ".join(file.read_text().split()) for file in files) else []


def is_allowed(said: str) -> bool:
    """Whether every part of an expression is permissive, or one of those among which one may choose."""
    return any(all(PERMISSIVE.fullmatch(part.strip(" ()")) for part in re.split(r" AND | and |, ", choice))
               for choice in re.split(r" OR | or ", said))


@pytest.mark.parametrize("name", installed())
def test_a_pinned_package_has_a_licence_that_is_allowed(name):
    said = licences(name)
    if name in WEAK:
        assert any(word in text for text in said for word in (WEAK[name], LONG[WEAK[name]])), said
    else:
        assert any(is_allowed(text) for text in said), said


def test_weak_copyleft_is_written_down():
    text = (ROOT / "docs" / "dependencies.md").read_text()
    for name, licence in WEAK.items():
        assert re.search(rf"{name.removesuffix('-binary')} \({licence}", text.replace("\n", " "))


def requirements(file: Path) -> list[Requirement]:
    parser = configparser.ConfigParser()
    parser.read(file, encoding="utf-8")
    lines = parser["options"]["install_requires"].split("\n")
    extras = parser["options.extras_require"].values() if "options.extras_require" in parser else ()
    lines += [line for extra in extras for line in extra.split("\n")]
    return [Requirement(line) for line in lines if line.strip()]


def explained() -> set[str]:
    """The packages of the table in docs/dependencies.md."""
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    return {plain(re.sub(r"\(.*\)", "", name).strip()) for row in rows for name in row.split(",")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_requirement_has_a_range_a_pin_and_a_reason(file):
    pins = {plain(requirement.name): next(iter(requirement.specifier)).version for requirement in pinned()}
    for requirement in requirements(file):
        name = plain(requirement.name)
        if name.startswith("korrigo-") or name == "korrigo":
            continue
        assert requirement.specifier, name
        assert pins[name] in requirement.specifier, name
        assert name in explained(), name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_what_a_distribution_imports_is_what_it_or_the_core_requires(file):
    """Nothing is used by the grace of somebody else's requirement."""
    folder = file.parent / ("korrigo" if file.parent == ROOT else f"korrigo_{file.parent.name}")
    source = "\n".join(module.read_text() for module in folder.rglob("*.py"))
    source = re.sub(r'"""[\s\S]*?"""', "", source)
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE)) - {"zope"}
    owners = importlib.metadata.packages_distributions()
    used = {plain(owner) for name in imported for owner in owners.get(name, ())}
    required = {plain(requirement.name) for one in (file, FILES[0]) for requirement in requirements(one)}
    assert used - required - {"korrigo", f"korrigo-{file.parent.name}"} == set()
