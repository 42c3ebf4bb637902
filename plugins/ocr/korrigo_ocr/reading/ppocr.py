"""PP-OCR's recogniser alone, on fields that are cut and cleaned already (PaddleOCR's PP-OCRv6 small, Apache-2.0).

Its file comes with the package ``rapidocr``, which is not imported: that would bring a second model, for finding lines,
and the wish to download others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from translationstring import TranslationStringFactory
from zope.interface import implementer

from ..engines import PPOCR_MODEL, ppocr_missing, ppocr_model
from ..interfaces import IReader, Kind, ReaderUnavailable, Reading
from ..matching.evidence import TextScoring
from ..matching.letters import CLASSES, Letters
from ..matching.names import ALPHABET, fold
from .geometry import Grey

_ = TranslationStringFactory("korrigo")

SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
_UNKNOWN = _("the file ${file} is not the one that this version knows: install korrigo-ocr[ppocr] again",
             mapping={"file": PPOCR_MODEL})
_HEIGHT = 48
_MARGIN = (3, 9)
"""White above and below the writing, and beside it, in the pixels that the network sees."""
_NARROWER: dict[Kind, float] = {"name": 0.75, "class": 0.75, "number": 0.6, "date": 0.6}
"""Writing is made so much narrower: the network reads it as well, in as much less time.  Digits stand wider apart."""
_NOTHING = 1e-6
_BETWEEN = frozenset(" -'’.,`_·/")
"""What stands between letters: whether it is seen or not makes no difference."""
_DIGITS_FOR = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"}
"""Letters that a digit is taken for, where there can only be digits."""


@implementer(IReader)
@dataclass(frozen=True)
class PpocrReader(TextScoring):
    """Gives letter probabilities, so that each name of the roster is compared with what was seen."""

    name: str = "ppocr"

    def available(self) -> str | None:
        """None, or which of its two packages is missing or does not fit."""
        return ppocr_missing()

    @cached_property
    def network(self) -> _Network:
        """Loaded once a process.  Raises `ReaderUnavailable`."""
        reason = self.available()
        if reason is not None:
            raise ReaderUnavailable(reason)
        model = ppocr_model()
        if hashlib.sha256(model.read_bytes()).hexdigest() != SHA256:
            raise ReaderUnavailable(_UNKNOWN)
        return _Network(model)

    def read(self, image: Grey, kind: Kind = "name") -> Reading:
        """Read one prepared field."""
        return self.read_many([image], kind)[0][0]

    def read_many(self, images: Sequence[Grey], kind: Kind = "name") -> list[tuple[Reading, ...]]:
        """Read prepared fields one by one: they have many widths, and a batch would be as wide as the widest."""
        return [(self._read(image, kind),) for image in images]

    def _read(self, image: Grey, kind: Kind) -> Reading:
        strip = _strip(image, _NARROWER[kind])
        if strip is None:
            return Reading("", 0.0)
        text, confidence, folded = self.network.read(strip)
        if kind in ("number", "date"):
            folded = _digits_only(folded)
        return Reading(text, round(confidence, 4), Letters.of(np.log(folded)))


class _Network:
    """The recogniser, on one thread: copies are read side by side."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        known = self.session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.characters = ["", *known, " "]
        """By their place in the network's answer; the first means "no new letter"."""
        self.kept, self.places = _folding(self.characters)

    def read(self, strip: Grey) -> tuple[str, float, NDArray[np.floating]]:
        """(text, confidence, probabilities of `letters.CLASSES` at each step) of a line of the network's height."""
        picture = np.repeat((strip.astype(np.float32) / 127.5 - 1)[None, None], 3, axis=1)
        probs: NDArray[Any] = self.session.run(None, {self.input: picture})[0][0]
        if probs.shape[1] != len(self.characters):
            raise ReaderUnavailable(_UNKNOWN)
        best = probs.argmax(axis=1)
        new = np.concatenate([[True], best[1:] != best[:-1]]) & (best > 0)
        text = "".join(self.characters[place] for place in best[new])
        confidence = float(probs.max(axis=1)[new].mean()) if new.any() else 0.0
        folded = np.zeros((len(probs), CLASSES))
        np.add.at(folded.T, self.places, probs[:, self.kept].T)
        folded += _NOTHING
        return text, confidence, folded / folded.sum(axis=1, keepdims=True)


def _folding(characters: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which characters of the network count, and as which class each: A, a, À and à are one letter."""
    numbers = {letter: place for place, letter in enumerate(ALPHABET, 1)}
    kept, places = [0], [0]
    for place, character in enumerate(characters[1:], 1):
        if character in _BETWEEN:
            kept.append(place)
            places.append(0)
        # Beyond the Latin alphabets folding finds letters of no meaning here.
        elif len(character) == 1 and ord(character) < 0x250 and (folded := fold(character)):
            kept.append(place)
            places.append(numbers[folded[0]])
    return np.array(kept), np.array(places)


def _digits_only(folded: NDArray[np.floating]) -> NDArray[np.floating]:
    """The probabilities where only digits can stand: a letter counts as the digit that it looks like."""
    numbers = {letter: place for place, letter in enumerate(ALPHABET, 1)}
    out = np.full(folded.shape, _NOTHING)
    out[:, 0] += folded[:, 0]
    for digit in "0123456789":
        out[:, numbers[digit]] += folded[:, numbers[digit]]
    for letter, digit in _DIGITS_FOR.items():
        out[:, numbers[digit]] += folded[:, numbers[letter]]
    return out / out.sum(axis=1, keepdims=True)


def _strip(image: Grey, narrower: float) -> Grey | None:
    """The writing on a line as high as the network wants it; None when there is none."""
    written = image < 200
    rows, columns = np.flatnonzero(written.any(axis=1)), np.flatnonzero(written.any(axis=0))
    if not len(rows):
        return None
    ink = image[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    height = _HEIGHT - 2 * _MARGIN[0]
    width = max(4, round(narrower * ink.shape[1] * height / ink.shape[0]))
    shrinks = ink.shape[0] > height
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    beside = max(_MARGIN[1], (_HEIGHT - width + 1) // 2)
    return cv2.copyMakeBorder(small, _MARGIN[0], _MARGIN[0], beside, beside, cv2.BORDER_CONSTANT, value=(255.0,))
