"""Cells and ranges of a sheet, and how Excel writes them: ``(6, 2)`` is ``C7``. Rows and columns count from 0."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

#: Excel's own limits; nothing larger is a cell.
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384


class Cell(NamedTuple):
    """The place of one cell; row and column count from 0."""

    row: int
    column: int


class Range(NamedTuple):
    """A rectangle of cells, both corners inside it; rows and columns count from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, cell: tuple[int, int]) -> bool:
        """Whether a cell lies in the rectangle."""
        return self.top <= cell[0] <= self.bottom and self.left <= cell[1] <= self.right

    @property
    def anchor(self) -> Cell:
        """The top left cell, which holds the value of a merged range."""
        return Cell(self.top, self.left)

    def cells(self) -> Iterator[Cell]:
        """Every cell of the rectangle, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield Cell(row, column)


@lru_cache(maxsize=1_024)
def column_letters(column: int) -> str:
    """``0`` -> ``A``, ``26`` -> ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def a1(row: int, column: int) -> str:
    """``(6, 2)`` -> ``C7``."""
    return f"{column_letters(column)}{row + 1}"


@lru_cache(maxsize=16_384)
def parse_a1(address: str) -> Cell:
    """``C7`` or ``$C$7`` -> ``(6, 2)``. Raises ``ValueError`` for anything else."""
    plain = address.replace("$", "").upper()
    letters = plain.rstrip("0123456789")
    digits = plain[len(letters) :]
    if not letters or not digits or not letters.isascii() or not letters.isalpha():
        raise ValueError(address)
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    if not digits.strip("0"):
        raise ValueError(address)
    return Cell(int(digits) - 1, column - 1)


def row_said(said: str | None, otherwise: int) -> int:
    """The number of a row whose ``r`` is ``said``; ``otherwise`` where that is nothing of use."""
    return int(said) - 1 if said and said.isdecimal() and len(said) < 10 and said.strip("0") else otherwise


def cell_said(said: str | None, otherwise: Cell) -> Cell:
    """The place of a cell whose ``r`` is ``said``; ``otherwise`` where that is nothing of use."""
    try:
        return parse_a1(said or "")
    except ValueError:
        return otherwise


@lru_cache(maxsize=16_384)
def cell_named(address: str) -> Cell | None:
    """The place of a cell that says where it is as Excel writes it: ``C7``, not ``c07``."""
    try:
        place = parse_a1(address)
    except ValueError:
        return None
    return place if a1(*place) == address else None


@lru_cache(maxsize=4_096)
def parse_range(address: str) -> Range:
    """``B2:D9`` or ``B2`` -> a range. Raises ``ValueError`` for anything else."""
    first, _, last = address.partition(":")
    start, end = parse_a1(first), parse_a1(last or first)
    return Range(
        min(start.row, end.row),
        min(start.column, end.column),
        max(start.row, end.row),
        max(start.column, end.column),
    )


def range_a1(area: Range) -> str:
    """``B2:D9``, or ``B2`` for a single cell."""
    first = a1(area.top, area.left)
    last = a1(area.bottom, area.right)
    return first if first == last else f"{first}:{last}"
