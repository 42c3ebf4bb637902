"""The facts of the batches, measured once for all tests of scan understanding."""

from collections.abc import Callable
from functools import cache

import cv2
import pytest
from korrigo_import.scan.analyse import analyse
from korrigo_import.scan.facts import SideFacts
from scan_pictures import DPI, sides_of


@pytest.fixture(scope="session")
def facts_of() -> Callable[[str], list[SideFacts]]:
    """Facts of all sides of a batch, by the batch's name."""
    cv2.setNumThreads(1)

    @cache
    def measure(batch: str) -> list[SideFacts]:
        return [analyse(gray, page, region, dpi=DPI) for page, region, gray in sides_of(batch)]

    return measure
