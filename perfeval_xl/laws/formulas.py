"""The writer of native formulas: a law as an expression of Excel 2016, WPS and LibreOffice 7.

The same expression serves one cell (a conditional format, one check) and a whole column (an array formula): only ``IF``
joins tests, since ``AND`` and ``OR`` would fold an array into one answer and stop at the first error in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Protocol

from perfeval_xl.laws import terms
from perfeval_xl.laws.asked import rule_value
from perfeval_xl.model import SOURCES
from perfeval_xl.nothing import DASHES, NOTHING, STOPS, WIDE_SPACES
from perfeval_xl.profile import Profile

TRUE: Final = "TRUE"
FALSE: Final = "FALSE"
#: Decimals to which differences are rounded: binary fractions are exact to here.
_BINARY: Final = 9


class Places(Protocol):
    """The cells of a template that laws refer to. A reference is one cell, or a column for an array formula."""

    @property
    def profile(self) -> Profile:
        """The profile of the template."""

    def cell(self, column: str) -> str:
        """The reference of a column in the row asked, or over all rows."""

    def single(self, path: str) -> str:
        """The cell of a field that stands alone."""

    def column(self, table: terms.Table, column: str) -> str:
        """All cells of a column, its heading first."""

    def heading(self, table: terms.Table) -> str:
        """A cell of the heading row of a table."""

    def sources(self) -> str:
        """The cells that say which fund line a row is, heading included."""

    def over_indicators(self) -> Places:
        """The same places with references to whole columns: all indicator rows at once."""


def breach_of(law: terms.Law, places: Places) -> str:
    """The expression that is TRUE where the law is broken."""
    broken = terms.any_of(*(breach.when for breach in law.breaches))
    return test(terms.all_of(law.given, broken), places)


def where_both(first: str, then: str) -> str:
    """``first`` and ``then``, the second asked only where the first holds."""
    if first == TRUE:
        return then
    return FALSE if FALSE in (first, then) else f"IF({first},{then},FALSE)"


def _where_either(first: str, otherwise: str) -> str:
    if first == FALSE:
        return otherwise
    return TRUE if TRUE in (first, otherwise) else f"IF({first},TRUE,{otherwise})"


def _where_not(condition: str) -> str:
    return {TRUE: FALSE, FALSE: TRUE}.get(condition) or f"IF({condition},FALSE,TRUE)"


# --- values -------------------------------------------------------------------------------------------------------


def value(node: terms.Value, places: Places) -> str:  # noqa: C901 (one line for each kind of node)
    """The expression of a value; only valid where the expression of ``present`` is TRUE."""
    match node:
        case terms.FixedNumber(number):
            return format(number, "f")
        case terms.RuleNumber(name):
            return format(Decimal(rule_value(name, places.profile)), "f")
        case terms.RowCell(column):
            return _as_ratio(places.cell(column), column, places.profile)
        case terms.Single(path):
            return _as_ratio(places.single(path), path.rpartition(".")[2], places.profile)
        case terms.Sum(table, column, lines):
            return _sum(table, column, lines, places)
        case terms.Count(column, lines):
            return _count_of_others(column, lines, places)
        case terms.Plus(left, right):
            return f"({value(left, places)}+{value(right, places)})"
        case terms.Minus(left, right):
            return f"({value(left, places)}-{value(right, places)})"
        case terms.Times(left, right):
            return f"{value(left, places)}*{value(right, places)}"
        case terms.AsRate(inner):
            return value(inner, places)
        case _:
            return _composed(node, places)


def _composed(node: terms.Value, places: Places) -> str:
    match node:
        case terms.Quotient(dividend, divisor, digits):
            quotient = f"{value(dividend, places)}/{value(divisor, places)}"
            return f"ROUND({quotient},{rule_value(digits, places.profile)})"
        case terms.Rounded(inner, digits):
            return f"ROUND({value(inner, places)},{rule_value(digits, places.profile)})"
        case terms.Within(inner, low, high):
            number, least, most = (value(part, places) for part in (inner, low, high))
            return f"IF({number}<{least},{least},IF({number}>{most},{most},{number}))"
        case terms.First(first, otherwise):
            return _choice(present(first, places), value(first, places), value(otherwise, places))
        case terms.If(condition, then, otherwise):
            return _choice(test(condition, places), value(then, places), value(otherwise, places))
        case _:
            raise TypeError(f"no formula for {node}")


def _choice(condition: str, then: str, otherwise: str) -> str:
    if condition in (TRUE, FALSE):
        return then if condition == TRUE else otherwise
    return f"IF({condition},{then},{otherwise})"


def _as_ratio(reference: str, column: str, profile: Profile) -> str:
    return f"{reference}/100" if column == "execution_rate" and profile.funds.rate == "percent" else reference


def _sum(table: terms.Table, column: str, lines: terms.Lines, places: Places) -> str:
    cells = places.column(table, column)
    if table == "indicators" or lines == "all":
        return f"SUM({cells})"
    total = places.single(f"execution.{column}")
    if lines == "parts":
        return f"(SUM({cells})-N({total}))"
    return f"(SUMPRODUCT(--{_is_usual(places)},{cells})-N({total}))"


def _is_usual(places: Places) -> str:
    rows = [row.source for row in places.profile.funds.rows]
    return _listed(places.sources(), dict.fromkeys((*SOURCES, *rows)))


def _count_of_others(column: str, lines: terms.Lines, places: Places) -> str:
    cells, total = places.column("funds", column), places.single(f"execution.{column}")
    if lines != "parts":
        raise TypeError(f"no formula counts {lines} lines")
    return f"(SUMPRODUCT(ISNUMBER({cells})*({cells}<>0))-IF(N({total})<>0,1,0))"


def present(node: terms.Value, places: Places) -> str:
    """The expression that is TRUE where a value is a number."""
    match node:
        case terms.FixedNumber() | terms.RuleNumber() | terms.Count():
            return TRUE
        case terms.RowCell(column):
            return f"ISNUMBER({places.cell(column)})"
        case terms.Single(path):
            return f"ISNUMBER({places.single(path)})"
        case terms.Sum(table, column, lines):
            return _has_numbers(table, column, lines, places)
        case terms.Quotient(dividend, divisor, _):
            above_nought = where_both(present(divisor, places), f"{value(divisor, places)}>0")
            return where_both(present(dividend, places), above_nought)
        case terms.First(first, otherwise):
            return _where_either(present(first, places), present(otherwise, places))
        case terms.If(condition, then, otherwise):
            return _choice(test(condition, places), present(then, places), present(otherwise, places))
        case _:
            return _all(present(part, places) for part in _parts(node))


def _parts(node: terms.Value) -> Iterable[terms.Value]:
    match node:
        case (
            terms.Plus(left, right)
            | terms.Minus(left, right)
            | terms.Times(left, right)
            | terms.NumberRange(left, right)
        ):
            return (left, right)
        case terms.Rounded(inner) | terms.AsRate(inner):
            return (inner,)
        case terms.Within(inner, low, high):
            return (inner, low, high)
        case _:
            raise TypeError(f"no formula for {node}")


def _has_numbers(table: terms.Table, column: str, lines: terms.Lines, places: Places) -> str:
    cells = places.column(table, column)
    if table == "indicators" or lines == "all":
        return f"COUNT({cells})>0"
    total = f"ISNUMBER({places.single(f'execution.{column}')})"
    if lines == "parts":
        return f"COUNT({cells})-{total}>0"
    return f"SUMPRODUCT({_is_usual(places)}*ISNUMBER({cells}))-{total}>0"


# --- tests --------------------------------------------------------------------------------------------------------


def test(node: terms.Test, places: Places) -> str:
    """The expression of a test: TRUE or FALSE, never an error."""
    match node:
        case terms.Present(inner):
            return present(inner, places)
        case terms.Near(left, right, tolerance):
            difference = f"ROUND(ABS({value(left, places)}-{value(right, places)}),{_BINARY})"
            return _compared((left, right), f"{difference}<={value(tolerance, places)}", places)
        case terms.Order(left, how, right):
            return _compared((left, right), f"{value(left, places)}{how}{value(right, places)}", places)
        case terms.AsPrinted(printed, dividend, divisor):
            return _as_printed(printed, dividend, divisor, places)
        case terms.All(tests):
            return _all(test(part, places) for part in tests)
        case terms.Any(tests):
            return where_any(test(part, places) for part in tests)
        case terms.Not(inner):
            return _where_not(test(inner, places))
        case terms.AnyIndicator(inner):
            holds = test(inner, places.over_indicators())
            return _any_row(holds, places.column("indicators", "weight"), "indicators", places)
        case terms.CountsExecution():
            return TRUE if places.profile.total.includes_execution else FALSE
        case _:
            return _about_cells(node, places)


def _about_cells(node: terms.Test, places: Places) -> str:
    match node:
        case terms.Blank(terms.RowCell(column)):
            return f"LEN({without_spaces(places.cell(column))})=0"
        case terms.SaysNothing(terms.RowCell(column)):
            return _listed(_without(without_spaces(places.cell(column)), STOPS), ["", *sorted(NOTHING)])
        case terms.Says(terms.RowCell(column), word):
            return f'{without_spaces(places.cell(column))}="{word}"'
        case terms.Unread("value" | "deviation" | "indicators", None):
            return FALSE
        case terms.Unread(column, None):
            return not_a_number(places.cell(column), places.profile)
        case terms.Unread(column, ("indicators" | "funds") as table):
            return _any_unread(places.column(table, column), places.heading(table), places.profile)
        case _:
            raise TypeError(f"no formula for {node}")


def _any_row(condition: str, cells: str, table: terms.Table, places: Places) -> str:
    return f"SUM({counted(condition, cells, places.heading(table))})>0"


def counted(condition: str, cells: str, heading: str) -> str:
    """The rows below the heading for which a condition holds, as 1 and 0, for an array formula to add up."""
    return f"IF(ROW({cells})>ROW({heading}),IF({condition},1,0),0)"


def not_a_number(reference: str, profile: Profile) -> str:
    """The cell holds a text where a number belongs, and the text is no mark for "does not apply"."""
    is_mark = _listed(without_spaces(reference), _marks(profile))
    return where_both(f"ISTEXT({reference})", _where_not(is_mark))


def _any_unread(cells: str, heading: str, profile: Profile) -> str:
    """Uses no ``IF``: merged cells need it, and they cannot hold an array formula."""
    marks = _listed(without_spaces(cells), _marks(profile))
    return f"SUMPRODUCT((ROW({cells})>ROW({heading}))*ISTEXT({cells})*(1-{marks}))>0"


def _marks(profile: Profile) -> list[str]:
    return ["", *sorted({*DASHES, profile.funds.not_applicable})]


def without_spaces(reference: str) -> str:
    """The text of a cell without any white space."""
    return _without(f"CLEAN({reference})", " " + WIDE_SPACES)


def _without(text: str, characters: str) -> str:
    for character in characters:
        text = f'SUBSTITUTE({text},"{character}","")'
    return text


def is_listed(reference: str, words: Iterable[str]) -> str:
    """The text of a cell, white space aside, is one of the words."""
    return _listed(without_spaces(reference), words)


def _listed(text: str, words: Iterable[str]) -> str:
    """The text is one of the words, which hold no space."""
    return f'ISNUMBER(FIND(" "&{text}&" "," {" ".join(words)} "))'


def _all(conditions: Iterable[str]) -> str:
    parts = list(conditions)
    joined = TRUE
    for part in reversed(parts):
        joined = part if joined == TRUE else where_both(part, joined)
    return joined


def where_any(conditions: Iterable[str]) -> str:
    """At least one of the conditions."""
    joined = FALSE
    for part in reversed(list(conditions)):
        joined = part if joined == FALSE else _where_either(part, joined)
    return joined


def _compared(numbers: Iterable[terms.Value], comparison: str, places: Places) -> str:
    return where_both(_all(present(number, places) for number in numbers), comparison)


def _as_printed(printed: terms.Value, dividend: terms.Value, divisor: terms.Value, places: Places) -> str:
    """Compares with as many decimals as are printed, trying each number of decimals up to the rule's."""
    ratio, quotient = value(printed, places), f"{value(dividend, places)}/{value(divisor, places)}"
    most = rule_value("rate_places", places.profile)
    holds = f"ROUND(ROUND({ratio},{most})-ROUND({quotient},{most}),{_BINARY})=0"
    for digits in range(most - 1, 1, -1):
        same = f"ROUND(ROUND({ratio},{digits})-ROUND({quotient},{digits}),{_BINARY})=0"
        holds = f"IF(ROUND({ratio}-ROUND({ratio},{digits}),{_BINARY})=0,{same},{holds})"
    is_quotient = present(terms.Quotient(dividend, divisor, "rate_places"), places)
    return where_both(present(printed, places), where_both(is_quotient, holds))
