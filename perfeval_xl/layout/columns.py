"""Matching printed rows with the columns of a table when the print may have shifted them.

A cell that was merged in the original may be missing in a text, and everything after it stands one column to the
left. Position alone proves nothing then. So every shift that is possible is a *reading* of the row; its ``penalty``
grows with everything that does not fit (text where a number belongs, a label under the wrong heading). The reading
with the least penalty is taken when it is clearly better than the next; where two are about as good, the cells they
disagree on are left out and reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.layout.headings import HeadingSpan
from perfeval_xl.package.addresses import Cell

#: How far a row may stand away from its headings, the likeliest first.
SHIFTS: Final = (0, -1, 1, -2, 2)
#: A reading is accepted when the next best has a penalty at least this much higher.
CLEARLY: Final = 2
#: Penalty for a value that cannot belong to its column.
MISFIT: Final = 5
_SHIFTED_IN_TEXT: Final = 1
_SHIFTED_IN_WORKSHEET: Final = 2
_SHIFTED_THOUGH_MERGED: Final = 3
#: Penalty for a filled cell for which no column is found.
_UNPLACED: Final = 4
#: Cells farther right than this do not belong to the table.
_FAR: Final = 3


@dataclass(slots=True)
class RowReading:
    """One way to read a row: column -> filled cell."""

    shift: int
    penalty: int
    cells: dict[str, Item] = field(default_factory=dict)
    #: Filled cells no column was found for.
    unplaced: list[Item] = field(default_factory=list)
    #: Columns that such a cell may belong to: no other cell is taken for them.
    unclear: set[str] = field(default_factory=set)

    def column_of(self, item: Item) -> str | None:
        """The column an item was given."""
        return next((column for column, placed in self.cells.items() if placed.cell == item.cell), None)


def place_values(reading: RowReading, items: Iterable[Item], columns: Mapping[str, HeadingSpan]) -> None:
    """Put each item under its column at the shift of ``reading``.

    A heading stands over all columns up to the next one; of two different values below it, the one right below it
    counts (the other may belong to a heading that got lost).
    """
    right = max((span.right for span in columns.values()), default=0) + reading.shift
    for item in items:
        column = column_at(columns, item.at - reading.shift)
        if column is None:
            reading.unplaced.append(item)
            reading.penalty += _UNPLACED if item.at <= right + _FAR else 0
        elif column not in reading.cells:
            reading.cells[column] = item
        elif item.kind != "text" or reading.cells[column].value != item.value:
            _place_second(reading, item, column, columns[column])


def _place_second(reading: RowReading, item: Item, column: str, span: HeadingSpan) -> None:
    """A second value under one heading. (The same text again is a merged cell that a converter wrote twice.)"""
    first = reading.cells[column]
    reading.penalty += _UNPLACED if item.value != first.value else 0
    if item.at - reading.shift == span.left:
        reading.cells[column], item = item, first
    reading.unplaced.append(item)


def column_at(columns: Mapping[str, HeadingSpan], position: int) -> str | None:
    """The column whose heading covers ``position``."""
    return next((name for name, span in columns.items() if span.left <= position <= span.right), None)


def snap(items: Iterable[Item], columns: Mapping[str, HeadingSpan]) -> list[Item]:
    """Items with the column each mostly stands under: in Word, edges of merged cells need not meet between rows."""
    return [_snapped(item, columns) if item.right > item.left else item for item in items]


def _snapped(item: Item, columns: Mapping[str, HeadingSpan]) -> Item:
    span = max(columns.values(), key=lambda span: _overlap(span, item.left, item.right), default=None)
    return item._replace(snapped=span.left) if span and _overlap(span, item.left, item.right) > 0 else item


def _overlap(span: HeadingSpan, left: int, right: int) -> int:
    return min(span.right, right) - max(span.left, left) + 1


def choose(readings: list[RowReading]) -> tuple[RowReading, dict[Cell, set[str]]]:
    """The reading with the least penalty, and each cell that another reading of about the same penalty puts
    elsewhere, with the columns in question.
    """
    ordered = sorted(readings, key=lambda reading: reading.penalty)
    best = ordered[0]
    disputed: dict[Cell, set[str]] = {}
    for other in ordered[1:]:
        if other.penalty - best.penalty >= CLEARLY:
            break
        for one, two in ((best, other), (other, best)):
            for column, item in one.cells.items():
                if two.column_of(item) != column:
                    disputed.setdefault(item.cell, set()).add(column)
    return best, disputed


def cell_under(grid: Grid, row: int, span: HeadingSpan, shift: int) -> Cell | None:
    """The empty cell of a column: the one that lies under most of its heading.

    ``None`` off the sheet, or where a filled cell or one that reaches down from a row above takes the place.
    """
    left, right = span.left + shift, span.right + shift
    if left < 0:
        return None
    found: Cell | None = None
    most = 0
    for column in range(left, right + 1):
        area = grid.merge_at(row, column)
        if area is None:
            share, cell = 1, Cell(row, column)
        else:
            share = min(area.right, right) - max(area.left, left) + 1
            cell = area.anchor
        if share > most:
            most, found = share, cell
    is_free = found is not None and found.row == row and all(item.cell != found for item in grid.items(row))
    return found if is_free else None


def trust_in_grid(grid: Grid, top: int, bottom: int) -> int:
    """The penalty of a shift by one column: least in a text, most where merged cells keep columns in place."""
    if grid.has_merges(top, bottom):
        return _SHIFTED_THOUGH_MERGED
    return _SHIFTED_IN_WORKSHEET if grid.sheet.addressing == "A1" else _SHIFTED_IN_TEXT
