"""Just enough TrueType: which glyph a character has, how wide it is, and the font cut down to a few glyphs.

A PDF needs six tables of a font whose glyphs it addresses by number; glyphs keep their numbers when others are emptied.
Source: the OpenType specification, tables head, hhea, hmtx, maxp, loca, glyf and cmap (format 4).
"""

import struct
from collections.abc import Iterable

KEPT_TABLES = ("glyf", "head", "hhea", "hmtx", "loca", "maxp")
COMPONENT_WORDS, COMPONENT_SCALE, MORE_COMPONENTS, COMPONENT_XY_SCALE, COMPONENT_2X2 = 1, 8, 32, 64, 128


class TrueType:
    """A font file with long or short glyph offsets and a Unicode character map of format 4."""

    def __init__(self, data: bytes):
        self.tables = {
            tag.decode(): data[offset : offset + length]
            for tag, _, offset, length in struct.iter_unpack(">4sIII", data[12 : 12 + 16 * _u16(data, 4)])
        }
        head = self.tables["head"]
        self.units_per_em = _u16(head, 18)
        self.bounds = tuple(self._thousandths(v) for v in struct.unpack_from(">4h", head, 36))
        self.ascent, self.descent = (
            self._thousandths(v) for v in struct.unpack_from(">2h", self.tables["hhea"], 4)
        )
        self.glyphs = _u16(self.tables["maxp"], 4)
        self.glyph_of = _character_map(self.tables["cmap"])
        short = _u16(head, 50) == 0
        offsets = struct.unpack_from(f">{self.glyphs + 1}{'H' if short else 'I'}", self.tables["loca"])
        self._offsets = [2 * v for v in offsets] if short else list(offsets)

    def _thousandths(self, value: int) -> int:
        return round(value * 1000 / self.units_per_em)

    def width(self, glyph: int) -> int:
        """Advance of a glyph in thousandths of the font size."""
        last = _u16(self.tables["hhea"], 34) - 1
        return self._thousandths(_u16(self.tables["hmtx"], 4 * min(glyph, last)))

    def cut(self, glyphs: Iterable[int]) -> bytes:
        """A font file with the outlines of these glyphs (and of their parts) alone, under their old numbers."""
        kept = {0}
        waiting = list(glyphs)
        while waiting:
            glyph = waiting.pop()
            if glyph not in kept:
                kept.add(glyph)
                waiting += _components(self._outline(glyph))
        outlines, offsets = bytearray(), []
        for glyph in range(self.glyphs):
            offsets.append(len(outlines))
            if glyph in kept:
                outline = self._outline(glyph)
                outlines += outline + bytes(-len(outline) % 4)
        offsets.append(len(outlines))
        head = bytearray(self.tables["head"])
        struct.pack_into(">I", head, 8, 0)  # checksum of the whole file: readers of embedded fonts ignore it
        struct.pack_into(">h", head, 50, 1)  # long offsets
        return _file({
            **{tag: self.tables[tag] for tag in KEPT_TABLES},
            "glyf": bytes(outlines), "head": bytes(head), "hmtx": self._metrics(kept),
            "loca": struct.pack(f">{len(offsets)}I", *offsets),
        })  # fmt: skip

    def _outline(self, glyph: int) -> bytes:
        return self.tables["glyf"][self._offsets[glyph] : self._offsets[glyph + 1]]

    def _metrics(self, kept: set[int]) -> bytes:
        """Metrics with zeros for the glyphs that are gone: zeros compress to nothing."""
        metrics = bytearray(self.tables["hmtx"])
        for glyph in range(_u16(self.tables["hhea"], 34)):
            if glyph not in kept:
                metrics[4 * glyph : 4 * glyph + 4] = bytes(4)
        return bytes(metrics)


def _u16(data: bytes, offset: int) -> int:
    return struct.unpack_from(">H", data, offset)[0]


def _character_map(cmap: bytes) -> dict[int, int]:
    """Glyph number by code point, from the first subtable of format 4 (and 12 for what lies beyond U+FFFF)."""
    found: dict[int, int] = {}
    for k in range(_u16(cmap, 2)):
        offset = struct.unpack_from(">I", cmap, 8 + 8 * k)[0]
        table = cmap[offset:]
        if _u16(table, 0) == 4:
            found = _format_4(table) | found
        elif _u16(table, 0) == 12:
            for first, last, glyph in struct.iter_unpack(">III", table[16 : struct.unpack_from(">I", table, 4)[0]]):
                found.update((code, glyph + code - first) for code in range(first, last + 1))
    return found


def _format_4(table: bytes) -> dict[int, int]:
    segments = _u16(table, 6) // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{segments}H", table, 14 + 2 * segments * row + (2 if row else 0))
        for row in range(4)
    )
    found = {}
    for k in range(segments):
        for code in range(starts[k], min(ends[k], 0xFFFE) + 1):
            glyph = code
            if ranges[k]:
                at = 16 + 6 * segments + 2 * k + ranges[k] + 2 * (code - starts[k])
                glyph = _u16(table, at)
            if glyph or not ranges[k]:
                found[code] = (glyph + deltas[k]) & 0xFFFF
    return found


def _components(outline: bytes) -> list[int]:
    """The glyphs that a composite glyph is made of; none for a simple one."""
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    parts, at, flags = [], 10, MORE_COMPONENTS
    while flags & MORE_COMPONENTS:
        flags, glyph = struct.unpack_from(">HH", outline, at)
        parts.append(glyph)
        at += 4 + (4 if flags & COMPONENT_WORDS else 2)
        at += 2 if flags & COMPONENT_SCALE else 4 if flags & COMPONENT_XY_SCALE else 0
        at += 8 if flags & COMPONENT_2X2 else 0
    return parts


def _file(tables: dict[str, bytes]) -> bytes:
    """A font file of these tables: directory, then the tables on multiples of four bytes."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">IHHHH", 0x10000, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    directory, body, offset = b"", b"", 12 + 16 * count
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag.encode(), checksum, offset, len(data))
        body += padded
        offset += len(padded)
    return header + directory + body
