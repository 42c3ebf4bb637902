"""Assignment and its confidence."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from korrigo_ocr.matching.assign import NOBODY, assign, confidences

TABLES = st.tuples(st.integers(1, 4), st.integers(0, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(-20, 20).map(lambda v: round(v, 3)))
)


def worth(scores, chosen):
    return sum(scores[i, j] for i, j in enumerate(chosen) if j != NOBODY)


def all_assignments(rows, columns):
    for chosen in itertools.product(range(-1, columns), repeat=rows):
        used = [j for j in chosen if j != NOBODY]
        if len(used) == len(set(used)):
            yield chosen


@given(TABLES)
def test_each_column_is_used_once_and_nothing_scores_more(scores):
    chosen = assign(scores)
    used = chosen[chosen >= 0]
    assert len(used) == len(set(used.tolist()))
    best = max(worth(scores, other) for other in all_assignments(*scores.shape))
    assert np.isclose(worth(scores, chosen), best)


@settings(deadline=None)
@given(TABLES)
def test_the_confidence_is_exactly_what_the_best_other_choice_loses(scores):
    chosen = assign(scores)
    losses = confidences(scores, chosen)
    for row in range(scores.shape[0]):
        others = [worth(scores, a) for a in all_assignments(*scores.shape) if a[row] != chosen[row]]
        expected = worth(scores, chosen) - max(others) if others else np.inf
        assert np.isclose(losses[row], expected, atol=1e-6)
