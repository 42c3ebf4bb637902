"""What every plugin must pass, ours and everybody's.  In the tests of a plugin::

    from korrigo.testing.contract import PluginContract


    class TestContract(PluginContract):
        plugin = "numeric"

The tests ask for every plugin that is installed: a plugin must get on with those that are there.
"""

from pathlib import Path

import pytest

from ..sites import package
from .absence import Absence
from .boot import Boot
from .declarations import Declarations
from .jobs import Jobs
from .shipping import Shipping
from .sources import Sources
from .tables import Tables

__all__ = ["PluginContract"]


class PluginContract(Boot, Absence, Declarations, Jobs, Tables, Sources, Shipping):
    """``plugin`` is the name of a plugin that is installed; one that has jobs overrides the fixture ``queued``."""

    plugin: str

    @pytest.fixture
    def name(self) -> str:
        return self.plugin

    @pytest.fixture
    def project(self, request, name) -> Path:
        """The folder of the distribution: the nearest one above the test that holds the plugin's package."""
        folders = (folder for folder in request.path.parents if (folder / package(name) / "__init__.py").exists())
        found = next(folders, None)
        assert found, f"no folder above {request.path} holds the package {package(name)}: override this fixture"
        return found
