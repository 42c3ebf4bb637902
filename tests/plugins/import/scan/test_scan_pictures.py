"""Single pictures, as scanned and as a worse copier scans them again."""

from dataclasses import replace

import numpy as np
import pytest
from korrigo_import.scan.analyse import analyse, split_fold
from korrigo_import.scan.recipes import Recipe
from korrigo_import.scan.settle import settle
from scan_pictures import rescanned, sides_of, upside_down
from scan_pile import assemble


@pytest.fixture(scope="module")
def three_copies():
    """The pictures of the first three copies of four pages."""
    return [gray for _, _, gray in sides_of("class-a4", range(1, 13))]


@pytest.fixture(scope="module")
def turned_and_shaken(three_copies):
    """Facts of the same pages, each upside down and scanned badly."""
    return [analyse(rescanned(upside_down(gray), seed), seed + 1) for seed, gray in enumerate(three_copies)]


def test_headers_and_writing_on_their_head_are_seen_on_a_bad_scan(turned_and_shaken):
    views = settle(turned_and_shaken)
    assert [view.has_header for view in views] == [True, False, False, False] * 3
    assert {view.header_turned for view in views if view.has_header} == {180}
    assert all(view.upright < -3 for view in views)


def test_a_whole_pile_on_its_head_comes_out_turned_and_in_order(turned_and_shaken):
    plan = assemble(turned_and_shaken, Recipe("a4", 4))
    assert [(side.copy, side.position, side.turned) for side in plan.sides] == [
        (copy, position, 180) for copy in (1, 2, 3) for position in (1, 2, 3, 4)
    ]


def test_each_sheet_is_known_again_on_a_second_scan_whichever_way_it_lies(three_copies, turned_and_shaken):
    first = [analyse(gray, page) for page, gray in enumerate(three_copies, 1)]
    second = [replace(side, pdf_page=side.pdf_page + 12) for side in turned_and_shaken]
    views = settle(first + second)
    assert [view.twin for view in views] == [None] * 12 + list(range(12))


def test_a_page_lying_on_its_side_is_stood_up_before_it_is_read(three_copies):
    lying = np.ascontiguousarray(np.rot90(three_copies[0]))
    side = analyse(lying, 1)
    assert side.quarter == 90
    assert side.form > 0.6 and side.form_turned == 0


def test_the_header_is_boxed_where_it_stands(three_copies):
    left, top, right, bottom = analyse(three_copies[0], 1).form_box
    assert 80 <= left <= 140 and 850 <= right <= 980
    assert 80 <= top <= 160 and 380 <= bottom <= 460


def test_a_bare_sheet_is_blank_and_one_word_is_not():
    chance = np.random.default_rng(5)
    paper = np.clip(chance.normal(235, 4, (1286, 910)), 0, 255).astype(np.uint8)
    assert analyse(paper, 1).blank > 3
    for x in range(100, 220, 12):
        paper[300:322, x : x + 3] = 60
        paper[311:314, x : x + 12] = 60
    assert analyse(paper, 1).blank < -3


def test_the_fold_is_found_by_its_shadow_and_else_in_the_middle():
    sheet = np.full((800, 1130), 230, np.uint8)
    assert split_fold(sheet) == 565
    sheet[:, 576:579] = 190
    assert 576 <= split_fold(sheet) <= 579


@pytest.mark.parametrize("shape", [(4, 4), (100, 100, 3)])
def test_what_is_not_a_grey_picture_is_refused(shape):
    with pytest.raises(ValueError, match="grey picture"):
        analyse(np.zeros(shape, np.uint8), 1)
