"""The worksheet functions as plain Python: values and ranges in, values and arrays out.

Every host (xlwings, VBA, LibreOffice) gives the same results; ``tests/cases/functions.tsv`` is what each must pass.
A range is a list of rows; beside it, single values, rows and columns are used again. A blank is ``None`` or ``""``.
What cannot be decided gives ``""``. A wrong argument raises ``ArgumentError``, which a host shows as ``#VALUE!``; in an
array it stands in the place of its result.
``FUNCTIONS`` describes them all; bridges, add-ins and ``docs/functions.md`` are made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any, Final, Literal

from perfeval_xl import sums
from perfeval_xl.cell_values import NotANumber, number_in
from perfeval_xl.errors import PerfevalError
from perfeval_xl.excel.spreading import Argument, ArgumentError, Result, Scalar, rows_of, spread, whole_range
from perfeval_xl.messages import Language, say, sentence
from perfeval_xl.model import MOST_CHARACTERS, dump_document
from perfeval_xl.nothing import NO_VALUE
from perfeval_xl.profile import DEFAULT_PROFILE, Rules, load_profile
from perfeval_xl.quantity import compare, read, unit_of, value_of
from perfeval_xl.reading import Reading, read_sheets
from perfeval_xl.scoring import Judgement, Setting, judge
from perfeval_xl.scoring.explain import explain
from perfeval_xl.sources.sheet import CellError, Sheet, Value, decimal_of

_BLANKS: Final = NO_VALUE | {""}


# --- arguments -----------------------------------------------------------------------------------------------------


def _text_or_number(function: str, argument: str, value: Scalar) -> str | Decimal | None:
    """A target or actual value as a form holds it; a date cell is the text ``YYYY-MM-DD``."""
    if value is None or value == "":
        return None
    if isinstance(value, bool | CellError):
        raise ArgumentError("wrong-value", function=function, argument=argument, found=value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return _decimal(function, argument, value)


def _decimal(function: str, argument: str, value: object) -> Decimal:
    """The decimal the cell shows. Raises for what is no number of a spreadsheet."""
    if not isinstance(value, int | float | Decimal) or not isfinite(value):
        raise ArgumentError("wrong-number", function=function, argument=argument, found=value)
    return value if isinstance(value, Decimal) else decimal_of(value)


def _number(function: str, argument: str, value: Argument) -> Decimal | None:
    """A number, also one typed as text; ``None`` for a blank or a mark such as ``—``."""
    if isinstance(value, bool | date):
        raise ArgumentError("wrong-number", function=function, argument=argument, found=value)
    if not isinstance(value, str):
        return None if value is None else _decimal(function, argument, value)
    if value.strip() in _BLANKS:
        return None
    try:
        return number_in(value, "分")
    except NotANumber:
        raise ArgumentError("wrong-number", function=function, argument=argument, found=value) from None


def _rules(function: str, profile: Scalar) -> Rules:
    """The rules of a profile id; a blank is the default. Raises for an unknown one."""
    if profile is None or profile == "":
        return _rules_of(DEFAULT_PROFILE)
    try:
        return _rules_of(str(profile).strip())
    except PerfevalError:
        raise ArgumentError("wrong-profile", function=function, found=profile) from None


@cache
def _rules_of(profile: str) -> Rules:
    return load_profile(profile).rules


def _result(value: Decimal | None) -> Result:
    return "" if value is None else float(value)


# --- scores --------------------------------------------------------------------------------------------------------


def _judged(function: str, target: Scalar, actual: Scalar, weight: Scalar, profile: Scalar, level: Scalar) -> Judgement:
    points = _number(function, "weight", weight)
    if points is not None and points < 0:
        raise ArgumentError("wrong-value", function=function, argument="weight", found=points)
    if isinstance(level, CellError):
        raise ArgumentError("wrong-value", function=function, argument="level", found=level)
    return judge(
        _text_or_number(function, "target", target),
        _text_or_number(function, "actual", actual),
        points,
        _rules(function, profile),
        Setting(level2=str(level) if level else None),
    )


@spread
def perf_score(target: Scalar, actual: Scalar, weight: Scalar, profile: Scalar = None, level: Scalar = None) -> Result:
    """The score by rule; ``""`` when there is none, or a range of points that only a reviewer can settle."""
    return _result(_judged("PERF_SCORE", target, actual, weight, profile, level).value)


@spread
def perf_explain(
    target: Scalar, actual: Scalar, weight: Scalar, profile: Scalar = None, level: Scalar = None
) -> Result:
    """Why that score, or why none, in the current language; ``""`` beside an empty row."""
    judged = _judged("PERF_EXPLAIN", target, actual, weight, profile, level)
    return "" if judged.target.kind == judged.actual.kind == "blank" else explain(judged)


@spread
def perf_rate(target: Scalar, actual: Scalar) -> Result:
    """actual/target in one unit; ``""`` where it is not decided whether the target was met, or there is no ratio."""
    wanted = read(_text_or_number("PERF_RATE", "target", target))
    made = compare(wanted, read(_text_or_number("PERF_RATE", "actual", actual)))
    return _result(made.ratio if made.decided else None)


@spread
def perf_exec_rate(executed: Scalar, budget: Scalar) -> Result:
    """预算执行率 as a ratio, half-up to a hundredth of a percent; ``""`` without a budget above 0."""
    return _result(_execution_rate("PERF_EXEC_RATE", executed, budget))


@spread
def perf_exec_score(executed: Scalar, budget: Scalar, weight: Scalar = None) -> Result:
    """预算执行得分: rate times weight (10 if left out), at most the weight, half-up to two decimals."""
    rules = _rules_of(DEFAULT_PROFILE)
    points = _number("PERF_EXEC_SCORE", "weight", weight)
    if points is not None and points < 0:
        raise ArgumentError("wrong-value", function="PERF_EXEC_SCORE", argument="weight", found=points)
    rate = _execution_rate("PERF_EXEC_SCORE", executed, budget)
    return _result(sums.execution_score(rate, rules.execution_weight if points is None else points, rules))


def _execution_rate(function: str, executed: Scalar, budget: Scalar) -> Decimal | None:
    paid, planned = _number(function, "executed", executed), _number(function, "budget", budget)
    return sums.execution_rate(paid, planned, _rules_of(DEFAULT_PROFILE))


def perf_total(execution_score: Scalar, scores: Argument) -> Result:
    """The execution score and all scores added up exactly; ``""`` when all are blank."""
    rows = rows_of("PERF_TOTAL", scores)
    cells = [scores] if rows is None else [cell for row in rows for cell in row]
    numbers = [_number("PERF_TOTAL", "scores", cell) for cell in cells]
    numbers.append(_number("PERF_TOTAL", "execution_score", execution_score))
    known = [number for number in numbers if number is not None]
    return _result(sum(known, Decimal(0)) if known else None)


@spread
def perf_grade(total: Scalar, profile: Scalar = None) -> Result:
    """The grade of a total; ``""`` for a blank and for a total below 0 or above the full marks."""
    rules = _rules("PERF_GRADE", profile)
    points = _number("PERF_GRADE", "total", total)
    if points is None or not 0 <= points <= rules.full_marks:
        return ""
    return sums.grade_of(sums.half_up(points, rules.score_decimals), rules)


# --- values --------------------------------------------------------------------------------------------------------


@spread
def perf_value(text: Scalar) -> Result:
    """The one number of a text, 万 and % applied; ``""`` when it is not sure."""
    return _result(value_of(_text_or_number("PERF_VALUE", "text", text)))


@spread
def perf_unit(text: Scalar) -> Result:
    """The unit of that number as written; ``""`` where there is none."""
    return unit_of(_text_or_number("PERF_UNIT", "text", text))


# --- whole forms ---------------------------------------------------------------------------------------------------


def _readings(rows: list[list[Scalar]]) -> list[Reading]:
    """Every form in a range of cells; the address of a cell counts from the range's corner."""
    cells = tuple(tuple(_cell(value) for value in row) for row in rows)
    return read_sheets([Sheet(source="-", name="", rows=cells)])


def _cell(value: Scalar) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return decimal_of(value) if isfinite(value) else None
    return value if value != "" else None


def perf_check(range_: Argument) -> list[list[Result]]:
    """Findings, one per row: severity, name, cell, message, advice."""
    rows = whole_range("PERF_CHECK", "range", range_)
    try:
        readings = _readings(rows)
    except PerfevalError as error:
        return [["error", "", "", str(error), ""]]
    if not readings:
        return [["error", "", "", say("errors.no-form", path="-"), ""]]
    from perfeval_xl.checks import check_readings

    found = check_readings(readings)
    if not found:
        return [["", "", "", say("functions.no-findings"), ""]]
    return [[each.severity, each.name, each.cell or "", each.message, each.advice] for each in found]


def perf_json(range_: Argument) -> Result:
    """The canonical JSON of the forms in a range; ``""`` when it holds none. Raises when no cell can hold the text."""
    rows = whole_range("PERF_JSON", "range", range_)
    try:
        readings = _readings(rows)
    except PerfevalError:
        return ""
    if not readings:
        return ""
    text = dump_document([reading.form for reading in readings]).decode().rstrip("\n")
    if len(text.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
        raise ArgumentError("too-long", function="PERF_JSON")
    return text


# --- the registry --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a worksheet function. ``text`` names its sentence in ``profiles/text/functions.toml``."""

    name: str
    kind: Literal["value", "number", "text", "range"]
    optional: bool = False
    text: str = ""

    def description(self, language: Language) -> str:
        """What it is, in one phrase."""
        return sentence(f"functions.argument-{self.text or self.name}", language)


@dataclass(frozen=True, slots=True)
class Function:
    """One worksheet function: its name in a cell, its arguments and the Python behind it. None is volatile."""

    name: str
    call: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    volatile: bool = False

    def description(self, language: Language) -> str:
        """What it gives, in one or two sentences."""
        return sentence(f"functions.{self.name}", language)

    @property
    def signature(self) -> str:
        """``PERF_SCORE(target, actual, weight, [profile], [level])``."""
        shown = (f"[{each.name}]" if each.optional else each.name for each in self.parameters)
        return f"{self.name}({', '.join(shown)})"


_JUDGED: Final = (
    Parameter("target", "value"),
    Parameter("actual", "value"),
    Parameter("weight", "number"),
    Parameter("profile", "text", optional=True),
    Parameter("level", "text", optional=True),
)
_EXECUTED: Final = (Parameter("executed", "number"), Parameter("budget", "number"))

#: Every worksheet function, in the order of the documentation.
FUNCTIONS: Final = (
    Function("PERF_SCORE", perf_score, _JUDGED),
    Function("PERF_RATE", perf_rate, _JUDGED[:2]),
    Function("PERF_EXEC_RATE", perf_exec_rate, _EXECUTED),
    Function(
        "PERF_EXEC_SCORE",
        perf_exec_score,
        (*_EXECUTED, Parameter("weight", "number", optional=True, text="execution_weight")),
    ),
    Function(
        "PERF_TOTAL",
        perf_total,
        (Parameter("execution_score", "number"), Parameter("scores", "range")),
    ),
    Function(
        "PERF_GRADE",
        perf_grade,
        (Parameter("total", "number"), Parameter("profile", "text", optional=True)),
    ),
    Function("PERF_VALUE", perf_value, (Parameter("text", "value"),)),
    Function("PERF_UNIT", perf_unit, (Parameter("text", "value"),)),
    Function("PERF_EXPLAIN", perf_explain, _JUDGED),
    Function("PERF_CHECK", perf_check, (Parameter("range", "range"),)),
    Function("PERF_JSON", perf_json, (Parameter("range", "range"),)),
)


#: By name.
BY_NAME: Final = {each.name: each for each in FUNCTIONS}
