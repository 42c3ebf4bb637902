"""Small PDFs, sound and hostile, written byte by byte: what a PDF library refuses to write is what is wanted here."""

import io
import zlib
from pathlib import Path

from PIL import Image

A4 = (595.28, 841.89)
GRAY8 = b"/ColorSpace /DeviceGray /BitsPerComponent 8"


class PdfWriter:
    """Objects with a classic cross-reference table; object 1 is the catalog, 2 the root of the page tree."""

    def __init__(self, path: Path):
        self.path = path
        self.objects: dict[int, bytes] = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
        self.pages: list[int] = []

    def add(self, body: bytes, number: int | None = None) -> int:
        number = number or max(2, *self.objects) + 1
        self.objects[number] = body
        return number

    def stream(self, about: bytes, data: bytes, number: int | None = None) -> int:
        head = b"<< %s /Length %d >>\nstream\n" % (about, len(data))
        return self.add(head + data + b"\nendstream", number)

    def image(self, about: bytes, data: bytes) -> int:
        return self.stream(b"/Type /XObject /Subtype /Image " + about, data)

    def page(self, content: bytes, objects: dict[str, int], box=A4, extra: bytes = b"", about: bytes = b"") -> int:
        """A page whose content stream is ``content`` (``about``: its filter)."""
        stream = self.stream(about, content)
        names = b" ".join(b"/%s %d 0 R" % (name.encode(), number) for name, number in objects.items())
        number = self.add(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R "
            b"/Resources << /XObject << %s >> >> %s >>" % (*box, stream, names, extra)
        )
        self.pages.append(number)
        return number

    def picture_page(self, about: bytes, data: bytes, box=A4, extra: bytes = b"") -> int:
        """A page that is one picture."""
        return self.page(b"q %.2f 0 0 %.2f 0 0 cm /Im Do Q" % box, {"Im": self.image(about, data)}, box, extra)

    def jpeg_page(self, data: bytes, size=(400, 560), box=A4, extra: bytes = b"", about: bytes = GRAY8) -> int:
        about = b"/Width %d /Height %d /Filter /DCTDecode %s" % (*size, about)
        return self.picture_page(about, data, box, extra)

    def save(self, kids: bytes | None = None) -> Path:
        """Write the file; ``kids`` replaces the page tree's list."""
        if 2 not in self.objects:
            listed = b" ".join(b"%d 0 R" % page for page in self.pages) if kids is None else kids
            self.objects[2] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.pages), listed)
        out, offsets = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), {}
        for number in sorted(self.objects):
            offsets[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, self.objects[number])
        table, size = len(out), max(offsets) + 1
        out += b"xref\n0 %d\n0000000000 65535 f \n" % size
        for number in range(1, size):
            out += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
        out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table)
        self.path.write_bytes(out)
        return self.path


def jpeg(size=(400, 560), mode: str = "L", **options) -> bytes:
    """A JPEG with a gradient, a dark disc near the top left and a thin line, so that turns and scales can be seen."""
    picture = Image.radial_gradient("L").resize(size).point(lambda level: 150 + level // 3)
    picture.paste(20, (size[0] // 10, size[1] // 10, size[0] // 5, size[1] // 5))
    picture.paste(60, (size[0] * 3 // 4, 0, size[0] * 3 // 4 + 6, size[1]))
    data = io.BytesIO()
    picture.convert(mode).save(data, "JPEG", quality=90, **options)
    return data.getvalue()


def inflating(block: bytes, times: int) -> bytes:
    """A Flate stream of ``block`` repeated, made without compressing it more than once."""
    compressor = zlib.compressobj(9)
    head = compressor.compress(block) + compressor.flush(zlib.Z_FULL_FLUSH)
    again = zlib.compressobj(9, zlib.DEFLATED, -15)
    repeated = again.compress(block) + again.flush(zlib.Z_FULL_FLUSH)
    return head + repeated * (times - 1) + b"\x03\x00"


def numbered(path: Path, count: int) -> Path:
    """A plain scan of ``count`` pages."""
    writer = PdfWriter(path)
    data = jpeg()
    for _ in range(count):
        writer.jpeg_page(data)
    return writer.save()


def cyclic_tree(path: Path) -> Path:
    writer = PdfWriter(path)
    writer.add(b"<< /Type /Pages /Count 2 /Kids [3 0 R] >>", 2)
    writer.add(b"<< /Type /Pages /Parent 3 0 R /Count 2 /Kids [2 0 R 3 0 R] >>", 3)
    return writer.save()


def billion_pages(path: Path) -> Path:
    """Each level of the tree lists the next ten times."""
    writer = PdfWriter(path)
    for level in range(9):
        kids = b" ".join([b"%d 0 R" % (level + 3)] * 10)
        writer.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (10 ** (9 - level), kids), level + 2)
    writer.add(b"<< /Type /Page /Parent 10 0 R /MediaBox [0 0 595 842] >>", 11)
    return writer.save()


def huge_page(path: Path) -> Path:
    writer = PdfWriter(path)
    writer.jpeg_page(jpeg(), box=(14_400_000.0, 14_400_000.0))
    return writer.save()


def image_bomb(path: Path) -> Path:
    writer = PdfWriter(path)
    about = b"/Width 60000 /Height 60000 /Filter /FlateDecode " + GRAY8
    writer.picture_page(about, inflating(bytes(1 << 20), 3434))
    return writer.save()


def jpeg_bomb(path: Path) -> Path:
    """The frame header of a small progressive JPEG says 65 500 × 65 500."""
    data = bytearray(jpeg(progressive=True))
    at = data.index(b"\xff\xc2")
    data[at + 5 : at + 9] = (65500).to_bytes(2, "big") * 2
    writer = PdfWriter(path)
    writer.jpeg_page(bytes(data), (65500, 65500))
    return writer.save()


def content_bomb(path: Path) -> Path:
    """Two gigabytes of content out of two megabytes."""
    writer = PdfWriter(path)
    writer.page(inflating(b" " * (1 << 20), 2048), {}, about=b"/Filter /FlateDecode")
    return writer.save()


def rectangles(writer: PdfWriter) -> None:
    """A page of thirty million rectangles."""
    content = inflating(b"q 0 0 1 rg 0 0 500 500 re f Q\n" * 30_000, 1000)
    writer.page(content, {}, about=b"/Filter /FlateDecode")


def exponential_forms(path: Path) -> Path:
    """Twelve forms, each of which draws the next ten times."""
    writer = PdfWriter(path)
    for level in range(12):
        last = level == 11
        about = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
        about += b"" if last else b" /Resources << /XObject << /F %d 0 R >> >>" % (level + 11)
        writer.stream(about, b"0 0 500 500 re f" if last else b"/F Do " * 10, level + 10)
    writer.page(b"/F Do", {"F": 10})
    return writer.save()
