"""Covers of the batches, drawn once, and what the whole chain makes of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from korrigo_ocr.matching.names import fold
from korrigo_ocr.matching.values import CopyEvidence, Pupil
from korrigo_ocr.reading.covers import CoverReader
from korrigo_ocr.reading.forms import HeaderForm
from korrigo_ocr.reading.tesseract import TesseractReader
from korrigo_ocr.reading.zones import propose_forms

BATCHES = Path(__file__).parents[3] / "data" / "batches"
COVERS = 11
"""Covers read of a batch at most: the suite stays short."""


@dataclass(frozen=True)
class Batch:
    """A batch as it was scanned, what the chain says of its headers, and the truth to score it by."""

    covers: list[np.ndarray]
    truth: list[dict[str, str]]
    roster: list[Pupil]
    forms: tuple[HeaderForm, ...]
    evidence: list[CopyEvidence]

    def writer(self, row: int) -> str:
        """The id of the pupil who wrote the cover."""
        wanted = self.truth[row]
        key = (_day(wanted["dob"]), fold(wanted["last"] + wanted["first"]))
        return next(p.id for p in self.roster if (p.birth_date, fold(p.full_name or p.last + p.first)) == key)


@pytest.fixture(scope="session")
def batch() -> Callable[[str], Batch]:
    """A batch by name; each is drawn and read once."""

    @cache
    def load(name: str) -> Batch:
        truth = [row for row in _rows(BATCHES / name / "truth.csv") if _is_header(row)][:COVERS]
        covers = _drawn(BATCHES / name / "scan.pdf", truth)
        forms = propose_forms(covers)
        reader = CoverReader(forms, TesseractReader())
        read = reader.read([(f"{i:02}", cover) for i, cover in enumerate(covers)])
        return Batch(covers, truth, _roster(BATCHES / name / "roster.csv"), forms, [r.evidence for r in read])

    return load


def _rows(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    separator = ";" if text.splitlines()[0].count(";") > text.splitlines()[0].count(",") else ","
    return list(csv.DictReader(text.splitlines(), delimiter=separator))


def _is_header(row: dict[str, str]) -> bool:
    """Every folded sheet repeats the header on its outer right half; single sheets have it on page 1."""
    if row["fate"] != "copy":
        return False
    return int(row["position"]) % 4 == 1 if row["region"] == "right" else row["position"] == "1"


def _drawn(path: Path, wanted: list[dict[str, str]]) -> list[np.ndarray]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [_upright(document, row) for row in wanted]
    finally:
        document.close()


def _upright(document: pypdfium2.PdfDocument, row: dict[str, str]) -> np.ndarray:
    picture = document[int(row["pdf_page"]) - 1].render(scale=200 / 72, grayscale=True).to_numpy()
    picture = picture.reshape(picture.shape[:2])
    half = picture.shape[1] // 2
    region = {"full": picture, "left": picture[:, :half], "right": picture[:, half:]}[row["region"]]
    return np.ascontiguousarray(np.rot90(region, -int(row["turned"]) // 90))


def _roster(path: Path) -> list[Pupil]:
    pupils = []
    for i, row in enumerate(_rows(path)):
        if "Nom" in row:
            day = _day(row["Date de naissance"])
            pupil = Pupil(f"p{i:02}", row["Nom"], row["Prénom"], day, row["N° candidat"], row["Classe"])
        else:
            day = _day(row["Né(e) le"])
            pupil = Pupil(f"p{i:02}", birth_date=day, class_name=row["Classe"], full_name=row["Élèves"])
        pupils.append(pupil)
    return pupils


def _day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()
