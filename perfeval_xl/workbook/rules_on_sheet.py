"""Data validation with Chinese prompts, and conditional formats for each problem, on a template's form sheet."""

from __future__ import annotations

from typing import Any, Final

from perfeval_xl.messages import sentence
from perfeval_xl.sources.sheet import Cell, column_letters
from perfeval_xl.workbook import formulas
from perfeval_xl.workbook.formulas import Grid, absolute
from perfeval_xl.workbook.styles import LINE, SYSTEM_GREY, Styles

#: Excel refuses a longer list without saying why; no validator reports it.
MOST_LIST_CHARACTERS: Final = 255
RED: Final = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
YELLOW: Final = {"bg_color": "#FFEB9C"}
ORANGE: Final = {"bg_color": "#FCE4D6"}
BLANK: Final = {"bg_color": "#FFF2CC"}


def apply(sheet: Any, grid: Grid, styles: Styles) -> None:
    """Adds every validation and every conditional format of the form sheet."""
    _validate_single(sheet, grid)
    _validate_indicators(sheet, grid)
    _mark_indicators(sheet, grid, styles)
    _mark_levels(sheet, grid, styles)
    _mark_single(sheet, grid, styles)


def _say(key: str, **places: object) -> str:
    return sentence(f"template.{key}", "zh").format(**places)


def _indicator_rows(grid: Grid) -> tuple[int, int]:
    return grid.first_indicator, grid.total_row - 1


def _validation(sheet: Any, area: tuple[int, int, int, int], rule: dict[str, object]) -> None:
    sheet.data_validation(*area, {"ignore_blank": True, **rule})


def _validate_single(sheet: Any, grid: Grid) -> None:
    profile = grid.profile
    year = grid.single["fiscal_year"]
    _validation(
        sheet,
        (*year, *year),
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": 2000,
            "maximum": 2100,
            "input_message": _say("prompt-year"),
            "error_message": _say("error-year"),
        },
    )
    for column in ("initial_budget", "full_year_budget", "executed"):
        number = grid.fund_columns[column]
        _validation(
            sheet,
            (grid.fund_rows.start, number, grid.fund_rows.stop - 1, number),
            {
                "validate": "decimal",
                "criteria": ">=",
                "value": 0,
                "input_message": _say("prompt-amount", unit=profile.unit),
                "error_message": _say("error-amount", unit=profile.unit),
            },
        )
    weight = Cell(grid.total_fund_row, grid.fund_columns["weight"])
    _validation(sheet, (*weight, *weight), _weight_rule(grid))
    for path in profile.marks.grey:
        cell = grid.single.get(path)
        if cell and path != "fiscal_year":
            _validation(sheet, (*cell, *cell), {"validate": "any", "input_message": _say("prompt-grey")})


def _weight_rule(grid: Grid) -> dict[str, object]:
    full = grid.profile.rules.full_marks
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": int(full),
        "input_message": _say("prompt-weight", full=full),
        "error_message": _say("error-weight", full=full),
    }


def _validate_indicators(sheet: Any, grid: Grid) -> None:
    top, bottom = _indicator_rows(grid)
    level1 = [level.name for level in grid.profile.indicators.level1]
    level2 = list(dict.fromkeys(name for level in grid.profile.indicators.level1 for name in level.level2))
    weight = f"${column_letters(grid.columns['weight'])}{top + 1}"
    rules: dict[str, dict[str, object]] = {
        "level1": _list_rule(level1, "level", "warning"),
        "level2": _list_rule(level2, "level", "warning"),
        "target": {"validate": "any", "input_message": _say("prompt-target")},
        "target_operator": _list_rule(list(grid.profile.indicators.operators), "operator", "stop"),
        "actual": {"validate": "any", "input_message": _say("prompt-actual")},
        "weight": _weight_rule(grid),
        "score": {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": f"={weight}",
            "input_message": _say("prompt-score"),
            "error_message": _say("error-score"),
        },
    }
    for column, rule in rules.items():
        if column in grid.columns:
            number = grid.columns[column]
            _validation(sheet, (top, number, bottom, number), rule)


def _list_rule(entries: list[str], what: str, strictness: str) -> dict[str, object]:
    if len(",".join(entries)) > MOST_LIST_CHARACTERS:
        raise ValueError(f"list validation over {MOST_LIST_CHARACTERS} characters: {entries}")
    return {
        "validate": "list",
        "source": entries,
        "input_message": _say(f"prompt-{what}"),
        "error_message": _say(f"error-{what}"),
        "error_type": strictness,
    }


def _conditional(sheet: Any, area: tuple[int, int, int, int], criteria: str, style: Any, *, stop: bool = False) -> None:
    sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": style, "stop_if_true": stop})


def _mark_indicators(sheet: Any, grid: Grid, styles: Styles) -> None:
    top, bottom = _indicator_rows(grid)
    row = top + 1
    at = {column: f"${column_letters(number)}{row}" for column, number in grid.columns.items()}
    weight, score = at["weight"], at["score"]

    def area(column: str) -> tuple[int, int, int, int]:
        return top, grid.columns[column], bottom, grid.columns[column]

    red, yellow = styles.conditional(**RED), styles.conditional(**YELLOW)
    for column in ("weight", "score"):
        _conditional(sheet, area(column), f"=AND(ISTEXT({at[column]}),LEN({at[column]})>0)", red)
    numbers = f"ISNUMBER({score}),ISNUMBER({weight})"
    _conditional(sheet, area("score"), f"=AND({numbers},OR({score}>{weight},{score}<0))", red)
    reason = f"TRIM({at['deviation']})"
    unexplained = f'=AND({numbers},{score}<{weight},OR(LEN({reason})=0,{reason}="无"))'
    _conditional(sheet, area("deviation"), unexplained, yellow)
    used = "&".join(at[column] for column in formulas.used_columns(grid.profile))
    orange = styles.conditional(**ORANGE)
    for column in formulas.required_columns(grid.profile):
        _conditional(sheet, area(column), f"=AND(LEN({at[column]})=0,LEN({used})>0)", orange)


def _mark_levels(sheet: Any, grid: Grid, styles: Styles) -> None:
    """Repeated labels are hidden and a line is drawn where the label changes: it looks merged and sorts freely."""
    top, bottom = _indicator_rows(grid)
    row = top + 1
    level1, level2 = (column_letters(grid.columns[column]) for column in ("level1", "level2"))
    repeated1 = f"AND(LEN(${level1}{row})>0,${level1}{row}=${level1}{row - 1})"
    repeated2 = f"AND({repeated1},LEN(${level2}{row})>0,${level2}{row}=${level2}{row - 1})"
    line = {"top": 1, "top_color": LINE}
    for column, repeated in (("level1", repeated1), ("level2", repeated2)):
        number = grid.columns[column]
        area = (top, number, bottom, number)
        first = f"NOT({repeated})"
        # LibreOffice takes the first rule that holds and no other, so each rule says all there is to say.
        if column == "level1":
            _print_points(sheet, grid, styles, area, first)
        unknown = _unknown_level(grid, column, f"${column_letters(number)}{row}")
        _conditional(sheet, area, f"=AND({first},{unknown})", styles.conditional(**ORANGE, **line))
        _conditional(sheet, area, f"={first}", styles.conditional(**line))
        grey = f"indicators.{column}" in grid.profile.marks.grey
        _conditional(sheet, area, f"={repeated}", styles.conditional(font_color=SYSTEM_GREY if grey else "#FFFFFF"))


def _unknown_level(grid: Grid, column: str, cell: str) -> str:
    levels = grid.profile.indicators.level1
    known = [level.name for level in levels] if column == "level1" else [n for level in levels for n in level.level2]
    among = ",".join(f'{cell}="{name}"' for name in dict.fromkeys(known))
    return f"LEN({cell})>0,NOT(OR({among}))"


def _print_points(sheet: Any, grid: Grid, styles: Styles, area: tuple[int, int, int, int], first: str) -> None:
    """产出指标（50分）: printed by number format while the check area says so, the cell keeps the bare label."""
    if not grid.profile.indicators.level1_points:
        return
    cell = f"${column_letters(area[1])}{area[0] + 1}"
    for row, level in zip(grid.level_rows, grid.profile.indicators.level1, strict=False):
        points = absolute(Cell(row, grid.level_columns["weight"]))
        style = styles.conditional(num_format=f'@"（{level.weight}分）"', top=1, top_color=LINE)
        _conditional(sheet, area, f'=AND({first},{cell}="{level.name}",{points}={level.weight})', style)


def _mark_single(sheet: Any, grid: Grid, styles: Styles) -> None:
    blank, red = styles.conditional(**BLANK), styles.conditional(**RED)
    for path, _ in formulas.required_labels(grid.profile):
        cell = grid.single[path]
        _conditional(sheet, (*cell, *cell), f"=LEN(TRIM({absolute(cell)}))=0", blank)
    for check, cell in (
        ("rate", Cell(grid.total_fund_row, grid.fund_columns["execution_rate"])),
        ("execution_score", Cell(grid.total_fund_row, grid.fund_columns["score"])),
        ("total_weight", grid.single["total.weight"]),
        ("weights", grid.single["total.weight"]),
        ("total_score", grid.single["total.score"]),
    ):
        _conditional(sheet, (*cell, *cell), f"=LEN({absolute(grid.checks[check])})>0", red)
    for column in ("initial_budget", "full_year_budget", "executed"):
        number = grid.fund_columns[column]
        cell_ = f"{column_letters(number)}{grid.fund_rows.start + 1}"
        mark = grid.profile.funds.not_applicable
        _conditional(
            sheet,
            (grid.fund_rows.start, number, grid.fund_rows.stop - 1, number),
            f'=AND(ISTEXT({cell_}),LEN({cell_})>0,{cell_}<>"{mark}")',
            red,
        )
    status = Cell(0, 0)
    fine = sentence("template.status-fine", "zh")
    _conditional(
        sheet,
        (*status, *status),
        f'={absolute(status)}="{fine}"',
        styles.conditional(font_color="#006100", bg_color="#E2EFDA"),
    )
