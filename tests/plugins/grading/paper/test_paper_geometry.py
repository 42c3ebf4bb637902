"""Boxes, regions and turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_grading.paper.geometry import UNIT_SQUARE, Box, Matrix, region_box, upright

origin, length = st.floats(-500, 500), st.floats(50, 1500)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), origin, origin, length, length)
turns = st.sampled_from([0, 90, 180, 270])


@given(boxes, turns)
def test_an_upright_box_starts_at_the_origin_and_keeps_its_sides(box, turn):
    seen = box.through(upright(box, turn))
    sides = (box.width, box.height) if turn % 180 == 0 else (box.height, box.width)
    assert seen == pytest.approx((0, 0, *sides), abs=1e-6)


@given(boxes, turns)
def test_four_quarter_turns_change_nothing(box, turn):
    """Turning twice is one turn by the sum: where a point ends does not depend on the way."""
    once = upright(box, turn)
    seen = box.through(once)
    twice = once.then(upright(seen, 90))
    assert twice == pytest.approx(upright(box, turn + 90), abs=1e-6)


@given(boxes, turns)
def test_the_two_halves_make_the_page_and_meet_in_the_middle(box, rotate):
    left, right = (region_box(box, rotate, region) for region in ("left", "right"))
    assert (left.width * left.height + right.width * right.height) == pytest.approx(box.width * box.height)
    shared = left.meet(right)
    assert shared is None or shared.width * shared.height < 1e-6 * box.width * box.height
    seen_left, seen_right = (half.through(upright(box, rotate)) for half in (left, right))
    assert seen_left.x0 == pytest.approx(0, abs=1e-6) and seen_left.x1 == pytest.approx(seen_right.x0, abs=1e-6)


@given(boxes, turns)
def test_an_inverse_leads_back(box, turn):
    matrix = upright(box, turn)
    assert matrix.then(matrix.inverse()) == pytest.approx(Matrix(), abs=1e-6)


def test_a_quarter_turn_clockwise_brings_the_top_left_corner_to_the_top_right():
    page = Box(0, 0, 210, 297)
    assert upright(page, 90).apply(0, 297) == (297, 210)
    assert upright(page, 270).apply(0, 297) == (0, 0)


def test_boxes_side_by_side_have_nothing_in_common():
    assert UNIT_SQUARE.meet(Box(1, 0, 2, 1)) is None
    assert UNIT_SQUARE.meet(Box(0.5, -1, 2, 0.5)) == Box(0.5, 0, 1, 0.5)
