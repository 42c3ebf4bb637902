"""CSV: the generic one, with everything, and the one that is pasted into PRONOTE."""

import csv
import io
from collections.abc import Mapping
from decimal import Decimal

from korrigo.api import safe_cell, safe_filename

from .table import ExportRow, ExportTable, RowStatus, rounded

#: PRONOTE's letters for marks that are no number.
PRONOTE_LETTERS: Mapping[RowStatus, str] = {RowStatus.ABSENT: "ABS", RowStatus.PARTIAL: "N.Note"}

#: PRONOTE takes marks of two decimals.
HUNDREDTH = Decimal("0.01")


def written(value: Decimal | str | None, decimal: str) -> str:
    """Points without useless zeros, with the wanted decimal sign."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return format(value.normalize(), "f").replace(".", decimal)


def generic_csv(table: ExportTable, *, delimiter: str = ";", decimal: str = ",", bom: bool = True,
                step: Decimal | None = None) -> bytes:
    """One line a pupil or copy: identity, total, every question, appreciation."""
    head = ["Copie", "Code", "Nom", "Prénom", "Né(e) le", "Numéro", "Classe", "État",
            f"Total /{written(table.maximum, decimal)}",
            *(safe_cell(f"{question.label} /{written(question.maximum, decimal)}") for question in table.questions),
            "Appréciation"]
    lines = [[
        row.copy_serial or "", row.code, safe_cell(row.last_name), safe_cell(row.first_name),
        f"{row.birth_date:%d/%m/%Y}" if row.birth_date else "", safe_cell(row.number), safe_cell(row.class_name),
        row.status, written(rounded(row.total, step), decimal),
        *(written(row.scores.get(question.id), decimal) for question in table.questions),
        safe_cell(row.appreciation),
    ] for row in table.rows]
    return _csv([head, *lines], delimiter, bom)


def pronote_csv(table: ExportTable, *, delimiter: str = ";", decimal: str = ",", step: Decimal | None = HUNDREDTH,
                letters: Mapping[RowStatus, str] = PRONOTE_LETTERS) -> bytes:
    """Name, first name, mark, in the alphabetical order in which PRONOTE lists a class.

    The column of marks can be pasted as it is; the names beside it show that the order is the same.
    """
    rows = sorted((row for row in table.rows if row.status != RowStatus.UNIDENTIFIED), key=_alphabetical)
    lines = [[safe_cell(row.last_name), safe_cell(row.first_name), safe_cell(row.class_name),
              letters.get(row.status) or written(rounded(row.total, step), decimal)] for row in rows]
    return _csv([["Nom", "Prénom", "Classe", "Note"], *lines], delimiter, bom=True)


def _alphabetical(row: ExportRow) -> tuple[str, str]:
    """Letters without accents; nobody without a first name goes after somebody with one."""
    return safe_filename(row.last_name, "").casefold(), safe_filename(row.first_name, "").casefold()


def _csv(lines, delimiter: str, bom: bool) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")
