"""The sandbox: values and errors cross, limits end children, nothing outlives its caller."""

import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
import sandbox_functions as functions

from korrigo.pages import sandbox
from korrigo.pages.errors import PageError, PageUnreadable, PdfRefused
from korrigo.pages.protocol import Ending, read_answer
from korrigo.pages.sandbox import Limits, Sandbox, SandboxFailure, SandboxLimit

SHORT = Limits(memory_mb=1024, cpu_s=1, wall_s=20, file_mb=1)


@pytest.fixture
def own():
    """A sandbox of the test's own, whose fork server is watched."""
    own = Sandbox()
    yield own
    own.close()


def gone(pid: int, within_s: float = 3) -> bool:
    """Whether the process ends (or is a zombie) in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def number_in(file: Path, within_s: float = 5) -> int:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.01)
    raise AssertionError(f"{file} was not written")


def test_values_cross_with_arrays_and_dataclasses(tmp_path):
    facts = sandbox.run(functions.facts, tmp_path)
    assert isinstance(facts, functions.Facts)
    assert facts.where == tmp_path
    assert facts.pairs == (("a", 0.5),)
    numpy.testing.assert_array_equal(facts.levels, [[0, 1, 2], [3, 4, 5]])


def test_page_errors_cross_unchanged():
    with pytest.raises(PageUnreadable) as caught:
        sandbox.run(functions.unreadable, 7)
    assert (caught.value.page, caught.value.why) == (7, "it is blurred")
    with pytest.raises(functions.Torn) as torn:
        sandbox.run(functions.torn)
    assert torn.value.args == ("left", 3)


@pytest.mark.parametrize("error", [PageUnreadable(3, "why"), PdfRefused("empty", "No page.")])
def test_page_errors_survive_pickling(error):
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, PageError)
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_a_bug_is_told_with_the_childs_traceback():
    with pytest.raises(SandboxFailure, match="KeyError: 'nothing'") as caught:
        sandbox.run(functions.bug)
    assert 'return {}["nothing"]' in caught.value.trace


def test_a_child_cannot_make_its_caller_run_anything(tmp_path):
    target = tmp_path / "made-by-the-caller"
    with pytest.raises(SandboxFailure, match="may not hold posix.mkdir"):
        sandbox.run(functions.trick, str(target))
    assert not target.exists()


@pytest.mark.parametrize("forbidden", [eval, os.system, subprocess.Popen, ValueError, print, type])
def test_an_answer_names_no_function_and_no_foreign_class(forbidden):
    with pytest.raises(pickle.UnpicklingError):
        read_answer(pickle.dumps(forbidden))


@pytest.mark.parametrize(
    ("function", "args", "kind"),
    [
        (functions.fill_memory, (), "memory"),
        (functions.spin, (), "cpu"),
        (functions.sleep, (60,), "wall"),
        (functions.abort, (), "crash"),
        (functions.leave, (), "crash"),
    ],
)
def test_a_child_beyond_its_limits_ends_with_the_limits_name(function, args, kind):
    begun = time.monotonic()
    with pytest.raises(SandboxLimit) as caught:
        sandbox.run(function, *args, limits=replace(SHORT, wall_s=1) if kind == "wall" else SHORT)
    assert caught.value.kind == kind
    assert time.monotonic() - begun < 10
    assert str(caught.value).startswith("it ")


def test_a_child_cannot_write_a_long_file(tmp_path):
    sandbox.run(functions.write, str(tmp_path / "short"), 1 << 19, limits=SHORT)
    with pytest.raises(SandboxLimit) as caught:
        sandbox.run(functions.write, str(tmp_path / "long"), 2 << 20, limits=SHORT)
    assert caught.value.kind == "file"
    assert (tmp_path / "long").stat().st_size <= 1 << 20


def test_an_abort_with_most_of_the_memory_in_use_counts_as_memory():
    assert sandbox._kind(Ending(-signal.SIGABRT, 0.1, 900, False), SHORT) == "memory"
    assert sandbox._kind(Ending(-signal.SIGABRT, 0.1, 90, False), SHORT) == "crash"
    assert sandbox._kind(Ending(-signal.SIGKILL, 0.1, 90, False), SHORT) == "memory"
    assert sandbox._kind(Ending(-signal.SIGKILL, 1.9, 90, False), SHORT) == "cpu"


def test_threads_run_side_by_side():
    begun = time.monotonic()
    threads = [threading.Thread(target=sandbox.run, args=(functions.sleep, 0.5)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < 2


def test_a_child_whose_caller_waits_no_more_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "GRACE_S", -29)
    with pytest.raises(SandboxLimit):
        sandbox.run(functions.sleep, 60, str(tmp_path / "pid"), limits=replace(SHORT, wall_s=30))
    assert gone(number_in(tmp_path / "pid"))


def test_what_a_child_started_ends_with_it(tmp_path):
    sandbox.run(functions.start_helper, str(tmp_path / "pid"))
    assert gone(number_in(tmp_path / "pid"))


def test_a_fork_server_that_was_killed_is_replaced(own):
    first = own.run(functions.parent)
    os.kill(first, signal.SIGKILL)
    assert gone(first)
    assert own.run(functions.parent) != first


def test_a_fork_server_that_dies_during_a_job_is_told_as_a_crash(own):
    server = own.run(functions.parent)
    killer = threading.Timer(0.3, os.kill, (server, signal.SIGKILL))
    killer.start()
    with pytest.raises(SandboxLimit) as caught:
        own.run(functions.sleep, 20)
    assert caught.value.kind == "crash"
    killer.join()


def test_closing_ends_the_fork_server_and_its_children(own, tmp_path):
    server = own.run(functions.parent)
    waiting = threading.Thread(target=_expect_crash, args=(own, tmp_path / "pid"))
    waiting.start()
    child = number_in(tmp_path / "pid")
    own.close()
    assert gone(server) and gone(child)
    waiting.join(5)
    assert not waiting.is_alive()


def _expect_crash(own: Sandbox, told: Path) -> None:
    with pytest.raises(SandboxLimit):
        own.run(functions.sleep, 60, str(told))


def test_the_thread_that_started_the_fork_server_may_end(own):
    servers = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: servers.append(own.run(functions.parent)))
        thread.start()
        thread.join()
    time.sleep(0.1)
    assert servers == [own.run(functions.parent)] * 2


def test_the_child_holds_no_descriptor_of_its_caller(own):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.set_inheritable(True)
        assert not [name for name in own.run(functions.open_descriptors) if name.startswith("socket:")][1:]


def test_the_main_module_is_refused():
    function = type(functions.spin)(functions.spin.__code__, {"__name__": "__main__"})
    with pytest.raises(TypeError, match="main module"):
        sandbox.run(function)


def test_a_forked_daemonic_worker_gets_a_fork_server_of_its_own():
    """As the process workers of a job queue are."""
    mine = sandbox.run(functions.parent)
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    worker = context.Process(target=lambda: answers.put(sandbox.run(functions.parent)), daemon=True)
    worker.start()
    theirs = answers.get()
    worker.join()
    assert worker.exitcode == 0
    assert theirs != mine
    assert gone(theirs), "it outlived its worker"
    assert sandbox.run(functions.parent) == mine


PROGRAM = """
    import sys, time
    from korrigo.pages import sandbox
    import sandbox_functions

    print("main runs", flush=True)
    print(sandbox.run(sandbox_functions.parent), flush=True)
    if len(sys.argv) > 1:
        sandbox.run(sandbox_functions.sleep, 60, sys.argv[1])
"""


@pytest.fixture
def program(tmp_path):
    """A module with no guard for its main part, and the environment to run it in."""
    (tmp_path / "unguarded.py").write_text(textwrap.dedent(PROGRAM))
    places = [str(tmp_path), str(Path(__file__).parent), str(Path(sandbox.__file__).parents[2])]
    return tmp_path, {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


@pytest.mark.parametrize("how", ["module", "console script"])
def test_the_callers_main_module_is_not_run_again(program, how):
    folder, environment = program
    script = folder / "console-script"
    script.write_text(f"#!{sys.executable}\nimport unguarded\n")
    script.chmod(0o700)
    command = {
        "module": [sys.executable, "-W", "error", "-m", "unguarded"],
        "console script": [str(script)],
    }[how]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    said, server = done.stdout.split("\n")[:2]
    assert (said, done.stdout.count("main runs")) == ("main runs", 1)
    assert gone(int(server)), "the fork server outlived its program"


def test_children_die_with_a_caller_that_is_killed(program):
    folder, environment = program
    told = folder / "pid"
    command = [sys.executable, "-m", "unguarded", str(told)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as caller:
        caller.stdout.readline()
        server, child = int(caller.stdout.readline()), number_in(told)
        caller.kill()
    assert gone(server) and gone(child)
