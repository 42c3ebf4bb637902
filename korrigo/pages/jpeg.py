"""The marker segments of a JPEG file (ITU-T T.81), read without decoding it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

START_OF_IMAGE, END_OF_IMAGE = b"\xff\xd8", b"\xff\xd9"
SCAN, COMMENT = 0xDA, 0xFE
APPLICATIONS = range(0xE0, 0xF0)
SHOWN = {0xE0, 0xE2, 0xEE}
"""JFIF's resolution, the colour profile and Adobe's colour transform: without them a page may look otherwise."""
SHOWN_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive: what every browser shows."""
OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
"""Lossless, hierarchical and arithmetic."""


@dataclass(frozen=True)
class Frame:
    """What a frame header says: size in pixels, number of components, bits a sample."""

    width: int
    height: int
    components: int
    bits: int


@dataclass(frozen=True)
class Segment:
    """``data[start:end]`` of the file, marker included; ``body`` is where its parameters begin."""

    marker: int
    start: int
    body: int
    end: int


def segments(data: bytes) -> Iterator[Segment]:
    """The segments before the first scan; they end where the bytes end or are no JPEG."""
    if data[:2] != START_OF_IMAGE:
        return
    start = 2
    while data[start : start + 1] == b"\xff":
        at = start
        while data[at + 1 : at + 2] == b"\xff":  # any number of fill bytes may precede a marker
            at += 1
        if at + 4 > len(data) or data[at + 1] == SCAN:
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield Segment(data[at + 1], start, at + 4, end)
        start = end


def read_frame(data: bytes) -> Frame | None:
    """The frame header, from the first bytes of a JPEG; ``None`` when there is none that a browser shows."""
    for segment in segments(data):
        if segment.marker in OTHER_FRAMES or segment.body + 6 > len(data):
            return None
        if segment.marker in SHOWN_FRAMES:
            bits, *size, components = data[segment.body : segment.body + 6]
            height, width = int.from_bytes(size[:2], "big"), int.from_bytes(size[2:], "big")
            return Frame(width, height, components, bits)
    return None


ORIENTATION = {0: 1, 90: 6, 180: 3, 270: 8}
"""Degrees clockwise to turn the stored picture -> the value of Exif's tag."""


def oriented(data: bytes, turned: int) -> bytes:
    """The same JPEG, not a pixel touched, which a browser shows turned by ``turned`` degrees clockwise."""
    data = without_exif(data)
    if not turned:
        return data
    # One directory (little-endian) with one entry: tag, type 3 (short), one value.
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, ORIENTATION[turned], 0, 0)
    body = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def without_exif(data: bytes) -> bytes:
    """The same JPEG, not a pixel touched, without what is said about it: a PDF viewer ignores the orientation in Exif,
    a browser would obey it and turn the page; and comments may name a file, a person or a place."""
    kept, done = [], 0
    for segment in segments(data):
        if segment.marker == COMMENT or (segment.marker in APPLICATIONS and segment.marker not in SHOWN):
            kept.append(data[done : segment.start])
            done = segment.end
    return b"".join((*kept, data[done:]))
