"""What other plugins may use of this one; the rest is private."""

from .exporters import add_korrigo_exporter
from .formats import ExportQuestion, ExportRow, ExportTable, RowStatus, rounded
from .interfaces import GradedPdf, IExporter, Material

__all__ = [
    "ExportQuestion", "ExportRow", "ExportTable", "GradedPdf", "IExporter", "Material", "RowStatus",
    "add_korrigo_exporter", "rounded",
]
