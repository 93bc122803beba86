"""One table on a sheet: columns with a width and a look, cells that are text, numbers, links or formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from math import ceil
from typing import Any, Final, Literal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from perfeval_xl import colours
from perfeval_xl.messages import say
from perfeval_xl.model import MOST_CHARACTERS
from perfeval_xl.shown import for_documents, shortened
from perfeval_xl.workbook.template.canvas import PlainFormulas

Look = Literal["text", "wrapped", "count", "money", "score", "rate", "link", "input", "input-score"]
#: Rows under the heading of one sheet; further rows go on another sheet.
MOST_ROWS: Final = 1_000_000
#: The last row with links: Excel takes 65,530 on one sheet, and a row has two, to its file and to its cell.
LAST_LINKED_ROW: Final = 32_000
#: Height of a line and of the highest row, in points.
LINE, MOST_HEIGHT = 14.5, 200
FONT: Final = "微软雅黑"
_NUMBERS: Final[dict[str, str]] = {
    "count": "0",
    "money": "#,##0.00####",
    "score": "0.##",
    "input-score": "0.##",
    "rate": "0.00%",
}
#: The fill of a row that says error, warning or info; the colours of the marks in a workbook.
FILLS: Final[Mapping[str, str]] = {str(severity): colour for severity, colour in colours.MARKS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; a plain text where ``url`` is empty."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its cached result. ``array``: entered as an array formula."""

    text: str
    value: str | Decimal | int | None
    array: bool = False


@dataclass(frozen=True, slots=True)
class SeverityFill:
    """A cell on the colour of a severity."""

    cell: str
    severity: str


CellContent = str | Decimal | int | None | Link | Formula | SeverityFill


@dataclass(frozen=True, slots=True)
class Column:
    """A column: key of its heading in the texts (or the heading itself), its width in characters, its look."""

    key: str
    width: float
    look: Look = "text"
    heading: str = ""

    def caption(self) -> str:
        """The heading in the current language."""
        return self.heading or say(f"reports.column-{self.key}")


def letter(columns: Sequence[Column], key: str) -> str:
    """The letter of a column."""
    return str(xl_col_to_name(next(index for index, column in enumerate(columns) if column.key == key)))


def quoted(sheet: str) -> str:
    """A sheet name as formulas want it."""
    return "'{}'".format(sheet.replace("'", "''"))


@dataclass
class SummaryBook:
    """The workbook that is written, with its looks, each made once."""

    file: xlsxwriter.Workbook
    _formats: dict[tuple[str, str], Any] = field(default_factory=dict)

    def look(self, name: str, fill: str = "") -> Any:
        """The format of a look, on a fill."""
        key = (name, fill)
        if key not in self._formats:
            self._formats[key] = self.file.add_format(_properties(name, fill))
        return self._formats[key]

    def sheet(self, name: str, columns: Sequence[Column]) -> Any:
        """A new sheet with its columns, ready to be printed across."""
        page = self.file.add_worksheet(name, PlainFormulas)
        for index, column in enumerate(columns):
            page.set_column(index, index, column.width)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&C&P / &N")
        return page

    def headings(self, page: Any, row: int, columns: Sequence[Column]) -> None:
        """The heading row of a table."""
        page.set_row(row, 32)
        for index, column in enumerate(columns):
            page.write_string(row, index, column.caption(), self.look("heading"))

    def row(self, page: Any, row: int, columns: Sequence[Column], cells: Sequence[CellContent]) -> None:
        """Writes one row, as high as its texts need: not every program computes heights by itself."""
        lines = max(_lines(cell, column) for column, cell in zip(columns, cells, strict=True))
        if lines > 1:
            page.set_row(row, min(lines * LINE, MOST_HEIGHT))
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            self.cell(page, row, index, cell, column.look)

    def cell(self, page: Any, row: int, column: int, cell: CellContent, look: str) -> None:
        """One cell; nothing in it ever becomes a formula but a ``Formula``."""
        fill = ""
        if isinstance(cell, SeverityFill):
            fill, cell = FILLS.get(cell.severity, ""), cell.cell
        style = self.look(look, fill)
        if isinstance(cell, Formula):
            self._formula(page, row, column, cell, style)
        elif isinstance(cell, Link):
            self._link(page, row, column, cell)
        elif cell is None or cell == "":
            page.write_blank(row, column, None, style)
        elif isinstance(cell, str):
            page.write_string(row, column, _fitting(cell), style)
        else:
            page.write_number(row, column, cell, style)

    def _formula(self, page: Any, row: int, column: int, cell: Formula, style: Any) -> None:
        text, value = for_documents(cell.text), cell.value
        shown = "" if value is None else for_documents(value) if isinstance(value, str) else float(value)
        if cell.array:
            page.write_array_formula(row, column, row, column, f"{{={text}}}", style, shown)
        else:
            page.write_formula(row, column, f"={text}", style, shown)

    def _link(self, page: Any, row: int, column: int, cell: Link) -> None:
        text = _fitting(cell.text)
        if cell.url and text and row <= LAST_LINKED_ROW:
            page.write_url(row, column, cell.url, self.look("link"), text)
        else:
            page.write_string(row, column, text, self.look("text"))


def _fitting(text: str) -> str:
    """What a cell holds of a text: all of it but for the very longest, which end in …"""
    if len(text) <= MOST_CHARACTERS // 2 or len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS:
        return text
    return shortened(text, MOST_CHARACTERS // 2)


def _lines(cell: CellContent, column: Column) -> int:
    """How many lines a text takes in its column; a Chinese character is two wide."""
    if not isinstance(cell, str) or column.look not in ("wrapped", "input"):
        return 1
    wide = (sum(1 + (ord(character) > 0x2E80) for character in line) for line in cell.split("\n"))
    return sum(max(1, ceil(width / (column.width - 1))) for width in wide)


def _properties(name: str, fill: str) -> Mapping[str, Any]:
    """The properties of a format, as XlsxWriter takes them."""
    made: dict[str, Any] = {
        "font_name": FONT,
        "font_size": 10,
        "valign": "vcenter",
        "border": 1,
        "border_color": colours.FAINT_LINE,
    }
    if name == "title":
        return {"font_name": FONT, "font_size": 16, "bold": True, "valign": "vcenter"}
    if name in ("note", "paragraph"):
        return {
            "font_name": FONT,
            "font_size": 9 if name == "note" else 11,
            "font_color": colours.QUIET if name == "note" else colours.BLACK,
            "text_wrap": True,
            "valign": "vcenter",
        }
    if name in ("heading", "total"):
        ground = colours.TABLE_HEADING if name == "heading" else colours.SYSTEM_GREY
        made |= {"bold": True, "bg_color": ground, "text_wrap": True}
        made |= {"align": "center"} if name == "heading" else {}
    if name.startswith("total-"):
        made |= {"bold": True, "bg_color": colours.SYSTEM_GREY}
    if name.startswith("input"):
        made |= {"bg_color": colours.OPEN_CELL}
    look = name.removeprefix("total-")
    if look in _NUMBERS:
        made |= {"num_format": _NUMBERS[look]}
    if look in ("wrapped", "input"):
        made |= {"text_wrap": True}
    if name == "link":
        made |= {"font_color": colours.LINK, "underline": 1}
    return made | ({"bg_color": fill} if fill else {})


def write_table(book: SummaryBook, name: str, columns: Sequence[Column], rows: Iterable[Sequence[CellContent]]) -> None:
    """A sheet that is one table: frozen heading, filter. Rows that do not fit go on a second sheet, and so on."""
    for number, part in enumerate(_parts(rows), start=1):
        page = book.sheet(name if number == 1 else f"{name} ({number})", columns)
        book.headings(page, 0, columns)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        last = 0
        for last, cells in enumerate(part, start=1):
            book.row(page, last, columns, cells)
        page.autofilter(0, 0, max(last, 1), len(columns) - 1)


def _parts(rows: Iterable[Sequence[CellContent]]) -> Iterator[Iterator[Sequence[CellContent]]]:
    """``rows`` in parts that fit a sheet; an empty one where there are none."""
    remaining = iter(rows)
    yield islice(remaining, MOST_ROWS)
    for first in remaining:
        yield islice(chain([first], remaining), MOST_ROWS)
