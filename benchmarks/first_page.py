"""How soon after the end of an upload its pages can be used: ``python benchmarks/first_page.py [scan.pdf]``.

Starts a real server with a real worker, sends the scan as the upload page does, and asks for the contact sheet, the
first thumbnail and the copies until they are there.  Prints seconds, from the answer to the last piece.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "load")]

from korrigo import quiet  # noqa: E402, F401

# isort: split
from live_server import Browser, Server  # noqa: E402
from test_web_and_worker import wait_for_jobs  # noqa: E402

from korrigo.services import Exams  # noqa: E402

PIECE = 4 << 20
RUNS = 5


STAGES = ("pages listed", "first picture", "copies there")


def once(server, scan: bytes, number: int) -> tuple[float, float, float]:
    """Seconds until the sheet lists the pages, until the first picture came, until every page lies in its copy."""
    owner = server.user("owner", "secretary")
    with server.scope(owner) as request:
        exam = request.find_service(Exams).create(title=f"First page {number}").id
    browser = Browser(server, owner)
    _status, _headers, body = browser.ask("POST", f"/import/exams/{exam}/uploads",
                                          {"name": "scan.pdf", "size": len(scan)})
    url, offset = json.loads(body)["url"], 0
    while offset < len(scan):
        offset = browser.patch(url, offset, scan[offset:offset + PIECE])["offset"]
    started = time.monotonic()
    loose, copies = asked(browser, exam, lambda loose, copies: loose or copies)
    listed = time.monotonic() - started
    first = loose[0] if loose else copies[0]["sides"][0]
    status, _headers, _picture = browser.ask("GET", first["thumb"])
    assert status == 200
    seen = time.monotonic() - started
    asked(browser, exam, lambda loose, copies: copies)
    return listed, seen, time.monotonic() - started


def asked(browser, exam: str, enough) -> tuple[list, list]:
    """(loose sides, copies) of the contact sheet, once that is ``enough``."""
    while True:
        _status, _headers, body = browser.ask("GET", f"/import/exams/{exam}/pages")
        page = body.decode()
        boot = json.loads(page[page.index('id="boot">') + 10:].split("</script>")[0])
        if enough(boot["loose"], boot["copies"]):
            return boot["loose"], boot["copies"]
        time.sleep(0.05)


def main() -> None:
    scan = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "tests/data/batches/class-a4/scan.pdf").read_bytes()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        try:
            results = []
            for number in range(RUNS):
                # A comment at the end makes the content new; no job of an earlier run is in the way.
                results.append(once(server, scan + b"\n%% %d" % number, number))
                wait_for_jobs(server)
        finally:
            server.close()
    print("at the start  ", ", ".join(f"{name} {took:.2f} s" for name, took in zip(STAGES, results[0], strict=True)))
    for name, column in zip(STAGES, zip(*results[1:], strict=True), strict=True):
        print(f"{name:14s} median {statistics.median(column):.2f} s, worst {max(column):.2f} s of {len(column)}")


if __name__ == "__main__":
    main()
