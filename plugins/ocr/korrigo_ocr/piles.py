"""Headers of untrusted files, looked at in limited children: what finds forms and reads names is loaded there alone."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from korrigo.api import LIBRARIES, PageUnreadable, View, open_document, sandbox

if TYPE_CHECKING:
    import numpy as np

    from .interfaces import IReader
    from .matching.values import CopyEvidence, Pupil

#: Resolution at which headers are read, and the part of the side that is drawn (page units).
DPI = 200
HEADER = (0, 0, 1000, 640)
#: Headers that one child reads, at least and at most: starting an engine costs as much as a few of them.
FEWEST, MOST = 8, 32
#: At work at the same time: each may use a core, and 400 MB.
MOST_CHILDREN = 4
PRELOAD = (*LIBRARIES, "korrigo_ocr.reading.covers", "korrigo_ocr.reading.zones", "korrigo_ocr.matching.enough")
MEMORY_MB = 3072     # of addresses, of which an engine takes many more than it fills


@dataclass(frozen=True)
class Header:
    """Where the header of a side is: the side's id, its place in the file."""

    side: str
    view: View


Evidence = dict[str, Any]
"""What a header says, as ``CopyEvidence.to_json`` writes it."""


@dataclass(frozen=True)
class Said:
    """What the header of a side says: to decide by, and for people."""

    side: str
    evidence: Evidence
    text: str


@dataclass(frozen=True)
class Tried:
    """A form laid over the header of a side: where each field lies (page units of the side), and what it says."""

    side: str
    boxes: dict[str, list[float]]
    texts: dict[str, str]


def groups(headers: Sequence[tuple[str, Header]]) -> list[tuple[str, list[Header]]]:
    """(blob id, header) pairs in groups for one child each, a file at a time."""
    by_blob: dict[str, list[Header]] = defaultdict(list)
    for blob_id, header in headers:
        by_blob[blob_id].append(header)
    size = max(FEWEST, min(MOST, math.ceil(len(headers) / children() / 2)))
    return [(blob_id, pile[start:start + size])
            for blob_id, pile in by_blob.items() for start in range(0, len(pile), size)]


def children() -> int:
    """How many are at work at the same time."""
    return min(MOST_CHILDREN, os.cpu_count() or 1)


def read(files: Sequence[tuple[Path, list[Header]]], forms: list[Evidence], reader: IReader,
         pupils: Sequence[Pupil] = (), whole: bool = False) -> Iterator[list[Said]]:
    """What the headers of each group say, in order; sides that cannot be looked at are left out.

    A header is read until one of the ``pupils`` is beyond doubt; ``whole``, or without any, to the end.
    Raises ``SandboxFailure`` when the reader does.
    """
    pool = ThreadPoolExecutor(children(), thread_name_prefix="headers")
    try:
        yield from pool.map(lambda group: _in_child(read_in_child, *group, forms, reader, pupils, whole), files)
    finally:
        pool.shutdown(cancel_futures=True)


def propose(files: Sequence[tuple[Path, list[Header]]]) -> list[Evidence]:
    """The forms that some headers are filled in on, as ``HeaderForm.to_json`` writes them; none without captions."""
    headers = sum(len(group) for _path, group in files)
    return sandbox.run(propose_in_child, list(files), limits=_limits(headers), preload=PRELOAD)


def draw(on: Sequence[tuple[Path, list[Header]]] | Evidence, boxes: Mapping[str, Sequence[float]]) -> Evidence:
    """The form with fields that were drawn on the first of some headers, or on another form; ``boxes`` are
    [x, y, width, height]."""
    headers = 1 if isinstance(on, dict) else sum(len(group) for _path, group in on)
    return sandbox.run(draw_in_child, on, dict(boxes), limits=_limits(headers), preload=PRELOAD)


def try_on(files: Sequence[tuple[Path, list[Header]]], form: Evidence, reader: IReader | None
           ) -> list[Tried]:
    """Where a form's fields lie on some headers, and what is read there; without a reader only where."""
    headers = sum(len(group) for _path, group in files)
    return sandbox.run(try_in_child, list(files), form, reader, limits=_limits(headers), preload=PRELOAD)


def _in_child(function, path: Path, headers: list[Header], *more) -> list:
    """In one child; when that one dies, in one for each header, so that only the guilty one is lost."""
    try:
        return sandbox.run(function, path, headers, *more, limits=_limits(len(headers)), preload=PRELOAD)
    except sandbox.SandboxLimit:
        if len(headers) == 1:
            return []
        return [found for header in headers for found in _in_child(function, path, [header], *more)]


def _limits(headers: int) -> sandbox.Limits:
    return sandbox.Limits(memory_mb=MEMORY_MB, cpu_s=60 + 5 * headers, wall_s=120 + 10 * headers, file_mb=256)


def read_in_child(path: Path, headers: list[Header], forms: list[Evidence], reader: IReader,
                  pupils: Sequence[Pupil] = (), whole: bool = False) -> list[Said]:
    """In the child.  Without forms only codes are read, and only headers with one are answered."""
    from .matching.enough import Enough
    from .matching.roster import RosterIndex
    from .matching.values import CopyEvidence
    from .reading.codes import code_evidence
    from .reading.covers import CoverReader
    from .reading.forms import HeaderForm

    if not forms:
        found = [CopyEvidence(side, (code,)) for side, picture in _pictures(path, headers)
                 if (code := code_evidence(picture))]
        return [Said(evidence.copy, evidence.to_json(), summary(evidence)) for evidence in found]
    index = RosterIndex(pupils)
    covers = CoverReader([HeaderForm.from_json(form) for form in forms], reader, index.candidates)
    pictures = list(_pictures(path, headers))
    return [Said(cover.evidence.copy, cover.evidence.to_json(), summary(cover.evidence))
            for cover in covers.read(pictures, None if whole or not pupils else Enough(index))]


def summary(evidence: CopyEvidence) -> str:
    """What was read, for people: the surest reading of each field, digits as their boxes say."""
    best = texts(evidence)
    name = " ".join(filter(None, (best.get("last"), best.get("first"))))
    return ", ".join(filter(None, (name, best.get("birth_date"), best.get("number"))))


def texts(evidence: CopyEvidence) -> dict[str, str]:
    """The surest reading of each field."""
    best: dict[str, str] = {}
    for item in evidence.fields:
        surest = max(item.readings, key=lambda reading: reading.confidence, default=None)
        best.setdefault(item.name, item.digits.text if item.digits else surest.text if surest else "")
    return best


def draw_in_child(on: list[tuple[Path, list[Header]]] | Evidence, boxes: dict[str, Sequence[float]]) -> Evidence:
    """In the child."""
    from .reading.drawn import form_drawn, form_drawn_on_copy
    from .reading.forms import HeaderForm
    from .reading.geometry import Box

    fields = {name: Box(*box) for name, box in boxes.items()}
    if isinstance(on, dict):
        return form_drawn(fields, HeaderForm.from_json(on).grey()).to_json()
    pictures = [picture for path, headers in on for _side, picture in _pictures(path, headers)]
    return form_drawn_on_copy(fields, pictures).to_json()


def try_in_child(files: list[tuple[Path, list[Header]]], form: Evidence, reader: IReader | None
                 ) -> list[Tried]:
    """In the child."""
    from .reading.covers import CoverReader
    from .reading.forms import HeaderForm

    drawn = HeaderForm.from_json(form)
    covers = CoverReader([drawn], reader)
    pictures = [found for path, headers in files for found in _pictures(path, headers)]
    if reader is None:
        found = [(side, covers.locate(picture)[1], {}) for side, picture in pictures]
    else:
        found = [(read.evidence.copy, read.registration, texts(read.evidence)) for read in covers.read(pictures)]
    return [Tried(side, {field.name: place.box(field.box).to_list() for field in drawn.fields}, said)
            for side, place, said in found]


def propose_in_child(files: list[tuple[Path, list[Header]]]) -> list[Evidence]:
    """In the child."""
    from .interfaces import ReaderUnavailable
    from .reading.zones import propose_forms

    pictures = [picture for path, headers in files for _side, picture in _pictures(path, headers)]
    try:
        return [form.to_json() for form in propose_forms(pictures)]
    except ReaderUnavailable:
        return []     # captions are read by Tesseract: without it fields are not found


def _pictures(path: Path, headers: list[Header]) -> Iterator[tuple[str, np.ndarray]]:
    """(side id, grey picture of its upper part); sides that cannot be drawn are left out: the desk shows them."""
    import cv2

    cv2.setNumThreads(1)     # a child a core: threads of a library would only wait for each other
    with open_document(path) as document:
        for header in headers:
            try:
                yield header.side, document.gray(header.view, dpi=DPI, clip=HEADER)
            except PageUnreadable:
                continue
