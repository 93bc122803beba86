"""The native formulas of a template, each with the value Python computes for it (its cached result).

Only functions of Excel 2016, WPS and LibreOffice 7 are used. Ranges over the indicator rows start at the heading (text,
which sums ignore) and end at the row above the total (``INDEX``), so a row inserted anywhere between is always inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from perfeval_xl import shown
from perfeval_xl.field_path import FieldPath
from perfeval_xl.laws import formulas as native
from perfeval_xl.laws import totals
from perfeval_xl.laws.asked import AllRead, LevelPoints
from perfeval_xl.laws.deviations import broken
from perfeval_xl.messages import sentence
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import Cell, column_letters
from perfeval_xl.profile import Profile
from perfeval_xl.sums import Sums, base_budget, execution_rate, execution_score, half_up, total_line

CALC: Final = "perf_calc_"
CHECK: Final = "perf_check_"
STATUS: Final = "perf_status"
Cached = Decimal | str


@dataclass(frozen=True, slots=True)
class SimplePart:
    """Where this part of the check area stands: its rows, and the column of each of its cells."""

    rows: range
    columns: dict[str, int]

    def cell(self, name: str, row: int) -> Cell:
        """One cell."""
        return Cell(row, self.columns[name])

    def column(self, name: str) -> str:
        """All cells of a column."""
        letter = column_letters(self.columns[name])
        return f"${letter}${self.rows.start + 1}:${letter}${self.rows.stop}"


@dataclass(frozen=True, slots=True)
class TemplateGrid:
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
    key_column: int
    simple: SimplePart

    def at(self, path: str) -> str:
        """Absolute address of a single field."""
        return absolute(self.single[path])

    def rows_of(self, column: str) -> str:
        """The indicator cells of a column, heading included, to the row above the total."""
        return self._below_heading(self.columns[column], self.indicator_head, self.total_row)

    def fund(self, column: str, row: int | None = None) -> str:
        """Address of a cell of the funds table; the total row when ``row`` is not given."""
        return absolute(Cell(self.total_fund_row if row is None else row, self.fund_columns[column]))

    @property
    def indicator_rows(self) -> tuple[int, int]:
        """First and last indicator row."""
        return self.first_indicator, self.total_row - 1

    def funds_of(self, column: str) -> str:
        """The cells of a column of the funds table, heading included, to the row above what follows."""
        return self._below_heading(self.fund_columns[column], self.fund_rows.start - 1, self.fund_rows.stop)

    def sources(self) -> str:
        """The hidden cells that say which fund line a row is, heading included."""
        return self._below_heading(self.key_column, self.fund_rows.start - 1, self.fund_rows.stop)

    def heading(self, table: str) -> str:
        """A cell in the heading row of the indicator or the funds table."""
        return absolute(Cell(self.indicator_head if table == "indicators" else self.fund_rows.start - 1, 1))

    def _below_heading(self, column: int, head: int, end: int) -> str:
        letter = column_letters(column)
        return f"${letter}${head + 1}:INDEX(${letter}:${letter},ROW(${letter}${end + 1})-1)"


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """Where laws find what they mention: in one ``row`` of a table, or over all its rows (``row`` is ``None``).

    ``answer`` is the cell of a required field, or the column of a required cell of the indicator table.
    """

    grid: TemplateGrid
    table: Literal["indicators", "funds", "level1", ""] = ""
    row: int | None = None
    answer: str = ""

    @property
    def profile(self) -> Profile:
        """The profile of the template."""
        return self.grid.profile

    def cell(self, column: str) -> str:
        """The reference of a column in the row, or over all rows."""
        grid = self.grid
        if column == "value":
            if self.table != "indicators":
                return grid.at(self.answer)
            column = self.answer
        if self.table == "level1":
            column = {"points": "weight", "below": "weights"}[column]
            return self._in_row(grid.level_columns[column])
        if self.table == "funds":
            column = grid.profile.rules.execution_base if column == "base" else column
            return grid.funds_of(column) if self.row is None else self._in_row(grid.fund_columns[column])
        column = column if column in grid.columns else f"{column}_value"
        return grid.rows_of(column) if self.row is None else self._in_row(grid.columns[column])

    def _in_row(self, column: int) -> str:
        return f"${column_letters(column)}{(self.row or 0) + 1}"

    def single(self, path: str) -> str:
        """The cell of a field that stands alone."""
        section, _, name = path.partition(".")
        if section != "execution":
            return self.grid.at(path)
        return self.grid.fund(self.grid.profile.rules.execution_base if name == "base" else name)

    def column(self, table: str, column: str) -> str:
        """All cells of a column, its heading first."""
        return self.grid.rows_of(column) if table == "indicators" else self.grid.funds_of(column)

    def heading(self, table: str) -> str:
        """A cell of the heading row of a table."""
        return self.grid.heading(table)

    def sources(self) -> str:
        """The cells that say which fund line a row is."""
        return self.grid.sources()

    def over_indicators(self) -> RowPlaces:
        """The same places with references to whole columns: all indicator rows at once."""
        return RowPlaces(self.grid, "indicators")


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


def counting_text(name: str, **places: str) -> str:
    """A template sentence whose places are numbers above 0, as an Excel expression; an empty text where they are 0.

    Each number stands in it once, where ``IF(number=0,"",number&…)`` would hold it twice: a formula has its limit of
    8,192 characters.
    """
    *starts, end = re.split(r"\{\w+\}", sentence(f"template.{name}", "zh"))
    formats = [f'""{start}""0' for start in starts]
    formats[-1] += f'""{end}""'
    numbers = (places[place] for place in re.findall(r"\{(\w+)\}", sentence(f"template.{name}", "zh")))
    return "&".join(f'TEXT({number},"{format_};;")' for number, format_ in zip(numbers, formats, strict=True))


# --- cells of the printed form ------------------------------------------------------------------------------------


def rate_formula(grid: TemplateGrid, row: int) -> str:
    """执行率 of one funds row: ratio, or percent where the region prints 98.63."""
    base, executed = grid.fund(grid.profile.rules.execution_base, row), grid.fund("executed", row)
    decimals = grid.profile.rules.rate_decimals
    ratio = (
        f"ROUND({executed}/{base}*100,{decimals})"
        if grid.profile.funds.rate == "percent"
        else f"ROUND({executed}/{base},{decimals + 2})"
    )
    return f'=IF(AND(ISNUMBER({base}),ISNUMBER({executed})),IF({base}>0,{ratio},""),"")'


def execution_score_formula(grid: TemplateGrid, rate: str | None = None) -> str:
    """预算执行得分: rate times weight, at most the weight, never below 0."""
    rate = rate or grid.fund("execution_rate")
    weight = grid.fund("weight")
    share = f"{rate}/100" if grid.profile.funds.rate == "percent" else rate
    rounded = f"ROUND({share}*{weight},{grid.profile.rules.score_decimals})"
    return f'=IF(AND(ISNUMBER({rate}),ISNUMBER({weight})),MAX(0,MIN({weight},{rounded})),"")'


def total_formula(grid: TemplateGrid, column: str, *, with_execution: bool) -> str:
    """The sum of 分值 or 得分 over the indicators, with the execution row where the region counts it."""
    rows = grid.rows_of(column)
    execution = f"+N({grid.fund(column)})" if with_execution else ""
    return f'=IF(COUNT({rows})=0,"",ROUND(SUM({rows}){execution},6))'


# --- cells of the check area --------------------------------------------------------------------------------------


def grade_formula(grid: TemplateGrid) -> str:
    """优 良 中 差 of the full score."""
    full = f"ROUND({absolute(grid.calc['full_score'])},{grid.profile.rules.score_decimals})"
    *upper, last = grid.profile.rules.grades
    result = f'"{last.name}"'
    for grade in reversed(upper):
        result = f'IF({full}>={grade.at_least},"{grade.name}",{result})'
    return f'=IF(ISNUMBER({absolute(grid.calc["full_score"])}),{result},"")'


def level_formulas(grid: TemplateGrid, row: int) -> dict[str, str]:
    """Sum of weights and scores of one 一级指标 and whether they agree with the points printed beside it."""
    name = absolute(Cell(row, grid.level_columns["name"]))
    sums = {
        key: f'=IF(LEN({name})=0,"",{_below(grid, name, column)})'
        for key, column in (("weights", "weight"), ("scores", "score"))
    }
    differs = text("level-differs", printed=absolute(Cell(row, grid.level_columns["weight"])))
    broken = native.breach_of(totals.LEVEL1_WEIGHT, RowPlaces(grid, "level1", row))
    sums["result"] = f'=IF(LEN({name})=0,"",IF({broken},{differs},""))'
    return sums


def _below(grid: TemplateGrid, name: str, column: str) -> str:
    """The sum that points beside a label must equal: of a 一级指标, of all rows, or of execution."""
    levels, numbers = grid.rows_of("level1"), grid.rows_of(column)
    result = f"SUMIF({levels},{name},{numbers})"
    for labels in level_aliases(grid.profile).values():
        below = "+".join(f'SUMIF({levels},"{label}",{numbers})' for label in labels)
        result = f"IF({native.is_listed(name, labels)},{below},{result})"
    for section, whole in (("funds", grid.fund(column)), ("indicators", f"SUM({numbers})")):
        result = f"IF({native.is_listed(name, section_labels(grid.profile, section))},{whole},{result})"
    return result


def level_aliases(profile: Profile) -> dict[str, list[str]]:
    """Each 一级指标 of the region with every way to write it."""
    own = {level.name: [level.name] for level in profile.indicators.level1}
    for label, level in profile.labels("levels").items():
        if level in own and label != level:
            own[level].append(label)
    return own


def section_labels(profile: Profile, section: str) -> list[str]:
    """The labels that stand for a whole section, such as 绩效指标."""
    return sorted(label for label, found in profile.labels("sections").items() if found == section)


def calc_formulas(grid: TemplateGrid) -> dict[str, str]:
    """Formulas of the check area, which recompute from the inputs whatever stands in the printed cells."""
    return {
        "rate": rate_formula(grid, grid.total_fund_row),
        "execution_score": execution_score_formula(grid),
        "weight": total_formula(grid, "weight", with_execution=False),
        "score": total_formula(grid, "score", with_execution=False),
        "full_weight": total_formula(grid, "weight", with_execution=True),
        "full_score": total_formula(grid, "score", with_execution=True),
        "grade": grade_formula(grid),
    }


def status_formula(grid: TemplateGrid) -> str:
    """The visible line "what is still wrong": all messages, or that nothing was found, or that nothing is filled in."""
    all_messages = "&".join(absolute(cell) for name, cell in grid.checks.items() if name != "status")
    fine, todo, empty = (text(f"status-{name}") for name in ("fine", "todo", "empty"))
    judged = len(grid.simple.rows)
    beyond = text("status-beyond").replace("{judged}", str(judged))
    beyond = f'IF(ROWS({grid.rows_of("weight")})-1>{judged},{beyond},"")'
    return f"=IF(NOT({is_begun(grid)}),{empty},IF(LEN({all_messages})=0,{fine},{todo}&{all_messages})&{beyond})"


def is_begun(grid: TemplateGrid) -> str:
    """Whether anything of the form was filled in."""
    texts = "+".join(f"LEN({grid.at(path)})" for path in ("project.name", "goals.expected", "goals.actual"))
    return f"{texts}+COUNT({grid.rows_of('weight')})+COUNT({grid.fund('executed')})>0"


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


# --- the same in Python: cached results ---------------------------------------------------------------------------


def field_values(form: Form, profile: Profile, sums: Sums) -> dict[str, Decimal | None]:
    """What the formulas of the printed form give for this form, by field path (rates as ratios)."""
    rules = profile.rules
    values: dict[str, Decimal | None] = {}
    for number, line in enumerate(form.funds.lines):
        rate = execution_rate(line.executed, base_budget(line, rules), rules)
        values[f"funds.lines[{number}].execution_rate"] = rate
        if line.source == "total":
            values[f"funds.lines[{number}].score"] = execution_score(line.execution_rate, line.weight, rules)
    values["total.weight"], values["total.score"] = map(_rounded, sums.printed(profile))
    return values


def level_values(form: Form, profile: Profile, name: str | None, printed: Decimal | None) -> dict[str, Cached]:
    """Results of one level-1 row of the check area."""
    if not name:
        return {"weights": "", "scores": "", "result": ""}
    weights, scores = (_added_below(form, profile, name, column) for column in ("weight", "score"))
    row = LevelPoints(printed, weights if isinstance(weights, Decimal) else None)
    differs = broken(totals.LEVEL1_WEIGHT, AllRead(form, profile), FieldPath("level1_weights", None, name), row)
    result = sentence("template.level-differs", "zh").format(printed=shown.number(printed)) if differs else ""
    return {"weights": weights, "scores": scores, "result": result}


def _added_below(form: Form, profile: Profile, name: str, column: str) -> Cached:
    """The same as ``_below``. SUMIF takes * ? ~ as wildcards and minds no case; labels have neither."""
    plain = "".join(name.split())
    section = profile.labels("sections").get(plain)
    if section == "funds":
        line = total_line(form)
        found: Decimal | None = getattr(line, column) if line else None
        # A reference to an empty cell gives 0.
        return Decimal(0) if found is None else found
    labels = next((labels for labels in level_aliases(profile).values() if plain in labels), [name])
    everything = section == "indicators"
    below = [getattr(row, column) for row in form.indicators if everything or (row.level1 or "") in labels]
    return sum((number for number in below if number is not None), Decimal(0))


def calc_values(form: Form, profile: Profile, sums: Sums) -> dict[str, Cached]:
    """What the check area recomputes: name -> cached value."""
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


def _rounded(total: Decimal | None) -> Decimal | None:
    """Totals are rounded where binary fractions end to show, as the formulas do."""
    return None if total is None else half_up(total, 6).normalize() + 0


def status_value(form: Form, messages: str, *, judged: int, rows: int) -> str:
    """What the line on top says: all messages, that nothing was found, or that nothing is filled in.

    Of ``rows`` indicator rows the first ``judged`` have a row of 按规则得分; where that is not all, it says so.
    """
    line = total_line(form)
    begun = any((form.project.name, form.goals.expected, form.goals.actual)) or (line and line.executed is not None)
    if not begun and all(indicator.weight is None for indicator in form.indicators):
        return sentence("template.status-empty", "zh")
    told = sentence("template.status-todo", "zh") + messages if messages else sentence("template.status-fine", "zh")
    return told + (sentence("template.status-beyond", "zh").format(judged=judged) if rows > judged else "")
