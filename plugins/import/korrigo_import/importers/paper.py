"""Pictures as pages of a PDF, without losing anything: a JPEG keeps its bytes.  For sandboxed children only."""

import io
import math
import zlib
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageOps, ImageSequence

from korrigo.api import Sentence as _
from korrigo.api import Told

MAX_PIXELS = 89_000_000
MAX_FRAMES = 3000
POINTS = 72
#: A4 in points: the size of a picture that does not say how large its paper is.
A4 = (595.28, 841.89)
#: Dots an inch that a scanner may say; cameras say 72 and mean nothing.
PLAUSIBLE = (90, 1250)
#: Exif's orientation -> degrees clockwise that bring the picture up; the mirrored ones are drawn anew.
TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
ORIENTATION = 0x0112
QUALITY = 92
COMPONENTS = {"L": "/DeviceGray", "RGB": "/DeviceRGB", "1": "/DeviceGray"}


class PictureRefused(Told, ValueError):
    """A picture that cannot be used; ``message`` says why, as the end of a sentence, ``detail`` what its decoder
    said."""

    def __init__(self, why: str, detail: str = ""):
        super().__init__(why, detail)
        self.why, self.detail = why, detail

    @property
    def message(self) -> str:
        return self.why


class PicturePdf:
    """A PDF in the making: ``add`` appends the pages of a picture file."""

    def __init__(self) -> None:
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        self.pdf = pikepdf.new()

    def __enter__(self) -> "PicturePdf":
        return self

    def __exit__(self, *error) -> None:
        self.pdf.close()

    def save(self, out: Path) -> None:
        self.pdf.save(out)

    def add(self, path: Path, kind: str) -> None:
        """The pages of one file of Pillow's format ``kind``.  Raises ``PictureRefused``."""
        if kind == "HEIF":
            import pillow_heif

            pillow_heif.register_heif_opener()
        try:
            with Image.open(path, formats=[kind] if kind != "JPEG" else ["JPEG", "MPO"]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                if kind == "JPEG" and self._add_as_it_is(path, image):
                    return
                if getattr(image, "n_frames", 1) > MAX_FRAMES:
                    raise PictureRefused(_("it has more than ${n} pages", n=MAX_FRAMES))
                for frame in ImageSequence.Iterator(image) if kind == "TIFF" else [image]:
                    self._add_drawn(ImageOps.exif_transpose(frame))
        except Image.DecompressionBombError:
            raise PictureRefused(_("it has more than ${n} million pixels", n=MAX_PIXELS // 1_000_000)) from None
        except PictureRefused:
            raise
        except Exception as error:     # decoders of many libraries fail in many ways
            raise PictureRefused(_("it is damaged"), str(error)[:200] or type(error).__name__) from error

    def _add_as_it_is(self, path: Path, image: Image.Image) -> bool:
        """A grey or colour JPEG that a page can hold byte for byte."""
        turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
        if image.mode not in ("L", "RGB") or turn is None:
            return False
        data = path.read_bytes()
        Image.open(io.BytesIO(data), formats=["JPEG", "MPO"]).load()     # one that is cut short is refused here
        self._page(Stream(self.pdf, data, Filter=Name.DCTDecode), image, turn)
        return True

    def _add_drawn(self, image: Image.Image) -> None:
        """Black and white stays so, without loss; anything else becomes a JPEG of high quality."""
        if image.mode == "1":
            stream = Stream(self.pdf, zlib.compress(image.tobytes(), 6), Filter=Name.FlateDecode)
        else:
            image = _flat(image)
            data = io.BytesIO()
            image.save(data, "JPEG", quality=QUALITY)
            stream = Stream(self.pdf, data.getvalue(), Filter=Name.DCTDecode)
        self._page(stream, image, 0)

    def _page(self, stream: Stream, image: Image.Image, turn: int) -> None:
        stream.update(Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=image.width, Height=image.height,
            ColorSpace=Name(COMPONENTS[image.mode]), BitsPerComponent=1 if image.mode == "1" else 8))
        width, height = page_size(image)
        content = f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Im0 Do Q".encode()
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, round(width, 4), round(height, 4)]), Rotate=turn,
                          Resources=Dictionary(XObject=Dictionary(Im0=self.pdf.make_indirect(stream))),
                          Contents=self.pdf.make_indirect(Stream(self.pdf, content)))
        self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(page)))


def page_size(image: Image.Image) -> tuple[float, float]:
    """(width, height) in points: what the scanner says, else as large as fits on A4."""
    low, high = PLAUSIBLE
    dots = [float(value) for value in image.info.get("dpi", ())]
    if len(dots) == 2 and all(math.isfinite(value) and low <= value <= high for value in dots):
        return image.width * POINTS / dots[0], image.height * POINTS / dots[1]
    paper = A4[::-1] if image.width > image.height else A4
    scale = min(paper[0] / image.width, paper[1] / image.height)
    return image.width * scale, image.height * scale


def _flat(image: Image.Image) -> Image.Image:
    """Grey or colour, on white where it was transparent."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        low, high = image.getextrema()
        return image.convert("F").point(lambda value: (value - low) * (255 / ((high - low) or 1))).convert("L")
    if image.mode in ("LA", "PA", "RGBA", "P", "La", "RGBa"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")
