"""Sound files of every kind to start from: the shipped samples, as documents, workbooks, tables and pages."""

from __future__ import annotations

import html
import io
import zipfile
from functools import cache
from xml.sax.saxutils import escape

import docx
import openpyxl
import xlwt

from perfeval_xl.cli.demonstration import SAMPLES
from perfeval_xl.model import load_document
from perfeval_xl.workbook.open_workbook import to_workbook

Grid = list[list[str | float | None]]
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_HEAD = (
    '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:body><o:spreadsheet><t:table t:name="自评表">'
)


@cache
def seeds() -> dict[str, bytes]:
    """Name -> bytes. The ending of a name says its kind."""
    found: dict[str, bytes] = {}
    for path in sorted(SAMPLES.glob("*.json")):
        document = path.read_bytes()
        workbook = to_workbook(load_document(document).forms)
        found[f"{path.stem}.json"] = document
        found[f"{path.stem}.xlsx"] = workbook
        for ending, write in _WRITERS.items():
            found[f"{path.stem}{ending}"] = write(_grid(workbook))
    return found


def _grid(workbook: bytes) -> Grid:
    """The values of the first sheet; formulas are what they gave."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook), data_only=True).worksheets[0]
    rows: Grid = [[_plain(cell) for cell in row[:12]] for row in sheet.iter_rows(max_row=60, values_only=True)]
    return [row for row in rows if any(value is not None for value in row)]


def _plain(value: object) -> str | float | None:
    return value if value is None or isinstance(value, int | float) else str(value)


def _office(grid: Grid) -> bytes:
    """A workbook as an office makes it: no names, no formulas, shared texts."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in grid:
        sheet.append(row)
    return _saved(book)


def _old(grid: Grid) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("自评表")
    for number, row in enumerate(grid):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    return _saved(book)


def _saved(book: openpyxl.Workbook | xlwt.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _open_document(grid: Grid) -> bytes:
    def cell(value: str | float | None) -> str:
        if value is None:
            return "<t:table-cell/>"
        kind = 'o:value-type="string"' if isinstance(value, str) else f'o:value-type="float" o:value="{value}"'
        return f"<t:table-cell {kind}><x:p>{escape(str(value))}</x:p></t:table-cell>"

    rows = "".join(f"<t:table-row>{''.join(map(cell, row))}</t:table-row>" for row in grid)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _ODS)
        archive.writestr("content.xml", f"{_ODS_HEAD}{rows}</t:table></o:spreadsheet></o:body></o:document-content>")
    return file.getvalue()


def _word(grid: Grid) -> bytes:
    document = docx.Document()
    width = max(map(len, grid))
    table = document.add_table(rows=0, cols=width)
    for row in grid:
        cells = table.add_row().cells
        for cell, value in zip(cells, row, strict=False):
            cell.text = _text(value)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _text(value: str | float | None) -> str:
    return "" if value is None else str(value)


def _page(grid: Grid) -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(_text(value))}</td>' for value in row)}</tr>" for row in grid)
    return f"<html><meta charset=utf-8><body><table>{rows}</table></body></html>".encode()


def _tabs(grid: Grid) -> bytes:
    return "\n".join("\t".join(_text(value).replace("\n", " ") for value in row) for row in grid).encode()


def _pipes(grid: Grid) -> bytes:
    return "\n".join("|" + "|".join(_text(value).replace("\n", " ") for value in row) + "|" for row in grid).encode()


def _commas(grid: Grid) -> bytes:
    quoted = ('"' + _text(value).replace('"', '""') + '"' for row in grid for value in (*row, None))
    return ",".join(quoted).replace(',"",', "\n").encode()


def _print(grid: Grid) -> bytes:
    """A PDF of ruled cells; its font has no Chinese, so the numbers and lines of the form stand in it."""
    strokes = []
    for number, row in enumerate(grid[:40]):
        for column, value in enumerate(row[:10]):
            left, top = 30 + 50 * column, 800 - 18 * number
            shown = "".join(sign for sign in _text(value) if " " <= sign <= "~" and sign not in "()\\")[:8] or "x"
            strokes.append(f"{left} {top} 50 18 re S BT /F 8 Tf {left + 2} {top + 5} Td ({shown}) Tj ET")
    content = "\n".join(strokes).encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


_WRITERS = {
    ".office.xlsx": _office,
    ".xls": _old,
    ".ods": _open_document,
    ".docx": _word,
    ".html": _page,
    ".txt": _tabs,
    ".md": _pipes,
    ".csv": _commas,
    ".pdf": _print,
}
