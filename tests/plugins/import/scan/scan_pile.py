"""From facts to copies in one call."""

from korrigo_import.scan import assemble as assembling
from korrigo_import.scan import recipes
from korrigo_import.scan.settle import settle


def assemble(facts, recipe):
    return assembling.assemble(settle(facts), recipe)


def guess_recipe(facts):
    return recipes.guess_recipe(settle(facts))
