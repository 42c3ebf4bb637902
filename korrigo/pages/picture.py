"""The picture of one side of paper, at a size, cut and masked: ``render`` and ``render_many`` draw in a child.

A function that analyses pages runs in a child itself and decodes there: see ``open_document`` and ``gray``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..sentences import Sentence as _
from . import sandbox
from .errors import PageError, PageUnreadable, PdfRefused

if TYPE_CHECKING:
    import numpy

    from .document import Document
    from .index import PageIndex

LIBRARIES = ("korrigo.pages.document",)
"""For ``sandbox.run(..., preload=LIBRARIES)``, when the function opens documents."""
REGIONS = ("full", "left", "right")
MEDIA_TYPES = {"jpeg": "image/jpeg", "webp": "image/webp", "png": "image/png"}
SEVERAL = 50
"""Sides drawn by one child."""
MEMORY_MB = 1536
CPU_S, WALL_S = (5, 0.5), (20, 2)
"""Of one child, and more for each side."""

Box = tuple[float, float, float, float]
"""``(x0, y0, x1, y1)`` in page units of the side shown upright: its width is 1000, the origin is top left."""


@dataclass(frozen=True)
class View:
    """One side: the page (1-based), which part of it as seen after its /Rotate, and the degrees clockwise to turn that
    part so that it reads upright."""

    page: int
    region: str = "full"
    turned: int = 0

    def __post_init__(self) -> None:
        if self.page < 1 or self.region not in REGIONS or self.turned not in (0, 90, 180, 270):
            raise ValueError(f"{self} is no side of a page")


@dataclass(frozen=True)
class Style:
    """How a side is drawn.

    ``dpi``, or ``width`` in pixels, sets the scale of the *whole* side (neither: as scanned); a scan is not enlarged.
    ``clip`` then cuts a part out of it.  ``masks`` are painted over: nothing below them is in the picture.
    ``larger``: a scan, or what the decoder makes of it cheaply, that is somewhat larger than asked for will do.
    ``light``: kept by the thousand, so that a page of black and white becomes a PNG of four greys, a third of its JPEG.
    No picture is longer than 2600 pixels a side, but for an untouched original.
    """

    dpi: float | None = None
    width: int | None = None
    clip: Box | None = None
    masks: tuple[Box, ...] = field(default=())
    format: str = "jpeg"
    quality: int = 80
    larger: bool = False
    light: bool = False

    def __post_init__(self) -> None:
        if self.format not in MEDIA_TYPES:
            raise ValueError(f"{self.format!r} is no picture format; there are {', '.join(MEDIA_TYPES)}")
        if self.dpi is not None and self.width is not None:
            raise ValueError("give dpi or width, not both")
        if (self.dpi is not None and self.dpi <= 0) or (self.width is not None and self.width <= 0):
            raise ValueError("a picture's dpi or width is positive")
        for x0, y0, x1, y1 in (*self.masks, *((self.clip,) if self.clip else ())):
            if not (x0 < x1 and y0 < y1):
                raise ValueError(f"({x0}, {y0}, {x1}, {y1}) is no rectangle: x0 < x1 and y0 < y1")


@dataclass(frozen=True)
class Picture:
    """An encoded picture; ``width`` and ``height`` in pixels."""

    data: bytes
    width: int
    height: int
    media_type: str


def warm() -> None:
    """Load what draws pages, in a thread, before somebody waits for the first picture of this process."""
    threading.Thread(target=sandbox.run, args=(abs, -1), kwargs={"preload": LIBRARIES}, daemon=True,
                     name="warm sandbox").start()


def render(
    path: Path | str,
    view: View,
    *,
    dpi: float | None = None,
    width: int | None = None,
    clip: Box | None = None,
    masks: Sequence[Box] = (),
    format: str = "jpeg",
    quality: int = 80,
) -> Picture:
    """The picture of a side (see ``Style``).  A page that is one JPEG, wanted whole, upright and at its own size, is
    that JPEG byte for byte (without Exif).  Raises ``PageUnreadable`` or ``PdfRefused``."""
    style = Style(dpi, width, clip, tuple(masks), format, quality)
    return _value(render_styled(path, [view], style)[0])


def render_many(
    path: Path | str,
    views: Sequence[View],
    *,
    dpi: float | None = None,
    width: int | None = None,
    clip: Box | None = None,
    masks: Sequence[Box] = (),
    format: str = "jpeg",
    quality: int = 80,
) -> list[Picture | PageUnreadable]:
    """The pictures of several sides in the same style, in order.  A side that cannot be shown has its error in its
    place.  Sides of one page side by side in ``views`` decode it once.  Raises ``PdfRefused``."""
    return render_styled(path, views, Style(dpi, width, clip, tuple(masks), format, quality))


def render_styled(
    path: Path | str, views: Sequence[View], style: Style, pages: Sequence[PageIndex] = ()
) -> list[Picture | PageUnreadable]:
    """``render_many`` with its style as one value; ``pages`` is what is known of the pages of the views."""
    path = Path(path).absolute()
    drawn: list[Picture | PageUnreadable] = []
    for first in range(0, len(views), SEVERAL):
        drawn += _render_some(path, list(views[first : first + SEVERAL]), style, pages)
    return drawn


def open_document(path: Path | str, password: str | None = None, pages: Sequence[PageIndex] = ()) -> Document:
    """The document at ``path``, to decode pages from; of ``pages`` the index is known.  ONLY in a function that
    ``sandbox.run`` runs.  A context manager; raises ``PdfRefused``."""
    from .document import Document

    return Document(path, password, pages)


def gray(path: Path | str, view: View, dpi: float) -> numpy.ndarray:
    """The side as grey levels, ``uint8`` of shape (height, width), 0 is black.  ONLY in a function that
    ``sandbox.run`` runs; for several sides, ``open_document`` once.  Raises ``PageUnreadable`` or ``PdfRefused``."""
    with open_document(path) as document:
        return document.gray(view, dpi=dpi)


def _render_some(
    path: Path, views: list[View], style: Style, pages: Sequence[PageIndex]
) -> list[Picture | PageUnreadable]:
    """In one child; when that child fails, in one each, so that only the guilty page is lost."""
    cpu_s, wall_s = (base + len(views) * more for base, more in (CPU_S, WALL_S))
    limits = sandbox.Limits(memory_mb=MEMORY_MB, cpu_s=cpu_s, wall_s=wall_s, file_mb=0)
    try:
        return sandbox.run(_draw, path, views, style, pages, limits=limits, preload=LIBRARIES)
    except sandbox.SandboxError as error:
        if len(views) == 1:
            return [PageUnreadable(views[0].page, _("its picture could not be made: ${why}", why=error))]
        return [picture for view in views for picture in _render_some(path, [view], style, pages)]


def _draw(
    path: Path, views: list[View], style: Style, pages: Sequence[PageIndex]
) -> list[Picture | PageUnreadable]:
    """In the child."""
    drawn: list[Picture | PageUnreadable] = []
    with open_document(path, pages=pages) as document:
        for view in views:
            try:
                drawn.append(document.draw(view, style))
            except PdfRefused:
                raise
            except PageUnreadable as error:
                drawn.append(error)
    return drawn


def _value(drawn: Picture | PageError) -> Picture:
    if isinstance(drawn, PageError):
        raise drawn
    return drawn
