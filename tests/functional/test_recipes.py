"""A plugin makes the copies of a pile in its own way: by printed separators."""

import pikepdf
import pytest
import sqlalchemy as sa
from korrigo_import.models import Batch, BatchState, FindingRow
from korrigo_import.recipes.directive import ways
from korrigo_import.scan.recipes import Recipe
from korrigo_import.services import Batches
from PIL import Image
from pyramid.exceptions import ConfigurationError
from separators import Broken, Separators

from korrigo.config import configure
from korrigo.db import migrate, scope
from korrigo.jobs.run import run_job
from korrigo.models import Side
from korrigo.plugins import Plugin, resolve
from korrigo.services import Exams
from korrigo.testing.sites import settings

#: Pages of the pile: two sheets, a black one, one sheet, a black one, three sheets.
PILE = (1, 2, None, 5, None, 9, 10, 11)


@pytest.fixture(scope="module")
def scan(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("separated")
    Image.new("L", (827, 1170), 30).save(folder / "black.pdf", resolution=100)
    with (pikepdf.open(data / "batches/class-a4/scan.pdf") as pages, pikepdf.open(folder / "black.pdf") as black,
          pikepdf.new() as pile):
        for number in PILE:
            pile.pages.append(pages.pages[number - 1] if number else black.pages[0])
        pile.save(folder / "pile.pdf")
    return folder / "pile.pdf"


@pytest.fixture
def site(tmp_path):
    """``site(*recipes)``: the registry of an application whose one plugin more adds these."""
    registries = []

    def make(*recipes):
        def includeme(config):
            for recipe in recipes:
                config.add_korrigo_recipe(recipe)

        registry = configure({**settings(tmp_path, ()), "korrigo.queue": "none"}, here=str(tmp_path), check=False,
                             plugins=[*resolve(["import"]), Plugin("strange", "Somebody's", includeme)]).registry
        registries.append(registry)
        migrate.upgrade(registry["engine"], registry["korrigo plugins"])
        return registry

    yield make
    for registry in registries:
        registry["engine"].dispose()


def imported(registry, scan) -> str:
    with scope(registry) as request:
        exam = request.find_service(Exams).create(title="Separated")
        batch = request.find_service(Batches).receive(exam, scan, scan.name)
        batch_id, job_id = batch.id, batch.job_id
    assert run_job(registry, job_id, inline=True)
    return batch_id


def copies_of(registry, batch_id) -> list[list[int]]:
    """The pages of each copy in their order."""
    with scope(registry) as request:
        batch = request.db.get(Batch, batch_id)
        assert batch.state == BatchState.READY
        copies: dict = {}
        for copy, page in request.db.execute(
                sa.select(Side.copy_id, Side.pdf_page).where(Side.exam_id == batch.exam_id, Side.copy_id.is_not(None))
                .order_by(Side.ordinal)):
            copies.setdefault(copy, []).append(page)
        return list(copies.values())


def test_a_pile_with_separators_is_recognised_and_cut_at_them(site, scan):
    registry = site(Separators())
    batch_id = imported(registry, scan)
    assert copies_of(registry, batch_id) == [[1, 2], [4], [6, 7, 8]]
    with scope(registry) as request:
        batch = request.db.get(Batch, batch_id)
        assert (batch.recipe["kind"], batch.recipe["sure"]) == ("black-sheets", 0.99)
        binned = request.db.scalars(sa.select(Side).where(Side.fate == "discarded").order_by(Side.ordinal)).all()
        assert [side.pdf_page for side in binned] == [3, 5]
        kinds = [kind for kind, state in request.db.execute(sa.select(FindingRow.kind, FindingRow.state))
                 if kind == "left_out" and state == "applied"]
        assert len(kinds) == 2


def test_a_pile_without_separators_is_made_as_ever(site, small_scan):
    registry = site(Separators())
    assert copies_of(registry, imported(registry, small_scan)) == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_person_chooses_another_way_and_the_separators_again_without_a_new_look(site, scan):
    registry = site(Separators())
    batch_id = imported(registry, scan)
    for kind, copies in (("one-copy", [[1, 2, 3, 4, 5, 6, 7, 8]]), ("black-sheets", [[1, 2], [4], [6, 7, 8]])):
        with scope(registry) as request:
            batch = request.db.get(Batch, batch_id)
            request.find_service(Batches).redo(batch, Recipe(kind))
            job_id = batch.job_id
        assert run_job(registry, job_id, inline=True)
        assert copies_of(registry, batch_id) == copies


def test_a_recipe_whose_plugin_is_gone_gives_way_to_the_usual_guess(site, scan):
    registry = site(Separators())
    batch_id = imported(registry, scan)
    with scope(registry) as request:
        request.find_service(Batches).redo(request.db.get(Batch, batch_id), Recipe("black-sheets"))
        job_id = request.db.get(Batch, batch_id).job_id
    without = site()
    assert run_job(without, job_id, inline=True)
    with scope(without) as request:
        assert request.db.get(Batch, batch_id).recipe["kind"] in ("a4", "by-header")


@pytest.mark.parametrize("at", ["look", "guess", "copies", "twice", "beyond", "empty", "nothing"])
def test_a_recipe_that_raises_or_gives_nonsense_is_named_in_the_log_and_the_pile_is_made_without_it(
        site, small_scan, caplog, at):
    registry = site(Broken(at))
    assert copies_of(registry, imported(registry, small_scan)) == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert ("recipe", "broken", __name__) in {
        record.args for record in caplog.records if record.msg.startswith("the %s %s of %s")}


def test_the_ways_to_make_copies_are_the_built_in_ones_and_those_of_plugins(site):
    assert list(ways(site(Separators()))) == ["a4", "a3-folded", "by-header", "one-copy", "black-sheets"]


@pytest.mark.parametrize("name", ["a4", "", "Capital", "with blank", "x" * 41])
def test_a_recipe_without_a_new_name_is_refused_at_the_start(site, name):
    recipe = Separators()
    recipe.name = name
    with pytest.raises(ConfigurationError, match="a new name"):
        site(recipe)
