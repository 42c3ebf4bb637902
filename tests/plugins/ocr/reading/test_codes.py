"""Codes on sheets: a pupil's number in a QR code or a bar code is a name by itself."""

import cv2
import numpy as np
import pytest
from korrigo_ocr.interfaces import Reading
from korrigo_ocr.matching.evidence import field_log_ratios
from korrigo_ocr.matching.values import CODE_READER, FieldEvidence
from korrigo_ocr.reading import codes
from korrigo_ocr.reading.codes import code_evidence, codes_on

zxingcpp = pytest.importorskip("zxingcpp")


def header(*found: tuple[str, str, int]) -> np.ndarray:
    """A white header at 200 dpi with codes ``(text, format, width in pixels)``, shaken as a copier does."""
    paper = np.full((1050, 1654), 245, np.uint8)
    for place, (text, name, width) in enumerate(found):
        code = np.array(zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name)).to_image(scale=4))
        code = cv2.resize(code, (width, round(code.shape[0] * width / code.shape[1])), interpolation=cv2.INTER_AREA)
        paper[60:60 + code.shape[0], 150 + 500 * place:150 + 500 * place + width] = code
    turn = cv2.getRotationMatrix2D((800, 500), 1.5, 1)
    paper = cv2.warpAffine(paper, turn, paper.shape[::-1], borderValue=245)
    noise = np.random.default_rng(1).normal(0, 10, paper.shape)
    return np.clip(paper + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("text", "name", "width"), [
    ("2624007", "QRCode", 118), ("2624007", "Code128", 330), ("ID-0041-B", "Code39", 420),
    ("2624007", "DataMatrix", 80),
])
def test_a_code_is_read_from_a_skewed_and_noisy_scan(text, name, width):
    assert codes_on(header((text, name, width))) == (text,)


def test_writing_without_a_code_gives_no_evidence():
    assert code_evidence(header()) is None


def test_several_codes_are_one_piece_of_evidence():
    found = code_evidence(header(("MATHS-2026", "QRCode", 130), ("2624007", "QRCode", 118)))
    assert (found.name, found.engine) == ("number", CODE_READER)
    assert {reading.text for reading in found.readings} == {"MATHS-2026", "2624007"}


def test_without_the_library_nothing_is_read_and_nothing_breaks(monkeypatch):
    monkeypatch.setattr(codes, "codes_missing", lambda: "not there")
    assert codes_on(header(("2624007", "QRCode", 118))) == ()


NUMBERS = ["2624007", "2624008", ""]


def ratios(*texts: str) -> list[float]:
    found = FieldEvidence("number", CODE_READER, tuple(Reading(text, 1.0) for text in texts))
    return field_log_ratios([found], NUMBERS).tolist()


@pytest.mark.parametrize("texts", [("2624007",), ("262-4007",), ("exam=12;pupil=2624007",), ("MATHS", "2624007")])
def test_the_pupil_whose_number_a_code_holds_is_meant_and_nobody_else(texts):
    meant, other, without = ratios(*texts)
    assert meant > 8
    assert other < 0 == without


def test_a_copy_with_a_code_and_nothing_else_that_can_be_read_is_accepted():
    from korrigo_ocr.matching.decide import identify
    from korrigo_ocr.matching.values import CopyEvidence, Pupil

    pupils = [Pupil(str(n), f"Name {n}", "Given", number=f"262400{n}") for n in range(1, 9)]
    copies = [CopyEvidence(f"copy {n}", (FieldEvidence("number", CODE_READER, (Reading(f"262400{n}", 1.0),)),))
              for n in (3, 5)]
    decided = identify(copies, pupils)
    assert [(item.pupil, item.verdict) for item in decided.decisions] == [("3", "auto"), ("5", "auto")]


def test_codes_are_read_where_no_form_is_known_and_other_headers_are_left_for_later(tmp_path):
    from korrigo_ocr.piles import Header, read_in_child
    from PIL import Image

    from korrigo.api import View

    pages = [Image.fromarray(np.vstack([picture, np.full((1289, 1654), 245, np.uint8)]))
             for picture in (header(("2624007", "QRCode", 118)), header())]
    pages[0].save(tmp_path / "scan.pdf", save_all=True, append_images=pages[1:], resolution=200)
    said = read_in_child(tmp_path / "scan.pdf", [Header("one", View(1)), Header("two", View(2))], [], None)
    assert [(found.side, found.text) for found in said] == [("one", "2624007")]


def test_a_code_that_holds_no_number_of_the_list_says_nothing():
    assert ratios("MATHS-2026") == [0.0, 0.0, 0.0]
    assert ratios("26240071") == [0.0, 0.0, 0.0]
