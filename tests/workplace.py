"""A stranger's machine: a folder of its own, with an environment in which Korrigo is installed and more can be.

The environment sees what ours has, and what is installed into it stays there.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

SCRIPT = '#!/bin/sh\nexec "{python}" -W ignore -m {module} "$@"\n'
#: Nothing is fetched, and the build uses what is here.
PIP = ('#!/bin/sh\n[ "$1" = install ] && shift && '
       'set -- install --quiet --no-build-isolation --no-deps --no-index "$@"\nexec "{python}" -m pip "$@"\n')


class Workplace:
    """``run("korrigo plugin new numeric")``: what was printed; anything that fails raises with all of it."""

    def __init__(self, folder: Path):
        self.folder = folder
        home = folder / ".environment"
        venv.create(home, with_pip=False, symlinks=True)
        python = home / "bin" / "python"
        [packages] = home.glob("lib/python*/site-packages")
        ours = sysconfig.get_paths()["purelib"]
        (packages / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
        for name, text in (("korrigo", SCRIPT.format(python=python, module="korrigo.cli")),
                           ("pytest", SCRIPT.format(python=python, module="pytest -p no:cacheprovider")),
                           ("pip", PIP.format(python=python))):
            (home / "bin" / name).write_text(text)
            (home / "bin" / name).chmod(0o755)
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("KORRIGO_", "PYTEST_", "PYTHON", "COV_", "VIRTUAL_ENV"))}
        self.environ = {**kept, "PATH": f"{home / 'bin'}:{kept['PATH']}", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                        "PIP_ROOT_USER_ACTION": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}
        self.python = python

    def run(self, shell: str) -> str:
        done = subprocess.run(["sh", "-euc", shell], cwd=self.folder, env=self.environ, text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise AssertionError(f"{shell}\nended with {done.returncode}:\n{done.stdout}")
        return done.stdout


if __name__ == "__main__":
    print(Workplace(Path(sys.argv[1])).run(sys.argv[2]))
