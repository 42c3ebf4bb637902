"""Which sides of a pile carry the identity form? The same print, at one end, on side after side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from korrigo_import.scan import likeness
from korrigo_import.scan.facts import SideFacts
from korrigo_import.scan.header import ZONE

SAME_FORM = 0.38
"""Two sheets of one form score 0.45 to 0.9 at the header's end, strangers at most 0.3."""

_SAME_FORM_WHEN_DRAWN = 0.28
"""Enough between ends that both look like a form by themselves."""

_LOOKS_DRAWN = 0.25
_CLEARLY_DRAWN = 0.4
_DRAWN_ALONE = 0.6
_FOOT_MM = 30
"""Height of the foot that is not compared: alignment discs stand there."""
_SAME_SHEET = 0.48
"""Likeness of the remainder from which two sides are one sheet scanned twice."""
_SURELY_DRAWN = 0.7


@dataclass(frozen=True)
class HeaderSign:
    """``sure`` 0..1: the identity form stands on this side; ``turned`` brings it up (0 or 180)."""

    sure: float
    turned: int


@dataclass(frozen=True)
class _End:
    side: int
    turned: int
    drawn: float
    relief: likeness.Relief
    picture: likeness.Map

    @cached_property
    def rest(self) -> likeness.Relief:
        """The remainder of the side, where every copy is written differently."""
        rest = self.picture[_foot_of(self.picture) : -_FOOT_MM // likeness.CELL_MM]
        return likeness.relief(rest, soft=True)


def find_headers(facts: Sequence[SideFacts]) -> list[HeaderSign]:
    """The headers of a pile.

    Ends of sides with the same print are gathered; a group is a header when its members look like a form.
    Alone, a side needs to look very much like a form.
    """
    ends = _ends(facts)
    headers = [group for group in _gather(ends) if _is_header(group)]
    found = [HeaderSign(0.0, 0)] * len(facts)
    for group in sorted(headers, key=len):
        for end in group:
            found[end.side] = HeaderSign(0.95 if len(group) > 2 else 0.85, end.turned)
    known = any(len(group) > 2 for group in headers)
    for end in ends:
        if end.drawn >= (_SURELY_DRAWN if known else _DRAWN_ALONE) and found[end.side].sure == 0.0:
            alone = 0.6 if facts[end.side].discs >= 2 else 0.4
            found[end.side] = HeaderSign(alone if known else 0.75, end.turned)
    return found


def _ends(facts: Sequence[SideFacts]) -> list[_End]:
    ends = []
    for index, side in enumerate(facts):
        if not side.ink_map or side.blank > 3 and side.form < _LOOKS_DRAWN:
            continue
        grid = np.maximum(likeness.unpack(side.ink_map), likeness.unpack(side.line_map))
        for turned in (0, 180):
            picture = grid if turned == 0 else likeness.turned(grid)
            drawn = side.form if side.form_turned == turned else 0.0
            ends.append(
                _End(index, turned, drawn, likeness.relief(picture[: _foot_of(picture)]), picture)
            )
    return ends


def _foot_of(picture: likeness.Map) -> int:
    """The row that ends the zone of a header."""
    return round(ZONE * len(picture))


def _gather(ends: Sequence[_End]) -> list[list[_End]]:
    """Groups of ends with the same print, grown from the ends that look most like a form."""
    groups: list[list[_End]] = []
    taken: set[int] = set()
    for seed in sorted(ends, key=lambda end: -end.drawn):
        if seed.drawn < _LOOKS_DRAWN:
            break
        if seed.side in taken:
            continue
        group = [seed]
        taken.add(seed.side)
        for end in ends:
            if end.side not in taken and _shares_print(end, group[:6]):
                group.append(end)
                taken.add(end.side)
        groups.append(group)
    return groups


def _is_header(group: Sequence[_End]) -> bool:
    """Whether a group is a form on several sheets, not one page of drawings that was scanned twice."""
    if len(group) < 2 or np.median([end.drawn for end in group]) < _LOOKS_DRAWN:
        return False
    if len(group) > 4:
        return True
    sheets: list[_End] = []
    for end in group:
        if all(likeness.alike(end.rest, other.rest) < _SAME_SHEET for other in sheets):
            sheets.append(end)
    return len(sheets) >= 2


def _shares_print(end: _End, members: Sequence[_End]) -> bool:
    needed = SAME_FORM if end.drawn < _CLEARLY_DRAWN else _SAME_FORM_WHEN_DRAWN
    return any(likeness.alike(member.relief, end.relief) >= needed for member in members)
