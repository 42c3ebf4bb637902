"""A header is read as far as it is needed; when its pupil is not certain all the same, to the end."""

from datetime import date
from pathlib import Path

import numpy
import pytest
import sqlalchemy as sa
from korrigo_ocr import jobs
from korrigo_ocr.matching.digits import Digits
from korrigo_ocr.models import Proposal, Reading
from korrigo_ocr.piles import Said
from korrigo_ocr.services import Readings

from korrigo.jobs.run import run_job
from korrigo.models import Copy, Exam, Fate, Identification, Side, Student
from korrigo.services import Blobs, Copies, Exams
from korrigo.testing.sites import Site

SCAN = Path(__file__).parents[1] / "data" / "batches" / "class-a4" / "scan.pdf"
PUPILS = (("Moreau", "Amira", date(2007, 1, 20), "2624101"), ("Moreau", "Salma", date(2008, 1, 8), "2624102"),
          ("Prévost", "Julien", date(2007, 10, 13), "2624103"), ("Nguyen", "Lucie", date(2008, 4, 4), "2624106"))


def digits(text: str) -> str:
    """Boxes read as the digits of a text, each with 97 %."""
    probs = numpy.full((len(text), 10), 0.03 / 9)
    probs[numpy.arange(len(text)), [int(digit) for digit in text]] = 0.97
    return Digits.of(numpy.log(probs)).to_text()


class Present:
    """In the place of a reader; what it reads comes from ``Headers``."""

    name = "present"

    def available(self):
        return None


def field(name: str, *texts: str, boxes: str = "") -> dict:
    return {"name": name, "engine": "present", "readings": [[text, 0.9] for text in texts], "scores": {},
            "digits": digits(boxes) if boxes else None}


class Headers:
    """In the place of what looks at pictures: the first two pupils' headers, partly read at first."""

    def __init__(self, sides: list[str]):
        self.sides, self.asked = sides, []

    def read(self, files, forms, reader, pupils, whole):
        assert len(pupils) == len(PUPILS)
        for _path, group in files:
            self.asked.append(([self.sides.index(header.side) for header in group], not whole))
            yield [self.said(header.side, partly=not whole) for header in group]

    def said(self, side: str, partly: bool) -> Said:
        row = self.sides.index(side)
        last, first, _day, number = PUPILS[row]
        fields = [field("last", last), *([] if partly else [field("first", first)])]
        if row == 2:        # nothing is left in doubt
            fields += [field("number", boxes=number), field("birth_date", "13102007")]
        return Said(side, {"copy": side, "fields": fields, "unread": ["first"] if partly else []}, last)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path, ("import", "ocr"), queue="none", **{"korrigo.ocr.reader": "present"})
    made.registry["korrigo readers"]["present"] = Present()
    yield made
    made.close()


@pytest.fixture
def exam(site) -> str:
    """Three copies of the first three pupils, each with a header."""
    with site.scope() as request:
        exam = request.find_service(Exams).create(title="Read")
        blob = request.find_service(Blobs).add_file(SCAN, "application/pdf")
        for page, copy in enumerate(request.find_service(Copies).create_many(exam, 3), 1):
            request.db.add(Side(exam_id=exam.id, blob_id=blob.id, pdf_page=page, region="full", width_mm=210,
                                height_mm=297, header=True, ordinal=page, fate=Fate.COPY, copy_id=copy.id, position=1))
        for last, first, day, number in PUPILS:
            student = Student(last_name=last, first_name=first, birth_date=day, number=number, match_key=number)
            request.db.add(student)
            request.db.flush()
            request.find_service(Exams).expect(exam, [student])
        request.find_service(Readings).keep_forms(exam, [{}])
        return exam.id


@pytest.fixture
def headers(site, exam, monkeypatch) -> Headers:
    with site.scope() as request:
        sides = list(request.db.scalars(sa.select(Side.id).where(Side.exam_id == exam).order_by(Side.ordinal)))
    made = Headers(sides)
    monkeypatch.setattr(jobs.piles, "read", made.read)
    return made


def run(site, exam: str) -> None:
    with site.scope() as request:
        job_id = request.jobs.add("ocr.identify", exam_id=exam).id
    assert run_job(site.registry, job_id, inline=True)


def unread(site) -> dict[str, list[str]]:
    with site.scope() as request:
        return {reading.side_id: reading.evidence["unread"] for reading in request.db.scalars(sa.select(Reading))}


def test_only_headers_whose_pupil_is_not_certain_are_read_to_the_end(site, exam, headers):
    run(site, exam)
    assert headers.asked == [([0, 1, 2], True), ([0, 1], False)]
    assert {side: left for side, left in unread(site).items() if left} == {headers.sides[2]: ["first"]}
    with site.scope() as request:
        copies = list(request.db.scalars(sa.select(Copy).where(Copy.exam_id == exam).order_by(Copy.serial)))
        assert copies[2].identification == Identification.AUTO
        proposed = {row.copy_id: row.student_id for row in request.db.scalars(sa.select(Proposal))}
        students = dict(request.db.execute(sa.select(Student.id, Student.first_name)).all())
        assert [students[proposed[copy.id]] for copy in copies] == ["Amira", "Salma", "Julien"]


def test_what_was_read_to_the_end_is_not_read_again(site, exam, headers):
    run(site, exam)
    asked = list(headers.asked)
    run(site, exam)
    assert headers.asked == asked


def correct(site) -> None:
    """The list of pupils had the name and the day of somebody else."""
    with site.scope() as request:
        pupil = request.db.scalar(sa.select(Student).where(Student.first_name == "Julien"))
        pupil.last_name, pupil.birth_date = "Lefèvre", date(2006, 3, 9)


def test_a_certain_copy_is_read_to_the_end_when_the_list_is_corrected_so_that_it_is_in_doubt(site, exam, headers):
    run(site, exam)
    correct(site)
    run(site, exam)
    assert headers.asked[2:] == [([2], False)]
    assert list(unread(site).values()) == [[], [], []]


def test_headers_that_were_partly_read_stay_as_they_are_without_a_reader(site, exam, headers, monkeypatch):
    run(site, exam)
    monkeypatch.setattr(Present, "available", lambda self: "not here today")
    correct(site)
    run(site, exam)
    assert len(headers.asked) == 2
    assert {side: left for side, left in unread(site).items() if left} == {headers.sides[2]: ["first"]}


def test_the_first_side_stands_for_a_header_that_was_not_seen(site, exam, headers):
    with site.scope() as request:
        sides = {side.id: side for side in request.db.scalars(sa.select(Side).where(Side.exam_id == exam))}
        bare, *_others = (sides[side] for side in headers.sides)
        bare.header = False
        for position, ordinal in ((2, 11), (3, 12)):
            request.db.add(Side(exam_id=exam, blob_id=bare.blob_id, pdf_page=ordinal, region="full", width_mm=210,
                                height_mm=297, ordinal=ordinal, fate=Fate.COPY, copy_id=bare.copy_id,
                                position=position))
        request.db.flush()
        found = request.find_service(Readings).headers(request.db.get(Exam, exam))
        assert [side.id for side in found] == headers.sides
        request.db.scalars(sa.select(Side).where(Side.ordinal == 12)).one().header = True
        request.db.flush()
        found = request.find_service(Readings).headers(request.db.get(Exam, exam))
        assert [side.ordinal for side in found] == [2, 3, 12]


@pytest.mark.parametrize("codes", [True, False])
def test_headers_on_which_nothing_can_be_found_are_looked_at_once_until_somebody_asks(
        site, exam, headers, monkeypatch, codes):
    proposed = []
    monkeypatch.setattr(jobs.piles, "propose", lambda files: proposed.append(files) or [])
    monkeypatch.setattr(jobs.piles, "read", lambda files, *more, **options: jobs.nothing(files))
    monkeypatch.setattr(jobs, "codes_missing", lambda: None if codes else "no zxing-cpp")
    with site.scope() as request:
        request.find_service(Readings).keep_forms(request.db.get(Exam, exam), [])
    for _time in range(2):
        run(site, exam)
        assert len(proposed) == 1
    with site.scope() as request:
        request.find_service(Readings).forget(request.db.get(Exam, exam), empty=True)
    run(site, exam)
    assert len(proposed) == 2


@pytest.mark.parametrize(("zones", "after"), [
    ([[0, 0, 1000, 400]], [[0, 0, 1000, 400], [0, 0, 1000, 565]]), ([[0, 0, 1000, 600]], [[0, 0, 1000, 600]]),
    ([], [])])
def test_fields_that_are_drawn_low_on_the_page_are_hidden_from_graders_too(
        site, exam, headers, monkeypatch, zones, after):
    box = [100.0, 500.0, 300.0, 35.0]
    made = {"picture": "", "fields": [{"name": "last", "box": box, "style": "line", "cells": [], "label": None}]}
    monkeypatch.setattr(jobs.piles, "draw", lambda on, boxes: made)
    with site.scope() as request:
        request.db.get(Exam, exam).identity_zones = zones
        job_id = request.jobs.add("ocr.draw", exam_id=exam, form=None, boxes={"last": box}).id
    assert run_job(site.registry, job_id, inline=True)
    with site.scope() as request:
        assert request.db.get(Exam, exam).identity_zones == after
        assert request.find_service(Readings).forms(request.db.get(Exam, exam)) == [made]
