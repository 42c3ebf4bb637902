"""Asking the recipes of plugins, in the child that looks at a pile or understands it.

What one raises there is remembered by its name and told afterwards, by the process that has a log; the pile is then
made without it.
"""

import dataclasses
import traceback
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from korrigo.api import Sentence as _

from ..interfaces import IRecipe, PileSide
from ..scan.facts import SideFacts
from ..scan.recipes import Guess, Recipe
from ..scan.settle import SideView

#: How much a recipe may write down about one side, in characters.
LONGEST_MARK = 400

#: Recipe -> the traceback of what it raised.
Failures = dict[str, str]


def marked(facts: SideFacts, gray: NDArray[np.uint8], dpi: float, asked: Sequence[IRecipe], failures: Failures
           ) -> SideFacts:
    """The facts of a side with what each recipe sees on its picture."""
    marks = {}
    for recipe in asked:
        if recipe.name in failures:
            continue
        try:
            mark = recipe.look(gray, dpi)
            if mark:
                marks[recipe.name] = str(mark)[:LONGEST_MARK]
        except Exception:
            failures[recipe.name] = traceback.format_exc()
    return dataclasses.replace(facts, marks=marks) if marks else facts


def best_of(views: Sequence[SideView], asked: Sequence[IRecipe], chosen: Recipe | None, usual: Guess,
            failures: Failures) -> tuple[Guess, list[list[int]] | None]:
    """How the pile was made, and its copies as places in the pile where a plugin's recipe makes them.

    ``chosen`` by a person counts; else the recipe that is surest, where it is surer than the ``usual`` guess.
    """
    for recipe, guess in sorted(_guesses(views, asked, chosen, failures), key=lambda pair: -pair[1].confidence):
        if guess.confidence <= usual.confidence and not chosen:
            break
        try:
            return guess, _checked(recipe.copies(_sides(views, recipe)), len(views))
        except Exception:
            failures[recipe.name] = traceback.format_exc()
    return usual, None


def _guesses(views: Sequence[SideView], asked: Sequence[IRecipe], chosen: Recipe | None, failures: Failures
             ) -> list[tuple[IRecipe, Guess]]:
    if chosen:
        return [(recipe, Guess(chosen, 1.0, _("Chosen by hand."))) for recipe in asked if recipe.name == chosen.kind]
    guesses = []
    for recipe in asked:
        try:
            sure = min(1.0, max(0.0, float(recipe.guess(_sides(views, recipe)))))
        except Exception:
            failures[recipe.name] = traceback.format_exc()
        else:
            guesses.append((recipe, Guess(Recipe(recipe.name), sure, _("Recognised: ${title}.", title=recipe.title))))
    return guesses


def _sides(views: Sequence[SideView], recipe: IRecipe) -> list[PileSide]:
    return [PileSide(view.facts.pdf_page, view.facts.region, view.facts.marks.get(recipe.name, ""), view.has_header,
                     view.is_blank, view.twin) for view in views]


def _checked(copies: Sequence[Sequence[int]], count: int) -> list[list[int]]:
    """The copies, where every place is one of the pile and none is there twice."""
    places = [place for copy in copies for place in copy]
    if not places or len(set(places)) != len(places) or not set(places) <= set(range(count)) or not all(copies):
        raise ValueError(f"copies() gave {copies!r}: places from 0 to {count - 1} were expected, none of them twice, "
                         "and no empty copy")
    return [list(copy) for copy in copies]
