"""What somebody sees while a command works."""

import io
from dataclasses import dataclass

from korrigo.cli.progress import Bar, Progress


@dataclass
class Row:
    id: str
    state: str = "running"
    kind: str = "scan"
    done: int = 0
    total: int = 0
    unit: str = "pages"
    stage: str = ""


def progress() -> Progress:
    return Progress({"scan": "Reading a scan"}, io.StringIO())


def test_a_single_job_shows_its_own_progress():
    assert progress().bars([Row("a", done=3, total=12)]) == {"scan": Bar("Reading a scan", 3, 12, "pages")}


def test_several_jobs_of_a_kind_share_a_bar_that_counts_those_that_are_over():
    shown = progress()
    shown([Row("a"), Row("b"), Row("c", state="queued")])
    assert shown.bars([Row("b"), Row("c", state="queued")])["scan"] == Bar("Reading a scan", 1, 3, "jobs")


def test_a_kind_that_comes_back_counts_anew():
    shown = progress()
    shown([Row("a"), Row("b")])
    shown([])
    assert shown.bars([Row("c", done=1, total=2)])["scan"] == Bar("Reading a scan", 1, 2, "pages")


def test_nothing_is_shown_of_jobs_that_only_wait():
    assert progress().bars([Row("a", state="queued")]) == {}


def test_without_a_terminal_a_line_is_written_for_each_tenth_and_no_more():
    shown = progress()
    for done in range(100):
        shown([Row("a", done=done, total=100)])
    lines = shown.stream.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[-1].endswith("90/100 pages")
