"""One PDF a pupil: the desk proposes the pupil whose name the file has, also when no header can be read."""

import pikepdf
import pytest
import sqlalchemy as sa
from korrigo_import.models import Batch
from korrigo_import.services import Batches
from korrigo_ocr.models import Proposal

from korrigo.jobs.run import run_job
from korrigo.models import Copy, Identification, Side, Student
from korrigo.services import Exams
from korrigo.testing.sites import Site

PUPILS = (("Martin", "Léa"), ("Ben Ali", "Zoé"), ("Ben Ali", "Noé"))


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path, ("import", "ocr"), queue="none", **{"korrigo.ocr.reader": "none"})
    yield made
    made.close()


def sent(site, tmp_path, small_scan, names) -> str:
    """An exam with a file of four pages for each of the names."""
    queued = []
    with site.scope() as request:
        exam = request.find_service(Exams).create(title="One file each")
        for last, first in PUPILS:
            student = Student(last_name=last, first_name=first, match_key=f"{last} {first}")
            request.db.add(student)
            request.db.flush()
            request.find_service(Exams).expect(exam, [student])
        for number, name in enumerate(names):
            with pikepdf.open(small_scan) as pile:
                del pile.pages[slice(4) if number % 2 else slice(4, None)]
                pile.docinfo["/Title"] = name
                pile.save(tmp_path / name)
            queued.append(request.find_service(Batches).receive(exam, tmp_path / name, name).job_id)
        exam_id = exam.id
    for job_id in queued:
        assert run_job(site.registry, job_id, inline=True)
    with site.scope() as request:
        job_id = request.jobs.add("ocr.identify", exam_id=exam_id).id
    assert run_job(site.registry, job_id, inline=True)
    return exam_id


def test_the_pupil_whose_name_the_file_has_is_proposed_and_not_decided(site, tmp_path, small_scan):
    exam_id = sent(site, tmp_path, small_scan, ["BEN ALI Zoe.pdf", "martin_lea.pdf"])
    with site.scope() as request:
        found = request.db.execute(
            sa.select(Batch.filename, Proposal.candidates, Copy.identification)
            .join(Side, Side.blob_id == Batch.pages_blob_id).join(Copy, Copy.id == Side.copy_id)
            .join(Proposal, Proposal.copy_id == Copy.id).where(Batch.exam_id == exam_id).distinct()).all()
        first = {name: request.db.get(Student, candidates[0]["student"]).name for name, candidates, _how in found}
    assert first == {"BEN ALI Zoe.pdf": "Ben Ali Zoé", "martin_lea.pdf": "Martin Léa"}
    assert {how for _name, _candidates, how in found} == {Identification.NONE}
