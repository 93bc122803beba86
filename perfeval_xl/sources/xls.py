"""Workbooks of Excel 97 to 2003 and WPS (.xls, .et), by xlrd: pure Python, so a broken file cannot crash the process.

It gives what faster readers do not: number formats, struck-through text, hidden rows and columns, error values.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import Cell, Range, a1
from perfeval_xl.package.limits import MOST_CELLS
from perfeval_xl.sources.biff_extent import trusted
from perfeval_xl.sources.grid import clear_covered, sound_merges, tidy_rows
from perfeval_xl.sources.moments import moment_of
from perfeval_xl.sources.number_format import number_format
from perfeval_xl.sources.ole import root_stream
from perfeval_xl.sources.sheet import CellError, Sheet, Unseen, Value, decimal_of

if TYPE_CHECKING:
    from decimal import Decimal

#: Kinds of cells, as xlrd numbers them.
_TEXT, _NUMBER, _DATE, _TRUTH, _ERROR = 1, 2, 3, 4, 5
_ENCRYPTED: Final = ("encrypted", "password")


def read_xls(data: bytes, source: str) -> list[Sheet]:
    """The worksheets of an .xls, hidden ones too. Raises ``Unreadable``."""
    import xlrd

    try:
        stream = trusted(root_stream(data, source, "Workbook", "Book"), source)
        book = xlrd.open_workbook(file_contents=stream, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        return [_XlsReader(book, sheet, source).sheet(index) for index, sheet in enumerate(book.sheets())]
    except (MemoryError, Unreadable):
        raise
    except Exception as problem:  # a damaged file makes the library raise exceptions of many kinds
        word = str(problem).lower()
        key = "file-has-password" if any(each in word for each in _ENCRYPTED) else "file-damaged"
        raise Unreadable(key, path=source) from problem


class _XlsReader:
    """Reads one worksheet."""

    def __init__(self, book: Any, sheet: Any, source: str) -> None:
        self.book = book
        self.raw = sheet
        self.source = source
        self.unseen: dict[Cell, Unseen] = {}
        self.stored: dict[Cell, Decimal] = {}

    def sheet(self, index: int) -> Sheet:
        """The worksheet as a grid."""
        rows = [self._row(number) for number in range(self.raw.nrows)]
        self._check(rows)
        merges = sound_merges(Range(top, left, low - 1, right - 1) for top, low, left, right in self.raw.merged_cells)
        for merge in merges:
            clear_covered(rows, merge)
        return Sheet(
            self.source, self.raw.name, tidy_rows(rows), merges, hidden=self.raw.visibility != 0, index=index,
            unseen=self.unseen, stored=self.stored,
            hidden_rows=frozenset(row for row, info in self.raw.rowinfo_map.items() if info.hidden),
            hidden_columns=frozenset(column for column, info in self.raw.colinfo_map.items() if info.hidden),
        )  # fmt: skip

    def _check(self, rows: list[list[Value]]) -> None:
        filled = [row for row, values in enumerate(rows) if any(value is not None for value in values)]
        width = max((len(values) for values in rows), default=0)
        height = max(filled, default=-1) + 1
        if height * width > MOST_CELLS:
            place = a1(height - 1, width - 1)
            raise Unreadable("sheet-too-large", path=self.source, sheet=self.raw.name, cell=place)

    def _row(self, number: int) -> list[Value]:
        kinds, values = self.raw.row_types(number), self.raw.row_values(number)
        cells = enumerate(zip(kinds, values, strict=True))
        return [self._value(Cell(number, column), kind, value) for column, (kind, value) in cells]

    def _value(self, cell: Cell, kind: int, value: Any) -> Value:
        if kind not in (_TEXT, _NUMBER, _DATE, _TRUTH, _ERROR):
            return None
        if kind == _ERROR:
            from xlrd.biffh import error_text_from_code

            return CellError(error_text_from_code.get(value, "#VALUE!"))
        look = self.book.xf_list[self.raw.cell_xf_index(*cell)]
        if self._is_struck(look.font_index):
            self.unseen[cell] = Unseen("struck", str(value))
            return None
        if kind == _TRUTH:
            return bool(value)
        code = self.book.format_map[look.format_key].format_str
        return self._text(cell, value, code) if kind == _TEXT else self._number(cell, value, code)

    def _is_struck(self, font: int) -> bool:
        fonts = self.book.font_list
        return font < len(fonts) and bool(fonts[font].struck_out)

    def _text(self, cell: Cell, text: str, code: str) -> Value:
        runs = self.raw.rich_text_runlist_map.get(tuple(cell))
        if runs:
            text = "".join(piece for piece, font in _runs(text, runs) if font is None or not self._is_struck(font))
        shown = number_format(code)
        return (shown.shown_text(text) if shown else text) or None

    def _number(self, cell: Cell, number: float, code: str) -> Value:
        if not math.isfinite(number):
            return CellError("#NUM!")
        stored = decimal_of(number)
        shown = number_format(code)
        if shown is None:
            return stored
        if shown.date:
            return moment_of(number, shown.date, from_1904=bool(self.book.datemode))
        seen = shown.shown(stored)
        if seen is None:
            self.unseen[cell] = Unseen("format", format(stored, "f"))
        elif seen != stored:
            self.stored[cell] = stored
        return seen


def _runs(text: str, runs: list[tuple[int, int]]) -> Iterator[tuple[str, int | None]]:
    """Pieces of a text with their fonts; before the first run the cell's own font holds."""
    starts = [start for start, _ in runs]
    yield text[: starts[0]], None
    for (start, font), end in zip(runs, [*starts[1:], len(text)], strict=True):
        yield text[start:end], font
