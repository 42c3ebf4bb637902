"""Which reader works here, and what is said where one is missing."""

import pytest
from korrigo_ocr import engines, plugin
from korrigo_ocr.readers import chosen, reader_check

from korrigo.config import configure
from korrigo.testing.sites import settings


def missing(monkeypatch, *engines_missing):
    """Take engines away from this machine."""
    for engine in engines_missing:
        monkeypatch.setattr(engines, f"{engine}_missing", lambda *_languages, engine=engine: f"no {engine} here")


@pytest.fixture
def registry(tmp_path):
    def make(reader: str = "auto"):
        config = configure({**settings(tmp_path, ()), "korrigo.ocr.reader": reader}, here=str(tmp_path), check=False,
                           plugins=[plugin])
        config.registry["engine"].dispose()
        return config.registry

    return make


def test_the_best_reader_that_is_installed_is_taken(registry):
    assert chosen(registry()).name == "ppocr"
    assert reader_check(registry()) == "ppocr"


def test_without_the_better_one_the_other_reads_and_that_is_said(registry, monkeypatch):
    missing(monkeypatch, "ppocr")
    assert chosen(registry()).name == "tesseract"
    assert str(reader_check(registry())) == "tesseract; a better one is not there: no ppocr here"


def test_without_tesseract_names_are_read_but_no_field_is_found_and_that_is_said(registry, monkeypatch):
    missing(monkeypatch, "tesseract")
    assert chosen(registry()).name == "ppocr"
    assert "fields of a header cannot be found: no tesseract here" in str(reader_check(registry()))


def test_without_the_reader_of_codes_names_are_read_and_that_is_said(registry, monkeypatch):
    monkeypatch.setattr("korrigo_ocr.engines.codes_missing", lambda: "no zxing here")
    assert str(reader_check(registry())) == "ppocr; codes on sheets are not read: no zxing here"


def test_without_any_engine_the_desk_is_left_and_that_is_said(registry, monkeypatch):
    missing(monkeypatch, "ppocr", "tesseract")
    assert "found by hand: no tesseract here" in str(reader_check(registry()))
    assert "found by hand" in str(reader_check(registry("none")))
