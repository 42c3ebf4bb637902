"""The weighted edit distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_ocr.matching.distance import EditCosts, distances
from rapidfuzz.distance import Levenshtein

WORDS = st.text("ABCDE12", max_size=8)


@given(WORDS, st.lists(WORDS, max_size=5))
def test_with_equal_costs_it_is_the_levenshtein_distance(text, names):
    expected = [Levenshtein.distance(text, name) for name in names]
    assert distances(text, names, EditCosts(1.0, 1.0)) == pytest.approx(expected)


@given(WORDS, WORDS, st.floats(0.1, 2), st.floats(0.1, 2))
def test_missed_and_invented_letters_have_their_own_cost(text, name, missed, invented):
    expected = Levenshtein.distance(text, name, weights=(1000, 1000, 1000)) / 1000
    found = float(distances(text, [name], EditCosts(missed, invented))[0])
    assert (
        min(missed, invented, 1.0) * expected - 1e-9 <= found <= max(missed, invented, 1.0) * expected + 1e-9
    )


def test_an_empty_list_gives_no_distance():
    assert distances("ABC", [], EditCosts()).shape == (0,)
