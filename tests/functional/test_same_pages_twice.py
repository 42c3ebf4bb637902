"""Two files with the same pages, read at the same moment: one of them is told of the other."""

import pikepdf
import pytest
import sqlalchemy as sa
from korrigo_import import jobs
from korrigo_import.models import FindingRow
from korrigo_import.services import Batches

from korrigo.jobs.run import run_job
from korrigo.services import Exams
from korrigo.testing.sites import Site


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path, ("import",), queue="none")
    yield made
    made.close()


def test_a_file_that_was_filed_while_another_with_its_pages_was_understood_is_seen(
        site, small_scan, tmp_path, monkeypatch):
    with pikepdf.open(small_scan) as pile:
        pile.docinfo["/Title"] = "Scanned once more"
        pile.save(tmp_path / "again.pdf")
    with site.scope() as request:
        exam = request.find_service(Exams).create(title="Twice")
        first, second = (request.find_service(Batches).receive(exam, path, path.name)
                         for path in (small_scan, tmp_path / "again.pdf"))
        ids, queued = (first.id, second.id), [first.job_id, second.job_id]
    run, understood = jobs.sandbox.run, []

    def meanwhile(function, *args, **options):
        if function is jobs.understand_in_child:
            understood.append(function)
            if len(understood) == 1:    # while the first is understood, the second passes it
                assert run_job(site.registry, queued[1], inline=True)
        return run(function, *args, **options)

    monkeypatch.setattr(jobs.sandbox, "run", meanwhile)
    assert run_job(site.registry, queued[0], inline=True)
    assert len(understood) == 3
    with site.scope() as request:
        told = request.db.execute(sa.select(FindingRow.batch_id, FindingRow.kind)
                                  .where(FindingRow.kind == "duplicate")).all()
    assert told == [(ids[0], "duplicate")] * 8
