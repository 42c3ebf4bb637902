"""Commands as a person types them, on an ini file of the core alone."""

import pytest

from korrigo.cli import main
from korrigo.cli.bootstrap import registry_of

INI = """[app:main]
use = egg:korrigo
korrigo.plugins =
korrigo.environment = test
korrigo.secret = x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7x7
korrigo.url = http://localhost
korrigo.queue = none
sqlalchemy.url = sqlite:///site.db
"""


@pytest.fixture
def ini(tmp_path):
    """``ini("korrigo.queue = sqlite")`` writes the file, with lines that replace or follow its own."""
    def write(*lines: str):
        new = {line.partition(" ")[0] for line in lines}
        kept = [line for line in INI.splitlines() if line.partition(" ")[0] not in new]
        file = tmp_path / "site.ini"
        file.write_text("\n".join([*kept, *lines]) + "\n")
        return file
    return write


@pytest.fixture
def korrigo(ini, capsys):
    """``korrigo("db", "status")``: (exit code, what was printed, what was complained of)."""
    site = ini()

    def run(*words: str, file=site) -> tuple[int, str, str]:
        try:
            code = main(["-c", str(file), *words])
        except SystemExit as end:               # argparse ends a command that it does not understand
            code = end.code
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return code, printed.out, printed.err

    return run


@pytest.fixture
def site(ini, korrigo):
    """The registry of the file, with its tables."""
    korrigo("db", "upgrade")
    registry = registry_of(ini(), logs=False)
    yield registry
    registry["engine"].dispose()
