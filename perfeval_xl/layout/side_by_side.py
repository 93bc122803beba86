"""Forms that stand side by side on one sheet: each is looked at alone, in its own columns."""

from __future__ import annotations

from dataclasses import replace

from perfeval_xl.layout.grid import Grid
from perfeval_xl.profile.vocabulary import Vocabulary
from perfeval_xl.sources.sheet import Sheet


def beside_each_other(sheet: Sheet, grid: Grid, words: Vocabulary) -> list[Grid]:
    """One grid for each form beside another, left to right; of a sheet with forms one below the other that grid."""
    starts = _starts(grid)
    if len(starts) < 2:
        return [grid]
    ends = [*starts[1:], sheet.width]
    return [
        Grid(_columns(sheet, 0 if not place else start, end), words)
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _starts(grid: Grid) -> list[int]:
    """The first column of each form: where 项目名称 stands again in a row, with a table heading below each."""
    for items in grid.rows.values():
        names = [item.left for item in items if item.roles.get("project") == "name"]
        if len(names) > 1 and len(names) == _tables(grid):
            return names
    return []


def _tables(grid: Grid) -> int:
    """The largest number of indicator table headings in one row."""
    counts = []
    for items in grid.rows.values():
        found = [item.roles.get("indicators") for item in items]
        counts.append(min(found.count("name"), found.count("score"), found.count("actual")))
    return max(counts, default=0)


def _columns(sheet: Sheet, start: int, end: int) -> Sheet:
    """The sheet with everything outside these columns blanked; addresses stay the same."""
    rows = tuple(tuple(None if place < start else value for place, value in enumerate(row[:end])) for row in sheet.rows)
    return replace(
        sheet, rows=rows, merges=tuple(area for area in sheet.merges if start <= area.left and area.right < end)
    )
