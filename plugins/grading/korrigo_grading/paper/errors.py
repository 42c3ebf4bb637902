"""What can be wrong with a graded PDF, or with what it is to be made of."""

from korrigo.api import Told


class GradedPdfError(Told):
    """The graded PDF of one copy was not written, or is refused; nothing of it was kept.

    ``code`` is one of ``CODES``, ``message`` is for people.
    """

    CODES = (
        "empty-copy", "source-unreadable", "page-missing", "half-not-separable", "annotation",
        "unreadable", "page-count", "text-missing", "foreign-image", "missing-image", "active-content",
    )  # fmt: skip

    def __init__(self, code: str, message: str):
        super().__init__(code, message)
        self.code = code
