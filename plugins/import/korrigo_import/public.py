"""What other plugins may use of this one; the rest is private."""

from .importers.directive import add_korrigo_importer
from .interfaces import IImporter, IRecipe, PileSide, Unpacked
from .recipes.directive import add_korrigo_recipe

__all__ = ["IImporter", "IRecipe", "PileSide", "Unpacked", "add_korrigo_importer", "add_korrigo_recipe"]
