"""Data validation with Chinese prompts on a template's form sheet."""

from __future__ import annotations

from typing import Any, Final

from perfeval_xl.messages import sentence
from perfeval_xl.package.addresses import Cell, column_letters
from perfeval_xl.workbook.template.formulas import TemplateGrid

#: Characters of a drop-down list: Excel refuses a file with a longer one without a reason, and no validator finds it.
MOST_LIST_CHARACTERS: Final = 255


def validate(sheet: Any, grid: TemplateGrid) -> None:
    """Adds every validation of the form sheet."""
    _validate_single(sheet, grid)
    _validate_indicators(sheet, grid)


def _say(key: str, **places: object) -> str:
    return sentence(f"template.{key}", "zh").format(**places)


def _validation(sheet: Any, area: tuple[int, int, int, int], rule: dict[str, object]) -> None:
    sheet.data_validation(*area, {"ignore_blank": True, **rule})


def _validate_single(sheet: Any, grid: TemplateGrid) -> None:
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


def _weight_rule(grid: TemplateGrid) -> dict[str, object]:
    full = grid.profile.rules.full_marks
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": int(full),
        "input_message": _say("prompt-weight", full=full),
        "error_message": _say("error-weight", full=full),
    }


def _validate_indicators(sheet: Any, grid: TemplateGrid) -> None:
    top, bottom = grid.indicator_rows
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
