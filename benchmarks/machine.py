"""What figures depend on beside our code: how quick the machine is just now, and what a worker's children run in."""

import contextlib
import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from PIL import Image

from korrigo.pages.sandbox import ENVIRONMENT

DATA = Path(__file__).resolve().parents[1] / "tests" / "data" / "batches"


def pictures(pages: int) -> Iterator[bytes]:
    """The JPEGs of a real pile, none of them twice."""
    with pikepdf.open(DATA / "class-a4" / "scan.pdf") as pile:
        for page in pile.pages[:pages]:
            [image] = page.resources.XObject.values()
            yield image.read_raw_bytes()


QUIET = 3.2
"""What the yardstick says in a quiet minute on the two cores of the targets."""


def yardstick(pages: int = 12, repeats: int = 5) -> float:
    """CPU ms to decode a grey page whole: how quick the machine is just now.  In a quiet minute it is ``QUIET``;
    what runs beside makes it 5.0 at times, and all other figures as much higher."""
    scans, times = list(pictures(pages)), []
    for _again in range(repeats):
        start = time.process_time()
        for data in scans:
            Image.open(io.BytesIO(data)).load()
        times.append(1000 * (time.process_time() - start) / len(scans))
    return min(times)


class Pace:
    """CPU seconds of parts of a long run, each beside the yardstick of its moment."""

    def __init__(self) -> None:
        self.measured = self.quiet = 0.0
        """As they were, and as they would have been in a quiet minute."""

    @contextlib.contextmanager
    def part(self) -> Iterator[None]:
        before, start = yardstick(2, 3), spent()
        yield
        took = spent() - start
        self.measured += took
        self.quiet += took * QUIET / ((before + yardstick(2, 3)) / 2)


def spent() -> float:
    """CPU seconds of this process and of the programs that it has run."""
    return sum(os.times()[:4])


def as_in_a_child() -> None:
    """Begin again with the surroundings of a worker's child, unless these are there: libraries look at them once."""
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ENVIRONMENT})
