"""Exams, copies and sides that services work on."""

import pytest
from pile import Pile


@pytest.fixture
def pile(scope):
    """``pile(request, 2, 3)``: an exam whose copies have two and three sides, and some sides in no copy."""
    return Pile
