"""Asking graders, making graded PDFs."""

import contextlib
import tempfile
from pathlib import Path

from korrigo.api import Copy, CopyState, Exam, JobContext, message_of

from .printing import print_copy
from .proposing import propose
from .services import Papers, Proposals


def propose_scores(context: JobContext, copy_id: str | None = None) -> None:
    """Ask the graders about one copy, or about all that can still be graded.  Repeating it asks again."""
    with context.transaction() as request:
        proposals, exam = request.find_service(Proposals), request.db.get(Exam, context.exam_id)
        proposals.forget_others(exam)
        questions, copies = list(proposals.asked(exam).values()), proposals.copies(exam, copy_id)
    for done, one in enumerate(copies):
        context.report(done, len(copies), unit="copies")
        with context.transaction() as request:
            answers = request.find_service(Proposals).answers(request.db.get(Copy, one), questions)
        found = [(question, propose(context.registry, answer, question)) for question, answer in answers]
        with context.transaction() as request:
            copy = request.db.get(Copy, one)
            for question, proposal in found:
                request.find_service(Proposals).keep(copy, question, proposal)
    context.report(len(copies), len(copies), unit="copies")


def finalise(context: JobContext, copy_id: str) -> None:
    """Draw one copy and keep its PDF.  The drawing holds no transaction; repeating it changes nothing."""
    with context.transaction() as request:
        copy = request.db.get(Copy, copy_id)
        if copy is None or copy.state != CopyState.FINALISING:
            return
        sources = request.find_service(Papers).sources(copy_id)
    with contextlib.ExitStack() as stack:
        paths = {blob_id: stack.enter_context(context.blob_path(blob_id)) for blob_id in sources}
        with context.transaction() as request:
            copy = request.db.get(Copy, copy_id)
            printable = request.find_service(Papers).content(copy, request.db.get(Exam, copy.exam_id), paths)
        out = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="korrigo-paper-")), "graded.pdf")
        print_copy(printable.copy, out, printable.number)
        with context.transaction() as request:
            request.find_service(Papers).keep(request.db.get(Copy, copy_id), out, printable)
    context.report(1, 1, unit="copies")


def finalise_failed(request, error: Exception, copy_id: str) -> None:
    """The failure is a state of the copy, with its message and a way to try again."""
    copy = request.db.get(Copy, copy_id)
    if copy is not None and copy.state == CopyState.FINALISING:
        request.find_service(Papers).copies.move(copy, "fail", reason=message_of(error))
