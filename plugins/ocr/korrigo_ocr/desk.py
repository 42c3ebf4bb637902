"""The identification desk as its script knows it."""

from collections.abc import Sequence

import sqlalchemy as sa

from korrigo.api import Copy, Exam, Exams, ExamStudent, Fate, Identification, Side, Student, say
from korrigo.api import Sentence as _

from .models import Proposal


def describe(request, exam: Exam) -> dict:
    """Every copy with its header, pages, proposal and decision; every pupil.  Five queries, whatever the size."""
    db = request.db
    copies = db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id).order_by(Copy.serial)).all()
    proposals = {row.copy_id: row for row in db.scalars(
        sa.select(Proposal).join(Copy, Copy.id == Proposal.copy_id).where(Copy.exam_id == exam.id))}
    sides: dict[str, list[Side]] = {}
    for side in db.scalars(sa.select(Side).where(Side.exam_id == exam.id, Side.copy_id.is_not(None),
                                                 Side.fate == Fate.COPY).order_by(Side.copy_id, Side.position)):
        sides.setdefault(side.copy_id, []).append(side)
    roster = request.find_service(Exams).roster(exam)
    return {
        "exam": {"id": exam.id, "title": exam.title},
        "copies": [describe_copy(request, exam, copy, proposals.get(copy.id), sides.get(copy.id, []))
                   for copy in copies],
        **_pupils(roster),
    }


def pupils(request, exam: Exam) -> dict:
    """Every pupil: asked for again once somebody has added one."""
    return _pupils(request.find_service(Exams).roster(exam))


def _pupils(roster: Sequence[tuple[Student, ExamStudent]]) -> dict:
    return {"students": [_student(student) for student, _row in roster],
            "absent": [row.student_id for _student, row in roster if row.absent]}


def describe_copy(request, exam: Exam, copy: Copy, proposal: Proposal | None, sides: list[Side]) -> dict:
    header = next((side for side in sides if side.header), sides[0] if sides else None)
    identified = copy.identification in (Identification.AUTO, Identification.MANUAL)
    return {
        "id": copy.id, "serial": copy.serial, "title": _title(request, copy),
        "crop": request.route_path("ocr.header", side=header.id, _query={"t": header.turned}) if header else None,
        "pages": [request.pictures.url(exam, side, "work") for side in sides],
        "read": proposal.text if proposal else "", "verdict": proposal.verdict if proposal else "none",
        "strays": [number for number, side in enumerate(sides, 1) if proposal and side.id in proposal.strays],
        "student": copy.student_id, "automatic": copy.identification == Identification.AUTO, "identified": identified,
        "unknown": copy.identification == Identification.UNKNOWN, "version": copy.version,
        "candidates": proposal.candidates if proposal else [],
    }


def _title(request, copy: Copy) -> str:
    return say(request, _("Copy ${number}", number=copy.serial))


def one(request, exam: Exam, copy: Copy) -> dict:
    """One copy, after a decision."""
    sides = list(request.db.scalars(sa.select(Side).where(Side.copy_id == copy.id, Side.fate == Fate.COPY)
                                    .order_by(Side.position)))
    return describe_copy(request, exam, copy, request.db.get(Proposal, copy.id), sides)


def _student(student: Student) -> dict:
    return {"id": student.id, "last": student.last_name, "first": student.first_name, "name": student.name,
            "class_name": student.class_name, "number": student.number,
            "birth": f"{student.birth_date:%d/%m/%Y}" if student.birth_date else ""}
