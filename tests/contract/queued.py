"""How each kind of our jobs is queued, with what it works on."""

import os
import shutil
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from exam_builder import build
from korrigo_export.exporters import exporters
from korrigo_export.services import ExportFiles
from korrigo_grading.scheme import Criterion, new_question_id
from korrigo_grading.services import Edit, Ops, Papers, Schemes
from korrigo_import.services import Batches, WatchedFolder

from korrigo.api import new_id
from korrigo.models import Copy, Exam, Job
from korrigo.services import Exams


def tidy(request, scan) -> str:
    return request.jobs.add("core.tidy").id


def import_scan(request, scan) -> str:
    exam = request.find_service(Exams).create(title="Scanned")
    return request.find_service(Batches).receive(exam, scan, "pile.pdf").job_id


def watch(request, scan) -> str:
    folder = Path(request.registry.settings["korrigo.data"], f"watched-{new_id()}")
    request.registry.settings["korrigo.import.watch"] = str(folder)
    watched, exam = request.find_service(WatchedFolder), request.find_service(Exams).create(title="Watched")
    watched.open(exam)
    file = watched.is_open(exam) / "pile.pdf"
    shutil.copyfile(scan, file)
    os.utime(file, (0, 0))
    return request.jobs.add("import.watch").id


def tidy_lists(request, scan) -> str:
    return request.jobs.add("import.tidy").id


def identify(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    return request.jobs.add("ocr.identify", exam_id=made.exam).id


def draw(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    return request.jobs.add("ocr.draw", exam_id=made.exam, form=None, boxes={"last": [100.0, 100.0, 300.0, 60.0]}).id


def try_drawn(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    return request.jobs.add("ocr.try", exam_id=made.exam, form=None, boxes={"last": [100.0, 100.0, 300.0, 60.0]}).id


def finalise(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    exam, copy = request.db.get(Exam, made.exam), request.db.get(Copy, made.copies[0])
    leaves = request.find_service(Schemes).leaves(exam)
    edits = [Edit(key[:24], f"score:{key}", 1, 0) for key in leaves]
    request.find_service(Ops).apply(copy, edits, leaves)
    request.find_service(Papers).finalise(copy, exam)
    return request.db.scalar(sa.select(Job.id).where(Job.exam_id == exam.id, Job.kind == "grading.finalise"))


def export(request, scan) -> str:
    made = build(request, scan)
    exporter = exporters(request.registry)["csv"]
    return request.find_service(ExportFiles).ask(request.db.get(Exam, made.exam), exporter).job_id


def ask_graders(request, scan) -> str:
    made = build(request, scan, copies=1, pages=1)
    exam, copy = request.db.get(Exam, made.exam), request.db.get(Copy, made.copies[0])
    schemes, question = request.find_service(Schemes), next(iter(made.leaves.values()))
    criterion = Criterion(new_question_id(), "Well said", Decimal(1))
    schemes.change_question(exam, question, grader="criteria", criteria=(criterion,))
    edit = Edit(question[:24], f"crit:{question}", [criterion.id], 0)
    request.find_service(Ops).apply(copy, [edit], schemes.leaves(exam))
    return request.db.scalar(sa.select(Job.id).where(Job.exam_id == exam.id, Job.kind == "grading.propose"))


#: Kind of job -> what queues one.
QUEUED = {"core.tidy": tidy, "export.make": export, "grading.finalise": finalise, "grading.propose": ask_graders,
           "import.scan": import_scan, "import.tidy": tidy_lists, "import.watch": watch, "ocr.draw": draw,
           "ocr.identify": identify, "ocr.try": try_drawn}
