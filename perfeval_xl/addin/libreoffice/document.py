"""An open Calc document: as sheets, the way the openers of files give them, and as a book that can be marked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from perfeval_xl.excel.marks import COLUMNS, FIRST, HEAD, RECORDS, Line, Place
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.sources.sheet import CellError, Sheet, Value, decimal_of

#: com.sun.star.sheet.CellFlags.DATETIME and FormulaResult.ERROR.
_DATES: Final = 2
_ERRORS: Final = 4


def sheets_of(document: Any) -> list[Sheet]:
    """Every sheet of the document in the order of its tabs."""
    properties = {entry.Name: str(entry.Value) for entry in properties_of(document)}
    return [_sheet(document, number, properties) for number in range(document.Sheets.Count)]


def properties_of(document: Any) -> Any:
    """The properties that were defined for this document."""
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


#: In hundredths of a millimetre, for ``COLUMNS``.
_WIDTHS: Final = (1200, 1500, 1700, 3600, 1700, 11000, 3600, 3600, 9000)
_BOLD: Final = 150.0


class CalcBook:
    """An open document as ``marks.Book``. Setting colours and notes through the API is allowed on protected sheets."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def title(self) -> str:
        """The name in the title bar."""
        return str(self._document.Title)

    def sheets(self) -> list[Sheet]:
        """Every sheet as it stands on the screen."""
        return sheets_of(self._document)

    def _cell(self, place: Place) -> Any:
        return self._document.Sheets.getByName(place.sheet).getCellByPosition(place.cell.column, place.cell.row)

    def colour(self, place: Place) -> int:
        """The fill of a cell."""
        return int(self._cell(place).CellBackColor)

    def set_colour(self, place: Place, colour: int) -> None:
        """Fills a cell."""
        self._cell(place).CellBackColor = colour

    def note(self, place: Place) -> str:
        """The comment on a cell."""
        return str(self._cell(place).Annotation.String)

    def set_note(self, place: Place, text: str) -> None:
        """Replaces the comment: changing the text of one leaves its old size."""
        cell = self._cell(place)
        notes = cell.Spreadsheet.Annotations
        for number in reversed(range(notes.Count)):
            position = notes.getByIndex(number).Position
            if (position.Row, position.Column) == place.cell:
                notes.removeByIndex(number)
        if text:
            notes.insertNew(cell.CellAddress, text)

    def lines(self, sheet: str) -> list[Line]:
        """The findings on the sheet 审核意见."""
        review = self._document.Sheets.getByName(sheet)
        last = used_area(review).RangeAddress.EndRow
        if last < FIRST:
            return []
        width = len(COLUMNS) + RECORDS
        return list(review.getCellRangeByPosition(0, FIRST, width - 1, last).getDataArray())

    def add_review(self, name: str, head: str, captions: Sequence[str], lines: Sequence[Line]) -> None:
        """Adds the sheet 审核意见 behind the others."""
        self._document.Sheets.insertNewByName(name, self._document.Sheets.Count)
        review = self._document.Sheets.getByName(name)
        last, width = FIRST + len(lines) - 1, len(COLUMNS) + RECORDS
        review.getCellByPosition(0, 0).String = head
        review.getCellRangeByPosition(0, HEAD, len(COLUMNS) - 1, HEAD).setDataArray((tuple(captions),))
        review.getCellRangeByPosition(0, FIRST, width - 1, last).setDataArray(tuple(lines))
        for column, size in enumerate(_WIDTHS):
            review.Columns.getByIndex(column).Width = size
        for column in range(len(COLUMNS), width):
            review.Columns.getByIndex(column).IsVisible = False
        review.getCellRangeByPosition(0, 0, len(COLUMNS) - 1, HEAD).CharWeight = _BOLD
        table = review.getCellRangeByPosition(0, HEAD, len(COLUMNS) - 1, last)
        table.IsTextWrapped = True
        table.Rows.OptimalHeight = True

    def remove_sheet(self, name: str) -> None:
        """Removes a sheet."""
        self._document.Sheets.removeByName(name)

    def lifted(self, sheets: Collection[str]) -> AbstractContextManager[None]:
        """Nothing has to be lifted here."""
        return nullcontext()

    def selected(self) -> Place | None:
        """The top left selected cell; ``None`` when something else is selected."""
        address = getattr(self._document.CurrentSelection, "RangeAddress", None)
        if address is None:
            return None
        return Place(self._document.Sheets.ElementNames[address.Sheet], Cell(address.StartRow, address.StartColumn))

    def select(self, place: Place) -> None:
        """Shows the sheet and selects the cell."""
        controller = self._document.CurrentController
        controller.setActiveSheet(self._document.Sheets.getByName(place.sheet))
        controller.select(self._cell(place))
