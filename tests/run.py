"""The whole test suite: linters, everything on SQLite, then what touches the database on PostgreSQL and Redis.

Servers are started here, on loopback, in a folder of their own, and stopped at the end.  What cannot be run on
this machine is said at the end; where ``CI`` is set nothing may be skipped.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import programs

ROOT = Path(__file__).resolve().parents[1]
#: What is run a second time on PostgreSQL and Redis.
WITH_SERVERS = ("tests/functional", "tests/jobs", "tests/migrations", "tests/unit/db")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def redis():
    """A Redis of our own; its URL."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder,
                                   "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL)
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


@contextlib.contextmanager
def postgres():
    """A PostgreSQL of our own; the URL of its empty maintenance database."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="korrigo-pg-"))
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    subprocess.run([*as_postgres, binaries / "initdb", "-D", data, "-U", "korrigo", "-A", "trust", "-E", "UTF8",
                    "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    server = subprocess.Popen(
        [*as_postgres, binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1",
         "-c", "fsync=off", "-c", "full_page_writes=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        for _try in range(100):
            if not subprocess.run([binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)],
                                  check=False).returncode:
                break
            time.sleep(0.1)
        yield f"postgresql+psycopg://korrigo@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def run(*command: str, **environment: str) -> bool:
    print(f"\n== {' '.join(command)}", flush=True)
    started = time.monotonic()
    done = subprocess.run([str(Path(sys.executable).parent / command[0]), *command[1:]], cwd=ROOT,
                          env={**os.environ, **environment}, check=False)
    print(f"== {time.monotonic() - started:.0f} s", flush=True)
    return done.returncode == 0


def main() -> int:
    programs.install(programs.missing(programs.PROGRAMS))
    absent = programs.missing(programs.PROGRAMS)
    results = [run("ruff", "check", "."), run("lint-imports")]
    results.append(run("pytest", "-q", "-n", "2", "--dist", "loadgroup", *sys.argv[1:]))
    if "postgresql" not in absent and "redis" not in absent:
        with postgres() as database, redis() as queue:
            results.append(run("pytest", "-q", "-n", "2", "--backend", "postgres", *WITH_SERVERS,
                               KORRIGO_TEST_POSTGRES=database, KORRIGO_TEST_REDIS=queue))
    if absent:
        print(f"\nSkipped for want of {', '.join(absent)}. To have it: {programs.command(absent)}")
        if os.environ.get("CI"):
            results.append(False)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
