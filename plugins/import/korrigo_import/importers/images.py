"""Pictures: photographs and scans as JPEG, PNG, TIFF with any number of pages, HEIC where its library is installed."""

import importlib.util
from pathlib import Path

from zope.interface import implementer

from korrigo.api import PdfRefused
from korrigo.api import Sentence as _

from ..interfaces import IImporter, Unpacked

#: The first bytes of a picture -> Pillow's name of its format.
MAGIC = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"))
HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
OUT = "pages.pdf"


def format_of(head: bytes) -> str | None:
    """Pillow's name of a picture's format, by its first bytes; None for what is no picture."""
    if head[4:8] == b"ftyp" and head[8:12] in HEIC:
        return "HEIF"
    return next((name for magic, name in MAGIC if head.startswith(magic)), None)


@implementer(IImporter)
class ImageImporter:
    """One picture a page; those of a TIFF one after the other."""

    name = "images"
    title = _("Pictures (JPEG, PNG, TIFF)")
    endings = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic")
    makes = "pages"

    def recognises(self, head, filename):
        return format_of(head) is not None

    def unpack(self, path, folder, name):
        write_pages([(path, name)], Path(folder, OUT))
        return [Unpacked(OUT, name)]


def write_pages(pictures: list[tuple[Path, str]], out: Path) -> None:
    """One PDF of pictures ``(path, name)``, in their order.  Raises ``PdfRefused`` that names the guilty one."""
    from .paper import PicturePdf, PictureRefused

    with PicturePdf() as pdf:
        for path, name in pictures:
            with open(path, "rb") as file:
                kind = format_of(file.read(64))
            if kind == "HEIF" and importlib.util.find_spec("pillow_heif") is None:
                raise PdfRefused("unknown", _("${name} is a HEIC picture, which this server cannot read. Set the "
                                              "camera to JPEG, or export the picture as JPEG.", name=name))
            try:
                if kind is None:
                    raise PictureRefused(_("it is no JPEG, PNG or TIFF"))
                pdf.add(path, kind)
            except PictureRefused as error:
                raise PdfRefused("damaged", _("The picture ${name} cannot be read: ${why}. Send it again, or save it "
                                              "as JPEG.", name=name, why=error.message),
                                 error.detail) from error
        pdf.save(out)
