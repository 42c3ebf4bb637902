"""What other plugins may use of this one; the rest is private."""

from .interfaces import IEvidence, IReader, ReaderUnavailable, Reading
from .readers import add_korrigo_reader, chosen
from .sources import add_korrigo_evidence

__all__ = ["IEvidence", "IReader", "Reading", "ReaderUnavailable", "add_korrigo_evidence", "add_korrigo_reader",
           "chosen"]
