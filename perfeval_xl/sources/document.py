"""A document of lines and tables, one below the other, as a single grid.

Title and year of a form stand above its table and the remark below it, and a document may hold many forms: so the
whole document becomes one ``Sheet``, its tables below each other, each line a row of one cell across the table.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import PurePath
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import MOST_COLUMNS, Range
from perfeval_xl.package.limits import MOST_LINES, MOST_TABLE_CELLS
from perfeval_xl.sources.sheet import RowPlace, Sheet, Value

# "<35万元" is a value: only these are markup.
_ATTRIBUTES: Final = r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*"""
_NAMES: Final = "p|br|b|strong|i|em|u|s|sub|sup|span|div|font|o:p"
_TAG: Final = re.compile(rf"</?(?:{_NAMES}){_ATTRIBUTES}/?>", re.IGNORECASE)
_BREAKING_TAG: Final = re.compile(rf"</p>|</div>|<br{_ATTRIBUTES}/?>", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:[a-z]{2,8}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060"))
#: Code points that are no characters (entities may name them) are replaced by �.
_SHOWN: Final[dict[int, str | None]] = {**_INVISIBLE, **dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd")}


def clean(text: str) -> str | None:
    """The text of a cell without white space around it; inner line breaks stay. Nothing left: ``None``."""
    return text.translate(_SHOWN).strip() or None


def without_markup(text: str) -> str:
    """Text in which HTML tags and entities may stand, as a reader of the page sees it."""
    if "<" in text:
        text = _TAG.sub("", _BREAKING_TAG.sub("\n", text))
        text = "\n".join(line.strip(" \t") for line in text.split("\n"))
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


@dataclass(slots=True)
class TableCell:
    """A cell of a table at a column of its grid; ``content`` holds texts and nested tables in order."""

    column: int
    content: list[str | DocumentTable] = field(default_factory=list)
    across: int = 1
    down: int = 1

    @property
    def text(self) -> str | None:
        """The texts of the cell, one below the other."""
        return clean("\n".join(piece for piece in self.content if isinstance(piece, str)))


@dataclass(slots=True)
class DocumentTable:
    """Rows of cells; cells hidden by one that spans them are absent. ``places`` has one entry per row."""

    rows: list[list[TableCell]]
    places: list[RowPlace] = field(default_factory=list)

    @property
    def width(self) -> int:
        """The number of grid columns."""
        return max((cell.column + cell.across for row in self.rows for cell in row), default=0)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph outside tables."""

    text: str
    place: RowPlace


@dataclass(slots=True)
class _Flat:
    """A table without nested ones: values by place, merges, and the row of the table each row comes from."""

    height: int
    width: int
    values: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    row_of: list[int] = field(default_factory=list)


def sheet_of(blocks: Iterable[Line | DocumentTable], source: str) -> Sheet:
    """One grid of all lines and tables in order. Raises ``Unreadable`` when it would be too large."""
    grid = _Grid(source)
    for block in blocks:
        if isinstance(block, DocumentTable):
            grid.add_table(block)
        else:
            grid.add_line(block)
    return grid.sheet()


class _Grid:
    def __init__(self, source: str) -> None:
        self.source = source
        self.rows: list[list[Value]] = []
        self.merges: list[Range] = []
        self.places: dict[int, RowPlace] = {}
        self.waiting: list[int] = []  # lines that wait for the width of the table below them
        self.width = 1
        self.cells = 0
        self.lines = 0

    def add_line(self, line: Line) -> None:
        text = clean(line.text)
        if text is not None:
            self.lines += 1
            if self.lines > MOST_LINES:
                raise Unreadable("document-too-large", path=self.source)
            self.waiting.append(len(self.rows))
            self.places[len(self.rows)] = line.place
            self.rows.append([text])

    def add_table(self, table: DocumentTable) -> None:
        flat = _flatten(table, self.source)
        self.cells += flat.height * flat.width
        if self.cells > MOST_TABLE_CELLS:
            raise Unreadable("document-too-large", path=self.source)
        self._span_lines(flat.width)
        top = len(self.rows)
        self.rows += [[None] * flat.width for _ in range(flat.height)]
        for (row, column), value in flat.values.items():
            self.rows[top + row][column] = value
        self.merges += [Range(top + m.top, m.left, top + m.bottom, m.right) for m in flat.merges]
        for row, origin in enumerate(flat.row_of):
            self.places[top + row] = table.places[origin] if origin < len(table.places) else RowPlace(origin + 1)

    def _span_lines(self, width: int) -> None:
        """A line reaches across the table below it; behind the last table, across that one."""
        self.merges += [Range(row, 0, row, width - 1) for row in self.waiting if width > 1]
        self.waiting = []
        self.width = width

    def sheet(self) -> Sheet:
        self._span_lines(self.width)
        rows = tuple(tuple(row) for row in self.rows)
        name = PurePath(self.source).stem
        return Sheet(self.source, name, rows, tuple(self.merges), addressing="table", places=self.places)


def _flatten(table: DocumentTable, source: str) -> _Flat:
    """Put nested tables in the place of their cell: its rows and columns grow, other cells beside it span them."""
    if table.width > MOST_COLUMNS or table.width * len(table.rows) > MOST_TABLE_CELLS:
        raise Unreadable("document-too-large", path=source)
    nested = {
        (row, cell.column): _stack(cell, source)
        for row, cells in enumerate(table.rows)
        for cell in cells
        if any(isinstance(piece, DocumentTable) for piece in cell.content)
    }
    heights, widths = [1] * len(table.rows), [1] * table.width
    for row, cells in enumerate(table.rows):
        for cell in cells:
            if (row, cell.column) in nested:
                _make_room(heights, row, cell.down, nested[row, cell.column].height)
                _make_room(widths, cell.column, cell.across, nested[row, cell.column].width)
    tops, lefts = [0, *accumulate(heights)], [0, *accumulate(widths)]
    flat = _Flat(tops[-1], lefts[-1], row_of=[row for row, height in enumerate(heights) for _ in range(height)])
    for row, cells in enumerate(table.rows):
        bottoms = {cell.column: tops[min(row + cell.down, len(heights))] - 1 for cell in cells}
        for cell in cells:
            area = Range(tops[row], lefts[cell.column], bottoms[cell.column], lefts[cell.column + cell.across] - 1)
            _place(flat, area, cell, nested.get((row, cell.column)))
    return flat


def _stack(cell: TableCell, source: str) -> _Flat:
    """The texts and tables of a cell, one below the other."""
    stack = _Flat(0, 1)
    for piece in cell.content:
        if isinstance(piece, DocumentTable):
            part = _flatten(piece, source)
            _copy(part, stack, stack.height, 0)
            stack.width = max(stack.width, part.width)
            stack.height += part.height
        elif (text := clean(piece)) is not None:
            stack.values[stack.height, 0] = text
            stack.height += 1
    return stack


def _make_room(sizes: list[int], first: int, count: int, needed: int) -> None:
    """Widens the last row or column that a cell spans until the nested content fits."""
    last = min(first + count, len(sizes)) - 1
    sizes[last] += max(0, needed - sum(sizes[first : last + 1]))


def _place(flat: _Flat, area: Range, cell: TableCell, inside: _Flat | None) -> None:
    if inside is not None:
        _copy(inside, flat, area.top, area.left)
        return
    if (text := cell.text) is not None:
        flat.values[area.anchor] = text
    if area.bottom > area.top or area.right > area.left:
        flat.merges.append(area)


def _copy(part: _Flat, into: _Flat, top: int, left: int) -> None:
    into.values.update({(top + row, left + column): text for (row, column), text in part.values.items()})
    into.merges += [Range(top + m.top, left + m.left, top + m.bottom, left + m.right) for m in part.merges]
