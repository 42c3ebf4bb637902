"""The quick steps of the raster give what the plain ones do."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from korrigo_import.scan import raster

PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(12, 40), st.integers(12, 40)), elements=st.integers(0, 255))


def plainly_opened(row: np.ndarray, length: int) -> np.ndarray:
    """Of each place the most of the least of all runs of that length through it; beyond the row there is paper."""
    least = [row[start:start + length].min() for start in range(len(row) - length + 1)]
    return np.array([max(least[max(0, place - length + 1):place + 1], default=0) for place in range(len(row))])


@given(PICTURES, st.integers(1, 9), st.integers(1, 9))
def test_opening_by_doubling_is_opening(picture, height, width):
    columns = np.apply_along_axis(plainly_opened, 0, picture, height)
    expected = np.apply_along_axis(plainly_opened, 1, columns, width)
    assert np.array_equal(raster.opened(picture, height, width), expected)


@given(arrays.arrays(bool, st.tuples(st.integers(1, 30), st.integers(1, 30))))
def test_pieces_are_those_that_hang_together_with_their_boxes_and_areas(mask):
    places, owner, stats = raster.pieces_of(mask)
    _count, labels, expected, _centres = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    assert np.array_equal(stats, expected[1:])
    assert np.array_equal(places, np.flatnonzero(mask))
    assert np.array_equal(owner, labels.ravel()[places].astype(int) - 1)


@pytest.mark.parametrize("degrees", [-2.4, -0.3, 0.0, 0.15, 1.1, 2.9])
def test_a_page_that_is_turned_back_by_shifts_is_level(degrees):
    level = np.zeros((900, 800), np.uint8)
    level[100:800:60, 100:700] = 255
    height, width = level.shape
    askew = cv2.warpAffine(level, cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1), (width, height))
    skew = raster.skew_of(askew)
    assert skew == pytest.approx(degrees, abs=0.1)
    straight = raster.turned_by(askew, skew) > 60
    rows = raster.share_of(straight, 1)
    assert (rows > 0.6).sum() >= 12     # each line lies on one or two rows again
    assert (rows[:90] == 0).all() and (rows[830:] == 0).all()


@given(PICTURES)
def test_a_picture_that_is_not_askew_stays_as_it_is(picture):
    assert raster.turned_by(picture, 0.0) is picture
