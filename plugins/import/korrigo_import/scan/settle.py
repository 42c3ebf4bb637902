"""What can only be said about a side by looking at the whole pile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from korrigo_import.scan import likeness
from korrigo_import.scan.facts import SideFacts
from korrigo_import.scan.forms import HeaderSign, find_headers

TWIN = 0.48
"""Two scans of one written page score 0.65 and more, two pages by one hand on one paper below 0.35."""

_CORNER_MM = 30
"""Corners that are not compared between headers: alignment discs stand there."""


@dataclass(frozen=True)
class SideView:
    """A side as the whole pile shows it. Probabilities are 0..1, ``upright`` is a log-odds."""

    facts: SideFacts
    blank: float
    upright: float
    header: float
    """Probability that the identity form stands on this side."""
    header_turned: int
    """Degrees (0 or 180) that bring the header up; 0 without a header."""
    twin: int | None
    """Index of an earlier side that shows the same sheet."""
    twin_sure: float
    foreign: float
    pen_usual: float
    """Usual darkness of the strokes in the pile."""
    sharpness_usual: float

    @property
    def is_blank(self) -> bool:
        """Nobody wrote here."""
        return self.blank > 0.5

    @property
    def has_header(self) -> bool:
        """The identity form stands here."""
        return self.header > 0.5


def settle(facts: Sequence[SideFacts]) -> tuple[SideView, ...]:
    """Look at all sides of a pile together, in the order of the pile."""
    signs = find_headers(facts)
    blanks = [
        _probability(side.blank) if sign.sure < 0.5 else 0.0 for side, sign in zip(facts, signs, strict=True)
    ]
    upright = _upright(facts, signs)
    twins = _twins(facts, signs, blanks)
    foreign = _foreign(facts, signs, blanks)
    written = [side for side, blank in zip(facts, blanks, strict=True) if blank < 0.5]
    pen = median([side.pen for side in written] or [0.0])
    sharp = median([side.sharpness for side in written] or [0.0])
    return tuple(
        SideView(
            facts=side,
            blank=blanks[index],
            upright=upright[index],
            header=signs[index].sure,
            header_turned=signs[index].turned,
            twin=twins[index][0],
            twin_sure=twins[index][1],
            foreign=foreign[index],
            pen_usual=pen,
            sharpness_usual=sharp,
        )
        for index, side in enumerate(facts)
    )


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def _upright(facts: Sequence[SideFacts], signs: Sequence[HeaderSign]) -> list[float]:
    """Log-odds of standing upright: the header if there is one, else the writing and the margin line.

    The margin line stands left in most schools; a pile that shows otherwise is believed, separately for
    fronts and backs because the paper of some schools is mirrored.
    """
    votes: Counter[tuple[str, int]] = Counter()
    for side, sign in zip(facts, signs, strict=True):
        if side.margin_x is not None and sign.sure < 0.5:
            place = 1.0 if side.margin_x < 500 else -1.0
            votes[(side.region, side.pdf_page % 2)] += place * float(np.tanh(side.upright / 3))
    result = []
    for side, sign in zip(facts, signs, strict=True):
        if sign.sure > 0.5:
            result.append(8.0 if sign.turned == 0 else -8.0)
            continue
        odds = side.upright
        if side.margin_x is not None:
            trust = float(np.tanh((votes[(side.region, side.pdf_page % 2)] + 1.0) / 2))
            odds += 4.0 * trust * (1.0 if side.margin_x < 500 else -1.0)
        result.append(round(odds, 2))
    return result


def _twins(
    facts: Sequence[SideFacts], signs: Sequence[HeaderSign], blanks: Sequence[float]
) -> list[tuple[int | None, float]]:
    """For each side the earliest side that shows the same sheet, however it lay on the glass."""
    twins: list[tuple[int | None, float]] = [(None, 0.0)] * len(facts)
    written = [index for index, blank in enumerate(blanks) if blank < 0.5 and facts[index].ink_map]
    maps = [_handwriting(facts[index], signs[index]) for index in written]
    reliefs = [likeness.relief(grid, soft=True) for grid in maps]
    reversed_ = [likeness.relief(likeness.turned(grid), soft=True) for grid in maps]
    ends = reliefs + reversed_
    count = len(written)
    for first, second in likeness.promising_pairs(ends):
        i, j = sorted((first % count, second % count))
        if i == j or first >= count:
            continue
        score = likeness.alike(ends[first], ends[second])
        earlier, later = written[i], written[j]
        if score >= TWIN and (twins[later][0] is None or score > twins[later][1]):
            twins[later] = (
                earlier if twins[earlier][0] is None else twins[earlier][0],
                min(1.0, score + 0.2),
            )
    return twins


def _handwriting(side: SideFacts, sign: HeaderSign) -> likeness.Map:
    """The map of a side without the print that all headers share: their upper part and the corners."""
    grid = likeness.unpack(side.ink_map).copy()
    if sign.sure < 0.5:
        return grid
    upright = grid if sign.turned == 0 else likeness.turned(grid)
    foot = side.form_box[3] if side.form_turned == sign.turned else 0
    printed = max(round(foot / 1000 * grid.shape[1]), round(0.3 * len(grid))) + 2
    corner = _CORNER_MM // likeness.CELL_MM
    upright[:printed] = 0
    upright[-corner:, :corner] = 0
    upright[-corner:, -corner:] = 0
    return upright if sign.turned == 0 else likeness.turned(upright)


def _foreign(facts: Sequence[SideFacts], signs: Sequence[HeaderSign], blanks: Sequence[float]) -> list[float]:
    """Probability of not being exam paper: print on plain paper in a pile of ruled paper."""
    written = [i for i, blank in enumerate(blanks) if blank < 0.5 and signs[i].sure < 0.5]
    ruled = sum(1 for i in written if facts[i].ruling_mm > 0)
    result = [0.0] * len(facts)
    if len(written) < 4 or ruled < 0.8 * len(written):
        return result
    for i in written:
        if facts[i].ruling_mm == 0 and facts[i].margin_x is None:
            result[i] = round(0.3 + 0.6 * facts[i].printed, 2)
    return result
