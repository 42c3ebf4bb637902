"""What can be wrong with an uploaded PDF: a code for programs, a sentence for people."""

from ..sentences import Sentence as _
from ..sentences import Told


class PageError(Told):
    """Base of the errors that cross from a sandboxed child to its caller as they are.

    A subclass passes all that its constructor needs to ``super().__init__``, so that it survives pickling.
    """


class PdfRefused(PageError):
    """The whole file is refused; nothing of it was kept.

    ``code`` is one of ``CODES``; ``message`` says what happened and what to do; ``detail`` is for the log: what the
    library that read it has said.
    """

    CODES = ("not-a-pdf", "password", "too-large", "too-many-pages", "empty", "damaged")

    def __init__(self, code: str, message: str, detail: str = ""):
        super().__init__(code, message, detail)
        self.code, self.detail = code, detail

    @property
    def message(self) -> str:
        return self.args[1]


class PageUnreadable(PageError):
    """One page cannot be shown; the rest of its file is not concerned.  ``page`` is 1-based."""

    def __init__(self, page: int, why: str):
        super().__init__(page, why)
        self.page, self.why = page, why

    @property
    def message(self) -> str:
        return _("Page ${page} cannot be shown: ${why}.", page=self.page, why=self.why)
