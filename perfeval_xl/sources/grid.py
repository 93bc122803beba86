"""Grids of cells while they are read: limits, merges, names, tidy rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from perfeval_xl.package.addresses import MOST_COLUMNS, MOST_ROWS, Cell, Range, parse_range
from perfeval_xl.package.limits import MOST_CELLS
from perfeval_xl.sources.sheet import Row, Value


def sound_merges(areas: Iterable[Range]) -> tuple[Range, ...]:
    """The merged ranges that are plausible: corners in order, inside a worksheet, and not over the whole of it."""
    return tuple(
        area
        for area in areas
        if 0 <= area.top <= area.bottom < MOST_ROWS
        and 0 <= area.left <= area.right < MOST_COLUMNS
        and (area.bottom - area.top + 1) * (area.right - area.left + 1) <= MOST_CELLS
    )


#: Cells of the largest named area: a name of whole columns or sheets says nothing about a form.
_MOST_NAMED: Final = 100_000


def named_area(text: str) -> Range | None:
    """The area a name stands for; ``None`` for one that says nothing about a form."""
    try:
        area = parse_range(text)
    except ValueError:
        return None
    return area if (area.bottom - area.top + 1) * (area.right - area.left + 1) <= _MOST_NAMED else None


def clear_covered(grid: list[list[Value]], merge: Range) -> None:
    """Empty the cells that a merged one covers: what they may still hold is not shown."""
    for row in range(merge.top, min(merge.bottom + 1, len(grid))):
        first = merge.left + 1 if row == merge.top else merge.left
        last = min(merge.right + 1, len(grid[row]))
        if first < last:
            grid[row][first:last] = [None] * (last - first)


def tidy_rows(rows: Iterator[list[Value]] | Sequence[list[Value]]) -> tuple[Row, ...]:
    """Rows without the empty cells at their ends, and without the empty rows at the end."""
    tidy: list[Row] = []
    for row in rows:
        while row and row[-1] is None:
            row.pop()
        tidy.append(tuple(row))
    while tidy and not tidy[-1]:
        tidy.pop()
    return tuple(tidy)


def put(grid: list[list[Value]], cell: Cell, value: Value) -> None:
    """Set one cell of a grid of rows that may be too few or too short."""
    while len(grid) <= cell.row:
        grid.append([])
    row = grid[cell.row]
    row.extend([None] * (cell.column + 1 - len(row)))
    row[cell.column] = value
