"""A form drawn as its table: the cells of its sheet with merges, and what was found at each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    last = max((cell.row for cell in reading.places.values()), default=0)
    at: dict[str, list[int]] = {}
    for number, address in places.items():
        if address:
            at.setdefault(address, []).append(number)
    entries = frozenset(reading.places.values())
    rows = tuple(tuple(_row(sheet, row, at, findings, entries)) for row in _shown_rows(sheet, last))
    drawn = {cell.address for row in rows for cell in row}
    return Table(sheet.name, rows, {number: address for number, address in places.items() if address in drawn})


def _shown_rows(sheet: Sheet, last: int) -> Iterator[int]:
    """The rows of the form and what stands shortly below; never the thousands of empty ones."""
    end = min(max(len(sheet.rows), last + 1), MOST_ROWS)
    while end > last + 1 and not any(value not in (None, "") for value in _values(sheet, end - 1)):
        end -= 1
    yield from (row for row in range(end) if row not in sheet.hidden_rows)


def _values(sheet: Sheet, row: int) -> Sequence[object]:
    return sheet.rows[row] if row < len(sheet.rows) else ()


def _row(
    sheet: Sheet,
    row: int,
    at: Mapping[str, Sequence[int]],
    findings: Sequence[Finding],
    entries: frozenset[Cell],
) -> Iterator[Drawn]:
    for column in range(min(sheet.width, MOST_COLUMNS)):
        if column in sheet.hidden_columns:
            continue
        cell = Cell(row, column)
        merge = next((area for area in sheet.merges if area.covers(cell)), Range(row, column, row, column))
        if merge.anchor != cell:
            continue
        address = sheet.address(cell)
        numbers = tuple(at.get(address, ()))
        marks = {findings[number].severity for number in numbers}
        yield Drawn(
            address=address,
            text=whole(sheet[cell]),
            kind=_kind(sheet, merge, entries),
            rows=_count(row, merge.bottom, MOST_ROWS, sheet.hidden_rows),
            columns=_count(column, merge.right, MOST_COLUMNS, sheet.hidden_columns),
            mark=next((severity for severity in _GRAVEST_FIRST if severity in marks), None),
            findings=numbers,
        )


def _kind(sheet: Sheet, area: Range, entries: frozenset[Cell]) -> Literal["title", "label", "entry"]:
    """What is filled in or blank is an entry; other text is a label, and above the form one as wide as it a title."""
    if area.anchor in entries or sheet[area.anchor] in (None, ""):
        return "entry"
    above = area.top < min((cell.row for cell in entries), default=0)
    return "title" if above and area.right - area.left + 1 >= min(sheet.width, MOST_COLUMNS) - 1 else "label"


def _count(first: int, last: int, most: int, hidden: frozenset[int]) -> int:
    return max(1, sum(place not in hidden for place in range(first, min(last + 1, most))))
