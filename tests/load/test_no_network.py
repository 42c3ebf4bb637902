"""Names are found on this machine alone: a whole exam runs where there is no network at all, not even a loopback."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

#: A new network namespace: no interface is up in it.
ALONE = ["unshare", "--map-root-user", "--net"]


@pytest.fixture
def alone():
    """Runs a command without a network."""
    tried = subprocess.run([*ALONE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this machine gives no network of their own to programs: {tried.stderr.strip()}")
    return lambda *command: subprocess.run([*ALONE, *command], capture_output=True, text=True, check=False, timeout=300)


def test_there_really_is_no_network(alone):
    asked = alone(sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9), 2)")
    assert "Network is unreachable" in asked.stderr


def test_names_are_read_without_any_network(alone, data, small_scan, tmp_path):
    done = alone(str(Path(sys.executable).with_name("korrigo")), "exam", "run", "--out", str(tmp_path / "out"),
                 "--scan", str(small_scan), "--roster", str(data / "batches/class-a4/roster.csv"))
    assert done.returncode in (0, 3), done.stderr
    with open(tmp_path / "out" / "identification.csv", newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert [row["decision"] for row in found] == ["auto", "auto"]
