"""The name of a file is a hint, where each pupil has a file."""

import pytest
from korrigo_ocr.filenames import LAST_NAME, NUMBER, WHOLE_NAME, Wanted, parts

from korrigo.models import Student


@pytest.mark.parametrize(("filename", "nats"), [
    ("BEN ALI Zoé.pdf", WHOLE_NAME), ("ben-ali_zoe.pdf", WHOLE_NAME), ("zoe.ben.ali.pdf", WHOLE_NAME),
    ("Copie de Zoé Ben Ali (2).pdf", WHOLE_NAME), ("BEN ALI.pdf", LAST_NAME), ("20240117.pdf", NUMBER),
    ("scan 2024-0117 maths.pdf", NUMBER), ("ALI Zoé.pdf", 0.0), ("Zoé.pdf", 0.0), ("scan0001.pdf", 0.0), (".pdf", 0.0),
])
def test_a_file_speaks_for_the_pupil_whose_number_or_name_it_has(filename, nats):
    pupil = Student(last_name="Ben Ali", first_name="Zoé", number="2024-0117")
    assert Wanted.of(pupil).in_file(*parts(filename)) == nats


def test_a_short_number_may_be_anything():
    pupil = Student(last_name="Roy", first_name="Léa", number="12")
    assert Wanted.of(pupil).in_file(*parts("scan 12.pdf")) == 0.0
