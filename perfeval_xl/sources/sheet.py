"""A grid of cells with merges and addresses: what every kind of file becomes before anything is understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from perfeval_xl.messages import say
from perfeval_xl.package.addresses import Cell, Range, a1


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error instead of a value, such as ``#REF!``."""

    text: str

    def __str__(self) -> str:
        return self.text


class NotCalculated(CellError):
    """A formula that no program has calculated and that cannot be worked out; ``text`` is the formula."""


class Unseen(NamedTuple):
    """Something that is in a cell and not shown: ``struck`` text, a ``format`` that hides, a ``hidden`` row or column;
    or a formula without a result that was ``worked-out``.
    """

    why: Literal["struck", "format", "hidden", "worked-out"]
    text: str


#: ``None`` is an empty cell; ``""`` is a cell that holds an empty text.
Value = str | Decimal | bool | date | datetime | CellError | None
Row = tuple[Value, ...]


class RowPlace(NamedTuple):
    """Where a row of the grid stands in its document; all count from 1, and 0 is "none".

    A row of a table has its number in ``table``; a line or paragraph outside tables has ``table`` 0.
    """

    row: int
    table: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One grid: a worksheet, a table of a document, or a text laid out as a table.

    ``rows`` need not be equally long: a cell past the end of its row is empty. ``names`` are the defined names
    that belong to this sheet (of a workbook: local names, else global ones that point here), ``properties`` the
    custom document properties of the file. ``addressing`` says how a cell is told to a person:
    ``A1`` (``C7``) or ``table`` (page, table, row, column; ``places`` holds them for every row of the grid).
    """

    source: str
    name: str
    rows: tuple[Row, ...]
    merges: tuple[Range, ...] = ()
    names: Mapping[str, Range] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    addressing: Literal["A1", "table"] = "A1"
    hidden: bool = False
    #: Position of the worksheet in its workbook, from 0, by which the writer finds it again.
    index: int = 0
    #: For ``addressing="table"``: row of the grid -> where that row stands in the document.
    places: Mapping[int, RowPlace] = field(default_factory=dict)
    #: What is in a cell and a person does not see.
    unseen: Mapping[Cell, Unseen] = field(default_factory=dict)
    #: The stored number of cells whose number format shows something else.
    stored: Mapping[Cell, Decimal] = field(default_factory=dict)
    #: Names the sheet had lost, restored from the names that are left.
    restored_names: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def __getitem__(self, cell: tuple[int, int]) -> Value:
        """The value of the cell itself; inside a merge only the anchor has one."""
        row, column = cell
        if row < 0 or column < 0 or row >= len(self.rows):
            return None
        values = self.rows[row]
        return values[column] if column < len(values) else None

    @property
    def width(self) -> int:
        """The number of columns of the longest row."""
        return max((len(row) for row in self.rows), default=0)

    def filled(self) -> Iterator[tuple[Cell, Value]]:
        """Every cell that is not empty, row by row."""
        for r, row in enumerate(self.rows):
            for c, value in enumerate(row):
                if value is not None and value != "":
                    yield Cell(r, c), value

    def address(self, cell: tuple[int, int]) -> str:
        """The cell in short: ``C7``; in a document ``T2R7C3``, on a page ``P4T2R7C3``, outside tables ``L12C1``."""
        row, column = cell
        if self.addressing == "A1":
            return a1(row, column)
        place = self.places.get(row, RowPlace(row + 1))
        page = f"P{place.page}" if place.page else ""
        return page + (f"T{place.table}R{place.row}C{column + 1}" if place.table else f"L{place.row}C{column + 1}")

    def told(self, cell: tuple[int, int]) -> str:
        """The cell in words of the current language; an A1 address stays as it is."""
        row, column = cell
        if self.addressing == "A1":
            return a1(row, column)
        place = self.places.get(row, RowPlace(row + 1))
        where = say(
            "sources.place-table" if place.table else "sources.place-line", **place._asdict(), column=column + 1
        )
        return say("sources.place-page", page=place.page, where=where) if place.page else where


def decimal_of(value: float) -> Decimal:
    """The decimal a person sees in the cell: 15 significant digits, so ``0.1 + 0.2`` is ``0.3``."""
    return Decimal(format(value, ".15g"))
