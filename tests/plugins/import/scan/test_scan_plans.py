"""Rules of the plan for piles of any kind: facts without pictures."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from korrigo_import.scan.facts import SideFacts
from korrigo_import.scan.likeness import pack
from korrigo_import.scan.recipes import Guess, Recipe, regions_of
from scan_pile import assemble, guess_recipe

PAGE = {"width_mm": 210.0, "height_mm": 297.0}
WRITING = {"ink": 0.04, "pen": 0.5, "sharpness": 0.9, "blank": -12.0}
EMPTY = pack(np.zeros((148, 105), np.uint8))


def header(page, turned=0, region="full"):
    form = {"form": 1.0, "form_turned": turned, "ink_map": EMPTY, "line_map": EMPTY}
    return SideFacts(page, region, **PAGE, **WRITING, **form)


def written(page, upright=6.0, region="full"):
    return SideFacts(page, region, **PAGE, **WRITING, upright=upright, ruling_mm=8.0)


def blank(page, region="full"):
    return SideFacts(page, region, **PAGE, sharpness=0.0, blank=9.0)


def fates(plan):
    return [(side.fate, side.copy, side.position, side.turned) for side in plan.sides]


def kinds(plan):
    return Counter(finding.kind for finding in plan.findings)


any_side = st.builds(
    dict,
    ink=st.floats(0, 0.2),
    pen=st.floats(0, 1),
    sharpness=st.floats(0, 1),
    blank=st.sampled_from([-12.0, -0.5, 0.5, 9.0]),
    upright=st.sampled_from([-9.0, -2.0, 0.0, 2.0, 9.0]),
    margin_x=st.sampled_from([None, 160.0, 840.0]),
    ruling_mm=st.sampled_from([0.0, 8.0]),
    printed=st.floats(0, 1),
    form=st.sampled_from([0.0, 0.0, 0.3, 1.0]),
    form_turned=st.sampled_from([0, 180]),
    discs=st.integers(0, 4),
    quarter=st.sampled_from([0, 0, 0, 90]),
)
recipes = st.builds(
    Recipe, st.sampled_from(["a4", "a3-folded", "by-header", "one-copy"]), st.none() | st.integers(1, 9)
)


@st.composite
def piles(draw):
    facts = []
    for page in range(1, draw(st.integers(0, 14)) + 1):
        regions = draw(st.sampled_from([("full",), ("left", "right"), ("left",), ("right",)]))
        facts += [
            SideFacts(page, region, **PAGE, ink_map=EMPTY, line_map=EMPTY, **draw(any_side))
            for region in regions
        ]
    return facts


@settings(max_examples=120, deadline=None)
@given(piles(), recipes)
def test_every_side_has_one_fate_whatever_the_pile_and_the_recipe(facts, recipe):
    plan = assemble(facts, recipe)
    assert [(s.pdf_page, s.region) for s in plan.sides] == [(f.pdf_page, f.region) for f in facts]
    pages = [(s.copy, s.position) for s in plan.sides if s.fate in ("copy", "blank") and s.copy]
    assert len(set(pages)) == len(pages)
    assert all(position and position >= 1 for _, position in pages)
    assert {copy for copy, _ in pages} == set(range(1, len({copy for copy, _ in pages}) + 1))
    assert all(side.copy and side.position for side in plan.sides if side.fate == "copy")
    assert all(side.turned in (0, 90, 180, 270) for side in plan.sides)
    assert all(0 <= finding.confidence <= 1 for finding in plan.findings)


@settings(max_examples=40, deadline=None)
@given(piles())
def test_a_recipe_is_guessed_for_any_pile_and_survives_json(facts):
    guess = guess_recipe(facts)
    assert isinstance(guess, Guess) and 0 <= guess.confidence <= 1 and guess.why
    assert Recipe.from_json(guess.recipe.to_json()) == guess.recipe


@given(any_side)
def test_facts_survive_json(values):
    side = SideFacts(3, "left", **PAGE, **values)
    assert SideFacts.from_json(side.to_json()) == side


@pytest.mark.parametrize("text", ["", "[]", '{"pdf_page": 1}', '{"nonsense": 1}', "null"])
def test_broken_facts_are_refused(text):
    with pytest.raises(ValueError, match="analyse the scan again"):
        SideFacts.from_json(text)


@pytest.mark.parametrize("text", ["", "null", "{}", "3"])
def test_a_broken_recipe_is_refused(text):
    with pytest.raises(ValueError):
        Recipe.from_json(text)


def test_the_same_side_twice_is_refused():
    with pytest.raises(ValueError, match="given twice"):
        assemble([written(1), written(1)], Recipe("a4", 4))


def test_an_opened_double_sheet_is_cut_in_two_and_a_single_page_is_not():
    assert regions_of(420, 297) == ("left", "right")
    assert regions_of(210, 297) == ("full",)
    assert regions_of(297, 420) == ("full",)
    assert regions_of(297, 210) == ("full",)


def test_a_copy_back_to_front_on_its_head_is_put_right_even_without_a_page_count():
    pile = [header(1), written(2), written(3, -6), written(4, -6), header(5, 180), header(6), written(7)]
    plan = assemble(pile, Recipe("by-header"))
    assert fates(plan) == [
        ("copy", 1, 1, 0),
        ("copy", 1, 2, 0),
        ("copy", 2, 3, 180),
        ("copy", 2, 2, 180),
        ("copy", 2, 1, 180),
        ("copy", 3, 1, 0),
        ("copy", 3, 2, 0),
    ]
    assert kinds(plan) == {"reversed_copy": 1}


def test_a_copy_on_its_head_in_the_right_order_is_turned_and_kept_in_order():
    pile = [header(1, 180), written(2, -6), header(3), written(4), header(5), written(6)]
    plan = assemble(pile, Recipe("a4", 2))
    assert fates(plan)[:2] == [("copy", 1, 1, 180), ("copy", 1, 2, 180)]


def test_a_page_that_is_only_perhaps_upside_down_is_left_and_shown():
    pile = [header(1), written(2, -2.0), header(3), written(4)]
    plan = assemble(pile, Recipe("a4", 2))
    assert fates(plan)[1] == ("copy", 1, 2, 0)
    (finding,) = plan.findings
    assert (finding.kind, finding.applied, finding.proposal) == ("upside_down", False, {"turned": 180})


def test_a_lost_first_page_is_told_and_the_neighbours_stay_whole():
    pile = [
        header(1),
        *map(written, (2, 3, 4)),
        *map(written, (5, 6, 7, 8)),
        header(9),
        *map(written, (10, 11, 12)),
    ]
    plan = assemble(pile, Recipe("a4", 4))
    assert [side.copy for side in plan.sides] == [1] * 4 + [2] * 4 + [3] * 4
    assert kinds(plan) == {"header_missing": 1}


def test_without_any_header_a_pile_is_cut_by_the_count():
    plan = assemble([written(page) for page in range(1, 13)], Recipe("a4", 4))
    assert [side.copy for side in plan.sides] == [1] * 4 + [2] * 4 + [3] * 4
    assert kinds(plan) == {"header_missing": 3}


def test_a_blank_back_keeps_its_place_and_a_blank_sheet_at_the_end_is_nobodys():
    pile = [header(1), blank(2), header(3), written(4), written(5), blank(6), blank(7), blank(8)]
    plan = assemble(pile, Recipe("a4", 2))
    assert fates(plan)[1] == ("blank", 1, 2, 0)
    assert fates(plan)[5] == ("blank", 2, 4, 0)
    assert fates(plan)[6:] == [("blank", None, None, 0)] * 2


def folded(page, *, first, turned=0):
    """The two PDF pages of one double sheet."""
    sign = -1 if turned else 1
    inner = "left" if turned else "right"
    outer = "right" if turned else "left"
    opening = header(page, turned, inner) if first else written(page, sign * 6, inner)
    front = {inner: opening, outer: written(page, sign * 6, outer)}
    back = [written(page + 1, sign * 6, region) for region in ("left", "right")]
    return [front["left"], front["right"], *back]


def test_a_sheet_without_header_continues_the_copy_before():
    plan = assemble(
        folded(1, first=True) + folded(3, first=False) + folded(5, first=True), Recipe("a3-folded")
    )
    assert not plan.sheet_headers
    assert [side.copy for side in plan.sides] == [1] * 8 + [2] * 4
    assert [side.position for side in plan.sides] == [4, 1, 2, 3, 8, 5, 6, 7, 4, 1, 2, 3]


def test_a_folded_sheet_on_its_head_is_turned_and_its_halves_change_place():
    plan = assemble(folded(1, first=True) + folded(3, first=True, turned=180), Recipe("a3-folded"))
    assert [side.position for side in plan.sides[4:]] == [1, 4, 3, 2]
    assert {side.turned for side in plan.sides[4:]} == {180}
    assert kinds(plan) == {"upside_down": 1}


def test_a_verso_that_came_first_is_seen_from_the_header():
    one = folded(2, first=True)[:2] + folded(0, first=True)[2:]
    two = folded(4, first=True)[:2] + folded(2, first=True)[2:]
    plan = assemble(sorted(one + two, key=lambda side: (side.pdf_page, side.region)), Recipe("a3-folded"))
    assert [side.position for side in plan.sides] == [2, 3, 4, 1, 2, 3, 4, 1]
    assert [side.copy for side in plan.sides] == [1] * 4 + [2] * 4


def test_a_lost_verso_spoils_its_own_sheet_only():
    pile = folded(1, first=True) + folded(3, first=True)[:2] + folded(4, first=True) + folded(6, first=True)
    plan = assemble(pile, Recipe("a3-folded"))
    assert [side.copy for side in plan.sides] == [1] * 4 + [2] * 2 + [3] * 4 + [4] * 4
    assert kinds(plan) == {"missing_page": 1}


def test_one_file_a_pupil_is_one_copy():
    plan = assemble([header(1), written(2), header(3), blank(4)], Recipe("one-copy"))
    assert fates(plan) == [("copy", 1, 1, 0), ("copy", 1, 2, 0), ("copy", 1, 3, 0), ("blank", 1, 4, 0)]
