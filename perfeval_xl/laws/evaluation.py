"""The values and tests of laws as Python functions of the row they are applied to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache, reduce
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final

from perfeval_xl import shown
from perfeval_xl.field_path import FieldPath, indicator, parse
from perfeval_xl.laws import terms
from perfeval_xl.laws.asked import RULES, Asked, Facts, Writer, added
from perfeval_xl.model import SOURCES, FundLine
from perfeval_xl.nothing import says_nothing
from perfeval_xl.sums import base_budget, half_up, total_line

if TYPE_CHECKING:
    pass


_ORDERS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}


class TextValue(str):
    """A value already in words."""

    __slots__ = ()


@cache
def written(law: terms.Law) -> Any:
    """A law as functions: its ``given``, its breaches with their expected values, and its further values."""
    breaches = tuple(
        (breach, _test(breach.when), _value(breach.expected) if breach.expected else None) for breach in law.breaches
    )
    values = tuple((name, _value(value)) for name, value in law.values)
    return _test(law.given), breaches, _value(law.found), values


def _value(node: terms.Value) -> Writer:
    match node:
        case terms.FixedNumber(number):
            return lambda _: number
        case terms.RuleNumber(name):
            return lambda asked: Decimal(RULES[name](asked.facts.profile))
        case terms.RowCell(column):
            return _cell(column)
        case terms.Single(path):
            return _single(path)
        case terms.Sum(table, column, lines):
            return lambda asked: added(_column(asked.facts, table, column, lines))
        case terms.Count(column, lines):
            return lambda asked: Decimal(sum(1 for number in _column(asked.facts, "funds", column, lines) if number))
        case terms.Plus(left, right):
            return _arithmetic(left, right, lambda one, other: one + other)
        case terms.Minus(left, right):
            return _arithmetic(left, right, lambda one, other: one - other)
        case terms.Times(left, right):
            return _arithmetic(left, right, lambda one, other: one * other)
        case _:
            return _composed(node)


def _composed(node: terms.Value) -> Writer:
    match node:
        case terms.Quotient(dividend, divisor, places):
            return _quotient(_value(dividend), _value(divisor), places)
        case terms.Rounded(value, places):
            return _rounded(_value(value), places)
        case terms.Within(value, low, high):
            return _within(_value(value), _value(low), _value(high))
        case terms.First(value, otherwise):
            return _either(_value(value), _value(otherwise))
        case terms.If(test, then, otherwise):
            when, one, other = _test(test), _value(then), _value(otherwise)
            return lambda asked: one(asked) if when(asked) else other(asked)
        case terms.AsRate(value):
            ratio = _value(value)
            return lambda asked: TextValue(shown.rate(ratio(asked)))
        case terms.NumberRange(low, high):
            least, most = _value(low), _value(high)
            return lambda asked: TextValue(f"{shown.number(least(asked))}–{shown.number(most(asked))}")
        case _:
            raise TypeError(f"no value of a law: {node}")


def _cell(column: str) -> Writer:
    if column == "base":
        return lambda asked: base_budget(asked.row, asked.facts.profile.rules)
    return lambda asked: getattr(asked.of if asked.of is not None and column != "value" else asked.row, column)


def _single(text: str) -> Writer:
    path = parse(text)
    if path.section != "execution":
        return lambda asked: path.value_in(asked.facts.form)

    def of_execution(asked: Asked) -> Any:
        line = total_line(asked.facts.form)
        if line is None:
            return None
        return base_budget(line, asked.facts.profile.rules) if path.name == "base" else getattr(line, path.name or "")

    return of_execution


def _column(facts: Facts, table: str, column: str, lines: terms.Lines) -> list[Decimal | None]:
    if table == "indicators":
        return [getattr(row, column) for row in facts.form.indicators]
    total = total_line(facts.form)
    usual = {*SOURCES, *(row.source for row in facts.profile.funds.rows)}

    def counts(line: FundLine) -> bool:
        return lines == "all" or (line is not total and (lines == "parts" or line.source in usual))

    return [getattr(line, column) for line in facts.form.funds.lines if counts(line)]


def _arithmetic(left: terms.Value, right: terms.Value, how: Callable[[Decimal, Decimal], Decimal]) -> Writer:
    one, other = _value(left), _value(right)

    def compute(asked: Asked) -> Decimal | None:
        a, b = one(asked), other(asked)
        return None if a is None or b is None else how(a, b)

    return compute


def _quotient(dividend: Writer, divisor: Writer, places: str) -> Writer:
    def compute(asked: Asked) -> Decimal | None:
        above, below = dividend(asked), divisor(asked)
        if above is None or below is None or below <= 0:
            return None
        return half_up(above / below, RULES[places](asked.facts.profile))

    return compute


def _rounded(value: Writer, places: str) -> Writer:
    def compute(asked: Asked) -> Decimal | None:
        number = value(asked)
        return None if number is None else half_up(number, RULES[places](asked.facts.profile))

    return compute


def _within(value: Writer, low: Writer, high: Writer) -> Writer:
    def compute(asked: Asked) -> Decimal | None:
        number, least, most = value(asked), low(asked), high(asked)
        return None if number is None or least is None or most is None else max(least, min(most, number))

    return compute


def _either(value: Writer, otherwise: Writer) -> Writer:
    def compute(asked: Asked) -> Any:
        found = value(asked)
        return otherwise(asked) if found is None else found

    return compute


def _test(node: terms.Test) -> Writer:
    match node:
        case terms.Present(value):
            number = _value(value)
            return lambda asked: number(asked) is not None
        case terms.Near(left, right, tolerance):
            return _near(_value(left), _value(right), _value(tolerance))
        case terms.Order(left, how, right):
            return _order(_value(left), _ORDERS[how], _value(right))
        case terms.AsPrinted(printed, dividend, divisor):
            return _as_printed(_value(printed), _value(dividend), _value(divisor))
        case terms.All(tests):
            return reduce(_both, map(_test, tests)) if tests else lambda _: True
        case terms.Any(tests):
            return reduce(_one_of, map(_test, tests)) if tests else lambda _: False
        case terms.Not(test):
            negated = _test(test)
            return lambda asked: not negated(asked)
        case _:
            return _about_cells(node)


def _both(one: Writer, other: Writer) -> Writer:
    return lambda asked: one(asked) and other(asked)


def _one_of(one: Writer, other: Writer) -> Writer:
    return lambda asked: one(asked) or other(asked)


def _about_cells(node: terms.Test) -> Writer:
    match node:
        case terms.Blank(terms.RowCell(column)):
            cell = _cell(column)
            return lambda asked: is_blank(cell(asked))
        case terms.SaysNothing(terms.RowCell(column)):
            text = _cell(column)
            return lambda asked: says_nothing(text(asked))
        case terms.Says(terms.RowCell(column), word):
            content = _cell(column)
            return lambda asked: "".join(str(content(asked)).split()) == word
        case terms.Unread(column, None):
            return lambda asked: asked.facts.is_unread(str(_beside(asked.path, column)))
        case terms.Unread(column, table):
            return lambda asked: asked.facts.column_unread(str(table), column)
        case terms.AnyIndicator(test):
            row_test = _test(test)
            return lambda asked: any(
                row_test(Asked(asked.facts, indicator(number), row))
                for number, row in enumerate(asked.facts.form.indicators)
            )
        case terms.CountsExecution():
            return lambda asked: asked.facts.profile.total.includes_execution
        case _:
            raise TypeError(f"no test of a law: {node}")


def _beside(path: FieldPath, column: str) -> FieldPath:
    """The field that ``Unread`` refers to: the checked field itself, or another of its row."""
    return path if column in ("value", path.section) else path.of(column)


def _near(left: Writer, right: Writer, tolerance: Writer) -> Writer:
    def holds(asked: Asked) -> bool:
        one, other = left(asked), right(asked)
        return one is not None and other is not None and bool(abs(one - other) <= tolerance(asked))

    return holds


def _order(left: Writer, how: Callable[[Any, Any], bool], right: Writer) -> Writer:
    def holds(asked: Asked) -> bool:
        one, other = left(asked), right(asked)
        return one is not None and other is not None and how(one, other)

    return holds


def _as_printed(printed: Writer, dividend: Writer, divisor: Writer) -> Writer:
    def holds(asked: Asked) -> bool:
        ratio, above, below = printed(asked), dividend(asked), divisor(asked)
        if ratio is None or above is None or below is None or below <= 0:
            return False
        most: int = RULES["rate_places"](asked.facts.profile)
        exponent = ratio.normalize().as_tuple().exponent
        places = min(most, max(2, -exponent)) if isinstance(exponent, int) else most
        return half_up(ratio, places) == half_up(above / below, places)

    return holds


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing that can be seen."""
    return value is None or (isinstance(value, str) and not value.strip())
