"""Reading the headers of an exam and deciding whose copies they are."""

import contextlib
from collections.abc import Iterator

from korrigo.api import Exam, JobContext, Paper, Side, Told, View, contained
from korrigo.api import Sentence as _

from . import piles
from .engines import LANGUAGES, codes_missing, tesseract_missing
from .matching.values import CODE_READER
from .models import Names
from .piles import Header, Said
from .readers import CATEGORY, chosen
from .services import Identifier, Readings

#: Headers that the printed form is found on.
SAMPLE = 24
#: Headers that drawn fields are tried on.
TRIED = 6


class HeaderGone(Told, LookupError):
    """Fields were drawn on a header that is not here any more."""


def identify(context: JobContext) -> None:
    """Read what was not read, join sheets, decide; read to the end what is left in doubt.

    Repeating it changes nothing.
    """
    read_headers(context)
    decide(context)
    if read_headers(context, doubtful=True):
        decide(context)


def decide(context: JobContext) -> None:
    with context.transaction() as request:
        exam, identifier = request.db.get(Exam, context.exam_id), request.find_service(Identifier)
        if exam.paper == Paper.A3_FOLDED:
            identifier.join_sheets(exam)
        identifier.match(exam)


def read_headers(context: JobContext, doubtful: bool = False) -> bool:
    """Store what each header says, group by group, so that an interrupted job goes on where it was; whether anything
    was.  What was not read, as far as it is needed; or, of the ``doubtful``, what was not needed at first."""
    reader = chosen(context.registry)
    with context.transaction() as request:
        exam, readings = request.db.get(Exam, context.exam_id), request.find_service(Readings)
        identifier = request.find_service(Identifier)
        if identifier.how(exam) == Names.OFF:
            return False
        sides = readings.doubtful(exam) if doubtful else readings.unread(exam)
        todo = [(side.blob_id, header_of(side)) for side in sides]
        forms = readings.forms(exam)
        pupils, _absent = identifier.roster(exam)
    codes = codes_missing() is None
    if not todo or reader is None or (reader.available() and (doubtful or not codes)):
        return False
    total = len(todo)
    if reader.available():
        forms = []      # codes need neither form nor reader
    elif not forms:
        context.report(0, total, unit="headers", stage="form")
        with local(context, piles.groups(todo[:SAMPLE])) as files:
            forms = piles.propose(files)
        if forms:
            with context.transaction() as request:
                exam = request.db.get(Exam, context.exam_id)
                request.find_service(Readings).keep_forms(exam, forms)
                request.find_service(Identifier).hide(exam, forms)
    looked = not forms and not reader.available() and tesseract_missing(LANGUAGES) is None
    if not forms and not codes and not looked:
        return False
    done = 0
    with local(context, piles.groups(todo)) as files, contextlib.closing(
            piles.read(files, forms, reader, pupils, whole=doubtful) if forms or codes else nothing(files)) as reads:
        for _path, group in files:
            context.report(done, total, unit="headers", stage="read")
            read = None
            with contained(context.registry, CATEGORY, reader.name):
                read = next(reads)
            if read is None:
                break    # what it cannot read is found by hand at the desk
            known = {said.side for said in read}
            if looked:      # there is nothing to read on them: they are not looked at again each time
                read += [Said(header.side, {"copy": header.side, "fields": []}, "") for header in group
                         if header.side not in known]
            with context.transaction() as request:
                keep(request, read, reader.name if forms else CODE_READER)
            done += len(group)
    context.report(total, total, unit="headers", stage="decide")
    return done > 0


def nothing(files) -> Iterator[list[Said]]:
    """What is read of groups of headers that nothing here can read."""
    yield from ([] for _group in files)


@contextlib.contextmanager
def local(context: JobContext, groups):
    """The groups with the paths of their files, as long as these are here."""
    with contextlib.ExitStack() as stack:
        paths = {blob_id: stack.enter_context(context.blob_path(blob_id)) for blob_id, _headers in groups}
        yield [(paths[blob_id], headers) for blob_id, headers in groups]


def keep(request, read: list[Said], engine: str) -> None:
    readings = request.find_service(Readings)
    for said in read:
        side = request.db.get(Side, said.side)
        if side is not None:
            readings.keep(side, engine, said.evidence, said.text)


def draw(context: JobContext, form: int | None, boxes: dict[str, list[float]]) -> None:
    """Read all headers anew by fields that a person has drawn: on a form that was found, or on the first header.
    Without any field, by what is found again."""
    made = drawn(context, form, boxes) if boxes else None
    with context.transaction() as request:
        exam, readings = request.db.get(Exam, context.exam_id), request.find_service(Readings)
        known = readings.forms(exam)
        forms = [] if made is None else [made] if form is None else [*known[:form], made, *known[form + 1:]]
        if forms != known or not forms:     # begun again after a crash, it goes on reading
            readings.keep_forms(exam, forms)
            readings.forget(exam)
        request.find_service(Identifier).hide(exam, forms)
    identify(context)


def try_on(context: JobContext, form: int | None, boxes: dict[str, list[float]]) -> None:
    """Lay drawn fields over some headers and read them, for whoever has drawn them; nothing is kept."""
    made, reader = drawn(context, form, boxes), chosen(context.registry)
    with context.transaction() as request:
        sides = request.find_service(Readings).headers(request.db.get(Exam, context.exam_id))
        step = max(1, len(sides) // TRIED)
        todo = [(side.blob_id, header_of(side)) for side in sides[::step][:TRIED]]
    with local(context, piles.groups(todo)) as files:
        tried = piles.try_on(files, made, reader if reader and not reader.available() else None)
    context.result(headers=[{"side": one.side, "boxes": one.boxes, "texts": one.texts} for one in tried])


def drawn(context: JobContext, form: int | None, boxes: dict[str, list[float]]) -> dict:
    """The form with fields that were drawn on one of the exam's forms, or on its first header."""
    with context.transaction() as request:
        exam, readings = request.db.get(Exam, context.exam_id), request.find_service(Readings)
        forms, headers = readings.forms(exam), readings.headers(exam)
        if not headers or (form is not None and form >= len(forms)):
            raise HeaderGone(_("The header that the fields were drawn on is not here any more."))
        sample = [(side.blob_id, header_of(side)) for side in headers[:SAMPLE]]
    if form is not None:
        return piles.draw(forms[form], boxes)
    with local(context, piles.groups(sample)) as files:
        return piles.draw(files, boxes)


def header_of(side: Side) -> Header:
    return Header(side.id, View(side.pdf_page, side.region, side.turned))
