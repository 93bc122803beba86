"""What goes between the cells of Excel, as xlwings shows them, and those of a ``Sheet``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from perfeval_xl.excel.actions import Change
from perfeval_xl.excel.arguments import ERRORS
from perfeval_xl.excel.marks import Place
from perfeval_xl.package.addresses import Cell, Range, parse_range
from perfeval_xl.sources.sheet import CellError, Value, decimal_of


def to_sheet_value(value: Any) -> Value:
    """What xlwings gives for a cell -> what a cell of a sheet holds."""
    if isinstance(value, str) and value in ERRORS:
        return CellError(value)
    if isinstance(value, bool | date | str) or value is None:
        return None if value == "" else value
    return decimal_of(float(value))


def to_excel_value(value: Value) -> Any:
    """The reverse. A text that Excel would take for something else is given with an apostrophe, which it hides."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, CellError):
        return value.text
    return f"'{value}" if isinstance(value, str) and value else value


def with_all_decimals(rows: Sequence[Sequence[Any]], all_of: Callable[[], Any]) -> Sequence[Sequence[Any]]:
    """Cells as Excel shows them; one formatted as currency comes with four decimals, and with all by ``Value2``.

    Only those are taken from there: ``Value2`` gives dates as numbers.
    """
    if not any(isinstance(cell, Decimal) for row in rows for cell in row):
        return rows
    exact = all_of()
    exact = exact if isinstance(exact, tuple | list) else ((exact,),)
    return [
        [full if isinstance(cell, Decimal) else cell for cell, full in zip(row, full_row, strict=True)]
        for row, full_row in zip(rows, exact, strict=True)
    ]


def runs(changes: Sequence[Change]) -> Iterator[tuple[Place, list[Value]]]:
    """Changes of cells side by side in one row, so that each run is one call."""
    ordered = sorted(changes, key=lambda change: (change.place.sheet, change.place.cell))
    start: Place | None = None
    values: list[Value] = []
    for change in ordered:
        sheet, (row, column) = change.place
        if start is not None and (sheet, row, column) == (start.sheet, start.cell.row, start.cell.column + len(values)):
            values.append(change.value)
            continue
        if start is not None:
            yield start, values
        start, values = change.place, [change.value]
    if start is not None:
        yield start, values


def merges_in(area: Range, is_merged: Callable[[Range], bool | None], merge_of: Callable[[Cell], Range]) -> list[Range]:
    """The merges of an area by halving: Excel tells of a range whether all, none or some of it is merged.

    ``is_merged`` gives ``None`` for some. A form of 60 rows needs some hundred questions instead of one a cell.
    """
    found: dict[Range, None] = {}
    waiting = [area]
    while waiting:
        part = waiting.pop()
        merged = is_merged(part)
        if merged is False:
            continue
        if merged and merge_of(part.anchor) == part:
            found.setdefault(part)
        elif part.top == part.bottom and part.left == part.right:
            found.setdefault(merge_of(part.anchor))
        else:
            waiting += _halves(part)
    return sorted(found)


def _halves(part: Range) -> tuple[Range, Range]:
    top, left, bottom, right = part
    if bottom - top >= right - left:
        middle = (top + bottom) // 2
        return Range(top, left, middle, right), Range(middle + 1, left, bottom, right)
    middle = (left + right) // 2
    return Range(top, left, bottom, middle), Range(top, middle + 1, bottom, right)


def names_by_sheet(names: Mapping[str, str]) -> dict[str, dict[str, Range]]:
    """Defined names as Excel lists them (``自评表!perf_title``: ``='自评表'!$A$2``), by sheet; no formulas."""
    found: dict[str, dict[str, Range]] = {}
    for name, refers_to in names.items():
        sheet, _, area = refers_to.removeprefix("=").rpartition("!")
        try:
            place = parse_range(area)
        except ValueError:
            continue
        plain = sheet.strip("'").replace("''", "'")
        found.setdefault(plain, {})[name.rpartition("!")[2]] = place
    return found
