"""Unit tests run on the core alone: plugins have tests of their own."""

import pytest


@pytest.fixture
def korrigo_settings(korrigo_settings):
    return {**korrigo_settings, "korrigo.plugins": ""}
