"""From a received file to sides with a fate, in short transactions around long looks."""

from collections.abc import Mapping

from korrigo.api import Exam, JobContext, PdfIndex, PdfRefused, View, contained, message_of, sandbox

from .models import Batch, BatchState
from .preparing import prepare
from .recipes.directive import CATEGORY, RecipeRaised, recipes
from .scan.facts import SideFacts
from .scan.recipes import Recipe
from .services import Batches, Filing, Lists
from .survey import facts_of, survey

UNDERSTAND = "korrigo_import.scan.understand"


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
        places, known = [(side.pdf_page, side.region) for side in batches.sides(batch)], batches.facts(batch)
    facts = known if len(known) == len(places) else look(context, blob_id, index, places)
    while not _assembled(context, batch_id, facts):
        pass
    context.report(len(places), len(places), unit="pages", stage="done")


def _assembled(context: JobContext, batch_id: str, facts: list[SideFacts]) -> bool:
    """Make copies of the sides.  False when another file of the exam was filed meanwhile, which may hold the same
    pages: then nothing was done, and the pile must be understood once more."""
    with context.transaction() as request:
        batch = request.db.get(Batch, batch_id)
        others = request.find_service(Batches).others(batch)
        recipe = Recipe.asked(batch.recipe)
        pages, before = request.db.get(Exam, batch.exam_id).pages_per_copy, request.find_service(Batches).before(batch)
    sides = len(facts) + len(before)
    asked = list(recipes(context.registry).values())
    understood = sandbox.run(understand_in_child, facts, recipe, pages, before, asked, preload=(UNDERSTAND,),
                             limits=sandbox.Limits(cpu_s=60 + sides / 10, wall_s=120 + sides / 5))
    tell(context.registry, understood.failures)
    with context.transaction() as request:
        request.audit.wait_for_turn()
        batch, batches = request.db.get(Batch, batch_id), request.find_service(Batches)
        if batches.others(batch) != others:
            return False
        request.find_service(Filing).file(batch, batches.sides(batch), facts, understood)
    return True


def look(context: JobContext, blob_id: str, index: PdfIndex, places: list[tuple[int, str]]) -> list[SideFacts]:
    """Measure every side, and keep its thumbnail."""
    total = len(places)
    context.report(0, total, unit="pages", stage="look")
    with context.blob_path(blob_id) as path:
        seen = survey(path, index.pages, places,
                      lambda done: context.report(done, total, unit="pages", stage="look"),
                      list(recipes(context.registry).values()))
    tell(context.registry, {name: trace for side in seen for name, trace in side.failures.items()})
    pictures = context.registry["pictures"]
    for side in seen:
        if side.thumb is not None:
            pictures.keep(blob_id, View(side.pdf_page, side.region), "thumb", side.thumb)
    sizes = {page.number: (page.width_mm, page.height_mm) for page in index.pages}
    return [facts_of(side, *sizes[side.pdf_page]) for side in seen]


def tell(registry, failures: Mapping[str, str]) -> None:
    """Log what recipes raised in a child."""
    for name, trace in failures.items():
        with contained(registry, CATEGORY, name):
            raise RecipeRaised(trace)


def understand_in_child(facts: list[SideFacts], recipe: Recipe | None, pages: int | None, before, asked):
    """In a child, so that the worker at rest holds no library for it."""
    import cv2

    from .scan.understand import understand

    cv2.setNumThreads(1)     # what is compared is small: more threads would only wait for each other
    return understand(facts, recipe, pages, before, asked)


def scan_failed(request, error: Exception, batch_id: str) -> None:
    """Keep why a file was refused beside the file."""
    batch = request.db.get(Batch, batch_id)
    if batch is not None and batch.state != BatchState.READY:
        code = error.code if isinstance(error, PdfRefused) else "failed"
        request.find_service(Batches).refuse(batch, code, message_of(error))


def tidy(context: JobContext) -> None:
    """Throw away lists of pupils that nobody imported."""
    with context.transaction() as request:
        request.find_service(Lists).tidy()
