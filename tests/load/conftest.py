import pytest
from live_server import Server


@pytest.fixture
def server(tmp_path):
    """A real server with a real worker on SQLite, as in two terminals."""
    server = Server(tmp_path)
    yield server
    server.close()
