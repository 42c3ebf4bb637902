"""PDF: what copiers send, and what everything else is made into."""

from zope.interface import implementer

from korrigo.api import Sentence as _

from ..interfaces import IImporter


@implementer(IImporter)
class PdfImporter:
    """The file is the truth as it is: sides point into it."""

    name = "pdf"
    title = _("PDF files")
    endings = (".pdf",)
    makes = "itself"

    def recognises(self, head, filename):
        return b"%PDF-" in head and not head.startswith(b"PK")     # a ZIP archive may begin with a PDF

    def unpack(self, path, folder, name):
        return []
