"""The contact sheet with 1 200 pages in a real browser: ``python benchmarks/contact_sheet.py [copies]``.

Prints the size of the page, the time until it is ready, the pictures that are fetched before anybody scrolls, the time
of a frame while one scrolls, and what an act takes: in the server, and until it is on the screen.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from korrigo import quiet  # noqa: E402, F401

# isort: split
from large_exam import large_exam  # noqa: E402
from live_server import Server  # noqa: E402
from playwright.sync_api import BrowserContext, Page, sync_playwright  # noqa: E402

from korrigo.models import User  # noqa: E402
from korrigo.security.policy import COOKIE  # noqa: E402
from korrigo.services import Accounts  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu"]
RUNS = 3
#: Milliseconds after which nothing more is fetched by itself.
QUIET = 1500
#: Scrolls by so many pixels a frame, so many frames.
SCROLL = """async () => {
  const gaps = [];
  let before = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 150; frame++) {
    scrollBy(0, 120);
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - before);
    before = now;
  }
  return gaps;
}"""
#: Keys, by what they do: each act and its undo are measured.
ACTS = {"turn a page": "r", "cut a copy": "x", "bin a page": "Delete"}


def opened(page: Page, url: str) -> dict[str, float]:
    """Open the sheet and scroll through it."""
    pictures: list[str] = []

    def note(request) -> None:
        if "/thumb.jpg" in request.url:
            pictures.append(request.url)

    page.on("request", note)
    answer = page.goto(url)
    page.wait_for_selector("html[data-ready]", state="attached")
    ready = page.evaluate("() => performance.now()")
    page.wait_for_timeout(QUIET)
    first = len(pictures)
    page.remove_listener("request", note)
    gaps = sorted(page.evaluate(SCROLL))
    return {"size of the page, KB": len(answer.body()) / 1024,
            "answer of the server, ms": answer.request.timing["responseStart"], "ready, ms": ready,
            "pictures fetched at first": first,
            "frame while scrolling, median ms": statistics.median(gaps),
            "frame while scrolling, p95 ms": gaps[int(len(gaps) * 0.95)]}


def acted(page: Page, key: str) -> tuple[float, float]:
    """(milliseconds until the server has answered, until the sheet shows it) of one act by its key."""
    version = "() => window.korrigoPainted ?? 0"
    before = page.evaluate(version)
    started = time.perf_counter()
    with page.expect_response(lambda response: "/pages/act" in response.url or "/pages/undo" in response.url) as answer:
        page.keyboard.press(key)
    answer.value.finished()
    server = answer.value.request.timing["responseEnd"]
    page.wait_for_function("(before) => (window.korrigoPainted ?? 0) > before", arg=before, polling=5)
    shown = (time.perf_counter() - started) * 1000
    assert answer.value.ok, answer.value.text()
    return server, shown


def measure(context: BrowserContext, url: str) -> None:
    runs = []
    for _run in range(RUNS):
        page = context.new_page()
        runs.append(opened(page, url))
    for name in runs[0]:
        print(f"{name:34s} {statistics.median(run[name] for run in runs):8.1f}")
    page.evaluate("""() => {
      scrollTo(0, 0);
      new MutationObserver(() => requestAnimationFrame(() => (window.korrigoPainted = performance.now())))
        .observe(document.getElementById('sheet'), {childList: true});
    }""")
    page.locator(".tile").nth(2).click()
    for name, key in ACTS.items():
        times = []
        for _run in range(RUNS):
            page.locator(".tile").nth(2).click()
            times.append(acted(page, key))
            acted(page, "Control+z")
        server, shown = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name + ', answered ms':34s} {server:8.1f}\n{name + ', shown ms':34s} {shown:8.1f}")


def main() -> None:
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        server = Server(Path(name))
        try:
            me = server.user("sec", "secretary")
            with server.scope(me) as request:
                exam = large_exam(request, Path(name), copies=copies)
                token = request.find_service(Accounts).sign_in(request.db.get(User, me))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                context = browser.new_context(viewport={"width": 1366, "height": 860})
                context.add_cookies([{"name": COOKIE, "value": token, "url": server.url, "httpOnly": True}])
                measure(context, f"{server.url}/import/exams/{exam}/pages")
                browser.close()
        finally:
            server.close()


if __name__ == "__main__":
    main()
