"""The exporters of this plugin, and the directive for others'."""

import zipfile

from pyramid.i18n import TranslationStringFactory
from zope.interface import implementer

from korrigo.api import register, table, verified

from .formats import generic_csv, pronote_csv, safe_filename
from .interfaces import IExporter

_ = TranslationStringFactory("korrigo")

CATEGORY = "korrigo exporters"


def add_korrigo_exporter(config, exporter):
    """Offer an exporter (:class:`korrigo_export.interfaces.IExporter`) under its name."""
    exporter = verified(config, IExporter, exporter, "the exporter")
    register(config, CATEGORY, exporter.name, exporter,
             lambda: table(config.registry, CATEGORY).__setitem__(exporter.name, exporter),
             title=str(exporter.title))


def exporters(registry) -> dict[str, IExporter]:
    """Every exporter by name."""
    return table(registry, CATEGORY)


@implementer(IExporter)
class GenericCsv:
    name = "csv"
    title = _("Marks, CSV")
    description = _("Every mark of every question, for a spreadsheet.")
    media_type = "text/csv"
    extension = ".csv"
    wants_graded = False

    def write(self, material, out):
        out.write_bytes(generic_csv(material.table))


@implementer(IExporter)
class PronoteCsv:
    name = "pronote"
    title = _("Marks, PRONOTE")
    description = _("One mark a pupil in alphabetical order, to paste into PRONOTE.")
    media_type = "text/csv"
    extension = ".csv"
    wants_graded = False

    def write(self, material, out):
        out.write_bytes(pronote_csv(material.table))


@implementer(IExporter)
class GradedZip:
    """The graded PDFs are stored as they are: deflating scans costs time and gains nothing."""

    name = "copies"
    title = _("Graded copies, ZIP")
    description = _("One PDF a pupil, with annotations and summary.")
    media_type = "application/zip"
    extension = ".zip"
    wants_graded = True

    def write(self, material, out):
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, path in named_copies(material):
                archive.write(path, name)


def named_copies(material):
    """(file name, path) of each graded PDF: the pupil's name, the copy's number where two would be alike."""
    taken = set()
    for graded in material.graded:
        row = material.table.rows[graded.row]
        name = safe_filename(f"{row.last_name} {row.first_name}", fallback=f"copie_{row.code}")
        if name.casefold() in taken:
            name = f"{name}_{row.copy_serial}"
        taken.add(name.casefold())
        yield f"{name}.pdf", graded.path


EXPORTERS = (GenericCsv(), PronoteCsv(), GradedZip())
