"""Gathering what exporters are given, and the files that were made."""

from pathlib import Path

import sqlalchemy as sa
from korrigo_grading.public import Paper, Schemes, Target, scores_of_exam, totals

from korrigo.api import Audit, Blob, Blobs, Copy, CopyState, Exam, Exams, Student

from .formats import ExportQuestion, ExportRow, ExportTable, RowStatus, safe_filename
from .interfaces import IExporter
from .models import ExportFile

JOB = "export.make"


class Gathering:
    """The marks of an exam as a table; six queries, whatever the size."""

    def __init__(self, db, exams: Exams, schemes: Schemes):
        self.db, self.exams, self.schemes = db, exams, schemes

    @classmethod
    def of(cls, request) -> "Gathering":
        return cls(request.db, request.find_service(Exams), request.find_service(Schemes))

    def table(self, exam: Exam) -> ExportTable:
        """One row for each expected pupil, then the copies that are nobody's."""
        return self.with_ids(exam)[0]

    def with_papers(self, exam: Exam) -> tuple[ExportTable, dict[int, str]]:
        """The table, and the blob of the valid graded PDF by row."""
        table, ids = self.with_ids(exam)
        papers = dict(self.db.execute(
            sa.select(Paper.copy_id, Paper.blob_id).join(Copy, Copy.id == Paper.copy_id)
            .where(Copy.exam_id == exam.id, Copy.state == CopyState.GRADED, ~Paper.superseded)).all())
        return table, {row: papers[copy_id] for row, (copy_id, _pupil) in enumerate(ids) if copy_id in papers}

    def with_ids(self, exam: Exam) -> tuple[ExportTable, list[tuple[str | None, str | None]]]:
        """The table, and the ids of the copy and the pupil of each row."""
        scheme = self.schemes.get(exam)
        questions = tuple(ExportQuestion(leaf.id, leaf.label, leaf.title, leaf.points)
                          for leaf in (scheme.leaves() if scheme else ()))
        copies = self.db.scalars(sa.select(Copy).where(Copy.exam_id == exam.id).order_by(Copy.serial)).all()
        scores = scores_of_exam(self.db, exam.id)
        words = dict(self.db.execute(
            sa.select(Target.copy_id, Target.value).join(Copy, Copy.id == Target.copy_id)
            .where(Copy.exam_id == exam.id, Target.key == "appreciation")).all())
        by_student = {copy.student_id: copy for copy in copies if copy.student_id}
        rows, ids = [], []
        for student, _expected in self.exams.roster(exam):
            copy = by_student.pop(student.id, None)
            rows.append(self._row(scheme, copy, student, scores, words))
            ids.append((copy.id if copy else None, student.id))
        unexpected = {student.id: student for student in self.db.scalars(
            sa.select(Student).where(Student.id.in_(list(by_student))))}
        for copy in copies:
            if copy.student_id is None or copy.student_id in by_student:
                rows.append(self._row(scheme, copy, unexpected.get(copy.student_id), scores, words))
                ids.append((copy.id, copy.student_id))
        return ExportTable(exam.title, exam.held_on, exam.total, questions, tuple(rows)), ids

    def _row(self, scheme, copy: Copy | None, student: Student | None, scores, words) -> ExportRow:
        who = {} if student is None else {
            "last_name": student.last_name, "first_name": student.first_name, "birth_date": student.birth_date,
            "number": student.number, "class_name": student.class_name, "email": student.email}
        if copy is None:
            return ExportRow(RowStatus.ABSENT, **who)
        result = totals(scheme, scores.get(copy.id, {})) if scheme else None
        complete = result is not None and not result.missing
        status = (RowStatus.UNIDENTIFIED if student is None
                  else RowStatus.GRADED if complete else RowStatus.PARTIAL)
        return ExportRow(status, copy.serial, copy.code, total=result.total if complete else None,
                         scores=scores.get(copy.id, {}), appreciation=words.get(copy.id) or "", **who)


class ExportFiles:
    """Exports that were asked for, and the files once they are made."""

    def __init__(self, db, blobs: Blobs, audit: Audit, jobs, user_id: str | None):
        self.db, self.blobs, self.audit, self.jobs, self.user_id = db, blobs, audit, jobs, user_id

    @classmethod
    def of(cls, request) -> "ExportFiles":
        return cls(request.db, request.find_service(Blobs), request.audit, request.jobs, request.actor_id)

    def ask(self, exam: Exam, exporter: IExporter) -> ExportFile:
        """Queue an export."""
        file = ExportFile(exam_id=exam.id, exporter=exporter.name, media_type=exporter.media_type,
                          filename=f"{safe_filename(exam.title)}_{exporter.name}{exporter.extension}",
                          created_by=self.user_id)
        self.db.add(file)
        self.db.flush()
        file.job_id = self.jobs.add(JOB, exam_id=exam.id, file_id=file.id).id
        self.audit.record("export.asked", f"exam:{exam.id}", exporter=exporter.name)
        return file

    def keep(self, file: ExportFile, path: Path) -> Blob:
        """The file is made."""
        blob = self.blobs.add_file(path, file.media_type)
        file.blob_id, file.size = blob.id, blob.size
        return blob

    def of_exam(self, exam: Exam) -> list[ExportFile]:
        return list(self.db.scalars(sa.select(ExportFile).where(ExportFile.exam_id == exam.id)
                                    .order_by(ExportFile.created.desc())))


SERVICES = (Gathering, ExportFiles)
