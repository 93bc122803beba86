"""A form drawn as its table: the cells of its sheet with merges, and what was found at each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from perfeval_xl.files import read_bytes
from perfeval_xl.model import Finding, Severity
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.reading import Reading
from perfeval_xl.shown import whole
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.open_workbook import to_workbook

#: More of a sheet than a form can have is not drawn.
MOST_ROWS: Final = 300
MOST_COLUMNS: Final = 30
#: Characters of a text that stands in the middle of its cell.
LONGEST_CENTRED: Final = 16
#: Where the part of our template begins that calculates and is not printed.
_CALCULATION: Final = "perf_head_panel"
#: Fields that are part of what the form prints.
_PRINTED: Final = frozenset({"title", "fiscal_year", "unit", "label"})
_GRAVEST_FIRST: Final[tuple[Severity, ...]] = ("error", "warning", "info")


class Drawn(msgspec.Struct, frozen=True):
    """One cell: its text, what it is for, its size in rows and columns, and the numbers of the findings at it."""

    address: str
    text: str
    kind: Literal["title", "label", "entry"] = "entry"
    rows: int = 1
    columns: int = 1
    mark: Severity | None = None
    findings: tuple[int, ...] = ()

    @property
    def long(self) -> bool:
        """Whether it is read rather than looked at: such text begins at the left."""
        return len(self.text) > LONGEST_CENTRED


class Table(msgspec.Struct, frozen=True):
    """One form as its table; ``placed`` are the addresses at which findings are drawn, by number of the finding."""

    sheet: str
    rows: tuple[tuple[Drawn, ...], ...]
    placed: dict[int, str]


def draw(reading: Reading, findings: Sequence[Finding]) -> Table:
    """The table of a form; one that came as JSON is drawn as our template has it."""
    if reading.sheet is None:
        reading = read_bytes(to_workbook([reading.form]), f"{reading.form.profile}.xlsx")[0]
        places = {number: reading.address(finding.field or "") for number, finding in enumerate(findings)}
    else:
        places = {
            number: finding.cell or reading.address(finding.field or "") for number, finding in enumerate(findings)
        }
    sheet = reading.sheet
    assert sheet is not None
    at: dict[str, list[int]] = {}
    for number, address in places.items():
        if address:
            at.setdefault(address, []).append(number)
    entries = frozenset(cell for path, cell in reading.places.items() if path.rpartition(".")[2] not in _PRINTED)
    drawing = _PageDrawing(sheet, entries, at, [finding.severity for finding in findings])
    rows = tuple(tuple(drawing.row(row)) for row in drawing.shown_rows())
    drawn = {cell.address for row in rows for cell in row}
    return Table(sheet.name, rows, {number: address for number, address in places.items() if address in drawn})


@dataclass(frozen=True, slots=True)
class _PageDrawing:
    """A sheet, what is filled in on it, and the numbers of the findings at each address."""

    sheet: Sheet
    entries: frozenset[Cell]
    at: Mapping[str, Sequence[int]]
    severities: Sequence[Severity]

    def shown_rows(self) -> Iterator[int]:
        """The rows of the form and what stands shortly below; never the thousands of empty ones."""
        last = max((cell.row for cell in self.entries), default=0)
        end = min(max(len(self.sheet.rows), last + 1), MOST_ROWS)
        while end > last + 1 and not self._says_something(end - 1):
            end -= 1
        panel = self.sheet.names.get(_CALCULATION)
        for row in range(end):
            if row in self.sheet.hidden_rows or (panel and row >= panel.top and not self._is_filled_in(row)):
                continue
            yield row

    def _says_something(self, row: int) -> bool:
        return row < len(self.sheet.rows) and any(value not in (None, "") for value in self.sheet.rows[row])

    def _is_filled_in(self, row: int) -> bool:
        """Whether the row, below the printed form, has a value of the form or a finding."""
        filled = any(cell.row == row and self.sheet[cell] not in (None, "") for cell in self.entries)
        return filled or any(self.sheet.address((row, column)) in self.at for column in self._columns())

    def _columns(self) -> list[int]:
        width = min(self.sheet.width, MOST_COLUMNS)
        return [column for column in range(width) if column not in self.sheet.hidden_columns]

    def row(self, row: int) -> Iterator[Drawn]:
        """The cells of one row; inside a merge only its first."""
        sheet = self.sheet
        for column in self._columns():
            cell = Cell(row, column)
            merge = next((area for area in sheet.merges if area.covers(cell)), Range(row, column, row, column))
            if merge.anchor != cell:
                continue
            address = sheet.address(cell)
            numbers = tuple(self.at.get(address, ()))
            marks = {self.severities[number] for number in numbers}
            columns = _count(column, merge.right, MOST_COLUMNS, sheet.hidden_columns)
            yield Drawn(
                address=address,
                text=whole(sheet[cell]),
                kind=self._kind(cell, whole_row=columns == len(self._columns())),
                rows=_count(row, merge.bottom, MOST_ROWS, sheet.hidden_rows),
                columns=columns,
                mark=next((severity for severity in _GRAVEST_FIRST if severity in marks), None),
                findings=numbers,
            )

    def _kind(self, cell: Cell, *, whole_row: bool) -> Literal["title", "label", "entry"]:
        """What is filled in or blank is an entry; other text a label; above the form one as wide as it a title."""
        if cell in self.entries or self.sheet[cell] in (None, ""):
            return "entry"
        above = cell.row < min((entry.row for entry in self.entries), default=0)
        return "title" if above and whole_row else "label"


def _count(first: int, last: int, most: int, hidden: frozenset[int]) -> int:
    return max(1, sum(place not in hidden for place in range(first, min(last + 1, most))))
