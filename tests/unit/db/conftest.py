"""Engines on the chosen backend."""

import pytest

from korrigo.db import make_engine


@pytest.fixture
def engine(backend):
    """An engine on an empty database."""
    engine = make_engine(backend.url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path):
    """What concerns SQLite alone is tested on SQLite, whatever the suite runs on."""
    engine = make_engine(f"sqlite:///{tmp_path / 'own.db'}")
    yield engine
    engine.dispose()
