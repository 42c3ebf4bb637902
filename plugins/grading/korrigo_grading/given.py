"""What ``korrigo exam run`` is given: a marking scheme and marks, as files, read before anything is done with them."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from korrigo.api import BadInput

from .marks_file import Mark, MarksError, labels, read_marks
from .scheme import Question, Scheme, SchemeError, from_file, score_ok
from .services import Schemes


def scheme_of(file: Path | None, total: Decimal | None = None) -> Scheme | None:
    """The marking scheme of a file."""
    if file is None:
        return None
    try:
        return from_file(_read(file), file.name, total)
    except SchemeError as error:
        raise BadInput(f"{file}: {error}") from None


def set_scheme(request, exam, scheme: Scheme, file: Path) -> None:
    """Give an exam the scheme of a file; what the graders here do not take is refused."""
    try:
        request.find_service(Schemes).set(exam, scheme)
    except SchemeError as error:
        raise BadInput(f"{file}: {error}") from None


def marks_of(file: Path | None) -> list[Mark]:
    """The marks of a file."""
    if file is None:
        return []
    try:
        return read_marks(_read(file))
    except MarksError as error:
        raise BadInput(f"{file}: {error}") from None


def by_label(questions: Iterable[Question], marks: list[Mark], file: Path) -> dict[str, Question]:
    """The questions by label, when every mark of the file is one that its question can have."""
    found: dict[str, Question] = {}
    for question in questions:
        if found.setdefault(question.label, question) is not question and question.label in labels(marks):
            raise BadInput(f"{file}: two questions of the marking scheme are called {question.label}; "
                           "give one of them another label")
    unknown = labels(marks) - set(found)
    if unknown:
        raise BadInput(f"{file}: the marking scheme has no question {', '.join(sorted(unknown))}")
    for mark in marks:
        why = None if isinstance(mark.points, str) else score_ok(found[mark.question], mark.points)
        if why:
            raise BadInput(f"{file}, line {mark.line}, question {mark.question}: {why}")
    return found


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise BadInput(f"there is no file {file}")
    return file.read_bytes()
