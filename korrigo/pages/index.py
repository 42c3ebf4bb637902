"""What the pages of an uploaded PDF are: size, rotation, and where the picture of a plain scan lies in the file.

The upload is indexed, never split nor rasterised.  A page whose picture is one JPEG is shown from that range of bytes;
any other is rendered when somebody looks at it.
"""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..sentences import Sentence as _
from . import sandbox
from .errors import PdfRefused

READER = "korrigo.pages.reader"


@dataclass(frozen=True)
class ByteRange:
    """``length`` bytes of the file from ``start``: a complete JPEG of ``width`` × ``height`` pixels, as stored (before
    the page's rotation)."""

    start: int
    length: int
    width: int
    height: int


@dataclass(frozen=True)
class PageIndex:
    """One page: ``number`` from 1, size in millimetres as shown upright, after ``rotation`` (its /Rotate, clockwise).

    ``kind`` is ``jpeg`` when the page is exactly one such picture (then ``jpeg`` says where), ``bilevel`` when it is
    one of black and white, ``other`` when it is anything else, which the renderer draws as well, ``unreadable`` when it
    cannot be shown (``error`` says why).
    """

    number: int
    width_mm: float
    height_mm: float
    rotation: int
    kind: str
    jpeg: ByteRange | None = None
    error: str | None = None


@dataclass(frozen=True)
class PdfIndex:
    """The pages of a file.

    ``repaired``: the file was encrypted (with an empty password, or the one given), or damaged so that only a repair
    gave these pages.  Make a plain copy with ``normalise`` and take pictures from that; the upload stays the truth.
    """

    pages: tuple[PageIndex, ...]
    repaired: bool


@dataclass(frozen=True)
class PdfLimits:
    """What is accepted.  A page smaller or larger than ``min_mm`` and ``max_mm`` a side is unreadable."""

    max_mb: int = 1024
    max_pages: int = 3000
    min_mm: float = 50
    max_mm: float = 1300
    child: sandbox.Limits = field(default=sandbox.Limits(memory_mb=1536, cpu_s=20, wall_s=60, file_mb=0))


def index_pdf(path: Path | str, *, password: str | None = None, limits: PdfLimits | None = None) -> PdfIndex:
    """Read the pages of the PDF at ``path``, in a child.  Raises ``PdfRefused``; a page that cannot be read is in the
    index as ``unreadable`` and does not lose the others."""
    limits = limits or PdfLimits()
    path = _checked(path, limits)
    return _in_child(_read_index, limits.child, path, password, limits)


def normalise(
    path: Path | str, out: Path | str, *, password: str | None = None, limits: PdfLimits | None = None
) -> PdfIndex:
    """Write the PDF at ``path`` anew to ``out`` (a new file), decrypted and with its tables rebuilt; the index of
    ``out``, where the pages that the file has lost stay unreadable.  Pictures keep their bytes.  Raises
    ``PdfRefused``, and then leaves no ``out``."""
    limits = limits or PdfLimits()
    path, out = _checked(path, limits), Path(out).absolute()
    child = sandbox.Limits(limits.child.memory_mb, limits.child.cpu_s, limits.child.wall_s, file_mb=limits.max_mb * 2)
    try:
        before = _in_child(_rewrite, child, path, out, password, limits)
        after = index_pdf(out, limits=limits)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    # What was lost before the repair is not a blank page after it.
    pages = zip(before.pages, after.pages, strict=True)
    return replace(after, pages=tuple(old if old.kind == "unreadable" else new for old, new in pages))


def _checked(path: Path | str, limits: PdfLimits) -> Path:
    path = Path(path).absolute()
    size = os.stat(path).st_size
    if size == 0:
        raise PdfRefused("empty", _("This file is empty. Scan or send it again."))
    if size > limits.max_mb << 20:
        raise PdfRefused(
            "too-large",
            _("This file has ${size} MB; at most ${most} MB are accepted. Send it in several parts.",
              size=size >> 20, most=limits.max_mb),
        )
    return path


def _in_child(function, child: sandbox.Limits, *args):
    try:
        return sandbox.run(function, *args, limits=child, preload=[READER])
    except sandbox.SandboxLimit as limit:
        raise PdfRefused(
            "damaged", _("This file cannot be opened: ${why}. Scan it again, or print it to a new PDF.", why=limit)
        ) from limit


def _read_index(path: Path, password: str | None, limits: PdfLimits) -> PdfIndex:
    from .reader import read_index

    return read_index(path, password, limits)


def _rewrite(path: Path, out: Path, password: str | None, limits: PdfLimits) -> PdfIndex:
    from .reader import rewrite

    return rewrite(path, out, password, limits)
