"""A second look at a graded PDF by another library (pypdf): what is not exactly one pupil's copy is refused."""

import hashlib
import io
import unicodedata
from collections import Counter
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from korrigo.api import FontShelf
from korrigo.api import Sentence as _

from .errors import GradedPdfError
from .model import GradedCopy, Receipt
from .numbers import Number, decimal_comma
from .summary import summary_words

ACTIVE_KEYS = ("/AA", "/OpenAction", "/Annots", "/AcroForm", "/JS", "/JavaScript", "/EmbeddedFiles", "/Launch",
               "/Metadata", "/AF", "/Collection")  # fmt: skip
"""What makes a PDF do something, or carry something beside its pages; the marks are drawn, not annotations."""


def check_graded(path: Path, copy: GradedCopy, receipt: Receipt, *, summary_first: bool = True,
                 number: Number = decimal_comma) -> None:  # fmt: skip
    """Read a graded PDF again and compare it with the copy and the receipt.

    :raises GradedPdfError: codes ``unreadable``, ``page-count``, ``text-missing``, ``missing-image``,
        ``foreign-image``, ``active-content``.
    """
    try:
        with Path(path).open("rb") as file:
            reader = PdfReader(file, strict=True)
            if reader.is_encrypted:
                raise _refused("unreadable", path, _("it is encrypted"))
            _check_pages(path, reader, copy, receipt, summary_first)
            _check_text(path, reader, copy, receipt, summary_first, number)
    except (PyPdfError, DependencyError, OSError, ValueError, KeyError, TypeError, AttributeError,
            RecursionError) as error:  # fmt: skip
        why = f"{type(error).__name__}: {error}"
        raise _refused("unreadable", path, _("it cannot be read again (${why})", why=why)) from error


def _refused(code: str, path: Path, why: str) -> GradedPdfError:
    return GradedPdfError(
        code,
        _("The graded PDF ${file} is refused: ${why}. The copy and its marks are kept; finalise it again.",
          file=Path(path).name, why=why),
    )


def _check_pages(path: Path, reader: PdfReader, copy: GradedCopy, receipt: Receipt, summary_first: bool) -> None:
    """Number of pages, and on each of them exactly the pictures of its side."""
    found, due = len(reader.pages), len(copy.sides) + receipt.summary_pages
    if receipt.summary_pages < 1 or found != due or len(receipt.images) != len(copy.sides):
        raise _refused("page-count", path, _("it has ${found} pages where ${due} were due", found=found, due=due))
    first = receipt.summary_pages if summary_first else 0
    everything = _Contents(reader.trailer.get("/Root"))
    for key in everything.active:
        raise _refused("active-content", path, _("it holds ${thing}", thing=key))
    for k, digests in enumerate(receipt.images):
        pictures = Counter(_Contents(reader.pages[first + k]).pictures)
        expected = Counter(digests)
        if expected - pictures:
            raise _refused("missing-image", path, _("page ${page} of the copy lacks its picture", page=k + 1))
        if pictures - expected:
            raise _refused(
                "foreign-image", path, _("page ${page} of the copy holds a picture that is not its own", page=k + 1))
    own = {digest for digests in receipt.images for digest in digests}
    if set(everything.pictures) - own:
        raise _refused("foreign-image", path, _("it holds a picture that is on none of its pages"))


def _check_text(
    path: Path, reader: PdfReader, copy: GradedCopy, receipt: Receipt, summary_first: bool, number: Number
) -> None:
    """Title, pupil and total can be found in the text of the summary."""
    first = 0 if summary_first else len(copy.sides)
    text = "".join(reader.pages[first + k].extract_text() for k in range(receipt.summary_pages))
    shelf = FontShelf()
    folded = _folded(text)
    for words in summary_words(copy.summary, number):
        for word in shelf.tidy(words).split():
            if _folded(word) not in folded:
                raise _refused("text-missing", path, _("“${word}” cannot be found on its summary page", word=word))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


class _Contents:
    """Everything that an object leads to, except back to the page tree: its pictures and its active keys."""

    def __init__(self, start: object):
        self.pictures: list[str] = []
        self.active: list[str] = []
        seen: set[int] = set()
        waiting = [start]
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, IndirectObject):
                if thing.idnum in seen:
                    continue
                seen.add(thing.idnum)
                thing = thing.get_object()
            if isinstance(thing, DictionaryObject):
                self._note(thing)
                waiting += [value for key, value in dict.items(thing) if key != "/Parent"]
            elif isinstance(thing, ArrayObject):
                waiting += list.__iter__(thing)

    def _note(self, thing: DictionaryObject) -> None:
        self.active += [key for key in ACTIVE_KEYS if key in thing]
        if thing.get("/S") in ("/JavaScript", "/Launch", "/URI", "/SubmitForm"):
            self.active.append(thing["/S"])
        if isinstance(thing, StreamObject) and thing.get("/Subtype") == "/Image":
            self.pictures.append(hashlib.sha256(_stored_data(thing)).hexdigest())


def _stored_data(stream: StreamObject) -> bytes:
    """The data of a stream as it lies in the file."""
    written = io.BytesIO()
    stream.write_to_stream(written)
    _, _, data = written.getvalue().partition(b">>\nstream\n")
    return data.removesuffix(b"\nendstream")
