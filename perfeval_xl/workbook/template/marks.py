"""Conditional formats on a template's form sheet: each cell that is wrong or missing is coloured."""

from __future__ import annotations

from typing import Any

from perfeval_xl.messages import sentence
from perfeval_xl.package.addresses import Cell, column_letters
from perfeval_xl.workbook.template import formulas
from perfeval_xl.workbook.template.canvas import conditional
from perfeval_xl.workbook.template.formulas import Grid, absolute
from perfeval_xl.workbook.template.styles import BLANK, ORANGE, RED, YELLOW, Styles


def mark(sheet: Any, grid: Grid, styles: Styles) -> None:
    """Adds the conditional formats of everything that can be wrong in a form."""
    _mark_indicators(sheet, grid, styles)
    _mark_single(sheet, grid, styles)


def _mark_indicators(sheet: Any, grid: Grid, styles: Styles) -> None:
    top, bottom = grid.indicator_rows
    row = top + 1
    at = {column: f"${column_letters(number)}{row}" for column, number in grid.columns.items()}
    weight, score = at["weight"], at["score"]

    def area(column: str) -> tuple[int, int, int, int]:
        return top, grid.columns[column], bottom, grid.columns[column]

    red, yellow = styles.conditional(**RED), styles.conditional(**YELLOW)
    for column in ("weight", "score"):
        conditional(sheet, area(column), f"=AND(ISTEXT({at[column]}),LEN({at[column]})>0)", red)
    numbers = f"ISNUMBER({score}),ISNUMBER({weight})"
    conditional(sheet, area("score"), f"=AND({numbers},OR({score}>{weight},{score}<0))", red)
    reason = f"TRIM({at['deviation']})"
    unexplained = f'=AND({numbers},{score}<{weight},OR(LEN({reason})=0,{reason}="无"))'
    conditional(sheet, area("deviation"), unexplained, yellow)
    used = "&".join(at[column] for column in formulas.used_columns(grid.profile))
    orange = styles.conditional(**ORANGE)
    for column in formulas.required_columns(grid.profile):
        conditional(sheet, area(column), f"=AND(LEN({at[column]})=0,LEN({used})>0)", orange)


def _mark_single(sheet: Any, grid: Grid, styles: Styles) -> None:
    blank, red = styles.conditional(**BLANK), styles.conditional(**RED)
    for path, _ in formulas.required_labels(grid.profile):
        cell = grid.single[path]
        conditional(sheet, (*cell, *cell), f"=LEN(TRIM({absolute(cell)}))=0", blank)
    for check, cell in (
        ("rate", Cell(grid.total_fund_row, grid.fund_columns["execution_rate"])),
        ("execution_score", Cell(grid.total_fund_row, grid.fund_columns["score"])),
        ("total_weight", grid.single["total.weight"]),
        ("weights", grid.single["total.weight"]),
        ("total_score", grid.single["total.score"]),
    ):
        conditional(sheet, (*cell, *cell), f"=LEN({absolute(grid.checks[check])})>0", red)
    for column in ("initial_budget", "full_year_budget", "executed"):
        number = grid.fund_columns[column]
        cell_ = f"{column_letters(number)}{grid.fund_rows.start + 1}"
        mark = grid.profile.funds.not_applicable
        conditional(
            sheet,
            (grid.fund_rows.start, number, grid.fund_rows.stop - 1, number),
            f'=AND(ISTEXT({cell_}),LEN({cell_})>0,{cell_}<>"{mark}")',
            red,
        )
    status = Cell(0, 0)
    fine = sentence("template.status-fine", "zh")
    conditional(
        sheet,
        (*status, *status),
        f'={absolute(status)}="{fine}"',
        styles.conditional(font_color="#006100", bg_color="#E2EFDA"),
    )
