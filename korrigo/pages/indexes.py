"""The index of every PDF that is looked at, kept beside its pictures: made once, thrown away as freely."""

import contextlib
import json
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import astuple
from pathlib import Path

from ..sentences import pack, unpack
from .errors import PdfRefused
from .index import ByteRange, PageIndex, index_pdf
from .locks import KeyLocks

FOLDER = "index"
REMEMBERED = 16
"""Files whose index stays in memory: some hundred kilobytes each, for a thousand pages."""

Pages = tuple[PageIndex, ...]


class PageIndexes:
    """In ``folder/index``, one file a PDF, and in memory.  Safe for threads and for several processes."""

    def __init__(self, folder: Path):
        self.folder = Path(folder) / FOLDER
        self._known: OrderedDict[str, Pages] = OrderedDict()
        self._lock, self._making = threading.Lock(), KeyLocks()

    def of(self, blob_id: str, resolve: Callable[[], AbstractContextManager[Path]]) -> Pages:
        """The pages of a PDF, none of one that is refused; ``resolve`` gives its path when it must be read."""
        pages = self._remembered(blob_id)
        if pages is not None:
            return pages
        with self._making.hold(blob_id):
            pages = self._remembered(blob_id)
            if pages is None:
                pages = self._stored(blob_id)
            if pages is None:
                pages = self._made(blob_id, resolve)
        with self._lock:
            self._known[blob_id] = pages
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return pages

    def _made(self, blob_id: str, resolve: Callable[[], AbstractContextManager[Path]]) -> Pages:
        with resolve() as path:
            try:
                pages = index_pdf(path).pages
            except PdfRefused:     # whoever draws a page of it is told why
                return ()
        self._store(blob_id, pages)
        return pages

    def _remembered(self, blob_id: str) -> Pages | None:
        with self._lock:
            pages = self._known.get(blob_id)
            if pages is not None:
                self._known.move_to_end(blob_id)
            return pages

    def _stored(self, blob_id: str) -> Pages | None:
        try:
            rows = json.loads((self.folder / blob_id).read_bytes())
            return tuple(PageIndex(*row[:5], ByteRange(*row[5]) if row[5] else None, unpack(row[6]) if row[6] else None)
                         for row in rows)
        except (FileNotFoundError, ValueError, TypeError, LookupError):     # not here, or not whole
            return None

    def _store(self, blob_id: str, pages: Pages) -> None:
        rows = [[*astuple(page)[:6], pack(page.error) if page.error else None] for page in pages]
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            with os.fdopen(handle, "w") as out:
                json.dump(rows, out)
            os.replace(aside, self.folder / blob_id)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(aside)
