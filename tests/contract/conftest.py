"""The exam of the contract tests, with what our plugins know of it."""

import pytest
from sites import build_in


@pytest.fixture(scope="session")
def contract_make(small_scan):
    return lambda site, **options: build_in(site, small_scan, **options)


@pytest.fixture(scope="session")
def contract_scan(small_scan):
    return small_scan
