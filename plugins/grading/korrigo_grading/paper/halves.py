"""One half of a scanned sheet without the other: for a sheet whose halves belong to two pupils.

A box on the page only hides the other half, the pixels stay in the file. Here the page is drawn anew from its pictures
cut in two. That is possible for what copiers write (pictures, masks, plain rectangles, invisible recognised text, which
is dropped); any other page is refused by ``NotSeparable``.
"""

import io
import math
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from .geometry import UNIT_SQUARE, Box, Matrix
from .resources import images

GRAPHICS = frozenset(("q", "Q", "w", "J", "j", "M", "d", "ri", "i", "gs", "g", "G", "rg", "RG", "k", "K", "cs", "CS",
                      "sc", "SC", "scn", "SCN", "re", "W", "W*", "n", "f", "F", "f*", "cm",
                      "BMC", "BDC", "EMC", "MP", "DP"))  # fmt: skip
TEXT = frozenset(("BT", "ET", "Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*", "Tj", "TJ", "'", '"'))
MARKED = frozenset(("BMC", "BDC", "EMC", "MP", "DP"))
INVISIBLE = 3
JPEG_BLOCK = 16
JPEG_QUALITY = 88
WHITE = {"1": 1, "L": 255, "RGB": (255, 255, 255)}


class NotSeparable(Exception):
    """This page cannot be cut; the message says why."""


class Halver:
    """Draws the part of a page that lies in ``box``, with pictures of that part alone."""

    def __init__(self, pdf: pikepdf.Pdf, page: pikepdf.Page, resources: Dictionary, box: Box):
        self._pdf, self._box, self._page = pdf, box, page
        self._resources = resources
        self._drawn = resources.get("/XObject", Dictionary())
        self._matrix = Matrix()
        self._saved: list[tuple[Matrix, int]] = []
        self._rendering = 0
        self._parts: list[bytes] = []
        self._cut = Dictionary()

    def draw(self) -> tuple[bytes, Dictionary]:
        """The content stream and its resources.

        :raises NotSeparable: when something other than pictures would have to be cut.
        """
        try:
            for instruction in pikepdf.parse_content_stream(self._page):
                if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                    raise NotSeparable("it holds an inline picture")
                self._instruction(str(instruction.operator), list(instruction.operands))
        except (pikepdf.PdfError, ZeroDivisionError, TypeError, ValueError, OSError) as error:
            raise NotSeparable(f"its content is damaged ({error})") from error
        kept = {key: self._resources[key] for key in ("/ExtGState", "/ColorSpace") if key in self._resources}
        if images(Dictionary(kept)):
            raise NotSeparable("a picture is part of its graphics state")
        return b"\n".join(self._parts), Dictionary({**kept, "/XObject": self._cut})

    def _instruction(self, operator: str, operands: list[pikepdf.Object]) -> None:
        if operator == "Do":
            self._draw(str(operands[0]))
            return
        if operator == "Tr":
            self._rendering = int(operands[0])
            return
        if operator in TEXT:
            if operator in ("Tj", "TJ", "'", '"') and self._rendering != INVISIBLE:
                raise NotSeparable("it holds text")
            return
        if operator not in GRAPHICS:
            raise NotSeparable(f"it is drawn with the operator {operator!r}")
        if operator in MARKED:
            return
        if operator in ("scn", "SCN") and operands and isinstance(operands[-1], pikepdf.Name):
            raise NotSeparable("it is painted with a pattern")
        if operator == "q":
            self._saved.append((self._matrix, self._rendering))
        elif operator == "Q" and self._saved:
            self._matrix, self._rendering = self._saved.pop()
        elif operator == "cm":
            self._matrix = Matrix(*(float(v) for v in operands)).then(self._matrix)
        self._parts.append(pikepdf.unparse_content_stream([(operands, pikepdf.Operator(operator))]))

    def _draw(self, name: str) -> None:
        image = self._drawn.get(name)
        if image is None:
            return
        if image.get("/Subtype") != Name.Image:
            raise NotSeparable("it holds a form")
        a, b, c, d = self._matrix[:4]
        slant = 1e-4 * (abs(a) + abs(b) + abs(c) + abs(d))
        if max(abs(b), abs(c)) > slant and max(abs(a), abs(d)) > slant:
            raise NotSeparable("its picture lies at an angle")
        seen = UNIT_SQUARE.through(self._matrix).meet(self._box)
        if seen is None:
            return
        part = seen.through(self._matrix.inverse()).meet(UNIT_SQUARE)
        if part is None:
            return
        picture, place = cut_image(self._pdf, image, part)
        new = f"/Half{len(self._cut)}"
        self._cut[new] = picture
        operators = " ".join(f"{v:.7g}" for v in place)
        self._parts.append(f"q {operators} cm {new} Do Q".encode())


def cut_image(pdf: pikepdf.Pdf, image: pikepdf.Stream, part: Box) -> tuple[pikepdf.Object, Matrix]:
    """A picture cut to ``part`` of the unit square, and where it goes in that square.

    :raises NotSeparable: when it cannot be decoded, or has a mask that would not stay in line.
    """
    if any(key in image for key in ("/SMask", "/Mask")):
        raise NotSeparable("its picture has a mask of its own")
    width, height = int(image.Width), int(image.Height)
    inside = _pixels(part, width, height)
    mask = bool(image.get("/ImageMask", False))
    picture = _decoded(image)
    if picture.size != (width, height):
        raise NotSeparable("its picture has another size than it says")
    if picture.mode == "1":
        edge = inside
        made = _bits(pdf, picture.crop(edge))
        if mask:
            made.ImageMask = True
            made.Decode = image.get("/Decode", Array([0, 1]))
        else:
            made.ColorSpace = Name.DeviceGray
    else:
        step = JPEG_BLOCK  # cut on the grid of the first JPEG, the second compression then loses next to nothing
        edge = (inside[0] // step * step, inside[1] // step * step, inside[2], inside[3])
        made = _jpeg(pdf, _blanked(picture.crop(edge), edge, inside), _first_compression(image))
    x0, y0, x1, y1 = edge
    place = Matrix((x1 - x0) / width, 0, 0, (y1 - y0) / height, x0 / width, 1 - y1 / height)
    return made, place


def _pixels(part: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The whole pixels (left, top, right, bottom) inside part of the unit square: none that is shared."""
    shy = 1e-4
    box = (
        math.ceil(part.x0 * width - shy), math.ceil((1 - part.y1) * height - shy),
        math.floor(part.x1 * width + shy), math.floor((1 - part.y0) * height + shy),
    )  # fmt: skip
    if box[2] <= box[0] or box[3] <= box[1]:
        raise NotSeparable("less than a pixel of its picture lies in this half")
    return box


def _decoded(image: pikepdf.Stream) -> Image.Image:
    """The picture's samples as "1", "L" or "RGB"; for a mask, the samples before /Decode."""
    try:
        picture = pikepdf.PdfImage(image).as_pil_image()
        picture.load()
    except Exception as error:  # the decoders of a dozen formats do not share a base class
        raise NotSeparable(f"its picture cannot be decoded ({type(error).__name__})") from error
    if image.get("/ImageMask", False) and picture.mode != "1":
        raise NotSeparable("its mask is no picture of bits")
    return picture if picture.mode in WHITE else picture.convert("RGB")


def _first_compression(image: pikepdf.Stream) -> dict[str, object]:
    """How a JPEG was compressed, to compress its half the same way; good quality for any other picture."""
    filters = image.get("/Filter")
    if filters not in (Name.DCTDecode, Array([Name.DCTDecode])):
        return {"quality": JPEG_QUALITY}
    with Image.open(io.BytesIO(image.read_raw_bytes())) as jpeg:
        sampling = {"L": -1}.get(jpeg.mode, 0)
        return {"qtables": jpeg.quantization, "subsampling": sampling}


def _blanked(picture: Image.Image, edge: tuple[int, ...], inside: tuple[int, ...]) -> Image.Image:
    """White over the pixels between the grid and the half, which are the other pupil's."""
    picture = picture.copy()
    left, top = inside[0] - edge[0], inside[1] - edge[1]
    white = WHITE[picture.mode]
    if left:
        picture.paste(white, (0, 0, left, picture.height))
    if top:
        picture.paste(white, (0, 0, picture.width, top))
    return picture


def _jpeg(pdf: pikepdf.Pdf, picture: Image.Image, options: dict[str, object]) -> pikepdf.Stream:
    data = io.BytesIO()
    picture.save(data, "JPEG", **options)
    return pdf.make_stream(
        data.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=picture.width, Height=picture.height,
        BitsPerComponent=8, ColorSpace=Name.DeviceGray if picture.mode == "L" else Name.DeviceRGB,
        Filter=Name.DCTDecode,
    )  # fmt: skip


def _bits(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Stream:
    """A picture of bits as CCITT group 4: an order of magnitude below Deflate for handwriting."""
    data = io.BytesIO()
    strip_rows, strip_offsets, strip_lengths = 278, 273, 279
    picture.save(data, "TIFF", compression="group4", tiffinfo={strip_rows: picture.height})
    with Image.open(data) as tiff:
        offsets, lengths = tiff.tag_v2[strip_offsets], tiff.tag_v2[strip_lengths]
    if len(offsets) != 1:
        packed = zlib.compress(picture.tobytes())
        coding = Dictionary(Filter=Name.FlateDecode)
    else:
        packed = data.getvalue()[offsets[0] : offsets[0] + lengths[0]]
        coding = Dictionary(Filter=Name.CCITTFaxDecode, DecodeParms=Dictionary(
            K=-1, Columns=picture.width, Rows=picture.height, BlackIs1=False))
    return pdf.make_stream(
        packed, Type=Name.XObject, Subtype=Name.Image, Width=picture.width, Height=picture.height,
        BitsPerComponent=1, **{key[1:]: value for key, value in coding.items()},
    )  # fmt: skip
