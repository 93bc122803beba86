"""A workbook as xlwings shows one of Excel for Windows, as far as the bridge asks, that refuses what Excel refuses.

A locked cell of a protected sheet, an argument longer than Excel takes, anything at all while a cell is edited: each
raises an error made like pywin32's ``com_error``. It stands in for Excel where none runs; whether Excel itself refuses
in just these cases is for the checklist.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

BUSY = -2147418111
LOCKED = "您试图更改的单元格或图表位于受保护的工作表中。"
MOST_TEXT = 32767


class ComError(Exception):
    """Like ``pywintypes.com_error``: number, text, details, argument."""


def refused(sentence: str) -> ComError:
    return ComError(-2147352567, "发生意外。", (0, "Microsoft Excel", sentence, "xlmain11.chm", 0, -2146827284), None)


class Book:
    """The workbook; ``before_write`` is called before each cell is written and may raise."""

    def __init__(self, data: bytes, path: Path, before_write: Callable[[str], None] = lambda _: None) -> None:
        self.cells = openpyxl.load_workbook(io.BytesIO(data))
        self.fullname, self.name = str(path), path.name
        self.before_write = before_write
        self.undo_offered: list[tuple[str, str]] = []
        self.app = SimpleNamespace(
            screen_updating=True,
            api=SimpleNamespace(OnUndo=lambda text, macro: self.undo_offered.append((text, macro))),
        )
        self.api = SimpleNamespace(SaveCopyAs=self._save_copy)
        self.busy = False

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> list[Any]:
        found = []
        for sheet in self.cells.worksheets:
            for name, defined in sheet.defined_names.items():
                found.append(SimpleNamespace(name=f"'{sheet.title}'!{name}", refers_to=f"={defined.attr_text}"))
        return found

    def _save_copy(self, path: str) -> None:
        self.cells.save(path)

    def contents(self) -> dict[str, Any]:
        """Everything typed into cells, by sheet and address."""
        return {
            f"{sheet.title}!{cell.coordinate}": cell.value
            for sheet in self.cells.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }


class Sheets:
    def __init__(self, book: Book) -> None:
        self._book = book

    def __getitem__(self, name: str) -> Sheet:
        return Sheet(self._book, self._book.cells[name])

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self._book, page) for page in self._book.cells.worksheets)


class Sheet:
    def __init__(self, book: Book, page: Any) -> None:
        self.book, self.page = book, page
        self.name = page.title
        self.visible = page.sheet_state == "visible"
        self.api = SimpleNamespace(ProtectContents=page.protection.sheet)
        self.used_range = SimpleNamespace(last_cell=SimpleNamespace(row=page.max_row, column=page.max_column))

    def range(self, start: tuple[int, int], end: tuple[int, int] | None = None) -> Area:
        return Area(self, start, end or start)


class Area:
    def __init__(self, sheet: Sheet, start: tuple[int, int], end: tuple[int, int]) -> None:
        self.sheet, self.start, self.end = sheet, start, end
        self.has_array = False
        self._dimensions: int | None = None
        corners = f"{get_column_letter(start[1])}{start[0]}:{get_column_letter(end[1])}{end[0]}"
        self._rows = [list(row) for row in sheet.page[corners]]

    @property
    def api(self) -> Any:
        locks = {cell.protection.locked for row in self._rows for cell in row}
        return SimpleNamespace(Locked=locks.pop() if len(locks) == 1 else None)

    @property
    def merge_cells(self) -> bool | None:
        merged = {
            any(cell.coordinate in area for area in self.sheet.page.merged_cells.ranges)
            for row in self._rows
            for cell in row
        }
        return merged.pop() if len(merged) == 1 else None

    @property
    def merge_area(self) -> Any:
        cell = self._rows[0][0]
        areas = self.sheet.page.merged_cells.ranges
        found = next((area.coord for area in areas if cell.coordinate in area), cell.coordinate)
        return SimpleNamespace(address=found)

    def options(self, ndim: int | None = None, err_to_str: bool = False) -> Area:
        assert err_to_str
        self._dimensions = ndim
        return self

    @property
    def formula(self) -> Any:
        rows = tuple(tuple(_as_formula(cell.value) for cell in row) for row in self._rows)
        return rows[0][0] if len(rows) == 1 == len(rows[0]) else rows

    @formula.setter
    def formula(self, content: Any) -> None:
        self._type(self._rows[0][0], content)

    @property
    def value(self) -> Any:
        rows = [[_as_value(cell.value) for cell in row] for row in self._rows]
        return rows[0] if self._dimensions == 1 else rows

    @value.setter
    def value(self, contents: list[Any]) -> None:
        assert len(self._rows) == 1
        for cell, content in zip(self._rows[0], contents, strict=True):
            self._type(cell, content)

    def _type(self, cell: Any, content: Any) -> None:
        """As if typed: an apostrophe makes a text, digits alone a number."""
        if self.sheet.book.busy:
            raise ComError(BUSY, "Call was rejected by callee.", None, None)
        self.sheet.book.before_write(f"{self.sheet.name}!{cell.coordinate}")
        if self.sheet.page.protection.sheet and cell.protection.locked:
            raise refused(LOCKED)
        if isinstance(content, str) and len(content) > MOST_TEXT:
            raise refused("")
        cell.value = _typed(content)


def _typed(content: Any) -> Any:
    if not isinstance(content, str):
        return content
    if content.startswith("'"):
        return content[1:]
    try:
        return float(content)
    except ValueError:
        return content or None


def _as_formula(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool | date):
        return str(value)
    return f"{value:g}" if isinstance(value, int | float) else value


def _as_value(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("="):
        return None  # nothing computes here
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
