"""A scan of 500 MB and 2 000 pages: memory of the web process while it is sent, and how soon its pages are seen.

    python benchmarks/big_scan.py [--pages 2000]

A real server: the file is sent in pieces as the page does, then pictures of random pages are asked for, one browser,
warm.  Prints the memory (resident, MB) of the web process before, at its highest and after, the seconds from the last
byte until the pages are laid out, and of the time to the first byte of a picture median and p95: as it lies in the file
(at most 10 ms), from the cache (5 ms), and one that must be drawn (80 ms).
"""

import argparse
import io
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from korrigo import quiet  # noqa: E402, F401

# isort: split
import sqlalchemy as sa  # noqa: E402
from import_scans import jpeg_page, paged, pictures  # noqa: E402
from live_server import Browser, Server  # noqa: E402

from korrigo.models import Job, Side  # noqa: E402
from korrigo.services import Exams  # noqa: E402

PIECE = 4 << 20
ASKED = 200
QUALITY = 84
#: After the import was cancelled, until its children have ended.
SETTLE_S = 6


def heavier(data: bytes) -> bytes:
    """The same page, 250 kB."""
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def make(out: Path, pages: int) -> None:
    """Every page has its own bytes in the file; every twentieth carries text, so that it must be drawn."""
    distinct = [heavier(data) for data in pictures(96)]
    paged(out, (jpeg_page(distinct[number % len(distinct)],
                          b"BT /F0 9 Tf 300 20 Td (Page %d) Tj ET" % number if number % 20 == 0 else b"")
                for number in range(pages)))


class Memory(threading.Thread):
    """Looks at a process until it is told to stop."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.highest, self.over = pid, 0.0, threading.Event()

    def now(self) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.highest = max(self.highest, self.now())


def send(browser: Browser, exam: str, scan: Path) -> None:
    _status, _headers, body = browser.ask("POST", f"/import/exams/{exam}/uploads",
                                          {"name": scan.name, "size": scan.stat().st_size})
    url = json.loads(body)["url"]
    with open(scan, "rb") as file:
        while piece := file.read(PIECE):
            browser.patch(url, file.tell() - len(piece), piece)


def first_byte(browser: Browser, url: str) -> float:
    """Milliseconds until the first byte of an answer."""
    begun = time.perf_counter()
    browser.connection.request("GET", url, headers={"Cookie": browser.cookies})
    answer = browser.connection.getresponse()
    answer.read(1)
    waited = 1000 * (time.perf_counter() - begun)
    answer.read()
    assert answer.status == 200, (url, answer.status)
    return waited


def told(name: str, waits: list[float], most: float) -> None:
    p95 = statistics.quantiles(waits, n=20)[-1]
    print(f"{name:28} median {statistics.median(waits):6.1f} ms   p95 {p95:6.1f} ms (at most {most:g})")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        scan = Path(name, "big.pdf")
        make(scan, given.pages)
        print(f"{scan.stat().st_size >> 20} MB, {given.pages} pages")
        server = Server(Path(name))
        try:
            measure(server, scan, given.pages)
        finally:
            server.close()


def measure(server: Server, scan: Path, pages: int) -> None:
    owner = server.user("owner", "secretary")
    with server.scope(owner) as request:
        exam = request.find_service(Exams).create(title="Big").id
    browser, memory = Browser(server, owner), Memory(server.process.pid)
    before = memory.now()
    memory.start()
    send(browser, exam, scan)
    begun = time.monotonic()
    memory.over.set()
    print(f"web process {before:.0f} MB before, {memory.highest:.0f} MB at most while it was sent, "
          f"{memory.now():.0f} after")
    while True:
        with server.scope(owner) as request:
            sides = request.db.scalars(sa.select(Side).where(Side.exam_id == exam).order_by(Side.ordinal)).all()
            if len(sides) >= pages:
                urls = {size: [f"/pages/{side.id}/{size}.jpg" for side in sides] for size in ("full", "work")}
                break
        time.sleep(0.1)
    print(f"pages laid out {time.monotonic() - begun:.1f} s after the last byte")
    with server.scope(owner) as request:
        request.jobs.cancel(request.db.scalar(sa.select(Job).where(Job.exam_id == exam)))
    time.sleep(SETTLE_S)
    chance = random.Random(1)     # noqa: S311 (no secret)
    plain = chance.sample([number for number in range(pages) if number % 20], min(ASKED, pages // 2))
    drawn = [number for number in range(pages) if number % 20 == 0][:ASKED // 4]
    told("as it lies in the file", [first_byte(browser, urls["full"][number]) for number in plain], 10)
    told("drawn", [first_byte(browser, urls["work"][number]) for number in drawn], 80)
    told("drawn before, from the cache", [first_byte(browser, urls["work"][number]) for number in drawn], 5)


if __name__ == "__main__":
    main()
