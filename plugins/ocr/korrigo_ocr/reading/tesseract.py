"""Tesseract, within this process where the package tesserocr is there, else started once for many pictures.

Starting the program and loading its model takes 125-175 ms, reading a prepared line about 5 ms. All pictures of a
call are therefore written as the pages of one TIFF and read by one process.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytesseract
from PIL import Image
from translationstring import TranslationStringFactory
from zope.interface import implementer

from ..engines import LANGUAGES, tesseract_languages, tesseract_missing, tesserocr_there
from ..interfaces import IReader, Kind, ReaderUnavailable, Reading
from ..matching.evidence import TextScoring
from . import inprocess
from .geometry import Box, Grey
from .words import PageWord

_ = TranslationStringFactory("korrigo")

_WHITELISTS: dict[Kind, str] = {
    "name": "",
    "number": "0123456789",
    "date": "0123456789/.-",
    "class": "",
}
_ONE_LINE, _ONE_WORD = 7, 8
_SMALLER = 0.55
_SECONDS_A_PAGE = 5
_START_SECONDS = 30
_DPI = 300


@implementer(IReader)
@dataclass(frozen=True)
class TesseractReader(TextScoring):
    """Tesseract 5 through tesserocr or pytesseract. Languages are tried in order: the first model installed is used."""

    languages: tuple[str, ...] = LANGUAGES
    name: str = "tesseract"

    def available(self) -> str | None:
        """None, or what is missing: the program, or a model for any of the languages."""
        return tesseract_missing(self.languages)

    def read(self, image: Grey, kind: Kind = "name") -> Reading:
        """Read one prepared field; `read_many` is far cheaper for several."""
        return self.read_many([image], kind)[0][0]

    def read_many(self, images: Sequence[Grey], kind: Kind = "name") -> list[tuple[Reading, ...]]:
        """Read the prepared fields, each as it is, smaller and bolder: the errors of the three readings differ."""
        language, allowed = self.language(), _WHITELISTS[kind]
        as_words = self._read_pages(images, language, _ONE_WORD, allowed)
        altered = [variant for image in images for variant in (_smaller(image), _bolder(image))]
        as_lines = self._read_pages(altered, language, _ONE_LINE, allowed)
        return [(word, *as_lines[2 * i : 2 * i + 2]) for i, word in enumerate(as_words)]

    def _read_pages(self, pages: Sequence[Grey], language: str, mode: int, allowed: str) -> list[Reading]:
        words: list[list[PageWord]] = [[] for _ in pages]
        for word in recognise(pages, language, mode, allowed, within=tesserocr_there()):
            words[word.page].append(word)
        return [_joined(page) for page in words]

    def language(self) -> str:
        """The model that will be used. Raises `ReaderUnavailable` when there is none."""
        reason = self.available()
        if reason is not None:
            raise ReaderUnavailable(reason)
        installed = tesseract_languages() or frozenset()
        return next(language for language in self.languages if language in installed)


def recognise(
    images: Sequence[Grey], language: str, mode: int, whitelist: str = "", within: bool = False
) -> list[PageWord]:
    """All words on all pictures; ``mode`` is Tesseract's page segmentation mode (``--psm``).

    ``within`` this process its models stay in memory, 60 MB: worth it for many lines, not for a few captions.
    Raises `ReaderUnavailable` when Tesseract is missing, fails or does not end in time.
    """
    if not images:
        return []
    way = _in_process if within else _by_program
    try:
        return way(images, language, mode, whitelist)
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError) as error:
        raise ReaderUnavailable(
            _("Tesseract could not read pictures (${n}): ${why}. Nothing was stored; try again.",
              mapping={"n": len(images), "why": str(error)})
        ) from error


def _in_process(images: Sequence[Grey], language: str, mode: int, whitelist: str) -> list[PageWord]:
    return inprocess.recognise(images, language, mode, _DPI, whitelist)


def _by_program(images: Sequence[Grey], language: str, mode: int, whitelist: str) -> list[PageWord]:
    """One process for all of them."""
    config = f"--psm {mode} --dpi {_DPI} -c tessedit_do_invert=0"
    if whitelist:
        config += f" -c tessedit_char_whitelist={whitelist}"
    with tempfile.TemporaryDirectory(prefix="korrigo-ocr-") as folder:
        pages = [Image.fromarray(np.ascontiguousarray(image)) for image in images]
        path = Path(folder, "fields.tif")
        pages[0].save(path, save_all=True, append_images=pages[1:])
        timeout = _START_SECONDS + _SECONDS_A_PAGE * len(pages)
        # Tesseract's own threads only slow one line down; its child process inherits this.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        return _words(pytesseract.image_to_data(str(path), lang=language, config=config, timeout=timeout))


def _words(table: str) -> list[PageWord]:
    """The words in Tesseract's TSV output: level 5 rows, pages counted from 1."""
    words = []
    for line in table.splitlines()[1:]:
        cells = line.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        box = Box(*(float(value) for value in cells[6:10]))
        words.append(PageWord(int(cells[1]) - 1, cells[11].strip(), max(0.0, float(cells[10]) / 100), box))
    return words


def _joined(words: Sequence[PageWord]) -> Reading:
    """One reading of a page's words; the confidence is their mean, weighted by length."""
    length = sum(len(word.text) for word in words)
    if length == 0:
        return Reading("", 0.0)
    confidence = sum(len(word.text) * word.confidence for word in words) / length
    return Reading(" ".join(word.text for word in words), round(confidence, 4))


def _smaller(line: Grey) -> Grey:
    return cv2.resize(line, None, fx=_SMALLER, fy=_SMALLER, interpolation=cv2.INTER_AREA)


def _bolder(line: Grey) -> Grey:
    return cv2.erode(line, np.ones((2, 2), np.uint8))
