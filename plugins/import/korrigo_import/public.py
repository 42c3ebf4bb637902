"""What other plugins may use of this one; the rest is private."""

from .importers.directive import add_korrigo_importer
from .interfaces import IImporter, Unpacked

__all__ = ["IImporter", "Unpacked", "add_korrigo_importer"]
