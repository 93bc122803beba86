"""The native formulas of a template, each with the value Python computes for it (its cached result).

Nothing here that Excel 2016, WPS or LibreOffice 7 lacks. Ranges over the indicator rows start at the heading (text,
which sums ignore) and end at the row above the total (``INDEX``), so a row inserted anywhere between is always inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from perfeval_xl.messages import sentence
from perfeval_xl.model import Form, Indicator
from perfeval_xl.package.addresses import Cell, column_letters
from perfeval_xl.profile import Profile
from perfeval_xl.sums import Sums, add_up, base_budget, execution_rate, execution_score, half_up, total_line

CALC: Final = "perf_calc_"
#: Checks in the order the status line tells them; each is a cell named ``perf_check_<name>``.
CHECKS: Final = (
    "required",
    "rows",
    "text",
    "weights",
    "scores",
    "reasons",
    "rate",
    "execution_score",
    "total_weight",
    "total_score",
    "level1",
)
CHECK: Final = "perf_check_"
STATUS: Final = "perf_status"
Cached = Decimal | str


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the parts of a template stand, for writing formulas: rows and columns count from 0."""

    profile: Profile
    single: Mapping[str, Cell]
    columns: Mapping[str, int]
    fund_columns: Mapping[str, int]
    fund_rows: range
    total_fund_row: int
    indicator_head: int
    first_indicator: int
    total_row: int
    level_rows: range
    level_columns: Mapping[str, int]
    checks: Mapping[str, Cell]
    calc: Mapping[str, Cell]

    def at(self, path: str) -> str:
        """Absolute address of a single field."""
        return absolute(self.single[path])

    def rows_of(self, column: str) -> str:
        """The indicator cells of a column, heading included, to the row above the total."""
        letter = column_letters(self.columns[column])
        head = f"${letter}${self.indicator_head + 1}"
        return f"{head}:INDEX(${letter}:${letter},ROW(${letter}${self.total_row + 1})-1)"

    def fund(self, column: str, row: int | None = None) -> str:
        """Address of a cell of the funds table; the total row when ``row`` is not given."""
        return absolute(Cell(self.total_fund_row if row is None else row, self.fund_columns[column]))

    @property
    def indicator_rows(self) -> tuple[int, int]:
        """First and last indicator row."""
        return self.first_indicator, self.total_row - 1

    def row_numbers(self) -> str:
        """The row numbers that go with ``rows_of``."""
        return f"ROW({self.rows_of('weight')})"


def absolute(cell: Cell) -> str:
    """``(6, 2)`` -> ``$C$7``."""
    return f"${column_letters(cell.column)}${cell.row + 1}"


def text(name: str, **places: str) -> str:
    """A template sentence as an Excel expression: its places are replaced by expressions."""
    parts: list[str] = []
    rest = sentence(f"template.{name}", "zh")
    for place, expression in places.items():
        before, _, rest = rest.partition("{" + place + "}")
        parts += [f'"{before}"'] if before else []
        parts.append(expression)
    parts += [f'"{rest}"'] if rest else []
    return "&".join(parts)


# --- cells of the printed form ------------------------------------------------------------------------------------


def rate_formula(grid: Grid, row: int) -> str:
    """执行率 of one funds row: ratio, or percent where the region prints 98.63."""
    base, executed = grid.fund(grid.profile.rules.execution_base, row), grid.fund("executed", row)
    decimals = grid.profile.rules.rate_decimals
    ratio = (
        f"ROUND({executed}/{base}*100,{decimals})"
        if grid.profile.funds.rate == "percent"
        else f"ROUND({executed}/{base},{decimals + 2})"
    )
    return f'=IF(AND(ISNUMBER({base}),ISNUMBER({executed})),IF({base}>0,{ratio},""),"")'


def execution_score_formula(grid: Grid, rate: str | None = None) -> str:
    """预算执行得分: rate times weight, at most the weight, never below 0."""
    rate = rate or grid.fund("execution_rate")
    weight = grid.fund("weight")
    share = f"{rate}/100" if grid.profile.funds.rate == "percent" else rate
    rounded = f"ROUND({share}*{weight},{grid.profile.rules.score_decimals})"
    return f'=IF(AND(ISNUMBER({rate}),ISNUMBER({weight})),MAX(0,MIN({weight},{rounded})),"")'


def total_formula(grid: Grid, column: str, *, with_execution: bool) -> str:
    """The sum of 分值 or 得分 over the indicators, with the execution row where the region counts it."""
    rows = grid.rows_of(column)
    execution = f"+N({grid.fund(column)})" if with_execution else ""
    return f'=IF(COUNT({rows})=0,"",ROUND(SUM({rows}){execution},6))'


# --- cells of the check area --------------------------------------------------------------------------------------


def grade_formula(grid: Grid) -> str:
    """优 良 中 差 of the full score."""
    full = f"ROUND({absolute(grid.calc['full_score'])},{grid.profile.rules.score_decimals})"
    *upper, last = grid.profile.rules.grades
    result = f'"{last.name}"'
    for grade in reversed(upper):
        result = f'IF({full}>={grade.at_least},"{grade.name}",{result})'
    return f'=IF(ISNUMBER({absolute(grid.calc["full_score"])}),{result},"")'


def level_formulas(grid: Grid, row: int) -> dict[str, str]:
    """Sum of weights and scores of one 一级指标 and whether they agree with the points printed beside it."""
    name, printed, weights = (absolute(Cell(row, grid.level_columns[key])) for key in ("name", "weight", "weights"))
    levels = grid.rows_of("level1")
    sums = {
        key: f'=IF(LEN({name})=0,"",SUMIF({levels},{name},{grid.rows_of(column)}))'
        for key, column in (("weights", "weight"), ("scores", "score"))
    }
    differs = text("level-differs", printed=printed)
    sums["result"] = f'=IF(AND(LEN({name})>0,ISNUMBER({printed})),IF(ROUND({weights}-{printed},6)<>0,{differs},""),"")'
    return sums


def _both_numbers(grid: Grid) -> str:
    return f"ISNUMBER({grid.rows_of('weight')})*ISNUMBER({grid.rows_of('score')})"


def _counted(grid: Grid, name: str, mask: str) -> str:
    """A message with how many rows the mask finds, and the last of them."""
    count = f"SUMPRODUCT({mask})"
    last = f"SUMPRODUCT(MAX(({mask})*{grid.row_numbers()}))"
    return f'=IF({count}=0,"",{text(name, count=count, row=last)})'


def check_required(grid: Grid) -> str:
    """Single cells that must be filled and are blank, by their printed label."""
    parts = [f'IF(LEN(TRIM({grid.at(path)}))=0,"{label}、","")' for path, label in required_labels(grid.profile)]
    missing = "&".join(parts)
    return f'=IF(LEN({missing})=0,"",{text("check-required", missing=f"LEFT({missing},LEN({missing})-1)")})'


def check_rows(grid: Grid) -> str:
    """Indicator rows that are begun and lack a required cell."""
    used = "+".join(f"(LEN({grid.rows_of(column)})>0)" for column in used_columns(grid.profile))
    blank = "+".join(f"(LEN({grid.rows_of(column)})=0)" for column in required_columns(grid.profile))
    return _counted(grid, "check-rows", f"(({used})>0)*(({blank})>0)")


def check_text(grid: Grid) -> str:
    """Cells that hold text where a number belongs."""
    heads = f"({grid.row_numbers()}>{grid.indicator_head + 1})"
    parts = [
        f"SUMPRODUCT({heads}*ISTEXT({grid.rows_of(column)})*(LEN({grid.rows_of(column)})>0))"
        for column in ("weight", "score")
    ]
    for column in ("initial_budget", "full_year_budget", "executed"):
        letter = column_letters(grid.fund_columns[column])
        cells = f"${letter}${grid.fund_rows.start + 1}:${letter}${grid.fund_rows.stop}"
        mark = grid.profile.funds.not_applicable
        parts.append(f'SUMPRODUCT(ISTEXT({cells})*(LEN({cells})>0)*({cells}<>"{mark}"))')
    count = "+".join(parts)
    return f'=IF({count}=0,"",{text("check-text", count=f"({count})")})'


def check_weights(grid: Grid) -> str:
    """All weights with the execution weight make 100."""
    full, weight = grid.profile.rules.full_marks, absolute(grid.calc["full_weight"])
    message = text("check-weights", weight=weight).replace("{full}", str(full))
    return f'=IF(ISNUMBER({weight}),IF(ROUND({weight}-{full},6)<>0,{message},""),"")'


def check_scores(grid: Grid) -> str:
    """Scores above their weight or below 0."""
    score, weight = grid.rows_of("score"), grid.rows_of("weight")
    return _counted(grid, "check-scores", f"{_both_numbers(grid)}*((({score}>{weight})+({score}<0))>0)")


def check_reasons(grid: Grid) -> str:
    """Points lost without a reason; 无 is no reason."""
    reason = f"TRIM({grid.rows_of('deviation')})"
    missed = f"({grid.rows_of('score')}<{grid.rows_of('weight')})"
    mask = f'{_both_numbers(grid)}*{missed}*(((LEN({reason})=0)+({reason}="无"))>0)'
    return _counted(grid, "check-reasons", mask)


def _differs(name: str, cell_printed: str, *computed: str, **places: str) -> str:
    numbers = ",".join(f"ISNUMBER({cell})" for cell in (cell_printed, computed[0]))
    unequal = ",".join(f"ROUND({cell_printed}-{cell},6)<>0" for cell in computed)
    return f'=IF(AND({numbers}),IF(AND({unequal}),{text(name, **places)},""),"")'


def check_total(grid: Grid, column: str) -> str:
    """The printed total is neither the sum of the indicators nor that sum with execution."""
    printed, computed = grid.at(f"total.{column}"), absolute(grid.calc[column])
    places = {"printed": printed, "computed": absolute(grid.calc[f"full_{column}"])} if column == "score" else {}
    return _differs(f"check-total-{column}", printed, computed, absolute(grid.calc[f"full_{column}"]), **places)


def check_level1(grid: Grid) -> str:
    """Points printed beside level 1 differ from the sum below it."""
    letter = column_letters(grid.level_columns["result"])
    cells = f"${letter}${grid.level_rows.start + 1}:${letter}${grid.level_rows.stop}"
    return f'=IF(SUMPRODUCT(--(LEN({cells})>0))=0,"",{text("check-level1")})'


def check_formulas(grid: Grid) -> dict[str, str]:
    """Every check of the check area: name -> formula giving the message, or an empty text."""
    return {
        "required": check_required(grid),
        "rows": check_rows(grid),
        "text": check_text(grid),
        "weights": check_weights(grid),
        "scores": check_scores(grid),
        "reasons": check_reasons(grid),
        "rate": _differs("check-rate", grid.fund("execution_rate"), absolute(grid.calc["rate"])),
        "execution_score": _differs(
            "check-execution-score", grid.fund("score"), absolute(grid.calc["execution_score"])
        ),
        "total_weight": check_total(grid, "weight"),
        "total_score": check_total(grid, "score"),
        "level1": check_level1(grid),
    }


def calc_formulas(grid: Grid) -> dict[str, str]:
    """What the check area recomputes, whatever stands in the printed cells."""
    return {
        "rate": rate_formula(grid, grid.total_fund_row),
        "execution_score": execution_score_formula(grid),
        "weight": total_formula(grid, "weight", with_execution=False),
        "score": total_formula(grid, "score", with_execution=False),
        "full_weight": total_formula(grid, "weight", with_execution=True),
        "full_score": total_formula(grid, "score", with_execution=True),
        "grade": grade_formula(grid),
    }


def status_formula(grid: Grid) -> str:
    """The visible line "what is still wrong": all messages, or that nothing was found, or that nothing is filled in."""
    cells = [absolute(grid.checks[name]) for name in CHECKS]
    all_messages = "&".join(cells)
    begun = "+".join(f"LEN({grid.at(path)})" for path in ("project.name", "goals.expected", "goals.actual"))
    begun += f"+COUNT({grid.rows_of('weight')})+COUNT({grid.fund('executed')})"
    fine, todo, empty = (text(f"status-{name}") for name in ("fine", "todo", "empty"))
    return f"=IF({begun}=0,{empty},IF(LEN({all_messages})=0,{fine},{todo}&{all_messages}))"


# --- which cells the checks look at -----------------------------------------------------------------------------


def required_labels(profile: Profile) -> Iterator[tuple[str, str]]:
    """Single fields that must be filled, with their printed label."""
    for path in profile.marks.required:
        section, _, name = path.partition(".")
        if path == "fiscal_year":
            yield path, profile.project["fiscal_year"] if not profile.page.year else "年度"
        elif section == "project":
            yield path, profile.project[name]  # type: ignore[index]
        elif section == "goals":
            yield path, getattr(profile.goals, name)


def used_columns(profile: Profile) -> list[str]:
    """Cells whose being filled makes an indicator row begun; its levels come with the template."""
    return [column for column in profile.indicator_columns() if column not in ("level1", "level2", "target_operator")]


def required_columns(profile: Profile) -> list[str]:
    """Columns a begun row must fill. A target in three cells needs its value."""
    wanted = [path.partition(".")[2] for path in profile.marks.required if path.startswith("indicators.")]
    columns = profile.indicator_columns()
    return [column if column in columns else "target_value" for column in wanted]


# --- the same in Python: cached results ---------------------------------------------------------------------------


def field_values(form: Form, profile: Profile) -> dict[str, Decimal | None]:
    """What the formulas of the printed form give for this form, by field path (rates as ratios)."""
    rules = profile.rules
    sums = add_up(form, profile)
    values: dict[str, Decimal | None] = {}
    for number, line in enumerate(form.funds.lines):
        rate = execution_rate(line.executed, base_budget(line, rules), rules)
        values[f"funds.lines[{number}].execution_rate"] = rate
        if line.source == "total":
            values[f"funds.lines[{number}].score"] = execution_score(line.execution_rate, line.weight, rules)
    values["total.weight"], values["total.score"] = map(_rounded, sums.printed(profile))
    return values


def cached_values(
    form: Form, profile: Profile, rows: list[int], level_names: list[tuple[str | None, Decimal | None]]
) -> dict[str, Cached]:
    """Results of the check area for this form: defined name -> cached value.

    ``rows`` are the sheet rows of the indicators (1-based, as a person counts), ``level_names`` the level-1 rows of
    the check area: name and printed points.
    """
    sums = add_up(form, profile)
    calc = _calc_values(form, profile, sums)
    checks = _check_values(form, profile, sums, rows, level_names)
    values: dict[str, Cached] = {CALC + name: value for name, value in calc.items()}
    values |= {CHECK + name: checks[name] for name in CHECKS}
    values[STATUS] = _status_value(form, "".join(checks[name] for name in CHECKS))
    return values


def level_values(form: Form, name: str | None, printed: Decimal | None) -> dict[str, Cached]:
    """Results of one level-1 row of the check area."""
    if not name:
        return {"weights": "", "scores": "", "result": ""}
    # SUMIF compares without case and takes * ? ~ as wildcards; vocabulary has none of these.
    rows = [row for row in form.indicators if (row.level1 or "") == name]
    weights = sum((row.weight for row in rows if row.weight is not None), Decimal(0))
    scores = sum((row.score for row in rows if row.score is not None), Decimal(0))
    differs = printed is not None and weights != printed
    result = sentence("template.level-differs", "zh").format(printed=shown(printed)) if differs else ""
    return {"weights": weights, "scores": scores, "result": result}


def shown(number: Decimal | None) -> str:
    """A number as a spreadsheet joins it to text."""
    return "" if number is None else format(number.normalize(), "f")


def _rounded(total: Decimal | None) -> Decimal | None:
    """Totals are rounded where binary fractions end to show, as the formulas do."""
    return None if total is None else half_up(total, 6).normalize() + 0


def _calc_values(form: Form, profile: Profile, sums: Sums) -> dict[str, Cached]:
    percent = profile.funds.rate == "percent"
    line = total_line(form)
    score = execution_score(line.execution_rate, line.weight, profile.rules) if line else None
    rate = sums.execution_rate.scaleb(2) if percent and sums.execution_rate is not None else sums.execution_rate
    values = {
        "rate": rate,
        "execution_score": score,
        "weight": _rounded(sums.weight),
        "score": _rounded(sums.score),
        "full_weight": _rounded(sums.full_weight),
        "full_score": _rounded(sums.full_score),
        "grade": sums.grade,
    }
    return {name: "" if value is None else value for name, value in values.items()}


def _check_values(
    form: Form, profile: Profile, sums: Sums, rows: list[int], levels: list[tuple[str | None, Decimal | None]]
) -> dict[str, str]:
    def say(name: str, **places: object) -> str:
        return sentence(f"template.check-{name}", "zh").format(**places)

    def counted(name: str, found: list[int]) -> str:
        return say(name, count=len(found), row=found[-1]) if found else ""

    indicators = list(zip(rows, form.indicators, strict=True))
    missing = [label for path, label in required_labels(profile) if not _filled(form, path)]
    line = total_line(form)
    score = execution_score(line.execution_rate, line.weight, profile.rules) if line else None
    full_marks = profile.rules.full_marks
    level_differs = any(level_values(form, name, printed)["result"] for name, printed in levels)
    return {
        "required": say("required", missing="、".join(missing)) if missing else "",
        "rows": counted("rows", [row for row, indicator in indicators if _unfinished(indicator, profile)]),
        "text": "",
        "weights": say("weights", weight=shown(sums.full_weight), full=full_marks)
        if sums.full_weight is not None and sums.full_weight != full_marks
        else "",
        "scores": counted("scores", [row for row, indicator in indicators if _out_of_range(indicator)]),
        "reasons": counted("reasons", [row for row, indicator in indicators if _unexplained(indicator)]),
        "rate": say("rate") if line and _unequal(line.execution_rate, sums.execution_rate) else "",
        "execution_score": say("execution-score") if line and _unequal(line.score, score) else "",
        "total_weight": say("total-weight") if _unequal(form.total.weight, sums.weight, sums.full_weight) else "",
        "total_score": say("total-score", printed=shown(form.total.score), computed=shown(sums.full_score))
        if _unequal(form.total.score, sums.score, sums.full_score)
        else "",
        "level1": say("level1") if level_differs else "",
    }


def _status_value(form: Form, messages: str) -> str:
    line = total_line(form)
    begun = any((form.project.name, form.goals.expected, form.goals.actual)) or (line and line.executed is not None)
    if not begun and all(indicator.weight is None for indicator in form.indicators):
        return sentence("template.status-empty", "zh")
    return sentence("template.status-todo", "zh") + messages if messages else sentence("template.status-fine", "zh")


def _filled(form: Form, path: str) -> bool:
    section, _, name = path.partition(".")
    value = getattr(getattr(form, section), name) if name else getattr(form, section)
    # TRIM takes spaces away and nothing else.
    return bool(value) and bool(str(value).strip(" "))


def _unfinished(indicator: Indicator, profile: Profile) -> bool:
    def blank(column: str) -> bool:
        return getattr(indicator, column.partition("_")[0]) in (None, "")

    used = any(not blank(column) for column in used_columns(profile))
    return used and any(blank(column) for column in required_columns(profile))


def _out_of_range(indicator: Indicator) -> bool:
    if indicator.weight is None or indicator.score is None:
        return False
    return indicator.score > indicator.weight or indicator.score < 0


def _unexplained(indicator: Indicator) -> bool:
    if indicator.weight is None or indicator.score is None or indicator.score >= indicator.weight:
        return False
    return (indicator.deviation or "").strip(" ") in ("", "无")


def _unequal(printed: Decimal | None, *computed: Decimal | None) -> bool:
    if printed is None or computed[0] is None:
        return False
    return all(value is None or half_up(printed - value, 6) != 0 for value in computed)
