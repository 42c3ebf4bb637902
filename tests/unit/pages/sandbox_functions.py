"""What the tests run in the sandbox: a child imports this module, not the tests."""

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy

from korrigo.pages.errors import PageError, PageUnreadable


class Torn(PageError):
    """An error of somebody else's."""


@dataclasses.dataclass(frozen=True)
class Facts:
    levels: numpy.ndarray
    where: Path
    pairs: tuple[tuple[str, float], ...]


class Trick:
    """Runs a command where it is unpickled with the ordinary reader."""

    def __init__(self, target: str):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (self.target,)


def facts(where: Path) -> Facts:
    return Facts(numpy.arange(6, dtype="uint8").reshape(2, 3), where, (("a", 0.5),))


def unreadable(page: int):
    raise PageUnreadable(page, "it is blurred")


def torn():
    raise Torn("left", 3)


def bug():
    return {}["nothing"]


def trick(target: str) -> Trick:
    return Trick(target)


def fill_memory() -> int:
    return len(b"x" * (4 << 30))


def spin():
    while True:
        pass


def sleep(seconds: float, told: str = ""):
    if told:
        Path(told).write_text(str(os.getpid()))
    time.sleep(seconds)


def write(path: str, size: int):
    Path(path).write_bytes(bytes(size))


def abort():
    os.abort()


def leave():
    os._exit(0)


def start_helper(told: str):
    """A helper of the child that does not end by itself."""
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(told).write_text(str(helper.pid))


def open_descriptors() -> list[str]:
    return [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if _is_open(name)]


def _is_open(name: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{name}")


def parent() -> int:
    return os.getppid()


def modules() -> list[str]:
    return sorted(sys.modules)


def gray(path, view, dpi):
    from korrigo.pages import picture

    return picture.gray(path, view, dpi)


def gray_as_decoded(path, view, dpi):
    from korrigo.pages.picture import open_document

    with open_document(path) as document:
        return document.gray(view, dpi, scaled=False)


def both_halves(path, page, dpi):
    """Both halves' grey levels and how many times a page was decoded for them."""
    from korrigo.pages.document import Document
    from korrigo.pages.picture import View, open_document

    rendered = []
    render = Document._render
    Document._render = lambda document, *args: rendered.append(args) or render(document, *args)
    with open_document(path) as document:
        halves = [document.gray(View(page, region), dpi) for region in ("left", "right")]
    return halves, len(rendered)


def gray_then_thumb(path, view):
    """The thumbnail of a side that was analysed before, and how many times it was decoded."""
    from korrigo.pages.document import Document
    from korrigo.pages.picture import open_document
    from korrigo.pages.pictures import style

    decoded = []
    decode = Document._decode
    Document._decode = lambda document, *args: decoded.append(args) or decode(document, *args)
    with open_document(path) as document:
        document.gray(view, 100)
        return document.draw(view, style("thumb")), len(decoded)
