"""Making an export: all or nothing."""

import contextlib
import tempfile
from pathlib import Path

from korrigo.api import Exam, JobContext

from .exporters import exporters
from .interfaces import GradedPdf, Material
from .models import ExportFile
from .services import ExportFiles, Gathering


def make(context: JobContext, file_id: str) -> None:
    """Gather, write, keep.  Repeating it changes nothing."""
    with context.transaction() as request:
        file = request.db.get(ExportFile, file_id)
        if file is None or file.blob_id is not None:
            return
        exporter = exporters(context.registry)[file.exporter]
        table, papers = request.find_service(Gathering).with_papers(request.db.get(Exam, file.exam_id))
    with contextlib.ExitStack() as stack:
        graded = tuple(GradedPdf(row, stack.enter_context(context.blob_path(blob_id)))
                       for row, blob_id in papers.items()) if exporter.wants_graded else ()
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="korrigo-export-"))
        out = Path(folder, "export")
        exporter.write(Material(table, graded), out)
        with context.transaction() as request:
            request.find_service(ExportFiles).keep(request.db.get(ExportFile, file_id), out)
    context.report(1, 1, unit="files")
