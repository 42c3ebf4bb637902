"""What can be wrong with an uploaded PDF.  ``code`` is the key for a translation, the message is the plain English."""


class PageError(Exception):
    """Base of the errors that cross from a sandboxed child to its caller as they are.

    A subclass passes all that its constructor needs to ``super().__init__``, so that it survives pickling.
    """


class PdfRefused(PageError):
    """The whole file is refused; nothing of it was kept.

    ``code`` is one of ``CODES``; ``message`` says what happened and what to do.
    """

    CODES = ("not-a-pdf", "password", "too-large", "too-many-pages", "empty", "damaged")

    def __init__(self, code: str, message: str):
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return self.message


class PageUnreadable(PageError):
    """One page cannot be shown; the rest of its file is not concerned.  ``page`` is 1-based."""

    def __init__(self, page: int, why: str):
        super().__init__(page, why)
        self.page, self.why = page, why

    def __str__(self) -> str:
        return f"Page {self.page} cannot be shown: {self.why}."
