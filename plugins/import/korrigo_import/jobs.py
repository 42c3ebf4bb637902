"""From a received file to sides with a fate, in short transactions around long looks."""

import dataclasses

from korrigo.api import Exam, JobContext, PdfRefused, View, message_of
from korrigo.api import Sentence as _

from .models import Batch, BatchState
from .preparing import prepare
from .scan.assemble import assemble
from .scan.recipes import Guess, Recipe, guess_recipe
from .scan.settle import settle
from .services import Batches, Filing
from .survey import facts_of, survey


def scan(context: JobContext, batch_id: str) -> None:
    """Make pages of the file, show them, look at each, assemble copies.  Repeating it changes nothing."""
    with context.transaction() as request:
        batch = request.db.get(Batch, batch_id)
        if batch is None or batch.state == BatchState.READY:
            return
    prepared = prepare(context, batch_id)
    if prepared is None:
        return
    blob_id, index = prepared
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
        plan = assemble(facts, guess.recipe)
        request.find_service(Filing).file(
            batch, request.find_service(Batches).sides(batch), views, plan, guess.recipe,
            sure=guess.confidence, why=guess.why)
    context.report(total, total, unit="pages", stage="done")


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
