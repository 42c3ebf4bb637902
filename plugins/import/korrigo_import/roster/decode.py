"""From the bytes of a file to its text, whatever program wrote it."""

import codecs
import unicodedata

from korrigo.api import Sentence as _

from .values import RosterError

#: What is no text, by its first bytes: (signature, what it is).
_NOT_TEXT = (
    (b"PK\x03\x04", _("an Excel or LibreOffice workbook (or a ZIP archive)")),
    (b"\xd0\xcf\x11\xe0", _("an old Excel workbook")),
    (b"%PDF", _("a PDF")),
    (b"<?xml", _("an XML file")),
)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: Codecs of one byte a letter, the usual ones first: an equal score goes to the first.
_SINGLE_BYTE = ("cp1252", "iso8859-15", "mac_roman")

_FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ°’")


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, in composed letters, and the codec that gave it.

    A byte order mark decides; else UTF-16 shows by its zero bytes; else valid UTF-8 is UTF-8; else the single-byte
    codec whose letters look most like those of names.  Raises RosterError for what is empty or no text.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise RosterError(_("This file is empty. Export the list of pupils again, as CSV."))
    for signature, kind in _NOT_TEXT:
        if data.startswith(signature):
            raise RosterError(_("This is ${kind}, not a CSV file. Open it and save it as CSV, then send that file.",
                                kind=kind))
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise RosterError(_("This file says that it is ${encoding}, but it is damaged. Export it again.",
                            encoding=encoding.removesuffix("-sig").upper())) from None
    if "\x00" in text:
        raise RosterError(_("This is not a text file. Export the list of pupils as CSV."))
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff")), encoding


def looks_garbled(text: str) -> bool:
    """Whether letters were lost before the file came here: UTF-8 read as Windows text, or replaced letters."""
    return any(trace in text for trace in ("Ã©", "Ã¨", "Ã‰", "Ã«", "Ã§", "\ufffd"))


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:4096]
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return max(_SINGLE_BYTE, key=lambda encoding: _likeness(data, encoding))
    return "utf-8"


def _likeness(data: bytes, encoding: str) -> int:
    """How much the letters beyond ASCII look like those of French names; signs that no name has count against."""
    foreign = (c for c in data.decode(encoding, "replace") if ord(c) > 127)
    return sum(2 if c in _FRENCH else 1 if c.isalpha() and c.isprintable() else -3 for c in foreign)
