"""What all tests share: where the data is, and the databases and queues that the suite runs on."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
import sqlalchemy as sa

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Backend:
    """A database of the test's own, and a queue."""

    name: str
    url: str
    queue: str


def pytest_addoption(parser):
    parser.addoption("--backend", default=os.environ.get("KORRIGO_TEST_BACKEND", "sqlite"),
                     choices=("sqlite", "postgres"), help="sqlite, or PostgreSQL with Redis")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of realistic scans of invented pupils."""
    return DATA


@pytest.fixture(scope="session")
def small_scan(data, tmp_path_factory):
    """The first two copies of a real pile: eight pages."""
    out = tmp_path_factory.mktemp("scan") / "small.pdf"
    with pikepdf.open(data / "batches/class-a4/scan.pdf") as pile:
        del pile.pages[8:]
        pile.remove_unreferenced_resources()
        pile.save(out)
    return out


@pytest.fixture
def backend(request, tmp_path):
    """An empty database; dropped afterwards.

    PostgreSQL and Redis are those of KORRIGO_TEST_POSTGRES (a URL to a server where databases may be made) and
    KORRIGO_TEST_REDIS.
    """
    if request.config.getoption("--backend") == "sqlite":
        yield Backend("sqlite", f"sqlite:///{tmp_path / 'korrigo.db'}", "sqlite")
        return
    server = sa.make_url(os.environ["KORRIGO_TEST_POSTGRES"])
    name = f"korrigo_test_{secrets.token_hex(6)}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    redis = f"{os.environ['KORRIGO_TEST_REDIS']}/{secrets.randbelow(15)}"
    yield Backend("postgres", server.set(database=name).render_as_string(hide_password=False), f"redis+{redis}")
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def korrigo_settings(korrigo_settings, backend):
    """Every functional test runs on the chosen backend."""
    return {**korrigo_settings, "sqlalchemy.url": backend.url}
