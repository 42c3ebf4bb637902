"""What figures depend on beside our code: how quick the machine is just now, and what a worker's children run in."""

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


def yardstick() -> float:
    """CPU ms to decode a grey page whole: how quick the machine is just now.  On the two cores of the targets it is 3.2
    in a quiet minute; what runs beside makes it 5.0 at times, and all other figures as much higher."""
    scans, times = list(pictures(12)), []
    for _again in range(5):
        start = time.process_time()
        for data in scans:
            Image.open(io.BytesIO(data)).load()
        times.append(1000 * (time.process_time() - start) / len(scans))
    return min(times)


def as_in_a_child() -> None:
    """Begin again with the surroundings of a worker's child, unless these are there: libraries look at them once."""
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ENVIRONMENT})
