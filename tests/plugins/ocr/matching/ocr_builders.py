"""Pupils and evidence for the tests of the matching."""

from datetime import date

import numpy as np
from korrigo_ocr.interfaces import Reading
from korrigo_ocr.matching.digits import Digits
from korrigo_ocr.matching.values import CopyEvidence, FieldEvidence, Pupil

PUPILS = (
    Pupil("a", "Moreau", "Amira", date(2007, 1, 20), "2624101", "TG1"),
    Pupil("b", "Moreau", "Salma", date(2008, 1, 8), "2624102", "TG2"),
    Pupil("c", "Prévost", "Julien", date(2007, 10, 13), "2624103", "TG1"),
    Pupil("d", "Ben-Achour", "François-Xavier", date(2009, 8, 3), "2624104", "TG2"),
    Pupil("e", "D'Almeida", "Quentin", date(2006, 7, 28), "2624105", "TG1"),
    Pupil("f", "Nguyen", "Lucie Maxime", date(2008, 4, 4), "2624106", "TG2"),
)
"""Six pupils of one exam, two of them sisters."""


def field(name, *texts, digits=""):
    """A field read as the texts, by a reader that is sure of itself; ``digits`` box by box, "?" for any."""
    return FieldEvidence(name, "test", tuple(Reading(text, 0.9) for text in texts),
                         boxes(digits) if digits else None)


def boxes(text):
    """Boxes read as the digits of a text, each with 97 %."""
    probs = np.full((len(text), 10), 0.1)
    for row, digit in enumerate(text):
        if digit != "?":
            probs[row] = 0.03 / 9
            probs[row, int(digit)] = 0.97
    return Digits.of(np.log(probs))


def cover(copy, last="", first="", birth_date="", number=""):
    """A cover with what was read in its fields; empty ones were not read."""
    read = {"last": last, "first": first, "birth_date": birth_date, "number": number}
    return CopyEvidence(copy, tuple(field(name, text) for name, text in read.items() if text))


def cover_of(copy, pupil):
    """A cover on which everything was read as the pupil is registered."""
    day = pupil.birth_date.strftime("%d/%m/%Y") if pupil.birth_date else ""
    return cover(copy, pupil.last, pupil.first, day, pupil.number)
