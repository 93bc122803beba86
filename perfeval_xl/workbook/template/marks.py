"""Conditional formats on a template's form sheet: each cell that breaks a law is coloured."""

from __future__ import annotations

from typing import Any, Final

from perfeval_xl.laws import formulas as native
from perfeval_xl.laws import funds, rows
from perfeval_xl.laws.deviations import required_columns
from perfeval_xl.laws.terms import Law
from perfeval_xl.package.addresses import Cell, column_letters
from perfeval_xl.workbook.template.canvas import conditional
from perfeval_xl.workbook.template.checks import NUMBERS
from perfeval_xl.workbook.template.formulas import RowPlaces, TemplateGrid, absolute, is_begun, required_labels
from perfeval_xl.workbook.template.styles import BLANK, GREEN, ORANGE, RED, YELLOW, Styles

Area = tuple[int, int, int, int]
#: Checks of the form as a whole and the cell each of them marks.
_WHOLE: Final = (("total_weight", "total.weight"), ("weights", "total.weight"), ("total_score", "total.score"))


def mark(sheet: Any, grid: TemplateGrid, styles: Styles) -> None:
    """Adds the conditional formats of everything that can be wrong in a form."""
    red, yellow = styles.conditional(**RED), styles.conditional(**YELLOW)
    for table, column in NUMBERS:
        cell = RowPlaces(grid, table, _first_row(grid, table)).cell(column)  # type: ignore[arg-type]
        _mark(sheet, _area(grid, table, column), native.not_a_number(cell, grid.profile), red)
    _mark_law(sheet, grid, rows.SCORE_OF_INDICATOR, red)
    _mark(sheet, _area(grid, "indicators", "score"), _is_missed(grid), red)
    _mark_law(sheet, grid, rows.DEDUCTION_UNEXPLAINED, yellow)
    _mark_missing(sheet, grid, styles)
    for law in (funds.EXECUTION_RATE, funds.EXECUTION_SCORE, rows.SCORE_OF_LINE):
        _mark_law(sheet, grid, law, red)
    for law in funds.FUND_LINES:
        cell_ = Cell(grid.total_fund_row, grid.fund_columns[law.field])
        _mark(sheet, (*cell_, *cell_), native.breach_of(law, RowPlaces(grid, "funds", cell_.row)), red)
    for check, path in _WHOLE:
        _mark(sheet, (*grid.single[path], *grid.single[path]), f"LEN({absolute(grid.checks[check])})>0", red)
    levels = (
        grid.level_rows.start,
        grid.level_columns["weight"],
        grid.level_rows.stop - 1,
        grid.level_columns["weight"],
    )
    result = f"${column_letters(grid.level_columns['result'])}{grid.level_rows.start + 1}"
    _mark(sheet, levels, f"LEN({result})>0", red)
    first_name = Cell(grid.first_indicator, grid.columns["name"])
    no_indicators = native.where_both(is_begun(grid), f"LEN({absolute(grid.checks['no_indicators'])})>0")
    _mark(sheet, (*first_name, *first_name), no_indicators, styles.conditional(**ORANGE))
    _mark(sheet, (0, 0, 0, 0), 'LEFT($A$1,1)="✓"', styles.conditional(**GREEN))


def _mark_law(sheet: Any, grid: TemplateGrid, law: Law, style: Any) -> None:
    table = "funds" if law.each == "fund line" else "indicators"
    broken = native.breach_of(law, RowPlaces(grid, table, _first_row(grid, table)))  # type: ignore[arg-type]
    _mark(sheet, _area(grid, table, law.field), broken, style)


def _is_missed(grid: TemplateGrid) -> str:
    """The row of 按规则得分 that shows this indicator says that the full score of a missed target was taken."""
    letter = column_letters(grid.columns["score"])
    place = f"ROW(${letter}{grid.first_indicator + 1})-ROW({grid.heading('indicators')})"
    wrong = grid.simple.column("wrong")
    return f"IF({place}<=ROWS({wrong}),INDEX({wrong},{place})=1,FALSE)"


def _mark_missing(sheet: Any, grid: TemplateGrid, styles: Styles) -> None:
    """Required cells while they are blank; a form that was not begun is printed to be filled in by hand."""
    blank, orange = styles.conditional(**BLANK), styles.conditional(**ORANGE)
    for path, _ in required_labels(grid.profile):
        missing = native.breach_of(rows.FIELD_MISSING, RowPlaces(grid, answer=path))
        _mark(sheet, (*grid.single[path], *grid.single[path]), native.where_both(is_begun(grid), missing), blank)
    for column in required_columns(grid.profile):
        places = RowPlaces(grid, "indicators", grid.first_indicator, answer=column)
        printed = column if column in grid.columns else f"{column}_value"
        _mark(sheet, _area(grid, "indicators", printed), native.breach_of(rows.CELL_MISSING, places), orange)


def _first_row(grid: TemplateGrid, table: str) -> int:
    return grid.first_indicator if table == "indicators" else grid.fund_rows.start


def _area(grid: TemplateGrid, table: str, column: str) -> Area:
    if table == "funds":
        return grid.fund_rows.start, grid.fund_columns[column], grid.fund_rows.stop - 1, grid.fund_columns[column]
    return grid.first_indicator, grid.columns[column], grid.total_row - 1, grid.columns[column]


def _mark(sheet: Any, area: Area, condition: str, style: Any) -> None:
    conditional(sheet, area, f"={condition}", style)
