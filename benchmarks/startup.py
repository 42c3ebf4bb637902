"""How long the two things take that people wait for: ``korrigo plugin list``, and a server that starts.

CPU seconds of whole processes, the best of a few, with every plugin of this repository and compiled modules::

    python benchmarks/startup.py [--most]

``--most`` makes it fail above the targets: 1 s for the list, 1.5 s for the start.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

TRIES = 5
START = "from korrigo.cli.bootstrap import registry_of\nregistry_of('site.ini', logs=False)"
#: What is run, and the target in seconds.
RUNS = {
    "korrigo plugin list": (["-m", "korrigo.cli", "-c", "site.ini", "plugin", "list"], 1.0),
    "start of a server": (["-c", START], 1.5),
    "python alone": (["-c", "pass"], None),
}
INI = """[app:main]
use = egg:korrigo
korrigo.plugins = import ocr grading export
korrigo.environment = test
korrigo.secret = x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7
sqlalchemy.url = sqlite:///site.db
"""


def cpu(words: list[str], folder: Path) -> float:
    """CPU seconds of one process and its children."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-W", "ignore", *words], cwd=folder, env=environment, check=True,
                   stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", action="store_true", help="fail above the targets")
    arguments = parser.parse_args()
    late = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "site.ini").write_text(INI)
        cpu(["-m", "korrigo.cli", "-c", "site.ini", "db", "upgrade"], folder)
        for title, (words, most) in RUNS.items():
            best = min(cpu(words, folder) for _try in range(TRIES))
            late = late or most is not None and best > most
            print(f"{title:20s} {best:5.2f} s of CPU" + (f" (target {most} s)" if most else ""))
    return 1 if arguments.most and late else 0


if __name__ == "__main__":
    sys.exit(main())
