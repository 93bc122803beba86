"""An open Calc document as sheets: values, merges, names and properties, as the openers of files give them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from perfeval_xl.profile import profile_ids
from perfeval_xl.sources.sheet import Cell, CellError, Range, Sheet, Value, decimal_of

#: com.sun.star.sheet.CellFlags.DATETIME and FormulaResult.ERROR.
_DATES: Final = 2
_ERRORS: Final = 4


def sheets_of(document: Any) -> list[Sheet]:
    """Every sheet of the document in the order of its tabs."""
    properties = {entry.Name: str(entry.Value) for entry in _properties(document)}
    return [_sheet(document, number, properties) for number in range(document.Sheets.Count)]


def profile_of(document: Any) -> str | None:
    """The profile a template was made from, if this add-in knows it."""
    named = (str(entry.Value) for entry in _properties(document) if entry.Name == "perfeval_profile")
    return next((name for name in named if name in profile_ids()), None)


def _properties(document: Any) -> Any:
    found = document.DocumentProperties.UserDefinedProperties
    return found.PropertyValues if hasattr(found, "PropertyValues") else ()


def _sheet(document: Any, number: int, properties: dict[str, str]) -> Sheet:
    sheet = document.Sheets.getByIndex(number)
    area = used_area(sheet)
    return Sheet(
        source=document.URL or document.Title,
        name=sheet.Name,
        rows=tuple(map(tuple, rows_of(area))),
        merges=tuple(_merges(sheet, area)),
        names=dict(_names(document, sheet, number)),
        properties=properties,
        hidden=not sheet.IsVisible,
        index=number,
    )


def used_area(sheet: Any) -> Any:
    """From A1 to the last cell in use."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)


def rows_of(area: Any) -> list[list[Value]]:
    """The values of a range; a number formatted as a date is that date, an error is its text."""
    rows: list[list[Value]] = [[_value(cell) for cell in row] for row in area.getDataArray()]
    start = area.Spreadsheet.DrawPage.Forms.Parent.NullDate  # a range leads to its document only this way
    top, left = area.RangeAddress.StartRow, area.RangeAddress.StartColumn
    for row, column in _cells(area.queryContentCells(_DATES).RangeAddresses):
        serial = rows[row - top][column - left]
        if isinstance(serial, Decimal):
            rows[row - top][column - left] = _date(start, serial)
    for row, column in _cells(area.queryFormulaCells(_ERRORS).RangeAddresses):
        rows[row - top][column - left] = CellError(area.getCellByPosition(column - left, row - top).String)
    return rows


def _value(cell: Any) -> Value:
    return decimal_of(cell) if isinstance(cell, float) else cell or None


def _date(start: Any, days: Decimal) -> datetime:
    return datetime(start.Year, start.Month, start.Day) + timedelta(days=float(days))


def _cells(ranges: Any) -> Iterator[tuple[int, int]]:
    for part in ranges:
        for row in range(part.StartRow, part.EndRow + 1):
            for column in range(part.StartColumn, part.EndColumn + 1):
                yield row, column


def _merges(sheet: Any, area: Any) -> Iterator[Range]:
    end = area.RangeAddress
    for row in range(end.EndRow + 1):
        for column in range(end.EndColumn + 1):
            cell = sheet.getCellByPosition(column, row)
            if cell.IsMerged:
                cursor = sheet.createCursorByRange(cell)
                cursor.collapseToMergedArea()
                yield _range(cursor.RangeAddress)


def _range(address: Any) -> Range:
    return Range(address.StartRow, address.StartColumn, address.EndRow, address.EndColumn)


def _names(document: Any, sheet: Any, number: int) -> Iterator[tuple[str, Range]]:
    """The document's names that point to this sheet, then its own, which come first."""
    for names in (document.NamedRanges, sheet.NamedRanges):
        for name in names.ElementNames:
            cells = names.getByName(name).ReferredCells
            if cells is not None and cells.RangeAddress.Sheet == number:
                yield name, _range(cells.RangeAddress)


def cell_at(document: Any, sheet: str, cell: Cell) -> Any:
    """The cell of a sheet, or ``None`` where there is no such sheet any more."""
    if not document.Sheets.hasByName(sheet):
        return None
    return document.Sheets.getByName(sheet).getCellByPosition(cell.column, cell.row)
