"""Covers found on their form."""

import math

import cv2
import numpy as np
import pytest
from korrigo_ocr.reading.geometry import WORKING_WIDTH, Box, to_working
from korrigo_ocr.reading.registration import HeaderPicture, header_of, register, skew_of


def moved(picture, degrees, dx, dy):
    """The picture turned clockwise and shifted as a scanner does, with the matrix in page units."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += (dx, dy)
    there = cv2.warpAffine(picture, matrix, (width, height), borderValue=240)
    units = np.column_stack([matrix[:, :2], matrix[:, 2] * 1000 / width])
    return there, units


@pytest.mark.parametrize(("name", "method"), [("class-a4", "discs"), ("messy-a4", "features")])
@pytest.mark.parametrize(("degrees", "dx", "dy"), [(1.5, 20, -12), (-2.0, -25, 18)])
def test_a_moved_cover_is_found_within_a_third_of_a_millimetre(batch, name, method, degrees, dx, dy):
    forms = batch(name).forms
    form = next(f for f in forms if method == "discs" or f.field("last").style == "line").grey()
    there, units = moved(form, degrees, dx, dy)
    found = register(HeaderPicture(there), HeaderPicture(form))
    corners = np.array([[[110, 120], [900, 120], [110, 380], [900, 380]]], float)
    error = np.abs(cv2.transform(corners, np.array(found.matrix)) - cv2.transform(corners, units)).max()
    assert found.method == method
    assert error < 1.6
    assert found.quality > 0.7


def test_the_wrong_form_is_seen_by_its_quality(batch):
    here = batch("messy-a4")
    references = [HeaderPicture(form.grey()) for form in here.forms]
    for cover in here.covers:
        qualities = sorted(register(HeaderPicture(cover), reference).quality for reference in references)
        assert qualities[1] > 0.6 > qualities[0] + 0.05


@pytest.mark.parametrize("degrees", [-2.2, -0.4, 0.0, 1.3])
def test_skew_is_measured_to_a_fifth_of_a_degree(batch, degrees):
    form = batch("class-a4").forms[0].grey()
    there, _ = moved(form, degrees, 0, 0)
    assert math.degrees(skew_of(there)) == pytest.approx(degrees, abs=0.2)


def test_a_box_of_the_form_is_put_where_the_cover_shows_it(batch):
    form = batch("class-a4").forms[0].grey()
    there, _ = moved(form, 0.0, 33, 0)
    box = register(HeaderPicture(there), HeaderPicture(form)).box(Box(100, 100, 50, 20))
    assert box.x == pytest.approx(100 + 33 * 1000 / WORKING_WIDTH, abs=1)
    assert box.width == pytest.approx(50, abs=1)


def test_a_picture_that_is_not_grey_is_refused():
    with pytest.raises(ValueError, match="grey picture of 8 bits"):
        to_working(np.zeros((100, 100, 3), np.uint8))
    assert header_of(to_working(np.zeros((2000, 827), np.uint8))).shape[1] == WORKING_WIDTH
