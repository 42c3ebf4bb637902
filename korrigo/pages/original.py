"""The bytes of a scan in the place of a picture of it: nothing is decoded, so a web process may do it."""

import os

from .index import PageIndex
from .jpeg import oriented
from .picture import MEDIA_TYPES, Picture, Style, View

MM_PER_INCH = 25.4
MAX_SIDE = 5200
"""Pixels a side of a JPEG that is passed on as it is: A3 at 300 dpi has 4961."""
LARGER = 1.5
"""A scan up to so many times as wide as what is asked for is sent as it is, for a smaller copy is hardly lighter …"""
LIGHT = 420_000
"""… when it has no more bytes than this."""


def is_original(page: PageIndex, view: View, style: Style) -> bool:
    """Whether the scan itself can be shown in the place of a picture: a page that is one JPEG, wanted whole and without
    masks."""
    jpeg = page.jpeg
    if jpeg is None or style.format != "jpeg" or style.masks or style.clip or view.region != "full":
        return False
    if max(jpeg.width, jpeg.height) > MAX_SIDE:
        return False
    width, _height = _size(page, view)
    across = page.width_mm if view.turned in (0, 180) else page.height_mm
    wanted = style.width or round((style.dpi or 0) * across / MM_PER_INCH)
    return not wanted or wanted >= width or (
        style.larger and width <= LARGER * wanted and jpeg.length <= LIGHT)


def original(descriptor: int, page: PageIndex, view: View) -> Picture:
    """The scan itself, read from the open file.  A turn is left to the browser, by an Exif segment."""
    data = os.pread(descriptor, page.jpeg.length, page.jpeg.start)
    return Picture(oriented(data, _turned(page, view)), *_size(page, view), MEDIA_TYPES["jpeg"])


def _turned(page: PageIndex, view: View) -> int:
    return (page.rotation + view.turned) % 360


def _size(page: PageIndex, view: View) -> tuple[int, int]:
    """Width and height in pixels, as shown."""
    stored = page.jpeg.width, page.jpeg.height
    return stored[::-1] if _turned(page, view) in (90, 270) else stored
