"""The batches, and small PDFs made once."""

from pathlib import Path

import pdf_writer
import pytest

BATCHES = Path(__file__).parents[2] / "data" / "batches"


@pytest.fixture(scope="session")
def class_a4() -> Path:
    return BATCHES / "class-a4" / "scan.pdf"


@pytest.fixture(scope="session")
def mock_a3() -> Path:
    return BATCHES / "mock-a3" / "scan.pdf"


@pytest.fixture(scope="session")
def plain(tmp_path_factory) -> Path:
    """Three pages, each one JPEG of 400 × 560 pixels with a dark square at the top left."""
    return pdf_writer.numbered(tmp_path_factory.mktemp("plain") / "plain.pdf", 3)
