"""项目资金: the rows of the funds table, each with its label and the cell of every column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from perfeval_xl.field_path import fund_line
from perfeval_xl.layout import Ambiguity, ExtraCell, Row
from perfeval_xl.layout.columns import MISFIT, SHIFTS, RowReading, cell_under, choose, place_values, snap, trust_in_grid
from perfeval_xl.layout.grid import Grid, Item, amount, kind_of
from perfeval_xl.layout.headings import Header, HeadingSpan
from perfeval_xl.layout.printed_rows import is_column_row
from perfeval_xl.model import BUDGETS, MONEY
from perfeval_xl.money_unit import units_in
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile.vocabulary import compact
from perfeval_xl.sources.sheet import Value

_LONGEST_LABEL: Final = 20
_MONEY_WORDS: Final = ("资金", "拨款", "补助", "收入", "经费", "结转", "结余", "贷款")
_PLAIN: Final = ("number", "mark", "blank", "error")
#: Taken off the penalty when the printed rate agrees with the amounts: that proves which column is which.
_PROVED: Final = 3
#: Half of the last printed digit, 0.01 percent, and a little for rates that were cut instead of rounded.
_NEAR: Final = Decimal("0.0001")


@dataclass(slots=True)
class FundTable:
    """The funds table as found: its rows, texts kept as ``extra``, printed cells, and cells whose column is unclear."""

    header: Header | None = None
    rows: list[Row] = field(default_factory=list)
    extra: list[ExtraCell] = field(default_factory=list)
    ambiguous: list[Ambiguity] = field(default_factory=list)
    print_cells: set[Cell] = field(default_factory=set)
    #: Rows of the sheet that belong to the table.
    taken: set[int] = field(default_factory=set)

    def number(self, grid: Grid, column: str) -> Decimal | None:
        """The number in the first row, which is the total, of a column."""
        cell = self.rows[0].get(column) if self.rows else None
        return amount(grid.sheet[cell]) if cell else None


@dataclass(slots=True)
class _Line:
    row: int
    label: Item | None
    values: list[Item]
    reading: RowReading = field(default_factory=lambda: RowReading(0, 0))
    disputed: set[Cell] = field(default_factory=set)


def read_fund_table(grid: Grid, header: Header, bottom: int) -> FundTable:
    """The table under ``header``, at most to the row ``bottom``."""
    table = FundTable(header, print_cells=set(header.cells), taken=set(range(header.top, header.bottom + 1)))
    lines = list(_lines(grid, header, bottom, table))
    trust = trust_in_grid(grid, header.bottom + 1, lines[-1].row) if lines else 0
    groups: dict[int | None, list[_Line]] = {}
    for line in lines:
        groups.setdefault(line.label.left if line.label else None, []).append(line)
    for group in groups.values():
        _settle(group, header, trust)
    for line in lines:
        _enter(grid, table, header, line)
    for column, span in _note_columns(header).items():
        _enter_notes(grid, table, _note_label(grid, header, column), column, span, lines)
    return table


# --- which rows belong to the table ---------------------------------------------------------------------------


def _lines(grid: Grid, header: Header, bottom: int, table: FundTable) -> Iterator[_Line]:
    if not header.columns:  # a heading alone: no amounts, no lines
        return
    first_value = min(span.left for span in header.columns.values())
    for row in grid.between(header.bottom + 1, bottom):
        items = grid.distinct(row)
        if {item.roles.get("funds") for item in items} & set(header.columns) and not _has_numbers(items):
            # The heading again, after a page break.
            table.print_cells |= {item.cell for item in grid.items(row)}
            table.taken.add(row)
            continue
        if is_column_row(items):
            table.print_cells |= {item.cell for item in grid.items(row)}
            table.taken.add(row)
            continue
        line = _line(row, grid.items(row), first_value)
        if line is None:
            return
        table.taken.add(row)
        held = {line.label.cell} if line.label else set()
        repeated = {item.cell for item in grid.items(row) if item not in line.values} - held
        table.print_cells |= repeated
        yield line


def _has_numbers(items: Iterable[Item]) -> bool:
    return any(item.kind in ("number", "money", "percent") for item in items)


def _line(row: int, items: list[Item], first_value: int) -> _Line | None:
    """The label and the values of a row, or ``None`` where the table has ended."""
    head: list[Item] = []
    for item in items:
        # Text in the first column of money is no label where a label stands before it: 约4.14.
        if (
            item.kind != "text"
            or item.left > first_value
            or (head and item.left == first_value and not _is_fund_label(item))
        ):
            break
        head.append(item)
    values = items[len(head) :]
    if any(_is_of_another_section(item) for item in head):
        return None
    labels = [item for item in head if item.roles.get("sections") != "funds"]
    label = next((item for item in reversed(labels) if "fund_rows" in item.roles), labels[-1] if labels else None)
    if label is None:
        return _Line(row, None, values) if _has_numbers(values) else None
    # A converter may have written a merged label several times; the first one is the cell.
    label = next(item for item in labels if item.text == label.text)._replace(right=label.right)
    return _Line(row, label, values) if _is_fund_row(label, values) else None


def _is_fund_label(item: Item) -> bool:
    return "fund_rows" in item.roles or item.roles.get("sections") in ("fund_row", "funds")


def _is_fund_row(label: Item, values: list[Item]) -> bool:
    """Whether a label is that of a fund row: a known one, or one of the region's own beside numbers."""
    if "fund_rows" in label.roles or label.roles.get("sections") == "fund_row":
        return True
    if len(compact(label.text)) > _LONGEST_LABEL:
        return False
    is_blank = all(item.kind == "mark" for item in values)
    return _has_numbers(values) or (is_blank and label.key.endswith(_MONEY_WORDS))


def _is_of_another_section(item: Item) -> bool:
    if "fund_rows" in item.roles:
        return False
    if "project" in item.roles or "goals" in item.roles or "indicators" in item.roles:
        return True
    return item.roles.get("sections", "funds") not in ("funds", "fund_row")


# --- which shift fits -----------------------------------------------------------------------------------------


def _settle(lines: list[_Line], header: Header, trust: int) -> None:
    """Find the shift that fits all rows whose labels stand in one column, and the cells whose column stays unclear."""
    columns = {**header.columns, **header.others}
    possible: dict[int, list[RowReading]] = {}
    for shift in SHIFTS:
        readings = [reading for line in lines if (reading := _read(line, columns, shift)) is not None]
        if len(readings) == len(lines):
            possible[shift] = readings
    if not possible:
        for line in lines:
            line.disputed = {item.cell for item in line.values}
        return
    best, disputed = choose([_together(shift, readings, trust) for shift, readings in possible.items()])
    for line, reading in zip(lines, possible[best.shift], strict=True):
        line.reading = reading
        line.disputed = set(disputed)


def _together(shift: int, readings: list[RowReading], trust: int) -> RowReading:
    """The readings of several rows as one; marks such as — mean the same wherever they stand."""
    penalty = abs(shift) * trust + sum(reading.penalty for reading in readings)
    cells = {
        f"{number}.{column}": item
        for number, reading in enumerate(readings)
        for column, item in reading.cells.items()
        if item.kind != "mark"
    }
    return RowReading(shift, penalty, cells)


def _read(line: _Line, columns: Mapping[str, HeadingSpan], shift: int) -> RowReading | None:
    reading = RowReading(shift, 0)
    first = min(span.left for span in columns.values()) + shift
    # A row is shifted because a merged cell left of its values is missing: then nothing stands between.
    if line.label is not None and (line.label.left >= first or (shift and line.label.right + 1 != first)):
        return None
    place_values(reading, snap(line.values, columns), columns)
    for column, item in reading.cells.items():
        if not _fits(column, item):
            reading.penalty += MISFIT
    if rate_bases({column: item.value for column, item in reading.cells.items()}):
        reading.penalty -= _PROVED
    return reading


def _fits(column: str, item: Item) -> bool:
    if column == "execution_rate":
        return item.kind in (*_PLAIN, "percent")
    if column in MONEY:
        return item.kind in (*_PLAIN, "money")
    return item.kind in _PLAIN if column in ("weight", "score") else True


# --- the layout of a row --------------------------------------------------------------------------------------


def _enter(grid: Grid, table: FundTable, header: Header, line: _Line) -> None:
    number = len(table.rows)
    row: dict[str, Cell] = {}
    if line.label is not None:
        row["label"] = line.label.cell
    for column, span in header.columns.items():
        if column == "note":
            continue
        item = line.reading.cells.get(column)
        cell = item.cell if item else cell_under(grid, line.row, span, line.reading.shift)
        if cell in line.disputed:
            table.ambiguous.append(Ambiguity(str(fund_line(number, column)), cell))
        elif cell is not None and cell not in row.values():
            row[column] = cell
    table.rows.append(row)


def _note_columns(header: Header) -> dict[str, HeadingSpan]:
    """Columns of text beside the money: 原因, and headings that belong to no field."""
    notes = {"note": header.columns["note"]} if "note" in header.columns else {}
    return {**notes, **header.others}


def _enter_notes(grid: Grid, table: FundTable, label: str, column: str, span: HeadingSpan, lines: list[_Line]) -> None:
    """Keep the texts of a column under its heading; printed instructions are not answers."""
    answers = 0
    blank: Cell | None = None
    for number, line in enumerate(lines):
        item = line.reading.cells.get(column)
        if item is None:
            blank = blank or (None if number else cell_under(grid, line.row, span, line.reading.shift))
        elif grid.words.is_instruction(item.text):
            table.print_cells.add(item.cell)
        else:
            table.extra.append(ExtraCell(f"{label}[{number}]" if answers else label, item.cell))
            answers += 1
    if blank is not None and not answers:
        table.extra.append(ExtraCell(label, blank))


def _note_label(grid: Grid, header: Header, column: str) -> str:
    if column != "note":
        return column
    left = header.columns["note"].left
    items = (item for row in (header.top, header.bottom) for item in grid.items(row))
    return next((compact(item.text) for item in items if item.left == left), column)


def unit_cells(items: Iterable[Item]) -> tuple[Cell, ...]:
    """The cells whose text names a unit of money."""
    return tuple(dict.fromkeys(item.cell for item in items if kind_of(item.value) == "text" and units_in(item.text)))


def rate_bases(values: Mapping[str, Value]) -> set[str]:
    """The budgets of which the printed ``execution_rate`` is what was ``executed``; percent sign or not.

    Evidence that tells columns apart, and regions that take the rate of different budgets.
    """
    rate, executed = amount(values.get("execution_rate")), amount(values.get("executed"))
    if not rate or executed is None:
        return set()
    rates = {rate} if kind_of(values["execution_rate"]) == "percent" else {rate, rate.scaleb(-2)}
    return {
        column
        for column in BUDGETS
        if (budget := amount(values.get(column))) and any(abs(executed / budget - rate) <= _NEAR for rate in rates)
    }
