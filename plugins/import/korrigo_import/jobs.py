"""From a received file to sides with a fate, in short transactions around long looks."""

import dataclasses
import tempfile
from pathlib import Path

from korrigo.api import Exam, JobContext, PdfIndex, PdfRefused, View, index_pdf, message_of, normalise
from korrigo.api import Sentence as _

from .models import Batch, BatchState
from .scan.assemble import assemble
from .scan.plan import with_unreadable
from .scan.recipes import Guess, Recipe, guess_recipe
from .scan.settle import settle
from .services import Batches, Filing
from .survey import facts_of, survey


def scan(context: JobContext, batch_id: str) -> None:
    """Index the file, show its pages, look at each, assemble copies.  Repeating it changes nothing."""
    with context.transaction() as request:
        batch = request.db.get(Batch, batch_id)
        if batch is None or batch.state == BatchState.READY:
            return
        blob_id = batch.pages_blob_id
    blob_id, index = read_index(context, batch_id, blob_id)
    with context.transaction() as request:
        batches = request.find_service(Batches)
        batch = request.db.get(Batch, batch_id)
        batches.lay_out(batch, index.pages)
        places = [(side.pdf_page, side.region) for side in batches.sides(batch)]
    sizes = {page.number: (page.width_mm, page.height_mm) for page in index.pages}
    total = len(places)
    context.report(0, total, unit="pages", stage="look")
    with context.blob_path(blob_id) as path:
        seen = survey(path, places, lambda done: context.report(done, total, unit="pages", stage="look"))
    pictures = context.registry["pictures"]
    for side in seen:
        if side.thumb is not None:
            pictures.keep(blob_id, View(side.pdf_page, side.region), "thumb", side.thumb)
    facts = [facts_of(side, *sizes[side.pdf_page]) for side in seen]
    views = settle(facts)
    with context.transaction() as request:
        batch = request.db.get(Batch, batch_id)
        guess = _recipe(guess_recipe(facts), batch.recipe, request.db.get(Exam, batch.exam_id))
        plan = with_unreadable(assemble(facts, guess.recipe),
                               {(side.pdf_page, side.region): side.error for side in seen if side.error})
        request.find_service(Filing).file(
            batch, request.find_service(Batches).sides(batch), views, plan, guess.recipe,
            sure=guess.confidence, why=guess.why)
    context.report(total, total, unit="pages", stage="done")


def read_index(context: JobContext, batch_id: str, blob_id: str) -> tuple[str, PdfIndex]:
    """The index of the file, and the blob that it is of: a damaged or encrypted file is mended first and kept too."""
    with context.blob_path(blob_id) as path:
        index = index_pdf(path)
        if not index.repaired:
            return blob_id, index
        with tempfile.TemporaryDirectory(prefix="korrigo-mend-") as folder:
            out = Path(folder, "mended.pdf")
            index = normalise(path, out)
            with context.transaction() as request:
                batch = request.db.get(Batch, batch_id)
                request.find_service(Batches).mended(batch, out)
                return batch.pages_blob_id, index


def _recipe(guess: Guess, asked: dict, exam: Exam) -> Guess:
    """The guess, unless a person has said how the pile was made or how many pages a copy has."""
    if asked.get("kind"):
        return Guess(Recipe(asked["kind"], asked.get("pages_per_copy")), 1.0, _("Chosen by hand."))
    if exam.pages_per_copy and guess.recipe.kind in ("a4", "by-header"):
        recipe = dataclasses.replace(guess.recipe, kind="a4", pages_per_copy=exam.pages_per_copy)
        return Guess(recipe, max(guess.confidence, 0.9), guess.why)
    return guess


def scan_failed(request, error: Exception, batch_id: str) -> None:
    """Keep why a file was refused beside the file."""
    batch = request.db.get(Batch, batch_id)
    if batch is not None and batch.state != BatchState.READY:
        code = error.code if isinstance(error, PdfRefused) else "failed"
        request.find_service(Batches).refuse(batch, code, message_of(error))
