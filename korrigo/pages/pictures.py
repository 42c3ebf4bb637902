"""The pictures of sides by blob and by name of size: what web views call."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType

from .cache import PictureCache
from .errors import PageUnreadable
from .index import PageIndex
from .indexes import PageIndexes
from .original import is_original, original
from .picture import Box, Picture, Style, View, render_styled

#: A contact sheet loads a thousand of these, and each is kept on disk.
LIGHT = frozenset({"thumb"})
QUALITY = {True: 60, False: 80}
SIZES: Mapping[str, int | None] = MappingProxyType({"thumb": 248, "work": 1240, "zoom": 1654, "full": None})
"""Width in pixels of a whole side: ``work`` is A4 at 150 dpi, ``zoom`` at 200 dpi, ``full`` as scanned."""
UNREADABLE_FOR_S = 600
"""A page that cannot be shown may have cost seconds to find out: it is not tried again before."""
ASKED_AGAIN_S = 5
"""Not even when somebody asks for it to be tried again."""


class Pictures:
    """Sides of stored PDFs, made once and cached.

    ``resolve(blob_id)`` is a context manager that gives the local path of a stored PDF (``IBlobStore.path``).  Safe
    for threads.
    """

    def __init__(self, cache: PictureCache, resolve: Callable[[str], AbstractContextManager[Path]]):
        self.cache, self._resolve, self.indexes = cache, resolve, PageIndexes(cache.folder)
        self._unreadable: dict[tuple[str, int], tuple[float, PageUnreadable]] = {}
        self._lock = threading.Lock()

    def side(
        self,
        blob_id: str,
        view: View,
        size: str = "work",
        masks: Sequence[Box] = (),
        clip: Box | None = None,
        again: bool = False,
    ) -> Picture:
        """The picture of a side at a named size (see ``SIZES``; with ``clip``, the scale of that size), from the cache
        or made now.  Masks and clip are in page units of the upright side.  ``again``: a page that could not be shown
        is tried again.

        Raises ``PageUnreadable`` or ``PdfRefused``, ``KeyError`` for an unknown size, and what ``resolve`` raises.
        """
        wanted = style(size, masks, clip)
        key = self.cache.key(blob_id, view, wanted)
        return (self.cache.get(key) or self._scan(blob_id, view, wanted)
                or self.cache.get_or_make(key, lambda: self._make(blob_id, view, wanted, again)))

    def keep(self, blob_id: str, view: View, size: str, picture: Picture) -> None:
        """Store the ready picture of a whole side, unmasked, as ``side`` would have made it (see ``style``)."""
        self.cache.put(self.cache.key(blob_id, view, style(size)), picture)

    def make_ready(self, blob_id: str, views: Iterable[View], size: str = "thumb") -> None:
        """Make those pictures of a PDF that are not in the cache, together, which is faster.  Sides that cannot be
        shown are passed over."""
        wanted = style(size)
        keys = {view: self.cache.key(blob_id, view, wanted) for view in views}
        missing = [view for view, key in keys.items() if self.cache.get(key) is None]
        if missing:
            with self._resolve(blob_id) as path:
                drawn = render_styled(path, missing, wanted, self._pages(blob_id, missing))
            for view, picture in zip(missing, drawn, strict=True):
                if isinstance(picture, Picture):
                    self.cache.put(keys[view], picture)

    def _scan(self, blob_id: str, view: View, wanted: Style) -> Picture | None:
        """The scan itself, where it can be shown: read from the file, so that it needs no place in the cache."""
        pages = self._pages(blob_id, [view])
        if not pages or not is_original(pages[0], view, wanted):
            return None
        with self._resolve(blob_id) as path, open(path, "rb", buffering=0) as file:
            return original(file.fileno(), pages[0], view)

    def _pages(self, blob_id: str, views: Sequence[View]) -> list[PageIndex]:
        """What is known of the pages of some views."""
        pages = self.indexes.of(blob_id, lambda: self._resolve(blob_id))
        return [pages[number - 1] for number in sorted({view.page for view in views}) if number <= len(pages)]

    def _make(self, blob_id: str, view: View, wanted: Style, again: bool) -> Picture:
        with self._lock:
            since, error = self._unreadable.get((blob_id, view.page), (float("-inf"), None))
        if error and time.monotonic() - since < (ASKED_AGAIN_S if again else UNREADABLE_FOR_S):
            raise error
        with self._resolve(blob_id) as path:
            (picture,) = render_styled(path, [view], wanted, self._pages(blob_id, [view]))
        if isinstance(picture, PageUnreadable):
            with self._lock:
                self._unreadable[blob_id, view.page] = time.monotonic(), picture
            raise picture
        return picture


def style(size: str, masks: Sequence[Box] = (), clip: Box | None = None) -> Style:
    """The style of a side at a named size: what ``Document.draw`` needs to make pictures for ``keep``."""
    return Style(width=SIZES[size], clip=clip, masks=tuple(masks), larger=True, light=size in LIGHT,
                 quality=QUALITY[size in LIGHT])
