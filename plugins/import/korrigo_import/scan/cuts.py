"""Where one copy ends and the next begins, in a pile of single pages.

The pile is cut into stretches so that their total cost is least. A stretch holds at most one header, at its
first side (as usual), at its last (the copy went through the feeder back to front), or none (the header is
lost). Costs are in the unit of a log-odds: a wrong page count, a rare event and writing that stands the other
way than its header each cost what they are unlikely.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from korrigo_import.scan.settle import SideView

_LONGEST = 64
"""Pages in a copy, at most, unless the recipe says more."""

_REVERSED_ON_ITS_HEAD = 3.0
_REVERSED = 5.0
_BLANK_FIRST = 1.0
_HEADLESS = 6.0
_MISSING = 3.0
_EXTRA = 1.2


@dataclass(frozen=True)
class Stretch:
    """The sides ``start`` to ``stop`` (exclusive) of a pile are one copy.

    ``turned``: how the copy lay (0 or 180), None when no header tells. ``back_to_front``: the header came last.
    """

    start: int
    stop: int
    has_header: bool
    back_to_front: bool
    turned: int | None


def cut(views: Sequence[SideView], pages_per_copy: int | None) -> list[Stretch]:
    """Cut a pile into copies."""
    count = len(views)
    longest = max(_LONGEST, 4 * (pages_per_copy or 0))
    if pages_per_copy is None and not any(view.has_header for view in views):
        return [Stretch(0, count, False, False, None)] if count else []
    least = [0.0] + [float("inf")] * count
    last: list[Stretch | None] = [None] * (count + 1)
    for start in range(count):
        if least[start] == float("inf"):
            continue
        headers = 0
        mismatch = {0: 0.0, 180: 0.0}
        for stop in range(start + 1, min(count, start + longest) + 1):
            view = views[stop - 1]
            headers += view.has_header
            if headers > 1:
                break
            if not view.has_header and not view.is_blank:
                mismatch[0] += max(0.0, min(4.0, -view.upright)) / 2
                mismatch[180] += max(0.0, min(4.0, view.upright)) / 2
            for stretch, cost in _readings(views, start, stop, headers == 1, mismatch):
                total = least[start] + cost + _count_cost(stop - start, stretch.has_header, pages_per_copy)
                if total < least[stop]:
                    least[stop], last[stop] = total, stretch
    stretches: list[Stretch] = []
    stop = count
    while stop:
        stretch = last[stop]
        assert stretch is not None  # every single side is a stretch
        stretches.append(stretch)
        stop = stretch.start
    return stretches[::-1]


def _readings(
    views: Sequence[SideView], start: int, stop: int, headed: bool, mismatch: dict[int, float]
) -> list[tuple[Stretch, float]]:
    """The ways to see a stretch as one copy, each with its cost."""
    if not headed:
        return [(Stretch(start, stop, False, False, None), _HEADLESS + min(mismatch.values()))]
    readings = []
    first, final = views[start], views[stop - 1]
    if first.has_header:
        turned = first.header_turned
        readings.append((Stretch(start, stop, True, False, turned), mismatch[turned]))
    if final.has_header and stop - start > 1:
        turned = final.header_turned
        rare = _REVERSED_ON_ITS_HEAD if turned else _REVERSED
        blank_first = _BLANK_FIRST if first.is_blank else 0.0
        readings.append((Stretch(start, stop, True, True, turned), mismatch[turned] + rare + blank_first))
    return readings


def _count_cost(pages: int, has_header: bool, expected: int | None) -> float:
    if expected is None:
        return 0.0 if has_header else 0.5 * pages
    if pages <= expected:
        return _MISSING * (expected - pages)
    extra = pages - expected
    if not has_header:
        return _MISSING * extra
    return _EXTRA * extra if extra < expected or expected == 1 else 2 * _EXTRA * extra
