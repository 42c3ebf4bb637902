"""Tesseract within this process, by the package tesserocr: no program is started, no picture written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from ..engines import tesseract_models
from .geometry import Box, Grey
from .words import PageWord


def recognise(images: Sequence[Grey], language: str, mode: int, dpi: int, whitelist: str = "") -> list[PageWord]:
    """All words on all pictures.  Raises RuntimeError when Tesseract cannot begin."""
    engine = _engine(language)
    engine.SetPageSegMode(mode)
    engine.SetVariable("tessedit_char_whitelist", whitelist)
    return [word for page, image in enumerate(images) for word in _words(engine, page, image, dpi)]


@cache
def _engine(language: str) -> Any:
    """Loaded once a process."""
    import tesserocr

    models = tesseract_models()
    engine = tesserocr.PyTessBaseAPI(path=str(models.folder) if models else "", lang=language)
    engine.SetVariable("tessedit_do_invert", "0")
    return engine


def _words(engine: Any, page: int, image: Grey, dpi: int) -> list[PageWord]:
    import tesserocr

    engine.SetImage(Image.fromarray(np.ascontiguousarray(image)))
    engine.SetSourceResolution(dpi)
    found: list[PageWord] = []
    if not engine.Recognize():
        return found
    level = tesserocr.RIL.WORD
    for item in tesserocr.iterate_level(engine.GetIterator(), level):
        text, box = item.GetUTF8Text(level) if not item.Empty(level) else "", item.BoundingBox(level)
        if text.strip() and box:
            left, top, right, bottom = map(float, box)
            found.append(PageWord(page, text.strip(), max(0.0, item.Confidence(level) / 100),
                                  Box(left, top, right - left, bottom - top)))
    return found
