"""From sides to copies: every side gets one fate, every doubt becomes a finding."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import median
from typing import Any

from korrigo.api import Sentence as _
from korrigo_import.scan.cuts import Stretch, cut
from korrigo_import.scan.folded import Sheet, sheets_of
from korrigo_import.scan.plan import Finding, FindingKind, Level, Plan, PlannedSide
from korrigo_import.scan.recipes import Recipe
from korrigo_import.scan.settle import SideView

SURE = 3.0
"""Log-odds (95 %) from which a side is turned without asking."""

FOREIGN_SURE = 0.75
"""Probability from which a side is taken out of its copy without asking."""

LIGHT = 0.25
"""Darkness of a pencil: writing as light as that may be faint, and is soft in a sharp picture too."""


def assemble(views: Sequence[SideView], recipe: Recipe, copies: Sequence[Sequence[int]] | None = None) -> Plan:
    """Give every side of a pile its fate.

    :param views: one for each side, in the order of the pile (by PDF page, left before right).
    :param copies: the places in the pile of each copy's sides, where the recipe of a plugin makes them.
    :raises ValueError: when a side comes twice.
    """
    if len({(view.facts.pdf_page, view.facts.region) for view in views}) != len(views):
        raise ValueError("The same side was given twice; give every (pdf_page, region) once.")
    draft = _Draft(views, recipe)
    if copies is not None:
        draft.add_listed(copies)
        draft.look_at_sides()
        return draft.plan()
    for folded, group in groupby(range(len(views)), key=lambda i: views[i].facts.region != "full"):
        indexes = list(group)
        if recipe.kind == "one-copy":
            draft.add_whole(indexes, folded)
        elif folded:
            draft.add_sheets(indexes)
        else:
            draft.add_pages(indexes)
    draft.look_at_sides()
    draft.look_at_pile()
    return draft.plan()


@dataclass
class _Draft:
    """A plan in the making; indexes are places in the pile."""

    views: Sequence[SideView]
    recipe: Recipe
    sides: dict[int, PlannedSide] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    copies: int = 0
    lay: dict[int, int] = field(default_factory=dict)
    """Copy -> how it lay on the glass (0 or 180)."""
    sheet_headers: bool = False

    # -- single pages

    def add_pages(self, indexes: Sequence[int]) -> None:
        """Cut a run of single pages into copies."""
        kept = [i for i in indexes if not self._is_twin(i) and not self._is_foreign(i)]
        stretches = cut([self.views[i] for i in kept], self.recipe.pages_per_copy)
        for stretch in stretches:
            self._add_stretch([kept[place] for place in range(stretch.start, stretch.stop)], stretch)
        self._add_strangers(indexes)

    def _add_stretch(self, indexes: list[int], stretch: Stretch) -> None:
        if stretch.back_to_front:
            indexes = indexes[::-1]
        indexes, loose = self._without_loose_blanks(indexes)
        for index in loose:
            self._put(index, "blank", None, None, 0)
        if not indexes:
            return
        self.copies += 1
        copy = self.copies
        self.lay[copy] = stretch.turned or 0
        first = indexes[0]
        if stretch.back_to_front:
            self._note(
                "reversed_copy", first, copy, 0.95, _("This copy was scanned back to front."),
                applied=True, proposal={"reverse": True, "turned": stretch.turned},
            )  # fmt: skip
        if not stretch.has_header:
            self._note(
                "header_missing", first, copy, 0.8, _("This copy has no header: its first page may be missing.")
            )
        for position, index in enumerate(indexes, 1):
            self._put(index, "copy", copy, position, self._turn(index, copy))
        self._check_count(indexes, copy)

    def _without_loose_blanks(self, indexes: list[int]) -> tuple[list[int], list[int]]:
        """Blank sheets after the last expected page are nobody's (the back of a written page is not loose)."""
        expected = self.recipe.pages_per_copy
        end = len(indexes)
        while end and self.views[indexes[end - 1]].is_blank:
            end -= 1
        if end == 0 and expected is not None:
            return [], indexes
        keep = max(end + end % 2, min(expected or 0, len(indexes)))
        if expected is None:
            return indexes, []
        return indexes[:keep], indexes[keep:]

    def _check_count(self, indexes: list[int], copy: int) -> None:
        expected, found = self.recipe.pages_per_copy, len(indexes)
        if expected is None or found == expected:
            return
        numbers = {"found": found, "expected": expected}
        message = (_("${found} pages instead of ${expected}.", **numbers) if found > 1 else
                   _("1 page instead of ${expected}.", **numbers))
        proposal = {"expected": expected, "found": found}
        if found < expected:
            self._note("missing_page", indexes[-1], copy, 0.9, message, proposal=proposal)
        else:
            extra = [self.views[i].facts.pdf_page for i in indexes[expected:]]
            self._note(
                "extra_page", indexes[expected], copy, 0.8, message,
                applied=True, proposal={**proposal, "pdf_pages": extra},
            )  # fmt: skip

    def _add_strangers(self, indexes: Sequence[int]) -> None:
        """Duplicates and foreign sides, once the copies around them are known."""
        copy: int | None = None
        for index in indexes:
            if index in self.sides:
                copy = self.sides[index].copy or copy
                continue
            view = self.views[index]
            if view.twin is not None and self._is_twin(index):
                original = self.sides[view.twin]
                turned = 180 if (view.upright < 0) else 0
                self._put(index, "duplicate", original.copy, original.position, turned)
                self._note(
                    "duplicate", index, original.copy, view.twin_sure,
                    _("This page was scanned twice: it is page ${page} again.", page=original.pdf_page),
                    applied=True, proposal={"twin_pdf_page": original.pdf_page, "twin_region": original.region},
                )  # fmt: skip
            else:
                self._put(index, "foreign", copy, None, 0)
                self._note(
                    "foreign", index, copy, view.foreign,
                    _("This page is not exam paper: it was left out of the copy."),
                    applied=True, proposal={"fate": "foreign"},
                )  # fmt: skip

    # -- folded sheets

    def add_sheets(self, indexes: Sequence[int]) -> None:
        """Put the folded sheets of a run together."""
        sheets = sheets_of([self.views[i] for i in indexes])
        headed = [sheet.has_header for sheet in sheets]
        if len(sheets) > 1 and all(headed):
            self.sheet_headers = True
        copy_pages: dict[int, list[int]] = {}
        for sheet in sheets:
            places = {page: indexes[place] for page, place in sheet.sides.items()}
            if self._sheet_is_twin(places):
                self._add_twin_sheet(places)
                continue
            if sheet.has_header or not copy_pages:
                self.copies += 1
                self.lay[self.copies] = sheet.turned
                copy_pages[self.copies] = []
                if not sheet.has_header:
                    self._note(
                        "header_missing",
                        next(iter(places.values())),
                        self.copies,
                        0.8,
                        _("This copy has no header."),
                    )
            self._add_sheet(sheet, places, copy_pages[self.copies])
        if self.recipe.pages_per_copy and not self.sheet_headers:
            for copy, pages in copy_pages.items():
                self._check_count(pages, copy)

    def _add_sheet(self, sheet: Sheet, places: dict[int, int], pages: list[int]) -> None:
        copy = self.copies
        before = max((self.sides[i].position or 0 for i in pages), default=0)
        before += -before % 4
        for page, index in sorted(places.items()):
            self._put(index, "copy", copy, before + page, self._quarter(index, sheet.turned))
            pages.append(index)
        first = min(places.values())
        if sheet.turned:
            self._note(
                "upside_down", first, copy, 0.95, _("This sheet was scanned upside down."),
                applied=True, proposal={"turned": 180},
            )  # fmt: skip
        if not sheet.complete:
            self._note("missing_page", first, copy, 0.8, _("One side of this sheet was not scanned."))

    def _sheet_is_twin(self, places: dict[int, int]) -> bool:
        written = [i for i in places.values() if not self.views[i].is_blank]
        twins = [self.views[i].twin for i in written]
        return bool(written) and all(twin is not None and twin in self.sides for twin in twins)

    def _add_twin_sheet(self, places: dict[int, int]) -> None:
        originals = [self.sides[t] for i in places.values() if (t := self.views[i].twin) is not None]
        copy, start = originals[0].copy, ((originals[0].position or 1) - 1) // 4 * 4
        turned = 180 if sum(self.views[i].upright for i in places.values()) < 0 else 0
        for page, index in places.items():
            self._put(index, "duplicate", copy, start + page, self._quarter(index, turned))
            self._note(
                "duplicate", index, copy, max(self.views[i].twin_sure for i in places.values()),
                _("This sheet was scanned twice: it is page ${page} again.", page=originals[0].pdf_page),
                applied=True, proposal={"twin_pdf_page": originals[0].pdf_page},
            )  # fmt: skip

    # -- one file, one copy

    def add_whole(self, indexes: Sequence[int], folded: bool) -> None:
        """All sides of a file are one copy."""
        if folded:
            order = [
                (indexes[place], sheet.turned)
                for sheet in sheets_of([self.views[i] for i in indexes])
                for _page, place in sorted(sheet.sides.items())
            ]
        else:
            order = [(i, 0) for i in indexes]
        if not self.copies:
            self.copies = 1
            self.lay[1] = 0
        start = max((side.position or 0 for side in self.sides.values()), default=0)
        for position, (index, turned) in enumerate(order, start + 1):
            self._put(index, "copy", 1, position, turned or self._turn(index, 1))

    # -- copies that somebody else lists

    def add_listed(self, copies: Sequence[Sequence[int]]) -> None:
        """Make those copies; what is in none of them goes to the bin."""
        for self.copies, indexes in enumerate(copies, 1):
            headed = [self.views[i].header_turned for i in indexes if self.views[i].has_header]
            self.lay[self.copies] = headed[0] if headed else 0
            for position, index in enumerate(indexes, 1):
                self._put(index, "copy", self.copies, position, self._turn(index, self.copies))
            self._check_count(list(indexes), self.copies)
        for index in range(len(self.views)):
            if index not in self.sides:
                self._put(index, "discarded", None, None, 0)
                self._note("left_out", index, None, 1.0, _("This side belongs to no copy."), level="notice",
                           applied=True, proposal={"fate": "discarded"})

    # -- findings about sides and pile

    def look_at_sides(self) -> None:
        """What a person should know of single sides: blank, faint, blurred, perhaps foreign or a duplicate."""
        by_copy: dict[int | None, list[int]] = {}
        for index, side in self.sides.items():
            if side.fate == "copy":
                by_copy.setdefault(side.copy, []).append(index)
        for index in range(len(self.views)):
            side, view = self.sides[index], self.views[index]
            if side.fate == "blank":
                self._note_blank(index, side, view)
            elif side.fate == "copy":
                fellows = [self.views[i].facts.pen for i in by_copy[side.copy] if i != index]
                self._note_legibility(index, side, view, fellows)
                self._note_doubts(index, side, view)

    def _note_blank(self, index: int, side: PlannedSide, view: SideView) -> None:
        where = _("This side is blank.") if side.copy else _("This side is blank and belongs to no copy.")
        sure = view.blank > 0.9
        self._note(
            "blank", index, side.copy, view.blank, where,
            level="notice" if sure else "warning", applied=True, proposal={"fate": "blank"},
        )  # fmt: skip

    def _note_legibility(self, index: int, side: PlannedSide, view: SideView, fellows: list[float]) -> None:
        usual = median(fellows) if len(fellows) >= 2 else view.pen_usual
        pen, sharpness = view.facts.pen, view.facts.sharpness
        if pen < 0.1 or pen < LIGHT and pen < 0.6 * usual:
            self._note("faint", index, side.copy, 0.8, _("The writing is faint."), proposal={"contrast": True})
        if sharpness < 0.6 * view.sharpness_usual and pen >= LIGHT:
            self._note("blurred", index, side.copy, 0.8, _("The picture is blurred."), proposal={"rescan": True})

    def _note_doubts(self, index: int, side: PlannedSide, view: SideView) -> None:
        if view.twin is not None:
            original = self.sides[view.twin]
            self._note(
                "duplicate", index, side.copy, view.twin_sure,
                _("This page looks like page ${page} again.", page=original.pdf_page),
                proposal={"fate": "duplicate", "twin_pdf_page": original.pdf_page},
            )  # fmt: skip
        if 0.5 <= view.foreign < FOREIGN_SURE:
            self._note(
                "foreign", index, side.copy, view.foreign, _("This page does not look like the others."),
                proposal={"fate": "foreign"},
            )  # fmt: skip

    def look_at_pile(self) -> None:
        """What concerns the pile as a whole."""
        expected = self.recipe.pages_per_copy
        if self.recipe.kind == "a4" and expected and expected % 2 == 0 and len(self.views) % 2:
            self.findings.append(
                Finding(
                    "odd_count",
                    None,
                    None,
                    None,
                    1.0,
                    _("${n} pages: an even number was expected.", n=len(self.views)),
                )
            )

    # -- helpers

    def _is_twin(self, index: int) -> bool:
        return self.views[index].twin is not None

    def _is_foreign(self, index: int) -> bool:
        return self.views[index].foreign >= FOREIGN_SURE

    def _turn(self, index: int, copy: int) -> int:
        """How to turn a single page of a copy; a page that stands against its copy is turned when it is sure."""
        view, lay = self.views[index], self.lay[copy]
        if view.is_blank:
            return self._quarter(index, lay)
        toward = view.upright if lay == 0 else -view.upright
        if toward > -1.0:
            return self._quarter(index, lay)
        sure = toward <= -SURE
        turned = self._quarter(index, 180 - lay if sure else lay)
        proposal: dict[str, Any] = {"turned": self._quarter(index, 180 - lay)}
        confidence = round(1 / (1 + 2.718 ** min(20.0, toward)), 3)
        message = _("This page was scanned upside down.") if sure else _("This page may be upside down.")
        self._note("upside_down", index, copy, confidence, message, applied=sure, proposal=proposal)
        return turned

    def _quarter(self, index: int, turned: int) -> int:
        return (self.views[index].facts.quarter + turned) % 360

    def _put(self, index: int, fate: str, copy: int | None, position: int | None, turned: int) -> None:
        facts = self.views[index].facts
        if fate == "copy" and self.views[index].is_blank:
            fate = "blank"
        self.sides[index] = PlannedSide(facts.pdf_page, facts.region, fate, copy, position, turned)  # type: ignore[arg-type]

    def _note(
        self, kind: FindingKind, index: int, copy: int | None, confidence: float, message: str, *,
        level: Level = "warning", applied: bool = False, proposal: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        facts = self.views[index].facts
        self.findings.append(
            Finding(
                kind,
                facts.pdf_page,
                facts.region,
                copy,
                round(confidence, 3),
                message,
                level,
                applied,
                proposal or {},
            )
        )

    def plan(self) -> Plan:
        """The finished plan, in the order of the pile."""
        return Plan(
            tuple(self.sides[i] for i in range(len(self.views))), tuple(self.findings), self.sheet_headers
        )
