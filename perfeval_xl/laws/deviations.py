"""The Python writer of laws: a form -> where it breaks a law, with what was found and what was expected.

Each node of a law becomes one small function, made once; asking a law of a row is then a few calls.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from perfeval_xl import shown
from perfeval_xl.field_path import FieldPath, fund_line, indicator, parse
from perfeval_xl.laws import terms
from perfeval_xl.model import SOURCES, Form, FundLine
from perfeval_xl.nothing import says_nothing
from perfeval_xl.profile import Profile, label_key
from perfeval_xl.sums import ZERO, base_budget, half_up, total_line

if TYPE_CHECKING:
    from perfeval_xl.package.addresses import Cell


@dataclass(frozen=True, slots=True)
class Deviation:
    """What one rule found at one place, still without words.

    ``found`` and ``expected`` are texts as a person reads them. ``cell`` is given where no field path leads to the
    cell; ``variant`` chooses another sentence than the usual one, ``values`` fill its places.
    """

    field: str | None
    found: str | None = None
    expected: str | None = None
    cell: Cell | None = None
    variant: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Facts(Protocol):
    """What laws are asked of: a form under its profile, and which of its cells could not be read."""

    @property
    def form(self) -> Form:
        """The form."""

    @property
    def profile(self) -> Profile:
        """The profile whose rules count."""

    def is_unread(self, path: str) -> bool:
        """Whether the cell of a field, or the row it belongs to, holds something that was not read."""

    def column_unread(self, table: str, column: str) -> bool:
        """Whether a cell of a table's column was not read."""


@dataclass(frozen=True, slots=True)
class AllRead:
    """A form whose every cell was read: one that came as JSON, or that is about to be written."""

    form: Form
    profile: Profile

    def is_unread(self, path: str) -> bool:
        """Nothing is unread."""
        del path
        return False

    def column_unread(self, table: str, column: str) -> bool:
        """Nothing is unread."""
        del table, column
        return False


class LevelPoints(NamedTuple):
    """Points printed beside a 一级指标, and the weights below it."""

    points: Decimal | None
    below: Decimal | None


class _Answer(NamedTuple):
    """A cell that must be filled."""

    value: object


@dataclass(slots=True)
class _Asked:
    """The row a law is asked of, with its path; the form as a whole has none."""

    facts: Facts
    path: FieldPath
    row: Any = None
    #: For a required cell: the row it stands in.
    of: Any = None


_Writer = Callable[[_Asked], Any]
_RULES: Final[Mapping[str, Callable[[Profile], Any]]] = {
    "full_marks": lambda profile: profile.rules.full_marks,
    "execution_weight": lambda profile: profile.rules.execution_weight,
    "rate_places": lambda profile: profile.rules.rate_decimals + 2,
    "score_decimals": lambda profile: profile.rules.score_decimals,
}
_ORDERS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}


def rule_value(name: str, profile: Profile) -> Any:
    """A setting of the profile that laws mention."""
    return _RULES[name](profile)


# --- who is asked -------------------------------------------------------------------------------------------------


def deviations(law: terms.Law, facts: Facts) -> Iterator[Deviation]:
    """Every place where the form breaks the law."""
    given, breaches, found, values = _written(law)
    for asked in _ASKED[law.each](law, facts):
        if not given(asked):
            continue
        for breach, when, expected in breaches:
            if when(asked):
                yield Deviation(
                    str(asked.path),
                    _told(found(asked)),
                    _told(expected(asked)) if expected else None,
                    variant=breach.variant,
                    values=_extra_values(asked) | {name: _told(value(asked)) for name, value in values},
                )
                break


def broken(law: terms.Law, facts: Facts, path: FieldPath, row: object) -> bool:
    """Whether one row breaks the law."""
    given, breaches, *_ = _written(law)
    asked = _Asked(facts, path, row)
    return bool(given(asked)) and any(when(asked) for _, when, _ in breaches)


def _extra_values(asked: _Asked) -> dict[str, object]:
    return {"name": asked.path.name} if asked.path.section == "level1_weights" else {}


def _told(value: object) -> str:
    return str(value) if isinstance(value, _Words) else shown.content(value)


class _Words(str):
    """A value already in words."""

    __slots__ = ()


def _whole_form(law: terms.Law, facts: Facts) -> Iterator[_Asked]:
    yield _Asked(facts, parse(law.field))


def _fund_lines(law: terms.Law, facts: Facts) -> Iterator[_Asked]:
    for number, line in enumerate(facts.form.funds.lines):
        yield _Asked(facts, fund_line(number, law.field), line)


def _the_total_line(law: terms.Law, facts: Facts) -> Iterator[_Asked]:
    total = total_line(facts.form)
    return (asked for asked in _fund_lines(law, facts) if asked.row is total)


def _indicators(law: terms.Law, facts: Facts) -> Iterator[_Asked]:
    for number, row in enumerate(facts.form.indicators):
        yield _Asked(facts, indicator(number, law.field), row)


def _level1(_: terms.Law, facts: Facts) -> Iterator[_Asked]:
    for name, points in facts.form.level1_weights.items():
        row = LevelPoints(points, weight_below(facts.form, facts.profile, name))
        yield _Asked(facts, FieldPath("level1_weights", None, name), row)


def _required_fields(_: terms.Law, facts: Facts) -> Iterator[_Asked]:
    for text in facts.profile.marks.required:
        path = parse(text)
        if path.section != "indicators":
            yield _Asked(facts, path, _Answer(path.value_in(facts.form)))


def required_columns(profile: Profile) -> list[str]:
    """The columns that every indicator row must fill."""
    paths = map(parse, profile.marks.required)
    return [path.name for path in paths if path.section == "indicators" and path.name]


def _required_cells(_: terms.Law, facts: Facts) -> Iterator[_Asked]:
    columns = required_columns(facts.profile)
    for number, row in enumerate(facts.form.indicators):
        for column in columns:
            yield _Asked(facts, indicator(number, column), _Answer(getattr(row, column)), row)


def _indicator_table(law: terms.Law, facts: Facts) -> Iterator[_Asked]:
    if required_columns(facts.profile):
        yield _Asked(facts, parse(law.field), _Answer(None))


_ASKED: Final[Mapping[terms.Each, Callable[[terms.Law, Facts], Iterator[_Asked]]]] = {
    "form": _whole_form,
    "fund line": _fund_lines,
    "total line": _the_total_line,
    "indicator": _indicators,
    "level1": _level1,
    "required field": _required_fields,
    "required cell": _required_cells,
    "indicators": _indicator_table,
}


def weight_below(form: Form, profile: Profile, name: str) -> Decimal | None:
    """The weights that points printed beside ``name`` stand for: those of a 一级指标, of all rows, or of execution."""
    key = label_key(name)
    section = profile.labels("sections").get(key)
    if section == "indicators":
        return _added([row.weight for row in form.indicators])
    if section == "funds":
        line = total_line(form)
        return line.weight if line else None
    levels = profile.labels("levels")
    level = levels.get(key, key)
    below = [row.weight for row in form.indicators if levels.get(own := label_key(row.level1 or ""), own) == level]
    return _added(below) or ZERO


def _added(numbers: list[Decimal | None]) -> Decimal | None:
    present = [number for number in numbers if number is not None]
    return sum(present, ZERO) if present else None


# --- values and tests ---------------------------------------------------------------------------------------------


@cache
def _written(law: terms.Law) -> Any:
    breaches = tuple(
        (breach, _test(breach.when), _value(breach.expected) if breach.expected else None) for breach in law.breaches
    )
    values = tuple((name, _value(value)) for name, value in law.values)
    return _test(law.given), breaches, _value(law.found), values


def _value(node: terms.Value) -> _Writer:
    match node:
        case terms.Number(number):
            return lambda _: number
        case terms.Rule(name):
            return lambda asked: Decimal(_RULES[name](asked.facts.profile))
        case terms.Cell(column):
            return _cell(column)
        case terms.Single(path):
            return _single(path)
        case terms.Sum(table, column, lines):
            return lambda asked: _added(_column(asked.facts, table, column, lines))
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


def _composed(node: terms.Value) -> _Writer:
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
            return lambda asked: _Words(shown.rate(ratio(asked)))
        case terms.Span(low, high):
            least, most = _value(low), _value(high)
            return lambda asked: _Words(f"{shown.number(least(asked))}–{shown.number(most(asked))}")
        case _:
            raise TypeError(f"no value of a law: {node}")


def _cell(column: str) -> _Writer:
    if column == "base":
        return lambda asked: base_budget(asked.row, asked.facts.profile.rules)
    return lambda asked: getattr(asked.of if asked.of is not None and column != "value" else asked.row, column)


def _single(text: str) -> _Writer:
    path = parse(text)
    if path.section != "execution":
        return lambda asked: path.value_in(asked.facts.form)

    def of_execution(asked: _Asked) -> Any:
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


def _arithmetic(left: terms.Value, right: terms.Value, how: Callable[[Decimal, Decimal], Decimal]) -> _Writer:
    one, other = _value(left), _value(right)

    def compute(asked: _Asked) -> Decimal | None:
        a, b = one(asked), other(asked)
        return None if a is None or b is None else how(a, b)

    return compute


def _quotient(dividend: _Writer, divisor: _Writer, places: str) -> _Writer:
    def compute(asked: _Asked) -> Decimal | None:
        above, below = dividend(asked), divisor(asked)
        if above is None or below is None or below <= 0:
            return None
        return half_up(above / below, _RULES[places](asked.facts.profile))

    return compute


def _rounded(value: _Writer, places: str) -> _Writer:
    def compute(asked: _Asked) -> Decimal | None:
        number = value(asked)
        return None if number is None else half_up(number, _RULES[places](asked.facts.profile))

    return compute


def _within(value: _Writer, low: _Writer, high: _Writer) -> _Writer:
    def compute(asked: _Asked) -> Decimal | None:
        number, least, most = value(asked), low(asked), high(asked)
        return None if number is None or least is None or most is None else max(least, min(most, number))

    return compute


def _either(value: _Writer, otherwise: _Writer) -> _Writer:
    def compute(asked: _Asked) -> Any:
        found = value(asked)
        return otherwise(asked) if found is None else found

    return compute


def _test(node: terms.Test) -> _Writer:
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
            every = [_test(test) for test in tests]
            return lambda asked: all(test(asked) for test in every)
        case terms.Any(tests):
            some = [_test(test) for test in tests]
            return lambda asked: any(test(asked) for test in some)
        case terms.Not(test):
            negated = _test(test)
            return lambda asked: not negated(asked)
        case _:
            return _about_cells(node)


def _about_cells(node: terms.Test) -> _Writer:
    match node:
        case terms.Blank(terms.Cell(column)):
            cell = _cell(column)
            return lambda asked: _is_blank(cell(asked))
        case terms.SaysNothing(terms.Cell(column)):
            text = _cell(column)
            return lambda asked: says_nothing(text(asked))
        case terms.Says(terms.Cell(column), word):
            content = _cell(column)
            return lambda asked: "".join(str(content(asked)).split()) == word
        case terms.Unread(column, None):
            return lambda asked: asked.facts.is_unread(str(_beside(asked.path, column)))
        case terms.Unread(column, table):
            return lambda asked: asked.facts.column_unread(str(table), column)
        case terms.AnyIndicator(test):
            row_test = _test(test)
            return lambda asked: any(
                row_test(_Asked(asked.facts, indicator(number), row))
                for number, row in enumerate(asked.facts.form.indicators)
            )
        case terms.CountsExecution():
            return lambda asked: asked.facts.profile.total.includes_execution
        case _:
            raise TypeError(f"no test of a law: {node}")


def _beside(path: FieldPath, column: str) -> FieldPath:
    """The field that ``Unread`` means: the one asked itself, or another of its row."""
    return path if column in ("value", path.section) else path.of(column)


def _near(left: _Writer, right: _Writer, tolerance: _Writer) -> _Writer:
    def holds(asked: _Asked) -> bool:
        one, other = left(asked), right(asked)
        return one is not None and other is not None and bool(abs(one - other) <= tolerance(asked))

    return holds


def _order(left: _Writer, how: Callable[[Any, Any], bool], right: _Writer) -> _Writer:
    def holds(asked: _Asked) -> bool:
        one, other = left(asked), right(asked)
        return one is not None and other is not None and how(one, other)

    return holds


def _as_printed(printed: _Writer, dividend: _Writer, divisor: _Writer) -> _Writer:
    def holds(asked: _Asked) -> bool:
        ratio, above, below = printed(asked), dividend(asked), divisor(asked)
        if ratio is None or above is None or below is None or below <= 0:
            return False
        most: int = _RULES["rate_places"](asked.facts.profile)
        exponent = ratio.normalize().as_tuple().exponent
        places = min(most, max(2, -exponent)) if isinstance(exponent, int) else most
        return half_up(ratio, places) == half_up(above / below, places)

    return holds


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
