"""Pictures kept in a folder, so that they are made once.  All of it can be thrown away at any time.

One file a picture: a line of JSON (media type, size, length), then the bytes; ``indexes`` keeps its files here, too.
Files are written aside and renamed, so that several processes may share the folder; one that a power cut left short is
not believed.  A file's modification time is the time of its last use.
"""

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .locks import KeyLocks
from .picture import Picture, Style, View

TOUCH_AFTER_S = 600
"""A use is noted once in this time: reading a picture is not to write to the disk each time."""
FORGOTTEN_AFTER_S = 3600
"""A file that a dead process was writing."""
FILL = 0.9
"""Of ``max_bytes``: what trimming leaves."""


class PictureCache:
    """At most ``max_bytes`` in ``folder``, as far as ``trim`` is called from time to time."""

    def __init__(self, folder: Path, max_bytes: int):
        self.folder, self.max_bytes = Path(folder), max_bytes
        self._making = KeyLocks()

    @staticmethod
    def key(blob_id: str, view: View, style: Style) -> str:
        """The name of a picture: the same for the same pixels wanted of the same file."""
        return hashlib.sha256(repr((blob_id, view, style)).encode()).hexdigest()

    def get(self, key: str) -> Picture | None:
        """The picture, when it is here."""
        file = self._file(key)
        try:
            with open(file, "rb") as opened:
                about = json.loads(opened.readline())
                data = opened.read()
                if time.time() - os.fstat(opened.fileno()).st_mtime > TOUCH_AFTER_S:
                    with contextlib.suppress(OSError):
                        os.utime(file)
            picture = Picture(data, *about["size"], about["type"])
            return picture if len(data) == about["length"] else None
        except (FileNotFoundError, ValueError, LookupError, TypeError):  # not here, or not whole
            return None

    def put(self, key: str, picture: Picture) -> None:
        """Keep a picture, in place of any of the same key."""
        about = {
            "type": picture.media_type,
            "size": [picture.width, picture.height],
            "length": len(picture.data),
        }
        file = self._file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(json.dumps(about).encode() + b"\n" + picture.data)
            os.replace(aside, file)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    def get_or_make(self, key: str, make: Callable[[], Picture]) -> Picture:
        """The picture, made and kept when it is not here.  Threads that want the same one wait for the first; what
        ``make`` raises goes to the thread that called it, and the next one tries again."""
        if picture := self.get(key):
            return picture
        with self._making.hold(key):
            picture = self.get(key)
            if picture is None:
                picture = make()
                self.put(key, picture)
            return picture

    def trim(self) -> int:
        """Remove the pictures that were not used for longest, until 90 % of ``max_bytes`` are left, and what dead
        processes left unfinished; the number of bytes removed.  For a periodic job."""
        now, total, removed = time.time(), 0, 0
        found: list[tuple[float, int, str]] = []
        for entry in self._entries():
            with contextlib.suppress(FileNotFoundError):
                state = entry.stat()
                if not entry.name.startswith("."):
                    found.append((state.st_mtime, state.st_size, entry.path))
                    total += state.st_size
                elif now - state.st_mtime > FORGOTTEN_AFTER_S:
                    removed += _remove(entry.path, state.st_size)
        if total > self.max_bytes:
            for _, size, path in sorted(found):
                if total <= self.max_bytes * FILL:
                    break
                removed += _remove(path, size)
                total -= size
        return removed

    def _entries(self) -> Iterator[os.DirEntry]:
        if self.folder.is_dir():
            for shelf in os.scandir(self.folder):
                if shelf.is_dir():
                    yield from os.scandir(shelf)

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / key


def _remove(path: str, size: int) -> int:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
        return size
    return 0
