"""The receipt, as a page to print and as a PDF."""

from pyramid.response import Response

from korrigo.api import exam_context, safe_filename, say, write_number, write_when

from ..receipt_pdf import print_receipt
from ..receipt_text import ReceiptText, Speech, write
from ..services import Receipts


def text_of(request, exam) -> ReceiptText:
    """The receipt of an exam as it is now, in the reader's language."""
    language, zone = request.locale_name, request.registry.settings["korrigo.timezone"]
    speech = Speech(lambda message: say(request, message), lambda moment: write_when(moment, language, zone),
                    lambda value: write_number(value, language))
    return write(request.find_service(Receipts).make(exam), speech)


def page(context, request):
    return {"exam": context.exam, "text": text_of(request, context.exam)}


def as_pdf(context, request) -> Response:
    """At once: it is made of a few thousand lines of text, and of no page that was scanned."""
    exam = context.exam
    response = Response(print_receipt(text_of(request, exam), request.locale_name), content_type="application/pdf",
                        request=request)
    response.content_disposition = f'attachment; filename="{safe_filename(f"receipt_{exam.title}")}.pdf"'
    return response


def includeme(config):
    exam = "/exams/{exam:[0-9a-f]{32}}"
    config.add_route("import.receipt", f"{exam}/receipt", factory=exam_context)
    config.add_route("import.receipt.pdf", f"{exam}/receipt.pdf", factory=exam_context)
    config.add_view(page, route_name="import.receipt", request_method="GET", permission="exam:office",
                    renderer="korrigo_import:templates/receipt.jinja2")
    config.add_view(as_pdf, route_name="import.receipt.pdf", request_method="GET", permission="exam:office")
