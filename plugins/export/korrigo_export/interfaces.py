"""The extension point of this plugin: an exporter makes one file of an exam."""

from dataclasses import dataclass
from pathlib import Path

from zope.interface import Attribute, Interface

from .formats import ExportTable


@dataclass(frozen=True)
class GradedPdf:
    """A graded copy on disk, with the row that it belongs to (``ExportTable.rows[row]``)."""

    row: int
    path: Path


@dataclass(frozen=True)
class Material:
    """What an exporter may use.  ``graded`` is empty for exporters that do not ask for it."""

    table: ExportTable
    graded: tuple[GradedPdf, ...] = ()


class IExporter(Interface):
    """Makes one file, in a job.  Values in, a file out: it can be tested without a database."""

    name = Attribute("Short name, letters, digits and hyphens.")
    title = Attribute("A translatable title.")
    description = Attribute("One translatable line: what it is for.")
    media_type = Attribute("Of the file.")
    extension = Attribute("Of the file's name, with the dot.")
    wants_graded = Attribute("Whether it needs the graded PDFs.")

    def write(material, out):
        """Write the file to the path ``out`` from a :class:`Material`."""
