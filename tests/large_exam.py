"""A large exam with real pictures and without reading it: for benchmarks of pages that show all of it."""

from pathlib import Path

import pikepdf

from korrigo.models import Fate, Side
from korrigo.pages.picture import Picture, View, render_many
from korrigo.services import Blobs, Copies, Exams

SCAN = Path(__file__).parent / "data" / "batches" / "class-a4" / "scan.pdf"


def large_scan(out: Path, pages: int) -> Path:
    """The pages of a real pile again and again; each picture is in the file once."""
    with pikepdf.open(SCAN) as pile:
        once = list(pile.pages)
        for number in range(len(once), pages):
            pile.pages.append(once[number % len(once)])
        del pile.pages[pages:]
        pile.save(out)
    return out


def large_exam(request, folder: Path, *, copies: int = 300, pages: int = 4) -> str:
    """The id of an exam of so many copies, ready for grading, with the small picture of every page in the cache."""
    exam = request.find_service(Exams).create(title=f"{copies * pages} pages", pages_per_copy=pages)
    blob = request.find_service(Blobs).add_file(large_scan(folder / "large.pdf", copies * pages), "application/pdf")
    service = request.find_service(Copies)
    for number in range(copies):
        copy = service.create(exam)
        request.db.add_all(Side(
            exam_id=exam.id, blob_id=blob.id, pdf_page=number * pages + place, width_mm=210, height_mm=297,
            header=place == 1, ordinal=number * pages + place - 1, fate=Fate.COPY, copy_id=copy.id, position=place)
            for place in range(1, pages + 1))
        request.db.flush()
        service.move(copy, "release")
    with pikepdf.open(SCAN) as pile:
        once = len(pile.pages)
    drawn = render_many(SCAN, [View(page) for page in range(1, once + 1)], width=248)
    for page in range(1, copies * pages + 1):
        picture = drawn[(page - 1) % once]
        assert isinstance(picture, Picture)
        request.registry["pictures"].keep(blob.id, View(page), "thumb", picture)
    return exam.id
