"""The fonts of one PDF: Helvetica as long as its characters are enough, an embedded font for the rest."""

from __future__ import annotations

import functools
import re
import unicodedata
import zlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from .helvetica import widths
from .truetype import TrueType

if TYPE_CHECKING:
    import pikepdf

_SAME_IN_PRINT = str.maketrans({
    "\u202f": "\u00a0", "\u2009": "\u00a0", "\u2007": "\u00a0", "\u2011": "-", "\t": " ", "\u00ad": None,
    "\u200b": None, "\ufeff": None, "\ufe0e": None, "\ufe0f": None,
})  # fmt: skip
_MISSING = "\ufffd"
_UNBREAKABLE = re.compile(r"(?<=«) | (?=[!?:;»%])")
"""Spaces of French punctuation: no line ends there."""
_EMBEDDED_NAME = "/KORRIG+KorrigoSans"


def embedded_font() -> TrueType:
    """The font shipped with this package."""
    return TrueType(resources.files(__package__).joinpath("fonts/KorrigoSans.ttf").read_bytes())


def tidy(text: str, characters: frozenset[int]) -> str:
    """One line of text as it is printed: composed accents, no control characters, � for what no font has."""
    text = unicodedata.normalize("NFC", text).translate(_SAME_IN_PRINT)
    if text.isprintable() and _in_winansi(text):
        return text
    kept = (c for c in text if unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(c if ord(c) in characters or _in_winansi(c) else _MISSING for c in kept)


def _in_winansi(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True)
class Run:
    """A line of text ready for a content stream: ``font`` is its name in the resources, ``shown`` the operand of Tj.

    ``thick`` asks for outlined letters: the embedded font has no bold.
    """

    font: str
    shown: bytes
    thick: bool = False


class FontShelf:
    """What does not change from one PDF to the next: metrics and the font file, read once."""

    def __init__(self) -> None:
        self.regular, self.bold = widths(False), widths(True)

    @functools.cached_property
    def embedded(self) -> TrueType:
        return embedded_font()

    @functools.cached_property
    def characters(self) -> frozenset[int]:
        return frozenset(self.embedded.glyph_of)

    def tidy(self, text: str) -> str:
        """One line of text as it is printed, for comparing with what a reader finds."""
        if text.isascii() and text.isprintable():
            return text
        return tidy(text, self.characters)


class Fonts:
    """The fonts of one PDF; remembers what was used, so that nothing else is written."""

    def __init__(self, shelf: FontShelf):
        self.shelf = shelf
        self._used: set[str] = set()
        self._characters: dict[int, str] = {}

    def run(self, text: str, bold: bool = False) -> Run:
        """Encode one line of text."""
        text = self.shelf.tidy(text)
        if _in_winansi(text):
            font = "HelvB" if bold else "Helv"
            self._used.add(font)
            shown = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            return Run(font, b"(%s)" % shown)
        self._used.add("Sans")
        glyphs = [(self.shelf.embedded.glyph_of.get(ord(c), 0), c) for c in text]
        for glyph, character in glyphs:
            self._characters.setdefault(glyph, character)
        return Run("Sans", b"<%s>" % b"".join(b"%04x" % glyph for glyph, _ in glyphs), bold)

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """How wide a line of text is, in the unit of ``size``."""
        return size * self._width(self.shelf.tidy(text), bold)

    def _width(self, text: str, bold: bool) -> float:
        table = self.shelf.bold if bold else self.shelf.regular
        try:
            return sum(table[c] for c in text) / 1000
        except KeyError:
            font = self.shelf.embedded
            return sum(font.width(font.glyph_of.get(ord(c), 0)) for c in text) / 1000

    def wrap(self, text: str, room: float, size: float, bold: bool = False) -> list[str]:
        """Break text into lines no wider than ``room``: at its newlines, then at spaces, then inside long words."""
        lines = []
        for paragraph in _UNBREAKABLE.sub("\u00a0", text).split("\n"):
            line = ""
            for word in paragraph.split(" "):
                longer = f"{line} {word}" if line else word
                if not line or self.width(longer, size, bold) <= room:
                    line = longer
                else:
                    lines.append(line)
                    line = word
                while len(line) > 1 and self.width(line, size, bold) > room:
                    fits = self._fitting(line, room, size, bold)
                    lines.append(line[:fits])
                    line = line[fits:]
            lines.append(line)
        return lines

    def _fitting(self, word: str, room: float, size: float, bold: bool) -> int:
        """How many of its first characters fit; at least one, so that every break makes progress."""
        return next((k for k in range(len(word) - 1, 1, -1) if self.width(word[:k], size, bold) <= room), 1)

    def objects(self, pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
        """The /Font resources for all that was encoded so far."""
        from pikepdf import Dictionary, Name

        fonts = Dictionary()
        for name, base in (("Helv", Name.Helvetica), ("HelvB", Name("/Helvetica-Bold"))):
            if name in self._used:
                fonts[f"/{name}"] = pdf.make_indirect(Dictionary(
                    Type=Name.Font, Subtype=Name.Type1, BaseFont=base, Encoding=Name.WinAnsiEncoding))
        if "Sans" in self._used:
            fonts.Sans = self._embedded(pdf)
        return fonts

    def _embedded(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        import pikepdf
        from pikepdf import Array, Dictionary, Name

        name = Name(_EMBEDDED_NAME)
        font, used = self.shelf.embedded, sorted(self._characters)
        cut = font.cut(used)
        descriptor = pdf.make_indirect(Dictionary(
            Type=Name.FontDescriptor, FontName=name, Flags=4, FontBBox=Array(font.bounds), ItalicAngle=0,
            Ascent=font.ascent, Descent=font.descent, CapHeight=729, StemV=80,
            FontFile2=pdf.make_stream(zlib.compress(cut), Filter=Name.FlateDecode, Length1=len(cut)),
        ))  # fmt: skip
        descendant = pdf.make_indirect(Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, FontDescriptor=descriptor,
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
            W=Array([part for glyph in used for part in (glyph, Array([font.width(glyph)]))]),
            CIDToGIDMap=Name.Identity,
        ))  # fmt: skip
        return pdf.make_indirect(Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([descendant]),
            ToUnicode=pdf.make_stream(zlib.compress(_to_unicode(self._characters)), Filter=Name.FlateDecode),
        ))  # fmt: skip


def _to_unicode(characters: dict[int, str]) -> bytes:
    """The map that makes text in an embedded font searchable (PDF 32000-1, 9.10.3; at most 100 lines a block)."""
    lines = [b"<%04x> <%s>" % (glyph, character.encode("utf-16-be").hex().encode())
             for glyph, character in sorted(characters.items())]
    blocks = [lines[k : k + 100] for k in range(0, len(lines), 100)]
    return b"\n".join((
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Korrigo def /CMapType 2 def",
        b"1 begincodespacerange <0000> <ffff> endcodespacerange",
        *(b"%d beginbfchar\n%s\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks),
        b"endcmap CMapName currentdict /CMap defineresource pop end end",
    ))  # fmt: skip
