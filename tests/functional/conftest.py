"""A small roster, and exams that are there at once."""

import csv
import io

import pytest
from exam_builder import Browser, build


@pytest.fixture(scope="session")
def small_roster(data) -> bytes:
    """Five pupils, the two of the small scan among them."""
    lines = (data / "batches/class-a4/roster.csv").read_text("utf-8-sig").splitlines(keepends=True)
    return "".join(lines[:6]).encode()


@pytest.fixture(scope="session")
def pupils(small_roster) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(small_roster.decode()), delimiter=";"))


@pytest.fixture
def korrigo_settings(korrigo_settings):
    """Names are found by hand: nothing is read while an exam is made, where no test is about that."""
    return {**korrigo_settings, "korrigo.ocr.reader": "none"}


@pytest.fixture
def browser(app):
    """The application as whoever is signed in uses it."""
    return Browser(app)


@pytest.fixture
def built(scope, small_scan):
    """``built(copies=3, graders=(ann,))`` makes an exam and commits it."""
    def make(**options):
        with scope() as request:
            return build(request, small_scan, **options)
    return make
