"""A whole pile at once: how it was made, and what becomes of every side."""

import dataclasses
from collections.abc import Sequence

from korrigo.api import Sentence as _
from korrigo.api import unpack

from ..interfaces import IRecipe
from ..recipes.asking import Failures, best_of
from .assemble import assemble
from .facts import SideFacts
from .plan import Finding, Plan, Understood, with_unreadable
from .recipes import BUILT_IN, Guess, Recipe, guess_recipe
from .settle import settle

#: A side that was scanned before: its facts, and the name of its file.
Before = tuple[SideFacts, str]


def understand(facts: Sequence[SideFacts], recipe: Recipe | None = None, pages: int | None = None,
               before: Sequence[Before] = (), asked: Sequence[IRecipe] = ()) -> Understood:
    """Understand a pile, by the ``recipe`` that a person has chosen, or a guess of it.

    ``pages``: how many pages a copy of the exam has, when that is known; ``before``: what is there from other files;
    ``asked``: the recipes of plugins.
    """
    views = settle(facts)
    failures: Failures = {}
    if recipe and recipe.kind in BUILT_IN:
        guess, copies = Guess(recipe, 1.0, _("Chosen by hand.")), None
    else:     # the plugin of a recipe that was chosen may be gone by now
        usual = _knowing(guess_recipe(views), pages)
        guess, copies = best_of(views, asked, recipe, usual, failures)
    plan = with_unreadable(assemble(views, guess.recipe, copies), {
        (side.pdf_page, side.region): unpack(side.error) for side in facts if side.error})
    return Understood(guess, _without_seconds(plan, facts, before), tuple(view.has_header for view in views), failures)


def _without_seconds(plan: Plan, facts: Sequence[SideFacts], before: Sequence[Before]) -> Plan:
    """The plan with a finding for each page that another file of the exam holds already: a pile that was scanned again
    must not become copies twice.  A person says which of the two goes."""
    if not before:
        return plan
    found = []
    views = settle([*(side for side, _file in before), *facts])[len(before):]
    for side, view in zip(plan.sides, views, strict=True):
        if view.twin is not None and view.twin < len(before) and side.fate == "copy":
            first, file = before[view.twin]
            found.append(Finding(
                "duplicate", side.pdf_page, side.region, side.copy, round(view.twin_sure, 3),
                _("This page was scanned before: it is page ${page} of ${file}.", page=first.pdf_page, file=file),
                proposal={"fate": "duplicate"}))
    return dataclasses.replace(plan, findings=(*plan.findings, *found))


def _knowing(guess: Guess, pages: int | None) -> Guess:
    """A guess about single pages, where the exam says how many a copy has."""
    if pages is None or guess.recipe.kind not in ("a4", "by-header"):
        return guess
    recipe = dataclasses.replace(guess.recipe, kind="a4", pages_per_copy=pages)
    return Guess(recipe, max(guess.confidence, 0.9), guess.why)
