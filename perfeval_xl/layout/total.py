"""总分: the printed total of weights and of scores, also where the print has moved the two numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from perfeval_xl.layout import Ambiguity
from perfeval_xl.layout.funds import FundTable
from perfeval_xl.layout.grid import Grid, Item, amount
from perfeval_xl.layout.headings import Header
from perfeval_xl.layout.indicators import IndicatorTable
from perfeval_xl.package.addresses import Cell

_COLUMNS: Final = ("weight", "score")


@dataclass(slots=True)
class TotalCells:
    """The total row as found."""

    fields: dict[str, Cell] = field(default_factory=dict)
    ambiguous: list[Ambiguity] = field(default_factory=list)
    print_cells: set[Cell] = field(default_factory=set)


def read_total(grid: Grid, row: int, table: IndicatorTable, funds: FundTable) -> TotalCells:
    """The two totals in ``row``: two numbers in the order of the columns, or one where it is clear which."""
    found = TotalCells()
    items = grid.items(row)
    numbers = [item for item in items if item.kind == "number"]
    found.print_cells |= {item.cell for item in items if item.kind == "mark" or "sections" in item.roles}
    wanted = _ordered(table.header)
    if len(wanted) == 2 and len(numbers) == 2:
        found.fields = {f"total.{column}": item.cell for column, item in zip(wanted, numbers, strict=True)}
    elif len(numbers) == 1 and wanted:
        column = wanted[0] if len(wanted) == 1 else _meant(grid, numbers[0], table, funds)
        if column is None:
            found.ambiguous.append(Ambiguity("total", numbers[0].cell))
        else:
            found.fields[f"total.{column}"] = numbers[0].cell
    elif numbers:
        _read_exact(grid, found, numbers, table.header)
    if not found.ambiguous:
        _offer_blank(grid, found, row, table.header)
    return found


def _ordered(header: Header) -> list[str]:
    known = [column for column in _COLUMNS if column in header.columns]
    return sorted(known, key=lambda column: header.columns[column].left)


def _meant(grid: Grid, item: Item, table: IndicatorTable, funds: FundTable) -> str | None:
    """Whether a single number is the total of the weights or of the scores.

    The sum that it equals tells; else its column where cells are merged or the sheet is a worksheet. A text has
    columns too, but a missing merged cell moves them.
    """
    number = amount(item.value)
    equal = [column for column in _COLUMNS if number in _sums(grid, table, funds, column)]
    if len(equal) == 1:
        return equal[0]
    if all(_covers(item, table.header, column) for column in _COLUMNS):
        return "score"  # one merged cell below both headings: the points that the form gets
    if grid.sheet.addressing == "A1" or grid.has_merges(item.row, item.row):
        return next((column for column in _COLUMNS if _is_under(item, table.header, column)), None)
    return None


def _sums(grid: Grid, table: IndicatorTable, funds: FundTable, column: str) -> set[Decimal]:
    numbers = [number for item in table.column(grid, column) if (number := amount(item.value)) is not None]
    if not numbers:
        return set()
    own = sum(numbers, Decimal(0))
    execution = funds.number(grid, column)
    return {own} if execution is None else {own, own + execution}


def _covers(item: Item, header: Header, column: str) -> bool:
    return column in header.columns and item.left <= header.columns[column].left <= item.right


def _is_under(item: Item, header: Header, column: str) -> bool:
    return header.columns[column].left <= item.left <= header.columns[column].right


def _read_exact(grid: Grid, found: TotalCells, numbers: list[Item], header: Header) -> None:
    """More numbers than there are totals: only those under their headings count, and only in a true grid."""
    for item in numbers:
        column = next((c for c in _ordered(header) if header.columns[c].left == item.left), None)
        if column is not None and grid.sheet.addressing == "A1":
            found.fields[f"total.{column}"] = item.cell
        else:
            found.ambiguous.append(Ambiguity("total", item.cell))


def _offer_blank(grid: Grid, found: TotalCells, row: int, header: Header) -> None:
    """Cells of totals that are still empty."""
    # A formula in error still is the total; that it shows an error is told when it is read.
    filled = {item.cell for item in grid.items(row) if item.kind != "error"}
    covered = {Cell(row, column) for item in grid.items(row) for column in range(item.left + 1, item.right + 1)}
    for column in _ordered(header):
        cell = Cell(row, header.columns[column].left)
        if cell not in filled and cell not in covered:
            found.fields.setdefault(f"total.{column}", cell)
