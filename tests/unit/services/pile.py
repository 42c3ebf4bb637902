"""An exam with copies and scanned sides, made by services alone."""

import hashlib

from korrigo.models import Blob, Copy, Exam, Fate, Side, Student
from korrigo.services import Copies, Exams, Sides


class Pile:
    """``copies`` hold as many sides as the numbers say, in the order of the scan; ``loose`` sides follow."""

    def __init__(self, request, *sizes: int, loose: int = 0, title: str = "A mock exam"):
        self.request, self.db = request, request.db
        self.service, self.sides_of = request.find_service(Copies), request.find_service(Sides)
        self.exam: Exam = request.find_service(Exams).create(title=title)
        self.blob = Blob(id=hashlib.sha256(self.exam.id.encode()).hexdigest(), size=1, media_type="application/pdf")
        self.db.add(self.blob)
        self.db.flush()
        self.sides: list[Side] = []
        self.copies: list[Copy] = [self.copy(size) for size in sizes]
        self.loose = [self.side() for _ in range(loose)]

    def side(self) -> Side:
        number = len(self.sides)
        side = Side(exam_id=self.exam.id, blob_id=self.blob.id, pdf_page=number + 1, width_mm=210, height_mm=297,
                    ordinal=number)
        self.db.add(side)
        self.db.flush()
        self.sides.append(side)
        return side

    def copy(self, size: int) -> Copy:
        copy = self.service.create(self.exam)
        for position in range(1, size + 1):
            side = self.side()
            side.copy_id, side.position, side.fate = copy.id, position, Fate.COPY
        self.db.flush()
        return copy

    def student(self, name: str = "Pupil") -> Student:
        student = Student(last_name=name, match_key=name)
        self.db.add(student)
        self.db.flush()
        return student
