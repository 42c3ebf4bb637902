"""What the engines that this plugin knows need on this machine; asked without loading any of it."""

from __future__ import annotations

import importlib.util
import re
import subprocess  # noqa: S404  one program, no argument from outside
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from translationstring import TranslationStringFactory

_ = TranslationStringFactory("korrigo")

LANGUAGES = ("fra", "eng")
"""Tesseract's models in the order of preference: the first one installed is used."""

PPOCR_MODEL = "PP-OCRv6_rec_small.onnx"
_SECONDS = 20


def ppocr_missing() -> str | None:
    """Which of the packages of PP-OCR is missing or does not fit; None when all is there."""
    for package in ("onnxruntime", "rapidocr"):
        if importlib.util.find_spec(package) is None:
            return _("the package ${package} is not installed: install korrigo-ocr[ppocr]",
                     mapping={"package": package})
    if not ppocr_model().is_file():
        return _("the package rapidocr has no file ${file}: install korrigo-ocr[ppocr]",
                 mapping={"file": PPOCR_MODEL})
    return None


def codes_missing() -> str | None:
    """The package without which codes on sheets are not read; None when it is there."""
    if importlib.util.find_spec("zxingcpp") is None:
        return _("the package ${package} is not installed: install korrigo-ocr[codes]",
                 mapping={"package": "zxing-cpp"})
    return None


def ppocr_model() -> Path:
    """The file of PP-OCR's network, which the package ``rapidocr`` brings; that package is not imported."""
    spec = importlib.util.find_spec("rapidocr")
    return Path(spec.origin if spec and spec.origin else "/nowhere").parent / "models" / PPOCR_MODEL


def tesseract_missing(languages: Sequence[str]) -> str | None:
    """What Tesseract lacks: the program, or a model for any of the languages; None when all is there."""
    installed = tesseract_languages()
    if installed is None:
        return _("the program 'tesseract' was not found: install it (Debian: apt install tesseract-ocr-fra)")
    if not any(language in installed for language in languages):
        return _("Tesseract has no model for ${languages} (Debian: apt install tesseract-ocr-fra)",
                 mapping={"languages": ", ".join(languages)})
    return None


def tesserocr_there() -> bool:
    """Whether Tesseract can work within the process."""
    return importlib.util.find_spec("tesserocr") is not None


def tesseract_languages() -> frozenset[str] | None:
    """Models that Tesseract has here; None without the program."""
    models = tesseract_models()
    return models.languages if models else None


@dataclass(frozen=True)
class Models:
    """Tesseract's models, and the folder that they lie in."""

    folder: Path
    languages: frozenset[str]


def tesseract_models() -> Models | None:
    """What the program says of its models; None without it."""
    try:
        found = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=_SECONDS,  # noqa: S607  found by PATH, as pytesseract does
                               check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    first, *languages = found.stdout.splitlines() or [""]
    folder = re.search(r'"(.+)"', first)
    return Models(Path(folder[1] if folder else "."), frozenset(line.strip() for line in languages))
