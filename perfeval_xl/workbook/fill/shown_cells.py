"""Cells filled so that a person sees the document's value: the number format of each cell is taken into account.

20 is stored as 0.2 under ``0%``, 4.14 as 41400 under ``0!.0000``, ``≤10`` as 10 under ``"≤"0``; where no number can
show the value, a text does.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from perfeval_xl.cell_values import NotANumber, number_in
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.sources.number_format import NumberFormat
from perfeval_xl.sources.styles import Look, read_styles

#: What a format may add to a number without making another of it.
_UNITS: Final = ("", "分", "万元", "元")


def looks_of(workbook: Workbook) -> Mapping[str, Look]:
    """The cell formats of a workbook that change what a person sees."""
    part = next((link.part for link in workbook.relations if link.type == "styles"), "")
    return read_styles(workbook.package.read(part), workbook.package.source) if part in workbook.package else {}


class ShownCells:
    """The cells of a worksheet part; values go in as a person is to see them."""

    def __init__(self, part: SheetPart, looks: Mapping[str, Look]) -> None:
        self.part = part
        self._looks = looks

    def formula(self, cell: Cell) -> str | None:
        """The formula of a cell, or ``None``."""
        return self.part.formula(cell)

    def computes(self, cell: Cell) -> bool:
        """Whether a cell has a formula."""
        return self.part.computes(cell)

    def set_value(self, cell: Cell, value: str | Decimal | None) -> None:
        """Puts a value in a cell so that the cell shows it."""
        shown = self._format(Cell(*cell))
        if value is None or shown is None:
            self.part.set_value(cell, value)
            return
        number = shown.stored(value)
        if number is None and isinstance(value, Decimal):
            number = _with_unit(shown, value)
        self.part.set_value(
            cell,
            format(value, "f")
            if number is None and isinstance(value, Decimal)
            else value
            if number is None
            else number,
        )

    def set_cached(self, cell: tuple[int, int], value: str | Decimal) -> None:
        """Replaces the result of a formula cell, so that the cell shows ``value``; its formula stays."""
        shown = self._format(Cell(*cell))
        stored = shown.stored(value) if shown is not None and isinstance(value, Decimal) else None
        if stored is None and shown is not None and isinstance(value, Decimal):
            stored = _with_unit(shown, value)
        self.part.set_cached(cell, value if stored is None else stored)

    def set_height(self, row: int, points: float) -> None:
        """Gives a row at least that height."""
        self.part.set_height(row, points)

    def shows_percent(self, cell: Cell) -> bool:
        """Whether the cell shows its number as a percentage."""
        shown = self._format(Cell(*cell))
        return shown is not None and shown.sections[0].power == 2 and "%" in shown.sections[0].after

    def _format(self, cell: Cell) -> NumberFormat | None:
        style = self.part.style(cell)
        look = self._looks.get(style) if style else None
        return None if look is None else look.format


def _with_unit(shown: NumberFormat, value: Decimal) -> Decimal | None:
    """The number to store under a format that adds a unit or a percent sign and means the same number."""
    section = shown.sections[0]
    if shown.date or not section.shows_number or section.before:
        return None
    number = value.scaleb(-section.power)
    seen = shown.shown(number)
    if section.after == "%" and seen == f"{format(value, 'f')}%":
        return number
    for unit in _UNITS:
        try:
            if seen is not None and number_in(seen, unit) == value:
                return number
        except NotANumber:
            continue
    return None
