"""Copies, scans and pictures that the tests of graded PDFs share."""

from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from korrigo_grading.paper.model import Annotation, GradedCopy, PaperSide, QuestionLine, Summary
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

BATCHES = Path(__file__).parents[3] / "data" / "batches"
CLASS_A4, MESSY_A4, MOCK_A3 = (BATCHES / name / "scan.pdf" for name in ("class-a4", "messy-a4", "mock-a3"))

SUMMARY = Summary(
    title="Devoir de mathématiques", subject="Mathématiques", date="12 décembre 2026", pupil="Éléonore Œuvrard",
    code="2624034", total=Decimal("12.750"), maximum=Decimal(20),
    questions=(
        QuestionLine("Exercice 1", "Suites", Decimal("3.5"), Decimal(4)),
        QuestionLine("1a", "Récurrence", Decimal("1.25"), Decimal(2), 1, ("∀n∈ℕ, √2 ≤ uₙ n'est pas démontré",)),
        QuestionLine("1b", "Limite", None, Decimal(2), 1),
    ),
    appreciation="Bon travail.\nContinuez ainsi !", graders=("A. Grader",),
)  # fmt: skip


def sides(source: Path, *pages: int) -> tuple[PaperSide, ...]:
    return tuple(PaperSide(source, page) for page in pages)


def copy_of(sides: Iterable[PaperSide], *annotations: Annotation, summary: Summary = SUMMARY) -> GradedCopy:
    return GradedCopy(tuple(sides), annotations, summary)


def mark(kind: str, page: int = 0, **value: object) -> Annotation:
    return Annotation(page, kind, value)


def render(path: Path, page: int, width: int = 500) -> NDArray[np.int16]:
    """A page as an RGB picture (height, width, 3) so many pixels wide."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        sheet = pdf[page]
        picture = sheet.render(scale=width / sheet.get_width()).to_pil().convert("RGB")
        sheet.close()
        return np.asarray(picture.resize((width, picture.height))).astype(np.int16)
    finally:
        pdf.close()


def reddish(picture: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Where the ink is that of the pen."""
    red, green, blue = (picture[..., k] for k in range(3))
    return (red > 120) & (red - green > 70) & (red - blue > 70)


def text_of(path: Path, page: int) -> str:
    pdf = pypdfium2.PdfDocument(path)
    try:
        sheet = pdf[page]
        words = sheet.get_textpage()
        text = words.get_text_range()
        words.close()
        sheet.close()
        return text
    finally:
        pdf.close()


def pictures_in(path: Path) -> list[bytes]:
    """The data of every picture in a file, reachable or not."""
    with pikepdf.open(path) as pdf:
        return [
            thing.read_raw_bytes() for thing in pdf.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == Name.Image
        ]  # fmt: skip


def page_picture(seed: int, size: tuple[int, int] = (240, 340), mode: str = "L") -> Image.Image:
    """A page with a few lines that no other seed has, dark on light, nothing red."""
    dice = np.random.default_rng(seed)
    picture = Image.new(mode, size, "white")
    pen = ImageDraw.Draw(picture)
    for y in range(20, size[1] - 10, 14):
        pen.line((15, y, int(dice.integers(60, size[0] - 15)), y), fill="black", width=3)
    return picture


def jpeg(picture: Image.Image) -> bytes:
    data = BytesIO()
    picture.save(data, "JPEG", quality=90)
    return data.getvalue()


class ScanFile:
    """A PDF in the making, page by page, for what no batch has."""

    def __init__(self) -> None:
        self.pdf = pikepdf.new()

    def picture(self, picture: Image.Image) -> pikepdf.Stream:
        return self.pdf.make_stream(
            jpeg(picture), Type=Name.XObject, Subtype=Name.Image, Width=picture.width, Height=picture.height,
            BitsPerComponent=8, ColorSpace=Name.DeviceGray if picture.mode == "L" else Name.DeviceRGB,
            Filter=Name.DCTDecode,
        )  # fmt: skip

    def page(
        self, xobjects: Dictionary | pikepdf.Object, content: bytes = b"q 240 0 0 340 0 0 cm /Im Do Q",
        box: tuple[float, ...] = (0, 0, 240, 340), **keys: object,
    ) -> pikepdf.Object:  # fmt: skip
        page = self.pdf.make_indirect(Dictionary(
            Type=Name.Page, MediaBox=Array(box), Contents=self.pdf.make_stream(content),
            Resources=Dictionary(XObject=xobjects), **keys,
        ))  # fmt: skip
        self.pdf.pages.append(pikepdf.Page(page))
        return page

    def save(self, path: Path) -> Path:
        self.pdf.save(path)
        self.pdf.close()
        return path
