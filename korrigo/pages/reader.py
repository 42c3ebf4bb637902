"""Reads the structure of an untrusted PDF with pikepdf.  For sandboxed children only."""

import contextlib
import itertools
import os
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium

from ..sentences import Sentence as _
from .content import only_picture
from .errors import PdfRefused
from .index import ByteRange, PageIndex, PdfIndex, PdfLimits
from .jpeg import END_OF_IMAGE, read_frame

MM_PER_POINT = 25.4 / 72
HEADER_WITHIN = 8192
"""Bytes: printers' commands and mail headers are met before ``%PDF-``."""
MAX_CONTENT = 1 << 16
"""Compressed content longer than this is no plain scan: it is not even inflated."""
MAX_DICTIONARY = 1 << 12
"""Bytes from the beginning of a stream object to its data."""
MAX_HEADER = 1 << 17
"""Bytes of a JPEG before its frame header: Exif and colour profiles may come first."""
MAX_IMAGES = 64
"""Pictures looked at in a page: a bundle's pages may share one dictionary of all its pictures."""
MAX_PIXELS = 89_000_000
"""Of a picture in a page: an A3 sheet in colour at 600 dpi has 70 million; Pillow's own limit is 89.5."""
COMPONENTS = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}
CHANGES_PIXELS = ("/SMask", "/Mask", "/Decode", "/DecodeParms")


def open_pdf(path: Path, password: str | None = None) -> pikepdf.Pdf:
    """Open, repairing what can be repaired.  Raises ``PdfRefused``."""
    try:
        return pikepdf.open(path, password=password or "")
    except pikepdf.PasswordError as error:
        raise PdfRefused(
            "password", _("This PDF is locked by a password. Save it without one, or give the password.")
        ) from error
    except pikepdf.PdfError as error:
        with open(path, "rb") as file:
            if b"%PDF-" not in file.read(HEADER_WITHIN):
                raise PdfRefused(
                    "not-a-pdf", _("This file is not a PDF. Choose the file that the scanner made.")
                ) from error
        raise _damaged(error, path) from error


def read_index(path: Path, password: str | None, limits: PdfLimits) -> PdfIndex:
    """See ``index.index_pdf``."""
    with open_pdf(path, password) as pdf, open(path, "rb") as file:
        try:
            count = len(pdf.pages)
        except Exception as error:  # a broken page tree shows itself in many ways
            raise _damaged(error, path) from error
        if count == 0:
            raise PdfRefused("empty", _("This PDF has no page. Scan or send it again."))
        if count > limits.max_pages:
            raise PdfRefused(
                "too-many-pages",
                _("This PDF has ${n} pages; at most ${most} are accepted. Send it in several parts.",
                  n=count, most=limits.max_pages),
            )
        finder = PageReader(pdf, file.fileno(), limits)
        pages = tuple(finder.read(number) for number in range(1, count + 1))
        if all(page.kind == "unreadable" for page in pages):
            raise PdfRefused(
                "damaged",
                _("No page of this PDF can be shown. Of the first one: ${why}. Scan it again.", why=pages[0].error),
            )
        repaired = pdf.is_encrypted or finder.damaged or _renderer_pages(path) != count
    return PdfIndex(pages, repaired)


def rewrite(path: Path, out: Path, password: str | None, limits: PdfLimits) -> PdfIndex:
    """See ``index.normalise``; the index of what was there before."""
    index = read_index(path, password, limits)
    with open_pdf(path, password) as pdf:
        try:
            pdf.trailer.Size = 1  # qpdf writes the true one, but only where the damaged file had one
            pdf.save(out, encryption=False)
        except pikepdf.PdfError as error:
            raise _damaged(error, path) from error
    return index


class PageReader:
    """The pages of one open file.  ``descriptor`` reads the same file: byte ranges are checked against it."""

    def __init__(self, pdf: pikepdf.Pdf, descriptor: int, limits: PdfLimits | None = None):
        self.pdf, self.descriptor, self.limits = pdf, descriptor, limits or PdfLimits()
        self.damaged = bool(pdf.get_warnings())
        # The bytes of an encrypted file are no pictures.
        self.offsets: Mapping = {} if pdf.is_encrypted else pdf.get_xref_table()

    def read(self, number: int) -> PageIndex:
        """The page; one that cannot be read is told as such."""
        try:
            page = self.pdf.pages[number - 1]
            left, bottom, right, top = (float(value) for value in page.cropbox)
            rotation = round(int(page.rotation) / 90) * 90 % 360
        except Exception:  # whatever is wrong with this page, the others live
            return PageIndex(number, 0, 0, 0, "unreadable", error=_("it is damaged"))
        width, height = abs(right - left) * MM_PER_POINT, abs(top - bottom) * MM_PER_POINT
        if rotation in (90, 270):
            width, height = height, width
        low, high = self.limits.min_mm, self.limits.max_mm
        if not (low <= width <= high and low <= height <= high):
            error = _("it measures ${width} × ${height} mm, pages have ${low} to ${high} mm a side",
                      width=round(width), height=round(height), low=round(low), high=round(high))
            return PageIndex(number, width, height, rotation, "unreadable", error=error)
        if error := self._missing(page):
            return PageIndex(number, width, height, rotation, "unreadable", error=error)
        kind, jpeg = "other", None
        with contextlib.suppress(Exception):  # what is not plainly one picture is the renderer's
            kind, jpeg = self._picture(page)
        if jpeg is None and (error := _too_many_pixels(page)):
            return PageIndex(number, width, height, rotation, "unreadable", error=error)
        return PageIndex(number, width, height, rotation, kind, jpeg)

    def _missing(self, page: pikepdf.Page) -> str | None:
        """Why the page would be shown empty although it was not: the file is cut short, and qpdf and pdfium alike
        draw nothing in the place of an object that is not there."""
        if "/Contents" not in page.obj:
            return "its content is missing from the file" if self.damaged else None
        if self.damaged and "/XObject" in page.resources and not page.resources.XObject.keys():
            return "its picture is missing from the file"
        return None

    def _picture(self, page: pikepdf.Page) -> tuple[str, ByteRange | None]:
        """The kind of a page that is one picture, or "other"; with the bytes of a JPEG."""
        image = self._only_image(page)
        if image is None:
            return "other", None
        stencil = bool(image.get("/ImageMask", False))
        if stencil or (int(image.BitsPerComponent) == 1 and _components(image.ColorSpace) == 1):
            return "bilevel", None
        jpeg = self._jpeg(image)
        return ("jpeg" if jpeg else "other"), jpeg

    def _only_image(self, page: pikepdf.Page) -> pikepdf.Object | None:
        """The picture that the page is, and nothing else."""
        box = tuple(float(value) for value in page.mediabox)
        if page.obj.get("/Annots") or tuple(float(value) for value in page.cropbox) != box:
            return None
        contents = page.obj.get("/Contents")
        parts = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
        if sum(int(part.Length) for part in parts) > MAX_CONTENT:
            return None
        name = only_picture(pikepdf.parse_content_stream(page), box)
        image = page.resources.XObject[name] if name else None
        return image if image is not None and image.Subtype == "/Image" else None

    def _jpeg(self, image: pikepdf.Object) -> ByteRange | None:
        """The bytes of the picture, when they can be shown in the page's place without changing a pixel."""
        if _filters(image) != ["/DCTDecode"] or any(key in image for key in CHANGES_PIXELS):
            return None
        found = self._stream(self.offsets[image.objgen].offset, int(image.Length))
        frame = read_frame(os.pread(self.descriptor, min(found[1], MAX_HEADER), found[0])) if found else None
        if frame is None or frame.bits != 8 or frame.components != _components(image.ColorSpace):
            return None
        if (frame.width, frame.height) != (int(image.Width), int(image.Height)):
            return None
        return ByteRange(*found, frame.width, frame.height) if frame.width * frame.height <= MAX_PIXELS else None

    def _stream(self, offset: int, length: int) -> tuple[int, int] | None:
        """Start and length of the data of the stream object at ``offset``, when it is followed by ``endstream`` and
        holds the end of a picture."""
        head = os.pread(self.descriptor, MAX_DICTIONARY, offset)
        at = head.find(b"stream")
        if at < 0:
            return None
        at += len(b"stream")
        at += 2 if head[at : at + 2] == b"\r\n" else 1
        start = offset + at
        tail = os.pread(self.descriptor, 96, start + max(0, length - 64))
        picture, after = tail[: min(64, length)], tail[min(64, length) :]
        complete = END_OF_IMAGE in picture and after.lstrip(b"\r\n \t\0").startswith(b"endstream")
        return (start, length) if complete else None


def _filters(image: pikepdf.Object) -> list[str]:
    found = image.get("/Filter", [])
    return [str(found)] if isinstance(found, pikepdf.Name) else [str(name) for name in found]


def _components(space: pikepdf.Object) -> int:
    """Components of a colour space that a browser shows as a PDF viewer does; 0 for another."""
    if isinstance(space, pikepdf.Name):
        return COMPONENTS.get(str(space), 0)
    if space[0] == "/ICCBased":
        return {1: 1, 3: 3}.get(int(space[1].N), 0)
    return COMPONENTS.get(str(space[0]), 0)


def _too_many_pixels(page: pikepdf.Page) -> str | None:
    """Why the page's pictures are too large to render, when the first of them say so plainly."""
    with contextlib.suppress(Exception):
        for image in itertools.islice(page.resources.XObject.values(), MAX_IMAGES):
            width, height = int(image.get("/Width", 0)), int(image.get("/Height", 0))
            if width * height > MAX_PIXELS:
                return _("it holds a picture of ${width} × ${height} pixels", width=width, height=height)
    return None


def _renderer_pages(path: Path) -> int:
    """How many pages the renderer finds in the file as it is; 0 when it cannot open it."""
    try:
        with pdfium.PdfDocument(path) as document:
            return len(document)
    except pdfium.PdfiumError:
        return 0


def _why(error: Exception, path: Path | str) -> str:
    """What the library says, without where the file lies on this machine."""
    return " ".join(str(error).replace(str(path), "").split()).strip(": ")[:200] or type(error).__name__


def _damaged(error: Exception, path: Path) -> PdfRefused:
    return PdfRefused(
        "damaged",
        _("This PDF is damaged. Scan it again, or print it to a new PDF and send that."),
        _why(error, path),
    )
