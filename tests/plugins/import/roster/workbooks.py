"""Workbooks as spreadsheets write them, from rows of texts, numbers and dates."""

import datetime as dt
import io
import zipfile
from xml.sax.saxutils import escape

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def packed(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def xlsx(**sheets: list[list]) -> bytes:
    """A workbook with these sheets; a date is a number with the format of dates, as Excel keeps it."""
    names = list(sheets)
    return packed({
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELS}"><sheets>' + "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"/>' for n, name in enumerate(names, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">' + "".join(
            f'<Relationship Id="s{n}" Type="{_RELS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _name in enumerate(names, 1))
        + f'<Relationship Id="st" Type="{_RELS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {_MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
    } | {f"xl/worksheets/sheet{n}.xml": _sheet(sheets[name]) for n, name in enumerate(names, 1)})


def _sheet(rows: list[list]) -> str:
    return f"<worksheet {_MAIN}><sheetData>" + "".join(
        f'<row r="{n}">' + "".join(_cell(f"{chr(65 + place)}{n}", value) for place, value in enumerate(row)) + "</row>"
        for n, row in enumerate(rows, 1)) + "</sheetData></worksheet>"


def _cell(place: str, value) -> str:
    if isinstance(value, dt.date):
        return f'<c r="{place}" s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


def ods(rows: list[list], name: str = "Feuille1") -> bytes:
    uri = "urn:oasis:names:tc:opendocument:xmlns:"

    def cell(value) -> str:
        if isinstance(value, dt.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return ('<table:table-cell office:value-type="string"><text:p>' + escape(value)
                + "</text:p></table:table-cell>")

    body = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in rows)
    return packed({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{uri}manifest:1.0"/>',
        "content.xml": f'<office:document-content xmlns:office="{uri}office:1.0" xmlns:table="{uri}table:1.0" '
        f'xmlns:text="{uri}text:1.0"><office:body><office:spreadsheet><table:table table:name="{name}">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"})
