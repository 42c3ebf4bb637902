"""A stranger's reader that scores closed lists itself is asked with the pupils of the exam, and believed."""

import json

import pytest
from korrigo_ocr.interfaces import IReader, Reading
from korrigo_ocr.matching.decide import identify
from korrigo_ocr.matching.names import fold
from korrigo_ocr.matching.roster import RosterIndex
from korrigo_ocr.matching.values import CopyEvidence
from korrigo_ocr.reading.covers import CoverReader
from zope.interface import implementer


@implementer(IReader)
class Knowing:
    """Reads nonsense, and knows by itself whose name and day it is."""

    name = "knowing"

    def __init__(self, knows, scores_lists: bool):
        self.knows = {fold(knows.last), fold(knows.first), knows.birth_date.strftime("%d%m%Y"), knows.number}
        self.scores_lists, self.asked = scores_lists, []

    def available(self):
        return None

    def read(self, image, kind="name"):
        return Reading("XQ", 0.1)

    def read_many(self, images, kind="name"):
        return [(self.read(image, kind),) for image in images]

    def score(self, image, candidates, kind="name"):
        self.asked.append((kind, len(candidates)))
        return [12.0 if candidate in self.knows else -9.0 for candidate in candidates]


@pytest.fixture(scope="module")
def here(batch):
    return batch("class-a4")


def read(here, knowing: Knowing) -> CopyEvidence:
    covers = CoverReader(here.forms, knowing, RosterIndex(here.roster).candidates)
    [found] = covers.read([("1", here.covers[0])])
    return found.evidence


def pupil_of(here, place: int):
    return next(pupil for pupil in here.roster if pupil.id == here.writer(place))


def test_its_scores_are_kept_and_decide(here):
    knowing = Knowing(pupil_of(here, 0), scores_lists=True)
    stored = CopyEvidence.from_json(json.loads(json.dumps(read(here, knowing).to_json())))
    assert {kind for kind, _count in knowing.asked} == {"name"}, "digits in boxes are read by their own network"
    assert all(len(field.scores) == 64 or len(field.scores) == knowing.asked[0][1]
               for field in stored.fields if field.engine == "knowing")
    [decision] = identify([stored], here.roster).decisions
    assert (decision.pupil, decision.verdict) == (here.writer(0), "auto")


def test_a_reader_that_does_not_say_so_is_not_asked(here):
    knowing = Knowing(pupil_of(here, 0), scores_lists=False)
    evidence = read(here, knowing)
    assert knowing.asked == []
    assert all(not field.scores for field in evidence.fields)
