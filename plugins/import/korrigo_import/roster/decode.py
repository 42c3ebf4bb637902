"""From the bytes of a file to its text, whatever program wrote it."""

import codecs
import unicodedata
from collections.abc import Mapping

from korrigo.api import Sentence as _

from .values import RosterError

#: Codecs that a person may choose, by what people call them.
ENCODINGS: Mapping[str, str] = {
    "utf-8": _("UTF-8"), "cp1252": _("Windows (Western)"), "iso8859-15": _("ISO 8859-15"),
    "mac_roman": _("old Macintosh"), "cp850": _("DOS"), "utf-16": _("UTF-16"),
}

#: What is no text, by its first bytes: (signature, what it is).
_NOT_TEXT = (
    (b"%PDF", _("a PDF")),
    (b"\x89PNG", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"{\\rtf", _("a text document")),
)
_HTML = (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: Codecs of one byte a letter, the usual ones first: an equal score goes to the first.
_SINGLE_BYTE = ("cp1252", "iso8859-15", "mac_roman", "cp850")
#: So many letters decide which of them it is.
_JUDGED = 1 << 18

_FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ°’")


def decode(data: bytes, asked: str = "") -> tuple[str, str]:
    """The text of a file, in composed letters, and the codec that gave it: the one that was asked for, if any.

    A byte order mark decides; else UTF-16 shows by its zero bytes; else valid UTF-8 is UTF-8; else the single-byte
    codec whose letters look most like those of names.  Raises RosterError for what is empty or no text.
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise RosterError(_("This file is empty. Export the list of pupils again, as CSV."))
    _refuse_other_kinds(data)
    encoding = asked if asked in ENCODINGS else _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise RosterError(_("This file cannot be read as ${encoding}: it is damaged, or written in another way. "
                            "Choose another encoding, or export it again.",
                            encoding=encoding.removesuffix("-sig").upper())) from None
    if "\x00" in text:
        raise RosterError(_("This is not a text file. Export the list of pupils as CSV."))
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff")), encoding


def looks_garbled(text: str) -> bool:
    """Whether letters were lost before the file came here: UTF-8 read as Windows text, or replaced letters."""
    return any(trace in text for trace in ("Ã©", "Ã¨", "Ã‰", "Ã«", "Ã§", "\ufffd"))


def _refuse_other_kinds(data: bytes) -> None:
    for signature, kind in _NOT_TEXT:
        if data.startswith(signature):
            raise RosterError(_("This is ${kind}, not a list of pupils. Export the list as CSV or as a workbook.",
                                kind=kind))
    if data.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:200].lower().startswith(_HTML):
        raise RosterError(_("This is a web page, even if its name says that it is a workbook. Open it in a "
                            "spreadsheet, save it as CSV or XLSX, and send that file."))


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
        return max(_SINGLE_BYTE, key=lambda encoding: _likeness(data[:_JUDGED], encoding))
    return "utf-8"


def _likeness(data: bytes, encoding: str) -> int:
    """How much the letters beyond ASCII look like those of French names; signs that no name has count against, and
    so does a capital within small letters or a small letter within capitals."""
    text = data.decode(encoding, "replace")
    score = 0
    for place, char in enumerate(text):
        if char > "\x7f":
            score += 2 if char in _FRENCH else 1 if char.isalpha() and char.isprintable() else -3
            before, after = text[max(place - 2, 0):place], text[place + 1:place + 2]
            if (char.isupper() and before[-1:].islower()) or (char.islower() and before[-1:].isupper() and (
                    after.isupper() or (before.isalpha() and before.isupper() and len(before) == 2))):
                score -= 2
    return score
