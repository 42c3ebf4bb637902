"""Decodes the pages of an untrusted PDF.  For sandboxed children only.

A page that is one JPEG is decoded by Pillow, at the nearest larger of the sizes which the decoder gives cheaply; any
other is rendered by pdfium.  The last page decoded is kept: the two halves of a sheet, or the analysis and the
thumbnail of a side, cost one decoding.
"""

import io
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
import pypdfium2 as pdfium
from PIL import (
    BmpImagePlugin,  # noqa: F401  what Pillow imports when it opens its first picture:
    GifImagePlugin,  # noqa: F401  here, the fork server does it once for all children
    Image,
    ImageDraw,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from ..sentences import Sentence as _
from .errors import PageUnreadable
from .index import PageIndex
from .original import MM_PER_INCH, is_original, original
from .picture import MEDIA_TYPES, Box, Picture, Style, View
from .reader import PageReader, open_pdf

UNITS = 1000
HAIR = 0.01
"""Pixels: so little over a whole number is none."""
RENDER_DPI = 200
"""Of a page that has no resolution of its own, when no size is asked for."""
MAX_SIDE = 2600
"""Pixels a side of what is drawn."""
MAX_RASTER = 40_000_000
"""Pixels of a whole page decoded or rendered to draw a part of it."""
MASK_COLOUR = (203, 213, 225)
NEAREST_OF_FOUR = [round(level / 85) for level in range(256)]
FOUR_GREYS = [grey for level in range(4) for grey in (level * 85,) * 3]
NEARLY = 1.3
"""What the decoder gives is not scaled when it is so many times as wide as asked for, and that much larger will do."""
SHRINK_FIRST = 1.1
"""Pillow averages whole pixels down to this multiple of the wanted size before it filters."""
FILTERS = {
    False: Image.Resampling.BICUBIC,  # for the eye
    True: Image.Resampling.BILINEAR,  # for analysis: two thirds of the time
}
QUARTER_TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow counts anticlockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Layout:
    """The pixels of one drawing: the size of the whole page, of the whole side in it, and the part that is drawn."""

    page: tuple[int, int]
    side: tuple[int, int]
    part: tuple[int, int, int, int]

    @property
    def size(self) -> tuple[int, int]:
        left, top, right, bottom = self.part
        return right - left, bottom - top


@dataclass(frozen=True)
class Raster:
    """A page as shown after its /Rotate: decoded to be ``width`` wide (it may have a pixel less, or any more) or with
    ``all`` its pixels; ``colour`` unless it was dropped."""

    image: Image.Image
    width: int
    all: bool
    colour: bool


class Document:
    """An open PDF.  Pages and sides are drawn one after another; not for several threads.

    ``pages`` are those whose index is known: unless others are asked for, the file's structure is not read.
    """

    def __init__(self, path: Path | str, password: str | None = None, pages: Sequence[PageIndex] = ()):
        self.path, self._password = Path(path), password
        self._known = {page.number: page for page in pages}
        self._file = open(self.path, "rb")  # noqa: SIM115  closed by close()
        self._reader: PageReader | None = None
        if not pages:
            self._structure()
        self._renderer: pdfium.PdfDocument | None = None
        self._page: PageIndex | None = None
        self._raster: Raster | None = None

    def __enter__(self) -> "Document":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
        self._file.close()
        if self._reader is not None:
            self._reader.pdf.close()

    def _structure(self) -> PageReader:
        """The file as pikepdf reads it: what costs most for a long file, and is not needed for pages that are known."""
        if self._reader is None:
            self._reader = PageReader(open_pdf(self.path, self._password), self._file.fileno())
        return self._reader

    def page(self, number: int) -> PageIndex:
        """What the index says of a page.  Raises ``PageUnreadable``."""
        if self._page is None or self._page.number != number:
            self._page, self._raster = self._known.get(number) or self._structure().read(number), None
        if self._page.kind == "unreadable":
            raise PageUnreadable(number, self._page.error)
        return self._page

    def gray(
        self,
        view: View,
        dpi: float | None = None,
        *,
        width: int | None = None,
        clip: Box | None = None,
        scaled: bool = True,
    ) -> numpy.ndarray:
        """The side (or the ``clip`` of it) as grey levels: ``uint8``, shape (height, width), 0 is black.

        The scale is that of ``dpi`` or of the whole side's ``width`` in pixels, or as scanned; here a scan may be
        enlarged.  Not ``scaled``: a whole side as it was decoded, of that scale up to twice of it, or as scanned.
        Raises ``PageUnreadable``.
        """
        style = Style(dpi=dpi, width=width, clip=clip)
        layout = self._layout(view, style, enlarge=True)
        if not scaled:
            return numpy.array(self._side(view, layout, gray=True))
        return numpy.array(self._image(view, style, layout, gray=True))

    def draw(self, view: View, style: Style) -> Picture:
        """The side in a style, encoded.  Raises ``PageUnreadable``."""
        page = self.page(view.page)
        if is_original(page, view, style):
            return original(self._file.fileno(), page, view)
        return self._drawn(view, style)

    def _drawn(self, view: View, style: Style) -> Picture:
        image = self._image(view, style, self._layout(view, style, enlarge=False), gray=False)
        if style.light and not style.masks and self.page(view.page).kind == "bilevel":
            return _encoded(_of_four_greys(image), "png", bits=2)
        return _encoded(image, style.format, **({} if style.format == "png" else {"quality": style.quality}))

    def _layout(self, view: View, style: Style, enlarge: bool) -> Layout:
        """Scale first: what is asked for, within the scan's own pixels (but to ``enlarge``) and the limits."""
        page = self.page(view.page)
        natural = _natural_size(page)
        halves, sideways = view.region != "full", view.turned in (90, 270)
        side = natural[0] / (2 if halves else 1), natural[1]
        side = side[::-1] if sideways else side
        wanted = style.width or side[0]
        if style.dpi:
            dots_per_pixel = page.width_mm / MM_PER_INCH * style.dpi / natural[0]
            wanted = side[0] * dots_per_pixel
        scale = round(wanted) / side[0]
        if page.jpeg and not enlarge:
            scale = min(scale, 1)
        unit = side[0] / UNITS
        clip = style.clip or (0, 0, UNITS, side[1] / unit)
        left, top, right, bottom = (
            max(0, clip[0]),
            max(0, clip[1]),
            min(UNITS, clip[2]),
            min(side[1] / unit, clip[3]),
        )
        if right <= left or bottom <= top:
            raise PageUnreadable(view.page, _("the part asked for, ${part}, lies outside it", part=clip))
        longest = max(right - left, bottom - top) * unit
        scale = min(scale, MAX_SIDE / longest, math.sqrt(MAX_RASTER / (natural[0] * natural[1])))
        width, height = (max(1, math.ceil(length * scale - HAIR)) for length in natural)
        width = 2 * max(1, round(natural[0] * scale / 2)) if halves else width
        shown = (width // 2 if halves else width), height
        shown = shown[::-1] if sideways else shown
        part = _outward((left, top, right, bottom), shown[0] / UNITS, shown)
        return Layout((width, height), shown, part)

    def _image(self, view: View, style: Style, layout: Layout, gray: bool) -> Image.Image:
        """Decode, take the half, turn, mask, and cut at the scale: in this order."""
        image = self._side(view, layout, gray)
        # First on all that is decoded, a pixel more on each side: filtering spreads what lies below.
        image = _masked(image, style.masks, image.width / UNITS, grow=1)
        if image.size == layout.side:
            image = image.crop(layout.part)
        elif style.larger and style.clip is None and image.width <= NEARLY * layout.side[0]:
            return image
        else:
            across, down = image.width / layout.side[0], image.height / layout.side[1]
            left, top, right, bottom = layout.part
            box = left * across, top * down, right * across, bottom * down
            image = image.resize(layout.size, FILTERS[gray], box, SHRINK_FIRST)
        return _masked(image, style.masks, layout.side[0] / UNITS, origin=layout.part[:2])

    def _side(self, view: View, layout: Layout, gray: bool) -> Image.Image:
        """The whole side, turned, at the layout's scale or larger."""
        image = self._decoded(view.page, layout.page, gray)
        if view.region != "full":
            middle = image.width // 2
            edges = (0, middle) if view.region == "left" else (middle, image.width)
            image = image.crop((edges[0], 0, edges[1], image.height))
        return image.transpose(QUARTER_TURNS[view.turned]) if view.turned else image

    def _decoded(self, number: int, size: tuple[int, int], gray: bool) -> Image.Image:
        """The whole page, of ``size`` or larger, or with all the pixels it has."""
        page, kept = self.page(number), self._raster
        enough = kept is not None and (kept.all or kept.width >= size[0]) and (gray or kept.colour)
        if not enough:
            kept = self._raster = self._decode(page, size, gray) or self._render(page, size)
        return kept.image.convert("L") if gray and kept.image.mode != "L" else kept.image

    def _decode(self, page: PageIndex, size: tuple[int, int], gray: bool) -> Raster | None:
        """By Pillow, when the page is one JPEG and that is sound."""
        if page.jpeg is None:
            return None
        data = os.pread(self._file.fileno(), page.jpeg.length, page.jpeg.start)
        try:
            image = Image.open(io.BytesIO(data), formats=["JPEG"])
            in_colour = image.mode == "RGB"
            across, down = size[::-1] if page.rotation in (90, 270) else size
            # A pixel less: the decoder's halves are rounded up, and Pillow would take the next larger.
            image.draft("L" if gray else image.mode, (max(1, across - 1), max(1, down - 1)))
            image.load()
        except (OSError, SyntaxError, ValueError):
            return None
        everything = image.size == (page.jpeg.width, page.jpeg.height)
        image = image.transpose(QUARTER_TURNS[page.rotation]) if page.rotation else image
        return Raster(image, size[0], everything, colour=not (gray and in_colour))

    def _render(self, page: PageIndex, size: tuple[int, int]) -> Raster:
        """By pdfium."""
        try:
            if self._renderer is None:
                self._renderer = self._open_renderer()
            sheet = self._renderer[page.number - 1]
            width, height = sheet.get_size()
            scale = min((size[0] - HAIR) / width, (size[1] - HAIR) / height)
            image = sheet.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
            sheet.close()
        except pdfium.PdfiumError as error:
            raise PageUnreadable(page.number, _("it is damaged")) from error
        return Raster(image, size[0], all=False, colour=True)

    def _open_renderer(self) -> pdfium.PdfDocument:
        try:
            return pdfium.PdfDocument(self.path, self._password)
        except pdfium.PdfiumError:
            # It repairs less than pikepdf: give it what that one has made of the file.
            copy = io.BytesIO()
            self._structure().pdf.save(copy, encryption=False)
            return pdfium.PdfDocument(copy.getvalue())


def _encoded(image: Image.Image, format: str, **options: int) -> Picture:
    data = io.BytesIO()
    image.save(data, format, **options)
    return Picture(data.getvalue(), *image.size, MEDIA_TYPES[format])


def _of_four_greys(image: Image.Image) -> Image.Image:
    of_four = image.convert("L").point(NEAREST_OF_FOUR)
    of_four.putpalette(FOUR_GREYS)
    return of_four


def _natural_size(page: PageIndex) -> tuple[float, float]:
    """Pixels of the page as shown after its /Rotate, at its own resolution."""
    if page.jpeg is None:
        return page.width_mm * RENDER_DPI / MM_PER_INCH, page.height_mm * RENDER_DPI / MM_PER_INCH
    size = page.jpeg.width, page.jpeg.height
    return size[::-1] if page.rotation in (90, 270) else size


def _outward(box: Box, scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The pixels that the box touches."""
    left, top, right, bottom = (value * scale for value in box)
    return (
        max(0, math.floor(left + HAIR)),
        max(0, math.floor(top + HAIR)),
        min(size[0], math.ceil(right - HAIR)),
        min(size[1], math.ceil(bottom - HAIR)),
    )


def _masked(
    image: Image.Image, masks: Sequence[Box], scale: float, *, origin: tuple[int, int] = (0, 0), grow: int = 0
) -> Image.Image:
    """A copy with the masks painted on; ``origin`` is where the image begins in the side."""
    if not masks:
        return image
    image = image.convert("RGB")
    pencil = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in masks:
        left, top = math.floor(x0 * scale) - origin[0] - grow, math.floor(y0 * scale) - origin[1] - grow
        right, bottom = math.ceil(x1 * scale) - origin[0] + grow, math.ceil(y1 * scale) - origin[1] + grow
        pencil.rectangle((left, top, right - 1, bottom - 1), fill=MASK_COLOUR)
    return image
