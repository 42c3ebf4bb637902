"""What becomes of the names that are read: accepted, proposed or not read, by exam; and how often they were right."""

import pytest
import sqlalchemy as sa
from korrigo_ocr.measured import Measured
from korrigo_ocr.models import Names, Proposal
from korrigo_ocr.services import Desk, Identifier

from korrigo.jobs.run import run_job
from korrigo.models import Copy, Exam, ExamRole, Identification, Job, Student
from korrigo.services import Copies, Exams
from korrigo.testing.sites import Site


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path, ("import", "ocr"), queue="none", **{"korrigo.ocr.reader": "none"})
    yield made
    made.close()


@pytest.fixture
def exam(site) -> str:
    """Six copies, each with the proposal of its pupil: confidences 12, 10, 6, 3, 1 and -2; the first two accepted."""
    with site.scope() as request:
        exam = request.find_service(Exams).create(title="Measured")
        copies = request.find_service(Copies).create_many(exam, 6)
        for copy, confidence in zip(copies, (12, 10, 6, 3, 1, -2), strict=True):
            student = Student(last_name=f"Pupil {copy.serial}", match_key=copy.id)
            request.db.add(student)
            request.db.flush()
            request.find_service(Exams).expect(exam, [student])
            request.db.add(Proposal(copy_id=copy.id, student_id=student.id, confidence=confidence, candidates=[],
                                    verdict="auto" if confidence > 8 else "review"))
            if confidence > 8:
                request.find_service(Copies).identify(copy, student, Identification.AUTO)
        return exam.id


def copies_of(request, exam: str) -> list[Copy]:
    return list(request.db.scalars(sa.select(Copy).where(Copy.exam_id == exam).order_by(Copy.serial)))


def test_an_exam_does_as_the_settings_say_until_somebody_chooses(site, exam):
    with site.scope() as request:
        identifier, found = request.find_service(Identifier), request.db.get(Exam, exam)
        assert identifier.how(found) == Names.AUTO
        identifier.choose(found, Names.PROPOSE)
        assert identifier.how(found) == Names.PROPOSE


@pytest.mark.parametrize("how", [Names.PROPOSE, Names.OFF])
def test_what_the_program_accepted_by_itself_is_open_again_and_what_people_said_stays(site, exam, how):
    with site.scope() as request:
        first, second, third, *_more = copies_of(request, exam)
        pupil = request.db.get(Proposal, third.id).student_id
        request.find_service(Desk).decide(third, request.db.get(Student, pupil))
        request.find_service(Identifier).choose(request.db.get(Exam, exam), how)
        assert (first.identification, second.identification) == (Identification.NONE, Identification.NONE)
        assert (third.identification, third.student_id) == (Identification.MANUAL, pupil)
        left = request.db.scalar(sa.select(sa.func.count()).select_from(Proposal))
        assert left == (0 if how == Names.OFF else 6)


def test_the_desk_offers_the_two_other_ways_and_finds_names_again(site, exam):
    person = site.sign_in("ann", "secretary")
    with site.scope() as request:
        request.find_service(Exams).set_role(request.db.get(Exam, exam), person, ExamRole.COORDINATOR)
    page = site.app.get(f"/ocr/exams/{exam}/desk")
    page.mustcontain("Certain names are accepted", "Names are proposed only", "Names are not read")
    form = next(form for form in page.forms.values() if form.action.endswith("/names") and form["how"].value == "off")
    form.submit(status=303)
    with site.scope() as request:
        assert request.find_service(Identifier).how(request.db.get(Exam, exam)) == Names.OFF
        job_id = request.db.scalar(sa.select(Job.id).where(Job.kind == "ocr.identify"))
    assert run_job(site.registry, job_id, inline=True)
    with site.scope() as request:
        assert request.db.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 0


def test_what_people_say_is_counted_by_confidence(site, exam):
    with site.scope() as request:
        desk, copies = request.find_service(Desk), copies_of(request, exam)
        proposed = [request.db.get(Student, request.db.get(Proposal, copy.id).student_id) for copy in copies]
        desk.decide(copies[0], None, unknown=True)          # accepted by the program, and wrong
        desk.decide(copies[2], proposed[2])                 # right
        desk.decide(copies[3], None, unknown=True)          # wrong …
        desk.decide(copies[3], proposed[3])                 # … said by mistake: right after all
        desk.decide(copies[4], None, unknown=True)
        desk.undo(copies[4])                                # no judgement
        desk.decide(copies[5], proposed[0])                 # wrong
        measured = request.find_service(Measured)
        assert [(band.least, band.judged, band.wrong) for band in measured.bands()] == [
            (8.0, 1, 1), (4.0, 1, 0), (0.0, 1, 0), (float("-inf"), 1, 1)]
        assert measured.automatic() == (2, 1)
        assert 0.7 < measured.bands()[1].at_most < 0.8


def test_an_admin_sees_the_rates_on_the_page_of_health(site, exam):
    site.sign_in("root", "admin")
    site.app.get("/admin/health").mustcontain("Names that were read", "8 and more", "below 0",
                                              "Accepted without a person: 2")
