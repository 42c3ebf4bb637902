"""What an engine of printed text finds on a picture."""

from __future__ import annotations

from dataclasses import dataclass

from .geometry import Box


@dataclass(frozen=True)
class PageWord:
    """One word that Tesseract found on a page: page index, text, confidence 0-1, box in pixels."""

    page: int
    text: str
    confidence: float
    box: Box
