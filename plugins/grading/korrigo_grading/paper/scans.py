"""The sides of a copy, taken out of the scans untouched: each a form, upright, with nothing of its neighbours."""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from korrigo.api import Sentence as _

from .errors import GradedPdfError
from .geometry import Box, Matrix, region_box, upright
from .halves import Halver, NotSeparable
from .model import PaperSide
from .resources import images, own_resources

Picture = Callable[[PaperSide], bytes]
"""Gives a JPEG of one side, upright: the last resort for a half that can only be separated as a picture."""


DAMAGE = (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError, RuntimeError, zlib.error)
"""What a page can raise whose objects are not what they should be."""


@dataclass(frozen=True)
class Underlay:
    """A side ready to be drawn: a form of the new PDF whose lower left corner is (0, 0), sizes in points."""

    form: pikepdf.Object
    width: float
    height: float
    user_unit: float
    images: tuple[str, ...]


class Scans:
    """The open scans. ``rest`` closes them now and then: an open PDF keeps every stream that was copied from it."""

    def __init__(self, reopen_every: int, picture: Picture | None = None):
        self._open: dict[Path, pikepdf.Pdf] = {}
        self._taken = 0
        self._reopen_every = reopen_every
        self._picture = picture

    def close(self) -> None:
        for pdf in self._open.values():
            pdf.close()
        self._open.clear()
        self._taken = 0

    def rest(self) -> None:
        """Close the scans when enough pages were taken. Only between two copies: until a copy is written, it needs
        them."""
        if self._taken >= self._reopen_every:
            self.close()

    def underlay(self, pdf: pikepdf.Pdf, side: PaperSide, alone: bool) -> Underlay:
        """Take one side into ``pdf``; ``alone``: the other half of its page must not come with it.

        :raises GradedPdfError: codes ``source-unreadable``, ``page-missing``, ``half-not-separable``.
        """
        page = self._page(side)
        self._taken += 1
        try:
            return self._taken_out(pdf, page, side, alone)
        except NotSeparable as reason:
            if self._picture:
                return self._photographed(pdf, page, side)
            raise GradedPdfError(
                "half-not-separable",
                _("This cannot be separated from the other half, which is not part of this copy: ${side} (${why}). "
                  "Nothing was written; scan this sheet again as two pages.", side=place_of(side), why=reason),
            ) from reason
        except DAMAGE as error:
            raise _unreadable(side, error) from error

    def _page(self, side: PaperSide) -> pikepdf.Page:
        try:
            pdf = self._open.get(side.source)
            if pdf is None:
                pdf = self._open[side.source] = pikepdf.open(side.source)
            if not 1 <= side.pdf_page <= len(pdf.pages):
                raise GradedPdfError(
                    "page-missing",
                    _("There is no page ${page} in ${file}, which has ${n}. Nothing was written; check the sides of "
                      "this copy.", page=side.pdf_page, file=side.source.name, n=len(pdf.pages)),
                )
            return pdf.pages[side.pdf_page - 1]
        except (pikepdf.PdfError, OSError) as error:
            raise _unreadable(side, error) from error

    def _taken_out(self, pdf: pikepdf.Pdf, page: pikepdf.Page, side: PaperSide, alone: bool) -> Underlay:
        source = self._open[side.source]
        box, matrix = _place(page, side)
        content = _content(page)
        resources = own_resources(page.resources, content)
        if alone and side.region != "full":
            content, resources = Halver(source, page, resources, box).draw()
        digests = tuple(sorted(hashlib.sha256(image.read_raw_bytes()).hexdigest() for image in images(resources)))
        form = pdf.make_stream(
            zlib.compress(content), Filter=Name.FlateDecode, Type=Name.XObject, Subtype=Name.Form,
            BBox=Array([round(v, 4) for v in box]), Matrix=Array([round(v, 4) for v in matrix]),
            Resources=pdf.copy_foreign(source.make_indirect(resources)),
        )  # fmt: skip
        group = page.obj.get("/Group")
        if isinstance(group, Dictionary) and group.get("/S") == Name.Transparency:
            form.Group = pdf.copy_foreign(source.make_indirect(Dictionary(group)))
        return _underlay(form, box, side, page, digests)

    def _photographed(self, pdf: pikepdf.Pdf, page: pikepdf.Page, side: PaperSide) -> Underlay:
        jpeg = self._picture(side)
        with Image.open(BytesIO(jpeg)) as picture:
            width, height, grey = picture.width, picture.height, picture.mode == "L"
        box, _matrix = _place(page, side)
        box = _turned(box, page, side)
        image = pdf.make_stream(
            jpeg, Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height, BitsPerComponent=8,
            ColorSpace=Name.DeviceGray if grey else Name.DeviceRGB, Filter=Name.DCTDecode,
        )  # fmt: skip
        form = pdf.make_stream(
            b"q %.4f 0 0 %.4f 0 0 cm /Side Do Q" % (box.width, box.height),
            Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, round(box.width, 4), round(box.height, 4)]),
            Resources=Dictionary(XObject=Dictionary(Side=image)),
        )  # fmt: skip
        return Underlay(form, box.width, box.height, _user_unit(page), (hashlib.sha256(jpeg).hexdigest(),))


def place_of(side: PaperSide) -> str:
    """Where a half of a sheet lies, in words."""
    values = {"page": side.pdf_page, "file": side.source.name}
    return (_("left half of page ${page} of ${file}", **values) if side.region == "left" else
            _("right half of page ${page} of ${file}", **values))


def _unreadable(side: PaperSide, error: Exception) -> GradedPdfError:
    return GradedPdfError(
        "source-unreadable",
        _("${file} cannot be read at page ${page} (${why}). Nothing was written; check that the scan is still in its "
          "place, then try again.", file=side.source.name, page=side.pdf_page, why=str(error)),
    )


def _rotate(page: pikepdf.Page) -> int:
    return int(page.obj.get("/Rotate", 0)) // 90 * 90 % 360


def _place(page: pikepdf.Page, side: PaperSide) -> tuple[Box, Matrix]:
    """Where the side lies on its page, and the matrix that brings it upright."""
    media, crop = (_sorted_box(v) for v in (page.mediabox, page.cropbox))
    box = region_box(media.meet(crop) or media, _rotate(page), side.region)
    return box, upright(box, _rotate(page) + side.turned)


def _sorted_box(values: pikepdf.Array) -> Box:
    x0, y0, x1, y1 = (float(v) for v in values)
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _turned(box: Box, page: pikepdf.Page, side: PaperSide) -> Box:
    seen = box.through(upright(box, _rotate(page) + side.turned))
    return Box(0, 0, seen.width, seen.height)


def _user_unit(page: pikepdf.Page) -> float:
    return float(page.obj.get("/UserUnit", 1))


def _underlay(
    form: pikepdf.Object, box: Box, side: PaperSide, page: pikepdf.Page, digests: tuple[str, ...]
) -> Underlay:
    seen = _turned(box, page, side)
    return Underlay(form, seen.width, seen.height, _user_unit(page), digests)


def _content(page: pikepdf.Page) -> bytes:
    """The content streams of a page as one: PDF joins them by white space."""
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(stream.read_bytes() for stream in streams)
