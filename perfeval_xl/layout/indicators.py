"""绩效指标: the rows of the indicator table, told by the vocabulary of levels and by where numbers stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from perfeval_xl.field_path import indicator
from perfeval_xl.layout import Ambiguity, ExtraCell, Row
from perfeval_xl.layout.columns import (
    MISFIT,
    SHIFTS,
    RowReading,
    cell_under,
    choose,
    column_at,
    place_values,
    snap,
    trust_in_grid,
)
from perfeval_xl.layout.grid import Grid, Item, amount, is_ellipsis
from perfeval_xl.layout.headings import Header
from perfeval_xl.layout.identity import is_footer
from perfeval_xl.layout.levels import Levels
from perfeval_xl.layout.printed_rows import is_column_row, is_example, is_group_sum
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile.vocabulary import compact

_LEVELS: Final = ("level1", "level2")
_HEAD: Final = (*_LEVELS, "name")
_NUMBERS: Final = ("weight", "score")
_NOTHING: Final = ("blank", "mark")
#: A shift with a higher penalty than this is not considered.
_MOST_PENALTY: Final = 6
_FULL_MARKS: Final = 100


@dataclass(slots=True)
class IndicatorTable:
    """The indicator table as found: its rows, further columns kept as ``extra``, printed cells, unclear cells."""

    header: Header
    rows: list[Row] = field(default_factory=list)
    extra: list[ExtraCell] = field(default_factory=list)
    ambiguous: list[Ambiguity] = field(default_factory=list)
    print_cells: set[Cell] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    #: Names of the 一级指标 that the rows show, for choosing a profile.
    level1: set[str] = field(default_factory=set)

    def column(self, grid: Grid, name: str) -> Iterator[Item]:
        """The filled cells of a column."""
        wanted = {row[name] for row in self.rows if name in row}
        return (item for cell in sorted(wanted) for item in grid.items(cell.row) if item.cell == cell)


def read_indicator_table(grid: Grid, header: Header, bottom: int, *, closed: bool) -> IndicatorTable:
    """The table under ``header``, at most to the row ``bottom``; ``closed`` when the total stands right below that."""
    table = IndicatorTable(header, print_cells=set(header.cells), taken=set(range(header.top, header.bottom + 1)))
    rows = list(_rows(grid, header, bottom, table))
    while rows and not closed and rows[-1] not in grid.rows:
        rows.pop()
    reader = _RowReader(grid, header, trust_in_grid(grid, header.bottom + 1, max(rows, default=header.bottom)))
    reader.levels.learn(item for row in rows for item in grid.items(row))
    for row in rows:
        table.taken.add(row)
        _enter(grid, table, reader, row)
    table.level1 = reader.levels.shown
    return table


# --- which rows belong to the table ---------------------------------------------------------------------------


def _rows(grid: Grid, header: Header, bottom: int, table: IndicatorTable) -> Iterator[int]:
    """Rows to read. Blank rows count only in a worksheet, where they are there to be filled in."""
    for row in range(header.bottom + 1, bottom + 1):
        items = grid.items(row)
        if not items:
            if grid.sheet.addressing == "A1" and row not in grid.sheet.hidden_rows:
                yield row
            continue
        if _is_print(items, header):
            table.taken.add(row)
            table.print_cells |= {item.cell for item in items}
        elif _ends_table(grid, items):
            return
        else:
            yield row


def _is_print(items: list[Item], header: Header) -> bool:
    """Whether a row is no indicator but print, or room for more."""
    is_room = all(is_ellipsis(item.value) for item in items)
    is_other = is_column_row(items) or is_example(items) or is_group_sum(items)
    return is_room or is_other or _is_header_again(items, header)


def _is_header_again(items: list[Item], header: Header) -> bool:
    found = {item.roles.get("indicators") for item in items} - {None}
    return len(found) >= 3 and found <= {*header.columns, "target_value", "target"}


def _ends_table(grid: Grid, items: list[Item]) -> bool:
    """Whether a row stands below the table: it opens with a caption or a label, or is a single line of prose."""
    first = items[0]
    section = first.roles.get("sections")
    # 预算执行情况 with a full row beside it is an indicator, alone it opens a section.
    if section in ("remark", "extra", "total") or (section in ("funds", "goals") and len(items) < 3):
        return True
    caption = first.text.split("：")[0].split(":")[0]
    if is_footer(caption, grid.words) or grid.words.of(caption).get("sections") in ("remark", "extra", "total"):
        return True
    return len(items) == 1 and first.kind == "text" and "levels" not in first.roles and len(first.text) > 30


# --- one row --------------------------------------------------------------------------------------------------


class _RowReader:
    """Reads rows under one header; knows what the rows above have said about levels."""

    def __init__(self, grid: Grid, header: Header, trust: int) -> None:
        self.grid = grid
        self.header = header
        self.trust = trust
        self.levels = Levels(grid)
        #: Cells of 三级指标 that rows above have.
        self.names: set[Cell] = set()
        name = header.columns.get("name") or header.columns.get("level2")
        after = name.left if name else 0
        self.head = {column: span for column, span in header.columns.items() if column in _HEAD}
        tail = {column: span for column, span in header.columns.items() if column not in _HEAD}
        self.tail = {**tail, **header.others}
        self.tail_left = min((span.left for span in self.tail.values()), default=header.right + 1)
        #: Where a value column stands left of the names, only the headings decide which column a cell belongs to.
        self.shifts = SHIFTS if self.tail_left > after else (0,)

    def readings(self, row: int) -> list[RowReading]:
        """Every way to read a row that puts no two values into one column."""
        columns = {**self.head, **self.tail}
        items = snap((item for item in self.grid.items(row) if not is_ellipsis(item.value)), columns)
        found: list[RowReading] = []
        for shift in self.shifts:
            reading = self._read(items, shift)
            if reading is not None:
                found.append(reading)
                if not reading.penalty:
                    break
        return found

    def _read(self, items: list[Item], shift: int) -> RowReading | None:
        reading = RowReading(shift, abs(shift) * self.trust)
        head = [item for item in items if self._is_head(item, shift)]
        tail = [item for item in items if not self._is_head(item, shift)]
        place_values(reading, tail, self.tail)
        if not self._place_head(reading, head):
            return None
        self._add_penalties(reading)
        return reading

    def _is_head(self, item: Item, shift: int) -> bool:
        if len(self.shifts) > 1:
            return item.at < self.tail_left + shift
        return column_at(self.tail, item.at) is None and item.at <= self.header.right

    def _place_head(self, reading: RowReading, head: list[Item]) -> bool:
        wanted: list[Item] = []
        for item in head:
            if item.roles.get("sections") == "indicators" or (
                wanted and self._repeats(wanted[-1], item, reading.shift)
            ):
                continue
            wanted.append(item)
        return self.levels.place(reading, wanted, self.head)

    def _repeats(self, last: Item, item: Item, shift: int) -> bool:
        """Whether a converter wrote the text of a merged cell once more into the same column."""
        column = column_at(self.head, item.at - shift)
        return item.text == last.text and column is not None and column == column_at(self.head, last.at - shift)

    def name_above(self, row: int, column: int) -> Cell | None:
        """The 三级指标 whose merged cell reaches down over several rows of targets."""
        area = self.grid.merge_at(row, column)
        return area.anchor if area is not None and area.anchor in self.names else None

    def _add_penalties(self, reading: RowReading) -> None:
        """Adds the penalties of values that do not suit their columns."""
        cells = reading.cells
        kinds = {column: item.kind for column, item in cells.items()}
        reading.penalty += sum(
            MISFIT for column in _NUMBERS if kinds.get(column, "blank") not in ("number", "error", *_NOTHING)
        )
        is_blank = not any(kind == "number" for column, kind in kinds.items() if column in self.tail)
        missing = [column for column in _NUMBERS if column in self.tail and kinds.get(column, "blank") in _NOTHING]
        reading.penalty += 0 if is_blank else 2 * len(missing)
        reading.penalty += sum(_is_level_label(item) for column, item in cells.items() if column in self.tail) * 4
        reading.penalty += sum(column in self.tail and column not in cells for column in ("target", "actual"))
        reading.penalty += 0 if "name" in cells or "name" not in self.head else 3
        reading.penalty += MISFIT if kinds.get("name") in ("number", "money", "percent") else 0
        reading.penalty += 4 if kinds.get("deviation") == "number" else 0
        reading.penalty += _penalty_of_target(reading, self.grid)
        weight, score = (amount(cells[c].value) if c in cells else None for c in _NUMBERS)
        reading.penalty += 2 if score is not None and (weight is None or score > weight) else 0
        reading.penalty += 3 if weight is not None and weight > _FULL_MARKS else 0


def _is_level_label(item: Item) -> bool:
    """Whether a cell holds a whole level label, which is no value; a bare 满意度 may be one."""
    return "levels" in item.roles and item.key.endswith("标")


def _penalty_of_target(reading: RowReading, grid: Grid) -> int:
    """The penalty of a target in three cells: the first should hold an operator and the last no number."""
    operator, unit = reading.cells.get("target_operator"), reading.cells.get("target_unit")
    penalty = 0
    if operator is not None and not (compact(operator.text) in grid.words.operators or operator.kind == "mark"):
        penalty += 4
    if unit is not None and unit.kind in ("number", "percent"):
        penalty += 3
    return penalty


# --- the layout of a row --------------------------------------------------------------------------------------


def _enter(grid: Grid, table: IndicatorTable, reader: _RowReader, row: int) -> None:
    number = len(table.rows)
    items = grid.items(row)
    readings = [reading for reading in reader.readings(row) if not reading.shift or reading.penalty <= _MOST_PENALTY]
    if not readings:
        table.rows.append({})
        table.ambiguous += [Ambiguity(str(indicator(number)), item.cell) for item in items]
        return
    reading, disputed = choose(readings)
    # Which level a label is, the vocabulary tells, wherever another reading would put it.
    doubtful = {cell for cell, columns in disputed.items() if not (columns <= set(_LEVELS) and _is_level(grid, cell))}
    unclear = {column for cell in doubtful for column in disputed[cell] if column in _LEVELS} | reading.unclear
    placed = _columns(grid, reader, row, reading, unclear)
    table.rows.append({column: cell for column, cell in placed.items() if cell not in doubtful})
    if "name" in table.rows[-1]:
        reader.names.add(table.rows[-1]["name"])
    for column, cell in placed.items():
        if cell in doubtful:
            table.ambiguous.append(Ambiguity(str(indicator(number, column)), cell))
    held = set(placed.values())
    _report_unplaced(table, number, reading, doubtful - held)
    for text in reader.header.others:
        if text in reading.cells and reading.cells[text].cell not in doubtful:
            table.extra.append(ExtraCell(f"{text}[{number}]", reading.cells[text].cell))
    ellipses = {item.cell for item in items if is_ellipsis(item.value)}
    if ellipses:
        table.rows[-1] = {column: cell for column, cell in table.rows[-1].items() if cell not in ellipses}
        held -= ellipses
    kept = held | doubtful | {item.cell for item in (*reading.unplaced, *reading.cells.values())}
    table.print_cells |= {item.cell for item in items if item.cell not in kept}


def _is_level(grid: Grid, cell: Cell) -> bool:
    return any("levels" in item.roles for item in grid.items(cell.row) if item.cell == cell)


def _report_unplaced(table: IndicatorTable, number: int, reading: RowReading, doubtful: set[Cell]) -> None:
    cells = doubtful | {item.cell for item in reading.unplaced}
    table.ambiguous += [Ambiguity(str(indicator(number)), cell) for cell in sorted(cells)]


def _columns(grid: Grid, reader: _RowReader, row: int, reading: RowReading, unclear: set[str]) -> dict[str, Cell]:
    """Column -> cell of a row, filled or empty; levels that are merged or blank point to the label above."""
    placed: dict[str, Cell] = {}
    levels = reader.levels.settle(row, reading, reader.head, unclear)
    for column, span in reader.header.columns.items():
        if column in _LEVELS:
            cell = levels.get(column)
        elif column in reading.cells:
            cell = reading.cells[column].cell
        else:
            cell = cell_under(grid, row, span, reading.shift)
            if cell is None and column == "name":
                cell = reader.name_above(row, span.left + reading.shift)
        if cell is not None and cell not in placed.values():
            placed[column] = cell
    # 一级指标 without a heading of its own.
    for column in _LEVELS:
        if column not in placed and column in levels:
            placed[column] = levels[column]
    return placed
