"""The fork server of the sandbox: a small process which imports the libraries once and forks a child for each order.

It reads orders and nothing else: questions and answers go straight between the caller and the child.  It is started
by ``sandbox.Sandbox`` with its end of the control socket as standard input, has one thread, and ends when the caller's
process ends, however that ends; its children end with it.
"""

import contextlib
import ctypes
import errno
import gc
import importlib
import math
import os
import pickle  # noqa: S403  orders come from the process that started this one
import resource
import select
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass

from .errors import PageError
from .protocol import Ending, Limits, Order

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
MESSAGE_BYTES = 1 << 17
OPEN_FILES = 64
MB = 1 << 20


@dataclass
class Job:
    """A child at work."""

    pid: int
    process: int
    """Its process descriptor: readable when it has ended."""
    report: int
    """Pipe to the caller for the ``Ending``: in error when the caller has gone."""
    deadline: float
    overdue: bool = False

    def kill(self) -> None:
        """End the child and what it started (it leads a session of its own)."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class ForkServer:
    """Forks, watches and buries the children."""

    def __init__(self, control: socket.socket, caller: int):
        self.control, self.caller = control, caller
        self.jobs: dict[int, Job] = {}
        self.poll = select.poll()
        for descriptor in (control.fileno(), caller):
            self.poll.register(descriptor, select.POLLIN)

    def serve(self) -> None:
        """Work until the caller closes the control socket or its process ends."""
        try:
            while self._turn():
                pass
        finally:
            for job in self.jobs.values():
                job.kill()

    def _turn(self) -> bool:
        """Wait for what happens next and do it; false when it is time to stop."""
        for descriptor, _ in self.poll.poll(self._patience()):
            if descriptor == self.caller:
                return False
            if descriptor == self.control.fileno():
                if not self._take_order():
                    return False
            else:
                for job in [job for job in self.jobs.values() if descriptor in (job.process, job.report)]:
                    self._bury(job) if descriptor == job.process else self._abandon(job)
        now = time.monotonic()
        for job in self.jobs.values():
            if job.deadline <= now and not job.overdue:
                job.overdue = True
                job.kill()
        return True

    def _patience(self) -> int | None:
        """Milliseconds to the next deadline."""
        deadlines = [job.deadline for job in self.jobs.values() if not job.overdue]
        return max(0, math.ceil((min(deadlines) - time.monotonic()) * 1000)) if deadlines else None

    def _take_order(self) -> bool:
        message, descriptors, *_ = socket.recv_fds(self.control, MESSAGE_BYTES, 2, socket.MSG_CMSG_CLOEXEC)
        if not message:
            return False
        order: Order = pickle.loads(message)  # noqa: S301  the caller's own
        channel, report = descriptors
        sys.path[:] = order.path
        for module in order.modules:
            # A module that is missing is the child's to tell: it fails on its question.
            with contextlib.suppress(Exception):
                importlib.import_module(module)
        gc.freeze()  # what is here stays: a child need not copy it by counting it
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._be_child(channel, report, order.limits, server)
        os.close(channel)
        job = Job(pid, os.pidfd_open(pid), report, time.monotonic() + order.limits.wall_s)
        self.jobs[pid] = job
        self.poll.register(job.process, select.POLLIN)
        self.poll.register(job.report, 0)
        return True

    def _abandon(self, job: Job) -> None:
        """The caller waits no more."""
        self.poll.unregister(job.report)
        job.kill()

    def _bury(self, job: Job) -> None:
        job.kill()  # what the child has started, too; its number is not free before the next line
        _, status, used = os.wait4(job.pid, 0)
        ending = Ending(
            exit=os.waitstatus_to_exitcode(status),
            cpu_s=used.ru_utime + used.ru_stime,
            memory_mb=used.ru_maxrss / 1024,
            overdue=job.overdue,
        )
        with contextlib.suppress(BrokenPipeError):
            os.write(job.report, ending.to_bytes())
        with contextlib.suppress(KeyError):
            self.poll.unregister(job.report)
        self.poll.unregister(job.process)
        os.close(job.process)
        os.close(job.report)
        del self.jobs[job.pid]

    def _be_child(self, channel: int, report: int, limits: Limits, server: int) -> None:
        """Answer the one question on ``channel``; never returns."""
        try:
            for job in self.jobs.values():
                os.close(job.report)
                os.close(job.process)
            os.close(report)
            os.close(self.caller)
            self.control.close()
            confine(limits, server)
            with socket.socket(fileno=channel) as conversation:
                conversation.sendall(answer(conversation))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)


def confine(limits: Limits, server: int) -> None:
    """Set the limits of this process, for good; it ends when ``server`` ends."""
    os.setsid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != server:
        os._exit(1)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # should the machine run out of memory, this process is the one to lose
    cpu_s = math.ceil(limits.cpu_s)
    memory = addresses() + limits.memory_mb * MB
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 1),
        (resource.RLIMIT_FSIZE, limits.file_mb * MB, limits.file_mb * MB),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
    ):
        resource.setrlimit(kind, (soft, hard))


def addresses() -> int:
    """Bytes of address space in use: mostly what the fork server has preloaded, for this child or for others."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def answer(conversation: socket.socket) -> bytes:
    """Read the question, call the function, and pickle what came of it.

    ``("value", value)``, ``("error", PageError)``, ``("limit", kind)`` or ``("failure", type, message, traceback)``.
    """
    with conversation.makefile("rb") as stream:
        question = stream.read()
    try:
        function, args = pickle.loads(question)  # noqa: S301  the caller's own
        return pickle.dumps(("value", function(*args)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        pass  # told below, when the frames that held the memory are gone
    except PageError as error:
        return pickle.dumps(("error", error.with_traceback(None)))
    except BaseException as error:
        if isinstance(error, OSError) and error.errno == errno.EFBIG:
            return pickle.dumps(("limit", "file"))
        return pickle.dumps(("failure", type(error).__name__, str(error), traceback.format_exc()))
    return pickle.dumps(("limit", "memory"))


def main() -> None:
    """The whole program: its argument is the process id of the caller, its standard input the control socket."""
    caller_pid = int(sys.argv[1])
    caller = os.pidfd_open(caller_pid)
    if os.getppid() != caller_pid:
        return  # it has ended already
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    ForkServer(control, caller).serve()
