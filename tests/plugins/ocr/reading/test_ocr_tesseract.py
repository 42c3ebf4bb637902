"""The Tesseract reader."""

import cv2
import numpy as np
import pytest
from korrigo_ocr.interfaces import IReader, ReaderUnavailable
from korrigo_ocr.matching.names import fold
from korrigo_ocr.reading import tesseract
from korrigo_ocr.reading.prepare import LINE_PICTURE_HEIGHT
from korrigo_ocr.reading.tesseract import TesseractReader
from zope.interface.verify import verifyObject


def line(text):
    """Plain lettering, dark on white, as high as a prepared line."""
    picture = np.full((LINE_PICTURE_HEIGHT, 40 + 34 * len(text)), 255, np.uint8)
    cv2.putText(picture, text, (20, 55), cv2.FONT_HERSHEY_DUPLEX, 1.5, (20,), 3, cv2.LINE_AA)
    return picture


def test_it_is_a_reader():
    assert verifyObject(IReader, TesseractReader())
    assert TesseractReader().available() is None


@pytest.fixture(params=["in process", "by program"])
def way(request, monkeypatch):
    """Both ways to work with Tesseract."""
    if request.param == "by program":
        monkeypatch.setattr(tesseract, "tesserocr_there", lambda: False)
        monkeypatch.setattr(tesseract, "inprocess", None)
    else:
        monkeypatch.setattr(tesseract, "_by_program", None)


def test_many_lines_are_read_in_their_order(way):
    words = ["DUPONT", "MARTIN", "LEROY"]
    readings = TesseractReader().read_many([line(word) for word in words])
    assert [fold(alternatives[0].text) for alternatives in readings] == words
    assert all(0 < reading.confidence <= 1 for alternatives in readings for reading in alternatives)


def test_nothing_to_read_gives_nothing(way):
    assert TesseractReader().read_many([]) == []


def test_an_empty_picture_reads_as_nothing(way):
    assert TesseractReader().read(np.full((72, 200), 255, np.uint8)).text == ""


def test_a_closed_list_is_ranked(way):
    scores = TesseractReader().score(line("MARTIN"), ["MARIN", "MARTIN", "DURAND"])
    assert scores[1] > scores[0] > scores[2]
    assert scores[1] > 0 > scores[2]


def test_only_what_may_stand_there_is_read(way):
    [[reading, *_others]] = TesseractReader().read_many([line("2624007")], "number")
    assert reading.text.isdigit()
    [[reading, *_others]] = TesseractReader().read_many([line("MARTIN")])
    assert fold(reading.text) == "MARTIN", "what was allowed before is forgotten"


@pytest.mark.parametrize("within", [True, False])
def test_words_have_their_places_on_their_pages(within):
    first, second = tesseract.recognise([line("MARTIN"), line("DUPONT")], "fra", 7, within=within)
    assert [(word.page, word.text) for word in (first, second)] == [(0, "MARTIN"), (1, "DUPONT")]
    assert first.box.x == pytest.approx(20, abs=8)
    assert 30 < first.box.height < 60


def test_a_missing_model_is_said_with_what_to_install():
    reader = TesseractReader(languages=("xxx",))
    assert "tesseract-ocr-fra" in reader.available()
    with pytest.raises(ReaderUnavailable, match="no model for xxx"):
        reader.read(line("A"))
