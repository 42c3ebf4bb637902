"""Readers are an extension point: this plugin registers Tesseract, others may register theirs."""

from functools import cached_property

from zope.interface import implementer

from korrigo.api import Sentence, Told, register, table, verified
from korrigo.api import Sentence as _

from . import engines
from .interfaces import IReader, Reading

CATEGORY = "korrigo readers"
#: Of the readers that this plugin brings, the better one first.
PREFERRED = ("ppocr", "tesseract")


class NoReader(Told, RuntimeError):
    """The settings name a reader that is not registered."""


def add_korrigo_reader(config, reader):
    """Offer a reader (:class:`korrigo_ocr.interfaces.IReader`) under its name, for ``korrigo.ocr.reader``."""
    reader = verified(config, IReader, reader, "the reader")
    register(config, CATEGORY, reader.name, reader,
             lambda: table(config.registry, CATEGORY).__setitem__(reader.name, reader))


def chosen(registry) -> IReader | None:
    """The reader that the settings name, or None when it is ``none`` or not there.

    ``auto`` is the first of ``PREFERRED`` that works here; when none does, the last one, which says what is missing.
    """
    readers, name = table(registry, CATEGORY), registry.settings["korrigo.ocr.reader"]
    if name != "auto":
        return readers.get(name)
    found = [readers[one] for one in PREFERRED if one in readers]
    return next((reader for reader in found if not reader.available()), found[-1] if found else None)


def reader_check(registry) -> str:
    """The health check: the desk works without a reader, but says so; and what is read with less than the best."""
    name = registry.settings["korrigo.ocr.reader"]
    if name == "none":
        return _("off: names are found by hand")
    reader = chosen(registry)
    if reader is None:
        known = ", ".join(table(registry, CATEGORY)) or "none"
        raise NoReader(_("korrigo.ocr.reader = ${name}: there is no such reader. Registered: ${known}.",
                         name=name, known=known))
    if why_not := reader.available():
        return _("not working, names are found by hand: ${why}", why=Sentence.of(why_not))
    if name == "auto" and reader.name != PREFERRED[0] and (better := engines.ppocr_missing()):
        return _("${name}; a better one is not there: ${why}", name=reader.name, why=Sentence.of(better))
    if no_codes := engines.codes_missing():
        return _("${name}; codes on sheets are not read: ${why}", name=reader.name, why=Sentence.of(no_codes))
    if no_captions := engines.tesseract_missing(engines.LANGUAGES):
        return _("${name}; but the fields of a header cannot be found: ${why}", name=reader.name,
                 why=Sentence.of(no_captions))
    return reader.name


class Later:
    """A reader as this plugin registers it: its engine, and the libraries that it needs, come when somebody reads."""

    name: str

    @cached_property
    def engine(self) -> IReader:
        raise NotImplementedError

    def read(self, image, kind="name") -> Reading:
        return self.engine.read(image, kind)

    def read_many(self, images, kind="name") -> list[tuple[Reading, ...]]:
        return self.engine.read_many(images, kind)

    def score(self, image, candidates, kind="name") -> list[float]:
        return self.engine.score(image, candidates, kind)


@implementer(IReader)
class Tesseract(Later):
    """Tesseract 5, with the Debian packages alone."""

    name = "tesseract"

    def available(self) -> str | None:
        return engines.tesseract_missing(engines.LANGUAGES)

    @cached_property
    def engine(self) -> IReader:
        from .reading.tesseract import TesseractReader

        return TesseractReader()


@implementer(IReader)
class Ppocr(Later):
    """PP-OCRv6, with the packages of the extra ``ppocr``."""

    name = "ppocr"

    def available(self) -> str | None:
        return engines.ppocr_missing()

    @cached_property
    def engine(self) -> IReader:
        from .reading.ppocr import PpocrReader

        return PpocrReader()
