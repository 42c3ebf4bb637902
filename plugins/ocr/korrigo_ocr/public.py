"""What other plugins may use of this one; the rest is private."""

from .interfaces import IReader, ReaderUnavailable, Reading
from .readers import add_korrigo_reader, chosen

__all__ = ["IReader", "Reading", "ReaderUnavailable", "add_korrigo_reader", "chosen"]
