"""Our own plugins pass what everybody's must, and do not pass by having nothing."""

from pathlib import Path

import pytest
from queued import QUEUED
from sites import NAMES

from korrigo.testing.contract import PluginContract
from korrigo.testing.contract.absence import tables

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"


class TestOurPlugins(PluginContract):
    @pytest.fixture(params=NAMES)
    def name(self, request) -> str:
        return request.param

    @pytest.fixture
    def project(self, name) -> Path:
        return PLUGINS / name

    @pytest.fixture
    def queued(self, name) -> dict:
        return {kind: queue for kind, queue in QUEUED.items() if kind.startswith(f"{name}.")}


@pytest.mark.parametrize("name", ["export", "grading", "import", "ocr"])
def test_the_four_arrows_have_pages_tables_jobs_and_steps(contract_whole, name):
    assert contract_whole.views(name) and contract_whole.routes(name) and tables(name)
    for category in ("jobs", "steps", "nav"):
        assert contract_whole.added(f"korrigo {category}", name)
