"""Level labels look merged although each row has its own, so rows can be sorted: repeated labels are hidden."""

from __future__ import annotations

from typing import Any, Final

from perfeval_xl.colours import BLACK, SYSTEM_GREY, WHITE
from perfeval_xl.package.addresses import Cell, column_letters
from perfeval_xl.workbook.template.canvas import conditional
from perfeval_xl.workbook.template.formulas import TemplateGrid, absolute
from perfeval_xl.workbook.template.styles import ORANGE, Styles

#: The first row of a group has no line below its label, as in a merged cell.
_SIDES: Final = ("left", "right", "top")


def draw_levels(sheet: Any, grid: TemplateGrid, styles: Styles) -> None:
    """Adds the conditional formats of the columns of 一级指标 and 二级指标."""
    top, bottom = grid.indicator_rows
    row = top + 1
    level1, level2 = (column_letters(grid.columns[column]) for column in ("level1", "level2"))
    repeated1 = f"AND(LEN(${level1}{row})>0,${level1}{row}=${level1}{row - 1})"
    repeated2 = f"AND({repeated1},LEN(${level2}{row})>0,${level2}{row}=${level2}{row - 1})"
    # LibreOffice replaces all four sides of a cell by those of the rule, so a rule that sets one sets them all.
    line: dict[str, object] = dict.fromkeys(_SIDES, 1) | {f"{side}_color": BLACK for side in _SIDES}
    for column, repeated in (("level1", repeated1), ("level2", repeated2)):
        number = grid.columns[column]
        area = (top, number, bottom, number)
        first = f"NOT({repeated})"
        # LibreOffice applies only the first rule that holds, so each rule sets the whole format.
        if column == "level1":
            _print_points(sheet, grid, styles, area, first, line)
        unknown = _unknown_level(grid, column, f"${column_letters(number)}{row}")
        conditional(sheet, area, f"=AND({first},{unknown})", styles.conditional(**ORANGE, **line))
        conditional(sheet, area, f"={first}", styles.conditional(**line))
        grey = f"indicators.{column}" in grid.profile.marks.grey
        conditional(sheet, area, f"={repeated}", styles.conditional(font_color=SYSTEM_GREY if grey else WHITE))


def _unknown_level(grid: TemplateGrid, column: str, cell: str) -> str:
    levels = grid.profile.indicators.level1
    known = [level.name for level in levels] if column == "level1" else [n for level in levels for n in level.level2]
    among = ",".join(f'{cell}="{name}"' for name in dict.fromkeys(known))
    return f"LEN({cell})>0,NOT(OR({among}))"


def _print_points(
    sheet: Any, grid: TemplateGrid, styles: Styles, area: tuple[int, int, int, int], first: str, line: dict[str, object]
) -> None:
    """产出指标（50分）: printed by number format while the check area says so, the cell keeps the bare label."""
    if not grid.profile.indicators.level1_points:
        return
    cell = f"${column_letters(area[1])}{area[0] + 1}"
    for row, level in zip(grid.level_rows, grid.profile.indicators.level1, strict=False):
        points = absolute(Cell(row, grid.level_columns["weight"]))
        style = styles.conditional(num_format=f'@"（{level.weight}分）"', **line)
        conditional(sheet, area, f'=AND({first},{cell}="{level.name}",{points}={level.weight})', style)
