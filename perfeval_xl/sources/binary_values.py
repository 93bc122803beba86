"""The values of binary workbooks (.xls, .xlsb) by python-calamine, forty times faster than pure Python readers."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import python_calamine as calamine

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import Range
from perfeval_xl.sources.grid import clear_covered, sound_merges, tidy_rows
from perfeval_xl.sources.moments import shown_moment
from perfeval_xl.sources.sheet import CellError, Row, Value, decimal_of


@dataclass(frozen=True, slots=True)
class Values:
    """One worksheet as python-calamine gives it; ``index`` counts all sheets of the workbook, charts too."""

    name: str
    index: int
    rows: tuple[Row, ...]
    merges: tuple[Range, ...]
    hidden: bool


def read_values(data: bytes, source: str) -> list[Values]:
    """All worksheets by python-calamine. Raises ``Unreadable`` for every failure of the library."""
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [
                _read_sheet(book, index, about)
                for index, about in enumerate(book.sheets_metadata)
                if about.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as problem:
        raise Unreadable("file-has-password", path=source) from problem
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as problem:  # a panic of the Rust library is a BaseException, not an Exception
        raise Unreadable("file-damaged", path=source) from problem


def _read_sheet(book: calamine.CalamineWorkbook, index: int, about: calamine.SheetMetadata) -> Values:
    sheet = book.get_sheet_by_index(index)
    # "" stands for every cell that python-calamine has nothing for
    grid = [
        [(value or None) if type(value) is str else _to_value(value) for value in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]
    corners = sheet.merged_cell_ranges or ()
    merges = sound_merges(Range(top, left, bottom, right) for (top, left), (bottom, right) in corners)
    for merge in merges:
        clear_covered(grid, merge)
    return Values(about.name, index, tidy_rows(grid), merges, about.visible != calamine.SheetVisibleEnum.Visible)


def _to_value(value: Any) -> Value:
    """A value of python-calamine that is no text as a ``Value``."""
    kind = type(value)
    if kind is float:
        return decimal_of(value) if math.isfinite(value) else CellError("#NUM!")
    if kind is bool:
        return bool(value)
    if kind is int:
        return Decimal(value)
    return shown_moment(value)
