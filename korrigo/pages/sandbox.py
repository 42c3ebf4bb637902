"""Run a function that reads an untrusted file in a throw-away process with limits.

``run(function, *args)`` asks a fork server (``forkserver``) for a child, which calls the function and ends.  Each
process has its own fork server, started when it is first needed, also after a fork, in a daemonic worker or in a
thread.  The caller's main module is never imported again.  Limits stop what eats the machine; they are no wall against
a document that takes over the child, but even that child can only answer with values (``protocol.read_answer``).
"""

import contextlib
import functools
import os
import pickle  # noqa: S403  questions only; answers are read by protocol.read_answer
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from ..sentences import Sentence as _
from ..sentences import Told
from .errors import PageError
from .protocol import Ending, Limits, Order, read_answer

__all__ = ["Limits", "Sandbox", "SandboxError", "SandboxFailure", "SandboxLimit", "run"]

START = (
    "import sys; sys.path[:] = sys.argv[2:]; import korrigo.quiet; from korrigo.pages.forkserver import main; main()"
)
ENVIRONMENT = {
    # Forking wants one thread.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # A child lives for some pages: what it gave back to the system it would ask for again with the next picture, and
    # the system clears each page of it (a quarter of the time of a look at a side).
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    # Memory by the 2 MB, where the system has such pages: half the faults of a child that draws one picture.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
GRACE_S = 10  # for a fork server that must first import libraries, or is slow to end a child
CHUNK = 1 << 20


class SandboxError(Exception):
    """The function gave no value."""


class SandboxLimit(Told, SandboxError):
    """The child used more than it may, or died: ``kind`` is ``memory``, ``cpu``, ``wall``, ``file`` or ``crash``;
    ``detail``, for the log, how that was seen."""

    KINDS = ("memory", "cpu", "wall", "file", "crash")

    def __init__(self, kind: str, limits: Limits, detail: str = ""):
        super().__init__(kind, limits, detail)
        self.kind, self.limits, self.detail = kind, limits, detail

    @property
    def message(self) -> str:
        match self.kind:
            case "memory":
                return _("it needed more than ${n} MB of memory", n=self.limits.memory_mb)
            case "cpu":
                return _("it needed more than ${n} s of processor time", n=f"{self.limits.cpu_s:g}")
            case "wall":
                return _("it took longer than ${n} s", n=f"{self.limits.wall_s:g}")
            case "file":
                return _("it wanted to write more than ${n} MB", n=self.limits.file_mb)
            case _crash:
                return _("it crashed")


class SandboxFailure(SandboxError):
    """The function raised something other than a ``PageError``: ``name`` is its type, ``trace`` where it was."""

    def __init__(self, name: str, message: str, trace: str = ""):
        super().__init__(name, message, trace)
        self.name, self.message, self.trace = name, message, trace

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"


def run(function: Callable, *args: Any, limits: Limits | None = None, preload: Sequence[str] = ()) -> Any:
    """``function(*args)`` in a child of this process's fork server.

    The function is module-level in an importable module, arguments are pickled, paths absolute.  The value may hold
    plain types, numpy arrays, dataclasses, enums and named tuples.  The function's module and those named in
    ``preload`` are imported once by the fork server.  Raises the function's own ``PageError``, or ``SandboxLimit``, or
    ``SandboxFailure``.
    """
    return _sandbox().run(function, *args, limits=limits, preload=preload)


@functools.cache
def _sandbox() -> "Sandbox":
    return Sandbox()


class Sandbox:
    """A fork server and the way to it.  Safe for threads; a forked process starts a fork server of its own."""

    def __init__(self) -> None:
        self._forget()
        _forget_after_fork(weakref.WeakMethod(self._forget))

    def run(self, function: Callable, *args: Any, limits: Limits | None = None, preload: Sequence[str] = ()) -> Any:
        """See ``run``."""
        limits = limits or Limits()
        if function.__module__ == "__main__":
            raise TypeError(f"{function.__qualname__} is in the main module, which a child does not import")
        question = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        order = Order((*preload, function.__module__), tuple(sys.path), limits)
        channel, theirs = socket.socketpair()
        reading, report = os.pipe()
        with channel, os.fdopen(reading, "rb") as ending:
            try:
                self._send(order, [theirs.fileno(), report])
            finally:
                theirs.close()
                os.close(report)
            data = _converse(channel, question, limits)
            # The fork server writes at once when the child has ended, which the end of its answer announces.
            told = ending.read()
        if not told:
            raise SandboxLimit("crash", limits, detail="the fork server ended")
        return _value(data, Ending.from_bytes(told), limits)

    def close(self) -> None:
        """End the fork server, and with it the children at work."""
        with self._lock:
            if self._stop:
                self._stop()
            self._control = self._stop = None

    def _send(self, order: Order, descriptors: list[int]) -> None:
        message = [pickle.dumps(order)]
        with self._lock:
            if self._control:
                with contextlib.suppress(ConnectionError):
                    socket.send_fds(self._control, message, descriptors)
                    return
                self._stop()  # it has been killed: start another
            self._start()
            socket.send_fds(self._control, message, descriptors)

    def _start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            server = subprocess.Popen(  # noqa: S603  this interpreter, these arguments
                [sys.executable, "-c", START, str(os.getpid()), *sys.path],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # not the keyboard's interrupt: it ends with this process
                env={**os.environ, **ENVIRONMENT},
            )
        self._server = server
        self._stop = weakref.finalize(self, _stop, self._control, server, os.getpid())

    def _forget(self) -> None:
        """Begin anew: the fork server of the process that forked this one is not ours."""
        if getattr(self, "_control", None):
            self._control.close()
            self._stop.detach()
            self._server.returncode = 0  # not our child: nothing to wait for
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._server: subprocess.Popen | None = None
        self._stop: weakref.finalize | None = None


def _forget_after_fork(forget: weakref.WeakMethod) -> None:
    def after_fork() -> None:
        if method := forget():
            method()

    os.register_at_fork(after_in_child=after_fork)


def _stop(control: socket.socket, server: subprocess.Popen, owner: int) -> None:
    control.close()
    if os.getpid() == owner:
        server.wait()


def _converse(channel: socket.socket, question: bytes, limits: Limits) -> bytes:
    """Send the question; what the child answers until it ends (its end may come in the middle, or before)."""
    deadline = time.monotonic() + limits.wall_s + GRACE_S
    answer = bytearray()
    try:
        channel.settimeout(limits.wall_s + GRACE_S)
        channel.sendall(question)
        channel.shutdown(socket.SHUT_WR)
        while chunk := channel.recv(CHUNK):
            answer += chunk
            if len(answer) > limits.memory_mb * CHUNK:
                raise SandboxLimit("memory", limits, detail="its answer does not end")
            channel.settimeout(max(0.001, deadline - time.monotonic()))
    except TimeoutError:
        raise SandboxLimit("wall", limits) from None
    except (BrokenPipeError, ConnectionResetError):
        pass  # the child has died: its ending says of what
    return bytes(answer)


def _value(data: bytes, ending: Ending, limits: Limits) -> Any:
    if ending.overdue or ending.exit or not data:
        raise SandboxLimit(_kind(ending, limits), limits, _signal_name(ending.exit))
    try:
        outcome, *rest = read_answer(data)
    except Exception as error:
        raise SandboxFailure(type(error).__name__, str(error)) from None
    if outcome == "value":
        return rest[0]
    if outcome == "limit" and rest[0] in SandboxLimit.KINDS:
        raise SandboxLimit(rest[0], limits)
    if outcome == "error" and isinstance(rest[0], PageError):
        raise rest[0]
    raise SandboxFailure(*map(str, rest))


def _kind(ending: Ending, limits: Limits) -> str:
    """What a child died of.  Libraries written in C abort when they get no memory, so that an abort with most of the
    memory in use counts as memory; the kernel's own SIGKILL means a processor limit or a machine out of memory."""
    if ending.overdue:
        return "wall"
    if ending.exit == -signal.SIGXCPU or ending.cpu_s >= limits.cpu_s:
        return "cpu"
    if ending.exit == -signal.SIGKILL:
        return "memory"
    aborted = ending.exit in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL)
    return "memory" if aborted and ending.memory_mb > limits.memory_mb / 2 else "crash"


def _signal_name(exit_code: int) -> str:
    return signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else ""
