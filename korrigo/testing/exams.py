"""An exam made by services, without reading any page: what a test of a plugin starts from."""

from dataclasses import dataclass
from pathlib import Path

import pikepdf

from ..models import Fate, Side
from ..services import Blobs, Copies, Exams, Sides, Students

#: Where a name stands on a page, in thousandths of its width and height.
ZONE = [0, 0, 1000, 400]


@dataclass(frozen=True)
class MadeExam:
    """Ids of what was made; ``sides`` are those of each copy, in order."""

    exam: str
    blob: str
    copies: tuple[str, ...]
    sides: tuple[tuple[str, ...], ...]
    students: tuple[str, ...]


def blank_scan(path: Path, pages: int = 8) -> Path:
    """A PDF of empty A4 pages."""
    with pikepdf.new() as pdf:
        for _page in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(path)
    return path


def make_exam(request, scan: Path, *, copies: int = 2, pages: int = 4, anonymous: bool = True, pupils: int = 3,
              title: str = "Mock exam") -> MadeExam:
    """An exam whose copies are the pages of ``scan`` in order, all of them ready for grading; nobody's yet."""
    exams, copies_of = request.find_service(Exams), request.find_service(Copies)
    exam = exams.create(title=title, anonymous=anonymous, identity_zones=[ZONE])
    blob = request.find_service(Blobs).add_file(scan, "application/pdf")
    made, placed = [], []
    for number in range(copies):
        copy = copies_of.create(exam)
        sides = [Side(exam_id=exam.id, blob_id=blob.id, pdf_page=number * pages + page + 1, width_mm=210.0,
                      height_mm=297.0, header=page == 0, ordinal=number * pages + page, fate=Fate.WAITING)
                 for page in range(pages)]
        request.db.add_all(sides)
        request.db.flush()
        request.find_service(Sides).place(sides, copy)
        copies_of.move(copy, "release")
        made.append(copy.id)
        placed.append(tuple(side.id for side in sides))
    students = [request.find_service(Students).upsert(
        f"{exam.id}:{n}", last_name=f"Lastname{n}", first_name=f"Firstname{n}", number=f"77100{n:02d}")[0]
        for n in range(pupils)]
    exams.expect(exam, students)
    return MadeExam(exam.id, blob.id, tuple(made), tuple(placed), tuple(student.id for student in students))
