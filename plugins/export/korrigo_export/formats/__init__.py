"""Marks as files: values in, bytes out.  No database."""

from korrigo.api import safe_cell, safe_filename

from .csv_files import generic_csv, pronote_csv
from .table import ExportQuestion, ExportRow, ExportTable, RowStatus, counts, rounded

__all__ = [
    "ExportQuestion", "ExportRow", "ExportTable", "RowStatus", "generic_csv", "pronote_csv", "counts", "rounded",
    "safe_cell", "safe_filename",
]
