"""How a pile was made: which paper, how folded, how many pages a copy."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

from korrigo.api import Sentence as _
from korrigo_import.scan.facts import Region

if TYPE_CHECKING:
    from korrigo_import.scan.settle import SideView

#: The kinds that are made here; all others are recipes of plugins.
BUILT_IN = ("a4", "a3-folded", "by-header", "one-copy")

_A3_WIDTH_MM = 340.0
"""From this width on, a page that lies across is an opened double sheet."""


@dataclass(frozen=True)
class Recipe:
    """``a4``: single pages, ``pages_per_copy`` expected; ``by-header``: single pages, a header starts a copy;
    ``a3-folded``: double sheets in duplex, recto [P4|P1] and verso [P2|P3]; ``one-copy``: the whole file is one
    copy (one PDF a pupil); any other: the recipe of a plugin. ``pages_per_copy`` None: any number.
    """

    kind: str
    pages_per_copy: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or not self.kind:
            raise ValueError("A recipe has the name of its kind.")
        if self.pages_per_copy is not None and self.pages_per_copy < 1:
            raise ValueError("A copy has at least one page.")

    def to_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what :meth:`to_json` wrote.

        :raises ValueError: when the text is no recipe.
        """
        try:
            values = json.loads(text)
            return cls(kind=values["kind"], pages_per_copy=values.get("pages_per_copy"))
        except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"This is not a recipe: {text!r}.") from error


    @classmethod
    def asked(cls, values: dict) -> Self | None:
        """The recipe that a person has chosen for a file, if one has."""
        return cls(values["kind"], values.get("pages_per_copy")) if values.get("by_hand") else None


@dataclass(frozen=True)
class Guess:
    """A recipe, how sure it is (0..1), and why, in one sentence (a translation string)."""

    recipe: Recipe
    confidence: float
    why: str


def regions_of(width_mm: float, height_mm: float) -> tuple[Region, ...]:
    """The sides on one face of a PDF page (upright after /Rotate): two halves of an opened double sheet, or one."""
    if width_mm > height_mm and width_mm >= _A3_WIDTH_MM:
        return ("left", "right")
    return ("full",)


def guess_recipe(views: Sequence[SideView]) -> Guess:
    """Guess how a pile was made from the sides that were found in it (cut with :func:`regions_of`)."""
    if not views:
        return Guess(Recipe("by-header"), 0.0, _("There is no page."))
    halves = sum(view.facts.region != "full" for view in views)
    if halves > len(views) / 2:
        return _guess_folded(views)
    return _guess_single(views)


def _guess_folded(views: Sequence[SideView]) -> Guess:
    pages = {view.facts.pdf_page for view in views}
    fronts = {view.facts.pdf_page for view in views if view.has_header}
    if not fronts:
        return Guess(Recipe("a3-folded"), 0.5, _("The pages are opened double sheets; no header was found."))
    sure = 0.95 if len(pages) % 2 == 0 else 0.8
    return Guess(
        Recipe("a3-folded"), sure,
        _("Opened double pages: ${pages}, with a header: ${headers}.",
          pages=len(pages), headers=len(fronts)),
    )


def _guess_single(views: Sequence[SideView]) -> Guess:
    pile = [view for view in views if view.twin is None and view.foreign < 0.5]
    places = [index for index, view in enumerate(pile) if view.has_header]
    if not places:
        return Guess(Recipe("by-header"), 0.2, _("No header was found: say how many pages a copy has."))
    gaps = Counter(b - a for a, b in zip(places, [*places[1:], len(pile)], strict=True))
    pages, times = max(gaps.items(), key=lambda item: (item[1], -item[0]))
    share = times / len(places)
    if len(places) == 1:
        return Guess(Recipe("by-header"), 0.5, _("Only one header was found."))
    if share < 0.5:
        return Guess(Recipe("by-header"), 0.7, _("Headers at uneven distances: ${n}.", n=len(places)))
    confidence = round(min(0.98, 0.55 + 0.45 * share), 2)
    return Guess(
        Recipe("a4", pages), confidence,
        _("Pages between two headers, for ${times} headers of ${headers}: ${pages}.",
          times=times, headers=len(places), pages=pages),
    )
