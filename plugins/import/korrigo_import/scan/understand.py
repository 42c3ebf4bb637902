"""A whole pile at once: how it was made, and what becomes of every side."""

import dataclasses
from collections.abc import Sequence

from korrigo.api import Sentence as _
from korrigo.api import unpack

from .assemble import assemble
from .facts import SideFacts
from .plan import Understood, with_unreadable
from .recipes import Guess, Recipe, guess_recipe
from .settle import settle


def understand(facts: Sequence[SideFacts], recipe: Recipe | None = None, pages: int | None = None) -> Understood:
    """Understand a pile, by the ``recipe`` that a person has chosen, or a guess of it.

    ``pages``: how many pages a copy of the exam has, when that is known.
    """
    views = settle(facts)
    guess = Guess(recipe, 1.0, _("Chosen by hand.")) if recipe else _knowing(guess_recipe(views), pages)
    plan = with_unreadable(assemble(views, guess.recipe), {
        (side.pdf_page, side.region): unpack(side.error) for side in facts if side.error})
    return Understood(guess, plan, tuple(view.has_header for view in views))


def _knowing(guess: Guess, pages: int | None) -> Guess:
    """A guess about single pages, where the exam says how many a copy has."""
    if pages is None or guess.recipe.kind not in ("a4", "by-header"):
        return guess
    recipe = dataclasses.replace(guess.recipe, kind="a4", pages_per_copy=pages)
    return Guess(recipe, max(guess.confidence, 0.9), guess.why)
