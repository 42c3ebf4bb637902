"""Headers are looked at in limited children, a group in each; what one of them cannot do, the others do."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_ocr import piles
from korrigo_ocr.interfaces import IReader
from korrigo_ocr.piles import Header, groups
from korrigo_ocr.readers import Ppocr
from zope.interface import implementer

from korrigo.api import View, sandbox


@implementer(IReader)
class Raising:
    """A stranger's reader that does not work."""

    name = "raising"

    def available(self):
        return None

    def read(self, image, kind="name"):
        raise RuntimeError("it does not work")

    def read_many(self, images, kind="name"):
        raise RuntimeError("it does not work")

    def score(self, image, candidates, kind="name"):
        raise RuntimeError("it does not work")


def headers(*pages: int) -> list[Header]:
    return [Header(f"side-{page}", View(page)) for page in pages]


@pytest.fixture(scope="module")
def scan(data):
    return data / "batches" / "class-a4" / "scan.pdf"


@pytest.fixture(scope="module")
def forms(scan):
    return piles.propose([(scan, headers(1, 5, 9, 13, 17))])


def test_names_are_read_in_the_order_of_the_headers_and_a_page_that_is_not_there_is_left_out(scan, forms):
    read = list(piles.read([(scan, headers(5, 999)), (scan, headers(1))], forms, Ppocr()))
    assert [[said.side for said in group] for group in read] == [["side-5"], ["side-1"]]
    [[_second], [first]] = read
    assert "2624000" in first.text and {field["name"] for field in first.evidence["fields"]} >= {"last", "first"}


def test_what_a_reader_raises_is_told_to_whoever_asked(scan, forms):
    with pytest.raises(sandbox.SandboxFailure, match="it does not work"):
        list(piles.read([(scan, headers(1))], forms, Raising()))


def test_without_the_program_that_reads_captions_no_form_is_proposed(scan, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    fresh = sandbox.Sandbox()     # its fork server is started with this PATH
    monkeypatch.setattr(piles.sandbox, "run", fresh.run)
    try:
        assert piles.propose([(scan, headers(1, 5))]) == []
    finally:
        fresh.close()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 500)), max_size=200, unique=True))
def test_every_header_is_in_one_group_of_its_file(pairs):
    found = groups([(blob, Header(f"{blob}{page}", View(page))) for blob, page in pairs])
    assert sorted((blob, header.view.page) for blob, group in found for header in group) == sorted(pairs)
    assert all(0 < len(group) <= piles.MOST for _blob, group in found)


def test_what_a_worker_loads_for_its_jobs_brings_no_engine_and_no_library_of_numbers():
    loaded = ("import sys, korrigo_ocr.jobs, korrigo_ocr.services, korrigo_import.jobs; "
              "print([name for name in ('numpy', 'cv2', 'scipy', 'onnxruntime', 'rapidfuzz') if name in sys.modules])")
    printed = subprocess.run([sys.executable, "-W", "ignore", "-c", loaded], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
