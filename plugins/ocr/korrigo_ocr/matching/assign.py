"""One pupil, one copy: the best assignment of a whole batch, and how sure each of its cells is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]

NOBODY = -1
_NEVER = -1e6


def assign(scores: Floats) -> NDArray[np.int64]:
    """The column of each row, or `NOBODY`, that together score most; each column is used once at most.

    ``scores`` (copies, pupils) are log-ratios against nobody, which scores 0 and is free for any number of copies.
    """
    rows, columns = scores.shape
    nobody = np.full((rows, rows), _NEVER)
    np.fill_diagonal(nobody, 0.0)
    table = np.concatenate([scores, nobody], axis=1)
    _, chosen = linear_sum_assignment(table, maximize=True)
    return np.where(chosen < columns, chosen, NOBODY).astype(np.int64)


def confidences(scores: Floats, chosen: NDArray[np.int64]) -> Floats:
    """What the batch loses at least when one row may not keep its column: shape (rows,), never negative.

    Another assignment differs from the best one by cycles: a copy takes another's pupil, that one takes a third's
    or a free one, and so on. The loss of a step is an edge between copies; one more node stands for all that is
    free (unused pupils, nobody). The cheapest cycle through a copy is its confidence, found by Floyd-Warshall;
    there is no cycle below zero since the assignment is the best one.
    """
    rows, columns = scores.shape
    taken = chosen >= 0
    own = np.where(taken, scores[np.arange(rows), np.maximum(chosen, 0)] if columns else 0.0, 0.0)
    free = np.ones(columns, bool)
    free[chosen[taken]] = False
    best_free = scores[:, free].max(axis=1) if free.any() else np.full(rows, -np.inf)
    leave = own - np.where(taken, np.maximum(best_free, 0.0), best_free)

    loss = np.full((rows + 1, rows + 1), np.inf)
    loss[:rows, :rows][:, taken] = own[:, None] - scores[:, chosen[taken]]
    loss[:rows, rows] = leave
    loss[rows, :rows] = 0.0
    np.fill_diagonal(loss, np.inf)
    steps = loss.copy()
    for via in range(rows + 1):
        np.minimum(steps, steps[:, via, None] + steps[None, via, :], out=steps)
    return np.maximum(0.0, np.diagonal(steps)[:rows])
