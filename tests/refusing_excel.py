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
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

#: Excel's name of what a protected sheet allows -> openpyxl's of what it forbids.
ALLOWED = {
    "FormattingCells": "formatCells",
    "FormattingColumns": "formatColumns",
    "FormattingRows": "formatRows",
    "InsertingColumns": "insertColumns",
    "InsertingRows": "insertRows",
    "InsertingHyperlinks": "insertHyperlinks",
    "DeletingColumns": "deleteColumns",
    "DeletingRows": "deleteRows",
    "Sorting": "sort",
    "Filtering": "autoFilter",
    "UsingPivotTables": "pivotTables",
}
STRUCTURE = "工作簿受保护，不能更改。"
PASSWORD = "密码不正确。"
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
        _with_plain_formulas(self.cells)
        self.fullname, self.name = str(path), path.name
        self.before_write = before_write
        self.undo_offered: list[tuple[str, str]] = []
        self.app = SimpleNamespace(
            screen_updating=True,
            display_alerts=True,
            api=SimpleNamespace(OnUndo=lambda text, macro: self.undo_offered.append((text, macro))),
        )
        self.api = SimpleNamespace(SaveCopyAs=self._save_copy)
        self.busy = self.structure_protected = self.password = False

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

    @property
    def selection(self) -> Any:
        return None

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
        self.active = SimpleNamespace(activate=lambda: None)

    def __getitem__(self, name: str | int) -> Sheet:
        pages = self._book.cells
        return Sheet(self._book, pages.worksheets[name] if isinstance(name, int) else pages[name])

    def add(self, name: str, after: Sheet) -> Sheet:
        assert after.name == self._book.cells.sheetnames[-1]
        if self._book.structure_protected:
            raise refused(STRUCTURE)
        return Sheet(self._book, self._book.cells.create_sheet(name))

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self._book, page) for page in self._book.cells.worksheets)


class Sheet:
    def __init__(self, book: Book, page: Any) -> None:
        self.book, self.page = book, page
        self.name = page.title
        self.visible = page.sheet_state == "visible"
        self.api = SheetApi(self)
        self.used_range = SimpleNamespace(last_cell=SimpleNamespace(row=page.max_row, column=page.max_column))

    def range(self, start: tuple[int, int], end: tuple[int, int] | None = None) -> Area:
        return Area(self, start, end or start)

    def delete(self) -> None:
        del self.book.cells[self.name]


class SheetApi:
    """The sheet's protection as COM shows it."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet, self._protection = sheet, sheet.page.protection

    @property
    def ProtectContents(self) -> bool:  # noqa: N802
        return bool(self._protection.sheet)

    ProtectDrawingObjects = ProtectScenarios = False

    @property
    def Protection(self) -> Any:  # noqa: N802
        return SimpleNamespace(
            **{f"Allow{excel}": not getattr(self._protection, ours) for excel, ours in ALLOWED.items()}
        )

    def Unprotect(self, password: str) -> None:  # noqa: N802
        assert password == ""
        if self._sheet.book.password:
            raise refused(PASSWORD)
        self._protection.sheet = False

    def Protect(self, **how: bool | str) -> None:  # noqa: N802
        assert how.pop("Password") == ""
        assert how.pop("Contents") is True
        assert {how.pop("DrawingObjects"), how.pop("Scenarios")} == {False}
        self._protection.sheet = True
        for excel, ours in ALLOWED.items():
            setattr(self._protection, ours, not how.pop(f"Allow{excel}"))
        assert not how


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
        locked = locks.pop() if len(locks) == 1 else None
        return SimpleNamespace(Locked=locked, CommentThreaded=None, AddComment=self._comment)

    def _comment(self, text: str) -> None:
        self._may_format()
        assert self._rows[0][0].comment is None
        self._rows[0][0].comment = Comment(text, "")

    def _may_format(self) -> None:
        if self.sheet.page.protection.sheet:
            raise refused(LOCKED)

    @property
    def note(self) -> Any:
        cell = self._rows[0][0]

        def delete() -> None:
            self._may_format()
            cell.comment = None

        return None if cell.comment is None else SimpleNamespace(text=cell.comment.text, delete=delete)

    @property
    def color(self) -> tuple[int, int, int] | None:
        fill = self._rows[0][0].fill
        return None if fill.fill_type is None else tuple(bytes.fromhex(fill.fgColor.rgb[-6:]))  # type: ignore[return-value]

    @color.setter
    def color(self, rgb: tuple[int, int, int] | None) -> None:
        self._may_format()
        self._rows[0][0].fill = PatternFill() if rgb is None else PatternFill("solid", fgColor=bytes(rgb).hex().upper())

    font = SimpleNamespace(bold=False)
    column_width = 8.0

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
    def value(self, contents: Any) -> None:
        """One value, a row of them, or rows, from the first cell on."""
        rows = contents if isinstance(contents, list) else [contents]
        rows = rows if isinstance(rows[0], list | tuple) else [rows]
        for down, row in enumerate(rows):
            for right, content in enumerate(row):
                self._type(self.sheet.page.cell(self.start[0] + down, self.start[1] + right), content)

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


def _with_plain_formulas(book: openpyxl.Workbook) -> None:
    """Excel tells the formula of a cell the same way whether it was entered for an array or not."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, ArrayFormula):
                    cell.value = cell.value.text


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
