"""Traps that were fallen into once, each with the test that keeps us out of it."""

import ast
import configparser
import ctypes
import faulthandler
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent

#: Trap -> (file, test).
TRAPS = {
    "the driver opens no transaction for a SELECT: updates are lost":
        ("unit/db/test_sqlite.py", "test_threads_that_read_then_write_lose_nothing"),
    "the driver releases savepoints too early":
        ("unit/db/test_sqlite.py", "test_a_rolled_back_savepoint_leaves_the_rest_of_the_transaction"),
    "a table that is copied with foreign keys on deletes the rows of plugins":
        ("migrations/test_migrations.py", "test_a_table_that_is_copied_keeps_the_rows_of_plugins_that_hang_on_it"),
    "branches of migrations break as soon as a plugin is uninstalled":
        ("migrations/test_migrations.py", "test_a_plugin_that_is_not_installed_hinders_no_command"),
    "a job of a killed worker vanishes from the queue":
        ("jobs/test_workers.py", "test_a_job_whose_worker_is_killed_is_finished_by_the_next_one"),
    "a stopped worker loses the job that it is at":
        ("jobs/test_workers.py", "test_a_stopped_worker_lets_a_job_end"),
    "orphaned workers go on with old code":
        ("jobs/test_workers.py", "test_children_die_with_a_killed_parent"),
    "the second of two writers wins with 200":
        ("functional/test_ops.py", "test_any_interleaving_of_writers_and_replays_ends_as_the_model_says"),
    "a soft limit is swallowed by a broad except":
        ("contract/test_traps.py", "test_the_hard_limit_ends_what_catches_every_exception"),
    "a soft limit does not see C code":
        ("jobs/test_workers.py", "test_a_job_that_hangs_in_c_code_is_ended_at_its_hard_limit"),
    "as many event streams as threads stop the site":
        ("contract/test_traps.py", "test_nothing_is_streamed_for_ever"),
    "of two equal patterns the first wins in silence":
        ("unit/test_plugins.py", "test_plugins_with_equal_patterns_have_different_addresses"),
    "setuptools 82 has no pkg_resources, without which Pyramid does not import":
        ("contract/test_traps.py", "test_setuptools_stays_below_82_wherever_it_is_named"),
    "a package named alembic at the root hides the library":
        ("migrations/test_migrations.py", "test_the_folder_alembic_is_no_package"),
    "a queue in the application's file makes its writers wait":
        ("unit/db/test_sqlite.py", "test_the_queue_has_a_file_of_its_own"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_its_test(trap):
    file, name = TRAPS[trap]
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    [test] = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    skips = [ast.unparse(mark) for mark in test.decorator_list if "skip" in ast.unparse(mark)]
    assert skips == []


STUBBORN = """
import time
from korrigo.jobs.run import hard_limit

with hard_limit(0.5):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""


def test_the_hard_limit_ends_what_catches_every_exception():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", STUBBORN], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Timeout" in done.stderr and "time.sleep" not in done.stdout


def test_the_hard_limit_is_over_with_the_work():
    from korrigo.jobs.run import hard_limit

    with hard_limit(0.2):
        pass
    ctypes.CDLL(None).usleep(400_000)
    faulthandler.cancel_dump_traceback_later()


def test_nothing_is_streamed_for_ever():
    """Progress is polled: a thread of the server is never held by a page that is open."""
    sources = [*ROOT.glob("korrigo/**/*.py"), *ROOT.glob("korrigo/static/js/*.js"), *ROOT.glob("plugins/*/*/**/*.py"),
               *ROOT.glob("plugins/*/*/static/*.js")]
    assert len(sources) > 100
    for source in sources:
        text = source.read_text(encoding="utf-8")
        assert "event-stream" not in text and "EventSource" not in text, source


def test_setuptools_stays_below_82_wherever_it_is_named():
    files = [ROOT / "setup.cfg", *ROOT.glob("plugins/*/setup.cfg")]
    core = configparser.ConfigParser()
    core.read(files[0])
    [required] = [line for line in core["options"]["install_requires"].split("\n") if line.startswith("setuptools")]
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith("setuptools")]
    builds = [line.partition('"')[2].partition('"')[0] for file in files
              for line in (file.parent / "pyproject.toml").read_text().splitlines() if line.startswith("requires")]
    assert len(pins) == 1 and len(builds) == len(files)
    for said in (required, *pins, *builds):
        assert "82" not in Requirement(said).specifier, said
