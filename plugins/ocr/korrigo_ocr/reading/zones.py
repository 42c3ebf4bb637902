"""Finding the identity fields of a form by itself, from several covers filled in by pupils.

Covers of one form are laid over each other; their median is the printed form without the pupils' writing. On it the
captions (NOM, PRÉNOM, N° CANDIDAT...) are read by Tesseract and each is given the frame, comb or line printed beside
or under it. A batch may mix forms: covers that do not agree with the first form are tried for a second one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from .fields import fields_of
from .forms import Field, HeaderForm, png_of
from .geometry import SCALE, Grey, to_working
from .registration import HeaderPicture, Registration, header_of, lay_under, register, skew_of

__all__ = ["Field", "HeaderForm", "propose_fields", "propose_forms"]

_FIRST_LOOK = 0.34
_SAME_FORM = 0.6
_COVERS_LOOKED_AT = 15
_FEWEST_FIELDS = 1


class _Cover:
    """A cover at working scale, its header measured once for all forms it is tried on."""

    def __init__(self, picture: Grey) -> None:
        self.picture = picture
        self.header = HeaderPicture(picture)


def propose_fields(covers: Sequence[Grey]) -> HeaderForm | None:
    """The form that most of the covers are filled in on; None when no caption of an identity field is found.

    ``covers`` are grey, upright, of one batch; five or more give a clean form, one is enough to try.
    """
    forms = propose_forms(covers)
    return forms[0] if forms else None


def propose_forms(covers: Sequence[Grey]) -> tuple[HeaderForm, ...]:
    """All forms found among the covers, the most frequent first; covers without identity fields give none."""
    waiting = [_Cover(to_working(cover)) for cover in covers]
    found: list[tuple[int, HeaderForm]] = []
    while waiting:
        picture, members = _printed_form(waiting)
        fields = fields_of(picture)
        if len(fields) >= _FEWEST_FIELDS:
            found.append((len(members), HeaderForm(fields, png_of(picture))))
        waiting = [cover for i, cover in enumerate(waiting) if i not in members]
    found.sort(key=lambda item: -item[0])
    return tuple(form for _, form in found)


def printed_form(covers: Sequence[Grey]) -> tuple[Grey, np.ndarray]:
    """The empty header that the first cover is filled in on, level, and the affine matrix (page units) that takes
    places of the first cover there."""
    known = [_Cover(to_working(cover)) for cover in covers]
    picture, _members = _printed_form(known)
    matrix = _levelling(known[0].picture)
    matrix[:, 2] /= SCALE
    return picture, matrix


def _printed_form(covers: Sequence[_Cover]) -> tuple[Grey, set[int]]:
    """The median header of the first cover's form, and which covers are filled in on it (the first always is)."""
    reference = HeaderPicture(_straight(covers[0].picture))
    members = _members(covers, reference, _FIRST_LOOK)
    picture = _median(covers, members, reference)
    if len(members) >= 3:
        reference = HeaderPicture(picture)
        members = _members(covers, reference, _SAME_FORM)
        picture = _median(covers, members, reference)
    return picture, set(members)


def _straight(cover: Grey) -> Grey:
    """The header turned level: boxes of a form are upright."""
    head = header_of(cover)
    height, width = head.shape
    return cv2.warpAffine(head, _levelling(cover), (width, height), borderMode=cv2.BORDER_CONSTANT,
                          borderValue=(255.0,))


def _levelling(cover: Grey) -> np.ndarray:
    """The turn, in pixels, that makes the header of a cover level."""
    head = header_of(cover)
    height, width = head.shape
    return cv2.getRotationMatrix2D((width / 2, height / 2), math.degrees(skew_of(head)), 1)


def _members(covers: Sequence[_Cover], reference: HeaderPicture, least: float) -> dict[int, Registration]:
    """Where the form lies on the covers that agree with it, and on the first one in any case."""
    found = {i: register(cover.header, reference) for i, cover in enumerate(covers)}
    return {i: registration for i, registration in found.items() if i == 0 or registration.quality >= least}


def _median(covers: Sequence[_Cover], members: Mapping[int, Registration], reference: HeaderPicture) -> Grey:
    """Median of the members' headers; with two of them the lighter one, which has less writing on it."""
    chosen = sorted(members)[:_COVERS_LOOKED_AT]
    height = reference.picture.shape[0]
    laid = np.stack([lay_under(covers[i].picture, members[i], height) for i in chosen])
    return (laid.max(0) if len(chosen) == 2 else np.median(laid, axis=0)).astype(np.uint8)
