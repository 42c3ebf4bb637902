"""Looking at the pages of an untrusted file: in a limited child, a few pages at a time, each decoded once."""

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from korrigo.api import (
    LIBRARIES,
    PageIndex,
    PageUnreadable,
    Picture,
    View,
    message_of,
    open_document,
    pack,
    sandbox,
    style,
)
from korrigo.api import Sentence as _

from .interfaces import IRecipe
from .scan.facts import SideFacts

#: What a child measures with: imported once by the fork server, not anew by every child.
ANALYSE = "korrigo_import.scan.analyse"
#: Enough to find ruled lines and handwriting; more only costs time.
DPI = 100
#: Pages that one child looks at, at least and at most: a child costs as much as a page, a guilty page the others of its
#: child once more.
FEWEST, MOST = 12, 50
#: At work at the same time: each may use a core and 1.5 GB.
MOST_CHILDREN = 4
MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Seen:
    """One side: what was measured and its thumbnail, or why it cannot be read."""

    pdf_page: int
    region: str
    facts: str = ""
    thumb: Picture | None = None
    error: str = ""
    failures: dict[str, str] = field(default_factory=dict)
    """What recipes raised while they looked at it."""


def survey(path: Path, index: Sequence[PageIndex], places: Sequence[tuple[int, str]], report: Callable[[int], None],
           asked: Sequence[IRecipe] = ()) -> list[Seen]:
    """Look at sides ``(pdf_page, region)`` in their order, a child a core; ``report(done)`` is called after each.

    ``index``: the pages of the file, so that no child reads its structure again; ``asked``: recipes that look, too.
    """
    seen: list[Seen] = []
    pages = sorted({page for page, _region in places})
    children = min(MOST_CHILDREN, os.cpu_count() or 1)
    rounds = math.ceil(len(pages) / children / MOST)
    size = max(FEWEST, math.ceil(len(pages) / children / max(1, rounds)))
    groups = []
    for start in range(0, len(pages), size):
        wanted = set(pages[start:start + size])
        groups.append(([page for page in index if page.number in wanted],
                       [place for place in places if place[0] in wanted]))
    pool = ThreadPoolExecutor(children, thread_name_prefix="survey")
    try:
        for found in pool.map(lambda group: _in_child(path, asked, *group), groups):
            seen += found
            report(len(seen))
    finally:
        pool.shutdown(cancel_futures=True)
    return seen


def facts_of(seen: Seen, width_mm: float, height_mm: float) -> SideFacts:
    """The facts of a side; one that cannot be read has only its size, and is no blank."""
    if seen.facts:
        return SideFacts.from_json(seen.facts)
    return SideFacts(seen.pdf_page, seen.region, width_mm, height_mm, blank=-12.0, error=pack(seen.error))


def _in_child(path: Path, asked: Sequence[IRecipe], index: list[PageIndex], places: list[tuple[int, str]]
              ) -> list[Seen]:
    """In one child; when that child fails, in one for each page, so that only the guilty one is lost."""
    limits = sandbox.Limits(memory_mb=1536, cpu_s=10 + 2 * len(places), wall_s=30 + 4 * len(places), file_mb=0)
    try:
        return sandbox.run(look, path, index, places, asked, limits=limits, preload=(*LIBRARIES, ANALYSE))
    except sandbox.SandboxError as error:
        pages = sorted({page for page, _region in places})
        if len(pages) == 1:
            why = _("This page cannot be read: ${why}", why=error)
            return [Seen(page, region, error=why) for page, region in places]
        return [seen for page in pages for seen in _in_child(
            path, asked, [item for item in index if item.number == page], [item for item in places if item[0] == page])]


def look(path: Path, index: list[PageIndex], places: list[tuple[int, str]], asked: Sequence[IRecipe]) -> list[Seen]:
    """In the child: measure each side and make its thumbnail."""
    import cv2

    from .recipes.asking import marked
    from .scan.analyse import analyse

    cv2.setNumThreads(1)     # a child a core: threads of a library would only wait for each other
    thumb = style("thumb")
    seen: list[Seen] = []
    failures: dict[str, str] = {}
    with open_document(path, pages=index) as document:
        for page, region in places:
            view = View(page, region)
            try:
                gray = document.gray(view, dpi=DPI, scaled=False)     # analysis scales, more quickly than the decoder
                width_mm = document.page(page).width_mm / (1 if region == "full" else 2)
                dpi = gray.shape[1] / width_mm * MM_PER_INCH
                facts = marked(analyse(gray, page, region, dpi=dpi), gray, dpi, asked, failures)
                seen.append(Seen(page, region, facts.to_json(), document.draw(view, thumb), failures=failures))
            except PageUnreadable as error:
                seen.append(Seen(page, region, error=message_of(error)))
    return seen
