"""What all tests of real workers share."""

import pytest


@pytest.fixture
def place(tmp_path, backend):
    """(folder, database, queue) of one application."""
    return str(tmp_path / "data"), backend.url, backend.queue
