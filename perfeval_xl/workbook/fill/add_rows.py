"""Rows added to an office's own table, with the labels that tell whose they are.

A label that spans its group goes on spanning it, one that is printed again in each row is printed again, and a group
the table does not have yet brings its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from perfeval_xl.layout import Layout, Row
from perfeval_xl.model import FundLine
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import SheetEntry, Workbook
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.fill.align import LEVELS, MONEY, Room, level_columns, merge_at
from perfeval_xl.workbook.fill.insert import insert_rows, stretch


class GrowingTable(Protocol):
    """A worksheet, or a table of a document, to which rows are added."""

    def insert(self, after: int, count: int, held: frozenset[int]) -> None:
        """``count`` rows below row ``after`` that look like it; what stands in the columns ``held`` does not go on."""

    def stretch(self, cell: Cell, bottom: int) -> None:
        """Merges a cell, or the area that begins with it, down to row ``bottom``."""

    def set_value(self, cell: Cell, value: str | Decimal | None) -> None:
        """Puts a value in a cell."""


@dataclass
class GrowingSheet:
    """A worksheet of an office to which rows are added."""

    workbook: Workbook
    entry: SheetEntry
    part: SheetPart

    def insert(self, after: int, count: int, held: frozenset[int]) -> None:
        """``count`` rows that look like row ``after``, with the formulas of that row."""
        insert_rows(self.workbook, self.entry, self.part, after, count, held=held, with_formulas=True)

    def stretch(self, cell: Cell, bottom: int) -> None:
        """Merges a cell, or the area that begins with it, down to row ``bottom``."""
        stretch(self.part, cell, bottom)

    def set_value(self, cell: Cell, value: str | Decimal | None) -> None:
        """Puts a value in a cell."""
        self.part.set_value(cell, value)


def add_rows(table: GrowingTable, sheet: Sheet, layout: Layout, room: Room) -> None:
    """Adds the missing rows. ``sheet`` and ``layout`` are as they were before."""
    columns = level_columns(sheet, layout)
    lines = [new.line for new in room.rows]
    held = frozenset() if any(lines) else frozenset(columns.values())
    table.insert(room.below, len(room.rows), held)
    for number, line in enumerate(lines, start=1):
        if line is not None:
            _fund_row(table, room, line, number)
    if not any(lines):
        for place, name in enumerate(LEVELS):
            if name in columns:
                labels = [new.levels[place] for new in room.rows]
                _label_column(table, sheet, layout, room, name, columns[name], labels)


def _fund_row(table: GrowingTable, room: Room, line: FundLine, number: int) -> None:
    """Label and money of a new row of funds: with them it is known for one."""
    for column, cell in room.model.items():
        if column == "label" or (column in MONEY and column != "execution_rate"):
            table.set_value(Cell(room.below + number, cell.column), getattr(line, column))


def _label_column(
    table: GrowingTable,
    sheet: Sheet,
    layout: Layout,
    room: Room,
    name: str,
    column: int,
    labels: list[str | None],
) -> None:
    spans: dict[Cell, int] = {}
    anchor = _spanning(sheet, layout, room, name)
    repeated = None if anchor else _repeated(sheet, layout.indicator_rows, room, name)
    for row, label in enumerate(labels, start=room.below + 1):
        if label is not None:
            anchor, repeated = Cell(row, column), None
            table.set_value(anchor, label or None)
        elif anchor is not None:
            spans[anchor] = row
        elif repeated is not None:
            table.set_value(Cell(row, column), repeated)
    for cell, bottom in spans.items():
        table.stretch(cell, bottom)


def _spanning(sheet: Sheet, layout: Layout, room: Room, name: str) -> Cell | None:
    """The label above the new rows when it spans its group, or would if the group were longer than one row."""
    cell = room.model.get(name)
    if cell is None:
        return None
    area = merge_at(sheet, cell)
    if area is not None and area.bottom > area.top:
        return cell if area.bottom == room.below else None
    alone = cell.row == room.below and _repeated(sheet, layout.indicator_rows, room, name) is None
    return cell if alone else None


def _repeated(sheet: Sheet, rows: tuple[Row, ...], room: Room, name: str) -> str | None:
    """The label above the new rows when the row above it prints the same label once more."""
    cell = room.model.get(name)
    if cell is None or cell.row != room.below:
        return None
    text = str(sheet[cell] or "")
    others = (row[name] for row in rows if name in row and row[name] != cell)
    return text if any(other.row == cell.row - 1 and str(sheet[other]) == text for other in others) else None
