"""Pictures for the tests of scan understanding: the batches, and what a worse copier makes of them."""

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from korrigo_import.scan.recipes import regions_of
from numpy.typing import NDArray

BATCHES = Path(__file__).parents[3] / "data" / "batches"
DPI = 110

Gray = NDArray[np.uint8]


@dataclass(frozen=True)
class TrueSide:
    """One row of a batch's truth.csv; ``copy`` and ``position`` are None where the table is empty."""

    pdf_page: int
    region: str
    fate: str
    copy: int | None
    position: int | None
    turned: int
    note: str


def truth_of(batch: str) -> list[TrueSide]:
    """What is known of each side of a batch, in the order of the pile."""
    with (BATCHES / batch / "truth.csv").open(encoding="utf-8", newline="") as table:
        return [
            TrueSide(
                int(row["pdf_page"]),
                row["region"],
                row["fate"],
                int(row["copy"]) if row["copy"] else None,
                int(row["position"]) if row["position"] else None,
                int(row["turned"]),
                row["note"],
            )
            for row in csv.DictReader(table)
        ]


def sides_of(batch: str, pages: range | None = None) -> list[tuple[int, str, Gray]]:
    """PDF page, region and grey picture of each side of a batch (or of some of its 1-based pages)."""
    sides = []
    document = pdfium.PdfDocument(BATCHES / batch / "scan.pdf")
    try:
        for number in pages or range(1, len(document) + 1):
            page = document[number - 1]
            width_mm, height_mm = (points * 25.4 / 72 for points in page.get_size())
            gray = page.render(scale=DPI / 72, grayscale=True).to_numpy().copy()
            gray = gray.reshape(gray.shape[:2])
            page.close()
            middle = gray.shape[1] // 2
            cuts = {"full": gray, "left": gray[:, :middle], "right": gray[:, middle:]}
            sides += [(number, region, cuts[region]) for region in regions_of(width_mm, height_mm)]
    finally:
        document.close()
    return sides


def upside_down(gray: Gray) -> Gray:
    """The same sheet the other way round on the glass."""
    return np.ascontiguousarray(gray[::-1, ::-1])


def rescanned(gray: Gray, seed: int, *, skew: float = 1.5, noise: float = 6.0, quality: int = 40) -> Gray:
    """The same sheet once more: another skew and shift, shadow, noise, dark edge bands, coarse JPEG."""
    chance = np.random.default_rng(seed)
    height, width = gray.shape
    angle = float(chance.uniform(-skew, skew))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, float(chance.uniform(0.995, 1.005)))
    matrix[:, 2] += chance.uniform(-0.008, 0.008, 2) * width
    picture = cv2.warpAffine(gray, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=60)
    shadow = np.linspace(float(chance.uniform(0.72, 1.0)), 1.0, width)
    picture = picture * (shadow if chance.random() < 0.5 else shadow[::-1])
    picture = picture + chance.normal(0.0, noise, picture.shape)
    band = int(chance.integers(0, round(0.02 * width)))
    if band:
        picture[:, -band:] = 40
    coded = cv2.imencode(
        ".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
