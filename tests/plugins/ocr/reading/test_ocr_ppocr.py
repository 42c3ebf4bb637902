"""The default reader: its network, its letters, and what is said where a part of it is missing."""

import importlib.util

import numpy as np
import pytest
from korrigo_ocr.interfaces import IReader, ReaderUnavailable
from korrigo_ocr.reading.digits import digit_log_probs
from korrigo_ocr.reading.ppocr import PpocrReader
from korrigo_ocr.reading.prepare import LINE_HEIGHT
from PIL import Image, ImageDraw, ImageFont
from zope.interface.verify import verifyObject

NAMES = ["MARTIN", "MOREL", "DURAND", "BENALI"]


def line(text: str, size: int = LINE_HEIGHT, pad: int = 20):
    font = ImageFont.load_default(size=size)
    picture = Image.new("L", (int(font.getlength(text)) + 2 * pad, size * 2), 255)
    ImageDraw.Draw(picture).text((pad, size // 3), text, fill=20, font=font)
    return np.asarray(picture)


@pytest.fixture(scope="module")
def reader() -> PpocrReader:
    return PpocrReader()


def test_the_default_reader_keeps_what_a_reader_promises(reader):
    assert verifyObject(IReader, reader)
    assert reader.available() is None


def test_names_are_read_with_the_letters_that_were_seen(reader):
    [[first], [second]] = reader.read_many([line("Lefevre"), line("Ben-Ali")])
    assert first.text == "Lefevre" and first.letters.text == "LEFEVRE"
    assert second.letters.text == "BENALI" and second.confidence > 0.8


def test_the_reader_ranks_a_closed_list(reader):
    scores = reader.score(line("Durand"), NAMES)
    assert NAMES[int(np.argmax(scores))] == "DURAND" and max(scores) > 8


def test_where_only_digits_stand_letters_count_as_what_they_look_like(reader):
    assert reader.read(line("2O24O3I"), "number").letters.text == "2024031"
    assert reader.read(line("08/10/2007"), "date").letters.text == "08102007"


def test_an_empty_line_reads_as_nothing(reader):
    read = reader.read(np.full((72, 200), 255, np.uint8))
    assert (read.text, read.letters) == ("", None)


@pytest.mark.parametrize("missing", ["onnxruntime", "rapidocr"])
def test_a_missing_package_is_said_with_what_to_install(monkeypatch, missing):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == missing else find(name, *more))
    reason = PpocrReader().available().interpolate()
    assert missing in reason and "korrigo-ocr[ppocr]" in reason
    with pytest.raises(ReaderUnavailable, match=missing):
        PpocrReader().read(line("Durand"))


def test_another_file_in_the_place_of_the_network_is_refused(monkeypatch, tmp_path):
    other = tmp_path / "model.onnx"
    other.write_bytes(b"no network")
    monkeypatch.setattr("korrigo_ocr.reading.ppocr.ppocr_model", lambda: other)
    with pytest.raises(ReaderUnavailable, match="not the one"):
        PpocrReader().read(line("Durand"))


def test_printed_digits_in_boxes_are_read():
    cells = [line(digit, 44, 8) for digit in "2058473"]
    read = digit_log_probs(cells)
    assert "".join(map(str, read.argmax(axis=1))) == "2058473"
    assert np.allclose(np.exp(read).sum(axis=1), 1, atol=1e-4)
    assert digit_log_probs([]).shape == (0, 10)


def test_no_engine_needs_the_network_of_this_machine(monkeypatch, reader):
    """Reading opens no connection."""
    import socket

    def refuse(*_address):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    fresh = PpocrReader()
    assert fresh.read(line("Moreau")).letters.text == "MOREAU"
