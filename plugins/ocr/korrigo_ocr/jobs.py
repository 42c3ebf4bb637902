"""Reading the headers of an exam and deciding whose copies they are.

Pictures are drawn in limited children; engines read the pixels that came back, never the file.
"""

from collections import defaultdict

import cv2
import numpy as np

from korrigo.api import Exam, JobContext, Paper, Picture, Side, View, contained, render_many

from .readers import CATEGORY, chosen
from .reading.covers import CoverReader
from .reading.zones import propose_forms
from .services import Identifier, Readings

#: Resolution at which headers are read, and the part of the side that is drawn (page units).
DPI = 200
HEADER = (0, 0, 1000, 640)
#: Headers that are read together: engines that start a process do it once for all of them.
GROUP = 16
#: Covers that the printed form is found on.
SAMPLE = 24


def identify(context: JobContext) -> None:
    """Read what was not read, join sheets, decide.  Repeating it changes nothing."""
    exam_id = context.exam_id
    read_headers(context, exam_id)
    with context.transaction() as request:
        exam, identifier = request.db.get(Exam, exam_id), request.find_service(Identifier)
        if exam.paper == Paper.A3_FOLDED:
            identifier.join_sheets(exam)
        identifier.match(exam)


def read_headers(context: JobContext, exam_id: str) -> None:
    """Store what each header says, group by group, so that an interrupted job goes on where it was."""
    reader = chosen(context.registry)
    with context.transaction() as request:
        exam, readings = request.db.get(Exam, exam_id), request.find_service(Readings)
        todo = [(side.id, side.blob_id, View(side.pdf_page, side.region, side.turned))
                for side in readings.unread(exam)]
        forms = readings.forms(exam)
    if not todo or reader is None or reader.available():
        return
    total = len(todo)
    if not forms:
        context.report(0, total, unit="headers", stage="form")
        forms = propose_forms(list(covers(context, todo[:SAMPLE]).values()))
        if not forms:
            return
        with context.transaction() as request:
            request.find_service(Readings).keep_forms(request.db.get(Exam, exam_id), forms)
    cover_reader = CoverReader(forms, reader)
    for start in range(0, total, GROUP):
        context.report(start, total, unit="headers", stage="read")
        group = todo[start:start + GROUP]
        pictures = covers(context, group)
        read = ()
        with contained(context.registry, CATEGORY, reader.name):    # what it cannot read is found by hand at the desk
            read = cover_reader.read(list(pictures.items()))
        with context.transaction() as request:
            keep(request, read, reader.name)
    context.report(total, total, unit="headers", stage="decide")


def keep(request, read, engine: str) -> None:
    readings = request.find_service(Readings)
    for cover in read:
        side = request.db.get(Side, cover.evidence.copy)
        if side is not None:
            readings.keep(side, engine, cover.evidence)


def covers(context: JobContext, sides) -> dict[str, np.ndarray]:
    """Side id -> grey picture of its upper part; sides that cannot be drawn are left out (the desk shows them)."""
    by_blob = defaultdict(list)
    for side_id, blob_id, view in sides:
        by_blob[blob_id].append((side_id, view))
    found = {}
    for blob_id, wanted in by_blob.items():
        with context.blob_path(blob_id) as path:
            drawn = render_many(path, [view for _id, view in wanted], dpi=DPI, clip=HEADER, format="png")
        for (side_id, _view), picture in zip(wanted, drawn, strict=True):
            if isinstance(picture, Picture):
                found[side_id] = cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    return {side_id: found[side_id] for side_id, _blob, _view in sides if side_id in found}
