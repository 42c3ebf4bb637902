"""The programs beside Python that are used: installed when this machine lets us, else said in one line.

``python programs.py tesseract postgresql …`` fails when one is missing and cannot be installed; with
``--optional`` it says what to type and goes on.  Needs nothing but Python.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Name -> (Debian packages, how to see that it is there).
PROGRAMS = {
    "tesseract": (("tesseract-ocr", "tesseract-ocr-fra"), lambda: shutil.which("tesseract")),
    "postgresql": (("postgresql",), lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
    "redis": (("redis-server",), lambda: shutil.which("redis-server")),
    "chromium": (("chromium",), lambda: shutil.which("chromium")),
    "poppler": (("poppler-utils",), lambda: shutil.which("pdftoppm")),
    "qpdf": (("qpdf",), lambda: shutil.which("qpdf")),
}


def missing(names) -> list[str]:
    return [name for name in names if not PROGRAMS[name][1]()]


def install(names) -> None:
    """Install by apt when we are root on a Debian; otherwise nothing happens."""
    packages = [package for name in names for package in PROGRAMS[name][0]]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print(f"Installing {', '.join(packages)} ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=quiet,
                       check=False, stdout=subprocess.DEVNULL)


def command(names) -> str:
    """What somebody types to install them."""
    return "sudo apt install " + " ".join(package for name in names for package in PROGRAMS[name][0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", choices=PROGRAMS)
    parser.add_argument("--optional", action="store_true")
    arguments = parser.parse_args()
    install(missing(arguments.names))
    still = missing(arguments.names)
    if still:
        print(f"Not installed: {', '.join(still)}. To have it: {command(still)}")
    return 0 if arguments.optional or not still else 1


if __name__ == "__main__":
    sys.exit(main())
