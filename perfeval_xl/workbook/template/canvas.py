"""The sheet a template is drawn on: cells, merges and names are put down row by row, top to bottom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.worksheet import Worksheet

from perfeval_xl.layout.names import PREFIX, column_name, field_name
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile import Profile
from perfeval_xl.workbook.template.styles import Styles


@dataclass
class Canvas:
    """One form sheet of an XlsxWriter workbook while it is drawn; ``row`` is the next free row.

    ``columns`` are the indicator columns, ``fund_columns`` those of the funds table, ``last`` the last printed column
    and ``key`` the hidden one behind it. Rows count from 0.
    """

    sheet: Any
    profile: Profile
    styles: Styles
    year: int | None = None
    row: int = 0
    single: dict[str, Cell] = field(default_factory=dict)
    names: dict[str, Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = {column: number + 1 for number, column in enumerate(self.profile.indicator_columns())}
        self.last = len(self.columns)
        self.key = self.last + 1
        note = 1 if self.profile.funds.note_label else 0
        first = self.last + 1 - note - len(self.profile.funds.columns)
        self.fund_columns = {str(column): first + n for n, column in enumerate(self.profile.funds.columns)}
        self.fund_columns["label"] = 1

    def merge(self, left: int, right: int, content: object, style: Any, *, rows: int = 1) -> Cell:
        """Writes ``content`` over a rectangle that starts in the current row."""
        bottom = self.row + rows - 1
        if left == right and rows == 1:
            self.write(self.row, left, content, style)
        else:
            self.sheet.merge_range(self.row, left, bottom, right, "", style)
            self.write(self.row, left, content, style)
        return Cell(self.row, left)

    def write(self, row: int, column: int, content: object, style: Any) -> None:
        """Puts a text, a number or a styled blank in a cell."""
        if content is None or content == "":
            self.sheet.write_blank(row, column, None, style)
        elif isinstance(content, str):
            self.sheet.write_string(row, column, content, style)
        else:
            self.sheet.write_number(row, column, content, style)

    def draw_field(self, path: str, left: int, right: int, content: object, style: Any, *, rows: int = 1) -> None:
        """Draws the cell of a field and names it."""
        cell = self.merge(left, right, content, style, rows=rows)
        self.single[path] = cell
        self.name(field_name(path), cell)

    def name(self, name: str, cell: Cell) -> None:
        """Gives a cell a name."""
        self.names[name] = Range(cell.row, cell.column, cell.row, cell.column)

    def name_columns(self, table: str, columns: dict[str, int], rows: range) -> None:
        """Names the columns of a table over its rows."""
        for column, number in columns.items():
            self.names[column_name(table, column)] = Range(rows.start, number, rows.stop - 1, number)

    def head(self, section: str) -> None:
        """Names the row where a section starts."""
        self.name(f"{PREFIX}head_{section}", Cell(self.row, 0))

    def formula(self, cell: Cell, formula: str, style: Any, cached: object = "", *, over_rows: bool = False) -> None:
        """Writes a formula with its cached result; one that adds up over rows as an array formula of one cell."""
        if over_rows:
            self.sheet.write_array_formula(*cell, *cell, f"{{{formula}}}", style, cached)
        else:
            self.sheet.write_formula(cell.row, cell.column, formula, style, cached)


class PlainFormulas(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet that takes formulas as they are written, at a fifth of the time.

    XlsxWriter looks for thirty functions of newer Excels in every formula, to write them with their prefix; a template
    has none, or Excel 2016 and WPS could not work it out. Where it asks by another name, it is only slower.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")


def conditional(sheet: Any, area: tuple[int, int, int, int], criteria: str, style: Any, *, stop: bool = False) -> None:
    """A conditional format by formula on an area of cells."""
    sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": style, "stop_if_true": stop})
