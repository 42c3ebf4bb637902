"""The directive for importers, and which of them reads a file."""

from pathlib import Path

from pyramid.exceptions import ConfigurationError

from korrigo.api import PdfRefused, contained, register, table, verified
from korrigo.api import Sentence as _

from ..interfaces import IImporter

CATEGORY = "korrigo importers"
HEAD = 8192
MAKES = frozenset({"itself", "pages", "files"})


def add_korrigo_importer(config, importer):
    """Offer an importer (:class:`korrigo_import.interfaces.IImporter`) under its name."""
    importer = verified(config, IImporter, importer, "the importer")
    if importer.makes not in MAKES:
        raise ConfigurationError(f"the importer {importer.name!r} makes {importer.makes!r}: one of "
                                 f"{', '.join(map(repr, sorted(MAKES)))} was expected")
    if not isinstance(importer.endings, tuple) or not all(ending.startswith(".") for ending in importer.endings):
        raise ConfigurationError(f"the endings of the importer {importer.name!r} are a tuple such as ('.tif',)")
    register(config, CATEGORY, importer.name, importer,
             lambda: table(config.registry, CATEGORY).__setitem__(importer.name, importer), title=str(importer.title))


def importers(registry) -> dict[str, IImporter]:
    """Every importer by name."""
    return table(registry, CATEGORY)


def endings(registry) -> list[str]:
    """The file endings that are offered for choice."""
    return sorted({ending for importer in importers(registry).values() for ending in importer.endings})


def importer_for(registry, path: Path, filename: str) -> IImporter:
    """The importer that recognises a file, by its content first.  Raises ``PdfRefused`` when there is none."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if not head:
        raise PdfRefused("empty", _("This file is empty. Scan or send it again."))
    known = importers(registry)
    for importer in known.values():
        found = False
        with contained(registry, CATEGORY, importer.name):
            found = importer.recognises(head, filename)
        if found:
            return importer
    ending = Path(filename).suffix.lower()
    for importer in known.values():
        if ending in importer.endings:     # its own words for what is wrong with the file are the best
            return importer
    raise PdfRefused("unknown", _("This is no file that can be read here. There are: ${kinds}.",
                                  kinds=", ".join(sorted(known))))
