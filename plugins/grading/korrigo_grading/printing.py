"""Writing and checking a graded PDF in a limited child: the scan underneath is a stranger's file."""

from dataclasses import dataclass
from pathlib import Path

from korrigo.api import LIBRARIES, View, open_document, sandbox, style
from korrigo.api import Sentence as _

from .paper.errors import GradedPdfError
from .paper.model import GradedCopy, PaperSide, Receipt
from .paper.numbers import Number

#: The picture of a half sheet that cannot be separated otherwise.
FALLBACK = "full"


@dataclass(frozen=True)
class Refusal:
    """Why no PDF was made, on its way out of the child."""

    code: str
    message: str


def print_copy(copy: GradedCopy, out: Path, number: Number) -> Receipt:
    """Write ``out`` and read it again with another library.  Raises ``GradedPdfError``; then there is no ``out``."""
    pages = len(copy.sides)
    limits = sandbox.Limits(memory_mb=2048, cpu_s=20 + 2 * pages, wall_s=60 + 4 * pages, file_mb=1024)
    try:
        made = sandbox.run(write_and_check, copy, out, number, limits=limits, preload=LIBRARIES)
    except sandbox.SandboxError as error:
        raise GradedPdfError("source-unreadable", _("The graded PDF could not be made: ${why}.", why=error)) from error
    if isinstance(made, Refusal):
        raise GradedPdfError(made.code, made.message)
    return made


def write_and_check(copy: GradedCopy, out: Path, number: Number) -> Receipt | Refusal:
    """In the child."""
    from .paper.check import check_graded
    from .paper.write import write_graded

    try:
        receipt = write_graded(copy, out, number=number, picture=photograph)
        check_graded(out, copy, receipt, number=number)
    except GradedPdfError as error:
        out.unlink(missing_ok=True)
        return Refusal(error.code, error.message)
    return receipt


def photograph(side: PaperSide) -> bytes:
    """A JPEG of one side, upright."""
    with open_document(side.source) as document:
        return document.draw(View(side.pdf_page, side.region, side.turned), style(FALLBACK)).data
