"""Readers are an extension point: this plugin registers Tesseract, others may register theirs."""

from korrigo.api import register, table, verified

from .interfaces import IReader

CATEGORY = "korrigo readers"


def add_korrigo_reader(config, reader):
    """Offer a reader (:class:`korrigo_ocr.interfaces.IReader`) under its name, for ``korrigo.ocr.reader``."""
    reader = verified(config, IReader, reader, "the reader")
    register(config, CATEGORY, reader.name, reader,
             lambda: table(config.registry, CATEGORY).__setitem__(reader.name, reader))


def chosen(registry) -> IReader | None:
    """The reader that the settings name, or None when it is ``none`` or not there."""
    return table(registry, CATEGORY).get(registry.settings["korrigo.ocr.reader"])


def reader_check(registry) -> str:
    """The health check: the desk works without a reader, but says so."""
    name = registry.settings["korrigo.ocr.reader"]
    if name == "none":
        return "off: names are found by hand"
    reader = chosen(registry)
    if reader is None:
        known = ", ".join(table(registry, CATEGORY)) or "none"
        raise RuntimeError(f"korrigo.ocr.reader = {name}: there is no such reader. Registered: {known}.")
    why_not = reader.available()
    return f"not working, names are found by hand: {why_not}" if why_not else name
