"""Letter and digit probabilities: kept small, asked for any name later."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from korrigo_ocr.matching.digits import Digits
from korrigo_ocr.matching.letters import CLASSES, Letters, _forward
from korrigo_ocr.matching.names import ALPHABET
from ocr_builders import boxes

NAMES = ["MARTIN", "MARTINEZ", "DURAND", "MARTINE", ""]


def seen(text: str, sure: float = 0.9, doubts: dict[int, str] | None = None) -> Letters:
    """A line on which each letter of a text was seen for one step, with a pause after it; some were doubtful."""
    rows = []
    for place, letter in enumerate(text):
        row = np.full(CLASSES, (1 - sure) / (CLASSES - 1))
        row[1 + ALPHABET.index(letter)] = sure
        for other in (doubts or {}).get(place, ""):
            row[1 + ALPHABET.index(other)] = sure
        pause = np.full(CLASSES, 1e-5)
        pause[0] = 1
        rows += [row / row.sum(), pause / pause.sum()]
    return Letters.of(np.log(np.array(rows)))


def test_a_line_reads_as_its_most_probable_letters():
    assert seen("BENALI").text == "BENALI"
    assert seen("ANNA").text == "ANNA"


def test_the_name_that_was_written_explains_a_line_best_and_beats_arbitrary_writing():
    ratios = seen("MARTIN").log_ratios(NAMES)
    assert ratios.argmax() == 0 and ratios[0] == pytest.approx(2.0 * 6, abs=1)
    assert ratios[2] < 0


def test_a_letter_that_looks_like_two_costs_little_with_either():
    doubtful = seen("DUBAND", doubts={2: "R"})
    assert doubtful.log_ratios(["DURAND"])[0] > 2.0 * 6 - 2 > seen("DUBAND").log_ratios(["DURAND"])[0] + 1


def test_a_line_without_a_letter_says_nothing():
    silence = np.full((9, CLASSES), -12.0)
    silence[:, 0] = -1e-4
    assert not Letters.of(silence).log_ratios(NAMES).any()


def test_far_names_are_worse_than_near_ones_also_when_there_are_many():
    many = [first + second + "OIS" for first in ALPHABET[:26] for second in ALPHABET[:26]]
    ratios = seen("MARTIN").log_ratios([*many, "MARTIN"])
    assert ratios.argmax() == len(many)


@given(st.integers(1, 5), st.lists(st.text(ALPHABET[:3], min_size=1, max_size=3), min_size=1, max_size=4),
       st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_a_word_is_as_probable_as_all_the_ways_to_write_it_together(steps, words, random):
    probs = np.full((steps, CLASSES), 1e-9)
    for row in probs:
        row[:4] = [random.uniform(0.01, 1) for _class in range(4)]
        row /= row.sum()
    ways = {}
    for path in itertools.product(range(4), repeat=steps):
        word = "".join(ALPHABET[place - 1] for place, before in zip(path, (0, *path), strict=False)
                       if place and place != before)
        ways[word] = ways.get(word, 0.0) + math.prod(probs[step, place] for step, place in enumerate(path))
    for word, found in zip(words, _forward(np.log(probs), words), strict=True):
        if ways.get(word, 0.0) > 1e-12:
            assert found == pytest.approx(math.log(ways[word]), abs=1e-4)
        else:
            assert found < -15


@given(st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_kept_letters_come_back_as_they_were(steps, seed):
    probs = np.random.default_rng(seed).dirichlet(np.ones(CLASSES), steps).clip(1e-6)     # no step is silent
    letters = Letters.of(np.log(probs))
    assert Letters.from_text(letters.to_text()) == letters
    assert letters.log_probs.shape == probs.shape and np.allclose(letters.log_probs, np.log(probs), atol=1 / 16)


def test_steps_that_repeat_that_there_is_nothing_are_not_kept():
    silence = np.full((9, CLASSES), -12.0)
    silence[:, 0] = -1e-4
    assert len(Letters.of(silence).log_probs) == 1
    assert len(seen("AB").log_probs) == 4


@pytest.mark.parametrize("text", ["", "not base64!", "aGVsbG8="])
def test_what_is_no_table_is_refused(text):
    with pytest.raises(ValueError, match=r"no table|base64|Incorrect|padding|Only|characters"):
        Letters.from_text(text)


def test_a_number_is_compared_box_by_box_and_one_of_another_length_by_its_distance():
    read = boxes("2624031")
    right, wrong, shifted, other = read.log_ratios(["2624031", "2624037", "62403", "9999999"])
    assert read.text == "2624031"
    assert right > 14 > wrong + 3 and wrong > other and shifted < right - 5


def test_boxes_that_are_empty_say_nothing():
    assert not Digits.of(np.zeros((0, 10))).log_ratios(["12", ""]).any()
