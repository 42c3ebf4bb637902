"""A real server with a real worker, and a real Chromium that forgives no error.

``server`` is the served application; ``live`` an exam of its own for each test, with somebody signed in (see
:class:`exam_kit.Live`); ``page`` is a browser page that fails the test on any console error, page error or violation
of the content policy, but for what the test adds to ``page.expected``.
"""

import os
from pathlib import Path

import pytest
from exam_kit import Live
from live_server import Server
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
SHOTS = Path(os.environ.get("KORRIGO_SHOTS", Path(__file__).parent / "shots"))

@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("live"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def live(server):
    """An exam of 24 copies of four pages and 26 pupils, with a signed-in person who may grade and identify."""
    return Live(server)


@pytest.fixture
def browser(chromium, live):
    """Makes browser contexts that are signed in as the person of ``live``."""
    return SignedIn(chromium, live)


class SignedIn:
    def __init__(self, chromium, live):
        self.chromium, self.live = chromium, live

    def new_context(self, **options):
        context = self.chromium.new_context(**{"locale": "en-GB", "accept_downloads": True, **options})
        self.live.enter(context)
        return context


#: What Chromium says by itself of answers that the screens know how to take.
ANSWERED = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "423"]


def watch(page) -> list[str]:
    """Collect what a page complains of, but for what is expected."""
    page.expected, bad = list(ANSWERED), []

    def said(message):
        if message.type == "error" and not any(word in message.text for word in page.expected):
            bad.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: bad.append(str(error)))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (e) => "
        "console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))")
    return bad


@pytest.fixture
def context(browser):
    """A browser that is signed in as the person of ``live``."""
    context = browser.new_context(viewport={"width": 1366, "height": 860})
    yield context
    context.close()


@pytest.fixture
def page(context):
    """A page of a signed-in browser; whatever it complains of fails the test."""
    page = context.new_page()
    bad = watch(page)
    yield page
    assert not bad, bad


@pytest.fixture
def visitor(chromium):
    """A page of a browser that nobody is signed in with, in French; as strict as ``page``."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1366, "height": 860}, accept_downloads=True)
    page = context.new_page()
    bad = watch(page)
    yield page
    context.close()
    assert not bad, bad


@pytest.fixture
def shot():
    """``shot(page, "name")`` keeps a picture for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=SHOTS / f"{name}.png")
