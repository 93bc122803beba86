"""What Excel, WPS and Word put on the clipboard for a form: the table as HTML in their manners, and text with tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from perfeval_xl.files import read_bytes
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.shown import whole
from perfeval_xl.sources.sheet import Sheet

#: A cell's text, and how many rows and columns it has.
Shown = tuple[str, int, int]


def sheet_of(book: bytes) -> Sheet:
    """The sheet of the form, as a person sees it."""
    sheet = read_bytes(book, "form.xlsx")[0].sheet
    assert sheet is not None
    return sheet


def _printed(sheet: Sheet) -> range:
    """The rows a person selects: the printed form."""
    return range(1, sheet.names["perf_head_panel"].top)


def _columns(sheet: Sheet) -> list[int]:
    return [column for column in range(sheet.width) if column not in sheet.hidden_columns]


def _cells(sheet: Sheet, row: int) -> Iterator[Shown]:
    for column in _columns(sheet):
        cell = Cell(row, column)
        merge = next((area for area in sheet.merges if area.covers(cell)), Range(row, column, row, column))
        if merge.anchor == cell:
            yield whole(sheet[cell]), merge.bottom - merge.top + 1, merge.right - merge.left + 1


def _table(book: bytes, cell: Callable[[Shown], str], row: str) -> str:
    sheet = sheet_of(book)
    rows = ("".join(map(cell, _cells(sheet, number))) for number in _printed(sheet))
    return "".join(f"<tr {row}>{cells}</tr>\r\n" for cells in rows)


def _spans(rows: int, columns: int) -> str:
    return (f" rowspan={rows}" if rows > 1 else "") + (f" colspan={columns}" if columns > 1 else "")


def excel(book: bytes) -> str:
    """As Excel: attributes without quotes, classes of its own, rules in a comment, ``<br>`` between lines."""

    def cell(shown: Shown) -> str:
        text, rows, columns = shown
        lines = "<br>\r\n    ".join(map(escape, text.split("\n")))
        return f"<td{_spans(rows, columns)} height=19 class=xl65 style='height:14.25pt'>{lines}</td>"

    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" '
        'xmlns="http://www.w3.org/TR/REC-html40"><head>'
        '<meta http-equiv=Content-Type content="text/html; charset=utf-8">'
        '<meta name=ProgId content=Excel.Sheet><style><!--table {mso-displayed-decimal-separator:"\\.";}\n'
        ".xl65 {white-space:normal;}--></style></head><body link=blue vlink=purple><table border=0 cellpadding=0 "
        "cellspacing=0 width=864 style='border-collapse:collapse;width:648pt'><!--StartFragment--><col width=72>"
        f"{_table(book, cell, 'height=19')}<!--EndFragment--></table></body></html>"
    )


def wps(book: bytes) -> str:
    """As WPS: like Excel, its attributes in quotes and upper case, its names its own."""

    def cell(shown: Shown) -> str:
        text, rows, columns = shown
        lines = "<br/>".join(map(escape, text.split("\n")))
        return f'<td class="et2" ROWSPAN="{rows}" COLSPAN="{columns}" x:str>{lines}</td>'

    return (
        '<html xmlns:v="urn:schemas-microsoft-com:vml"><head><meta name="Generator" content="WPS Office ET"/>'
        '<style>.et2{mso-style-parent:style0;}</style></head><body><!--StartFragment--><table width="864" border="0">'
        f"{_table(book, cell, 'HEIGHT=19.00')}</table><!--EndFragment--></body></html>"
    )


def word(book: bytes) -> str:
    """As Word: a paragraph for every line, spans for every change of script, office paragraphs that are empty."""

    def cell(shown: Shown) -> str:
        text, rows, columns = shown
        lines = "".join(
            f"<p class=MsoNormal align=center><span style='font-family:仿宋'>{escape(line)}</span>"
            "<span lang=EN-US><o:p></o:p></span></p>"
            for line in text.split("\n")
        )
        return f"<td{_spans(rows, columns)} width=72 valign=top style='border:solid windowtext 1.0pt'>{lines}</td>"

    return (
        '<html xmlns:w="urn:schemas-microsoft-com:office:word"><head><!--[if gte mso 9]><xml><w:WordDocument/></xml>'
        "<![endif]--><style><!--p.MsoNormal {margin:0cm;}--></style></head><body lang=ZH-CN><!--StartFragment-->"
        "<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0><![if !supportMisalignedColumns]>"
        f"{_table(book, cell, 'style=mso-yfti-irow:0')}</table><!--EndFragment--></body></html>"
    )


def plain(book: bytes) -> str:
    """As all of them: tabs between cells, quotes around a cell of several lines; a merged cell has its text once."""
    sheet = sheet_of(book)
    covered = {cell for area in sheet.merges for cell in area.cells() if cell != area.anchor}

    def shown(cell: Cell) -> str:
        text = "" if cell in covered else whole(sheet[cell])
        return '"{}"'.format(text.replace('"', '""')) if "\n" in text else text

    rows = ("\t".join(shown(Cell(row, column)) for column in _columns(sheet)) for row in _printed(sheet))
    return "\r\n".join(rows) + "\r\n"
