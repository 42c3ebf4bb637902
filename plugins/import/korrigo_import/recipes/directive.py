"""The directive for recipes, and all the ways in which the copies of a file can be made."""

import re

from pyramid.exceptions import ConfigurationError

from korrigo.api import register, table, verified

from ..interfaces import IRecipe
from ..wording import PAPERS

CATEGORY = "korrigo recipes"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class RecipeRaised(Exception):
    """A recipe raised in a child; the text is the traceback there."""


def add_korrigo_recipe(config, recipe):
    """Offer a recipe (:class:`korrigo_import.interfaces.IRecipe`) under its name."""
    recipe = verified(config, IRecipe, recipe, "the recipe")
    if not NAME.fullmatch(recipe.name) or recipe.name in PAPERS:
        raise ConfigurationError(f"the recipe is called {recipe.name!r}: a new name of small letters, digits and "
                                 "hyphens was expected")
    register(config, CATEGORY, recipe.name, recipe,
             lambda: table(config.registry, CATEGORY).__setitem__(recipe.name, recipe), title=str(recipe.title))


def recipes(registry) -> dict[str, IRecipe]:
    """Every recipe that a plugin has added, by name."""
    return table(registry, CATEGORY)


def ways(registry) -> dict[str, str]:
    """What people call each way to make copies: the built-in ones, then those that plugins have added."""
    return PAPERS | {name: recipe.title for name, recipe in recipes(registry).items()}
