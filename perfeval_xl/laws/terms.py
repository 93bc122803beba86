"""The language laws are stated in: about a dozen kinds of value and of test. The writers give them their meaning.

A value is a number, a text or nothing. Arithmetic with nothing gives nothing, a comparison with nothing does not hold:
a law that must treat a missing value in its own way uses ``Present`` or ``Blank``. Arithmetic is exact, rounding
half-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from perfeval_xl.model import Severity

Table = Literal["indicators", "funds"]
#: What a law is asked of: the form as a whole, each row of a table, the 年度资金总额 row, each number printed beside a
#: 一级指标, each single field that must be filled, each required cell of an indicator row, and the indicator table as a
#: whole where any of its cells must be filled.
Each = Literal[
    "form", "indicator", "fund line", "total line", "level1", "required field", "required cell", "indicators"
]
#: Which rows of the funds table: every one, those below the total, those of them that the region usually prints.
Lines = Literal["all", "parts", "usual parts"]
#: A setting of the profile by name; each writer knows how its host asks for it.
RuleName = Literal["full_marks", "execution_weight", "rate_places", "least_places", "score_decimals"]
Comparison = Literal["<", "<=", ">", ">="]

#: How far a printed sum may be from the computed one: half of the last of two decimals.
TOLERANCE: Final = Decimal("0.005")


# --- values -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FixedNumber:
    """A number that is the same in every region."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class RuleNumber:
    """A number of the profile's rules."""

    name: RuleName


@dataclass(frozen=True, slots=True)
class RowCell:
    """A cell of the row the law is asked of. ``base`` is the budget the region measures execution against."""

    column: str


@dataclass(frozen=True, slots=True)
class Single:
    """A cell that stands alone: ``total.weight``; ``execution.score`` is that of the 年度资金总额 row."""

    path: str


@dataclass(frozen=True, slots=True)
class Sum:
    """The numbers of a column added up; nothing where the column holds none."""

    table: Table
    column: str
    lines: Lines = "all"


@dataclass(frozen=True, slots=True)
class Count:
    """How many numbers other than 0 a column of the funds table holds."""

    column: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class Plus:
    """``left`` + ``right``."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Minus:
    """``left`` - ``right``."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Times:
    """``left`` x ``right``."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Quotient:
    """``dividend`` / ``divisor``, rounded; nothing for a divisor that is not above 0."""

    dividend: Value
    divisor: Value
    places: RuleName


@dataclass(frozen=True, slots=True)
class Rounded:
    """A value rounded half-up."""

    value: Value
    places: RuleName


@dataclass(frozen=True, slots=True)
class Within:
    """A value, but not below ``low`` and not above ``high``."""

    value: Value
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class First:
    """The first that is a number."""

    value: Value
    otherwise: Value


@dataclass(frozen=True, slots=True)
class If:
    """One value or the other."""

    test: Test
    then: Value
    otherwise: Value


@dataclass(frozen=True, slots=True)
class AsRate:
    """A ratio that is told as a percentage."""

    value: Value


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A range of numbers, told as ``0–15``."""

    low: Value
    high: Value


Value = (
    FixedNumber | RuleNumber | RowCell | Single | Sum | Count | Plus | Minus | Times | Quotient | Rounded | Within
    | First | If | AsRate | NumberRange
)  # fmt: skip


# --- tests --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Present:
    """The value is a number."""

    value: Value


@dataclass(frozen=True, slots=True)
class Near:
    """Two numbers that differ by no more than rounding."""

    left: Value
    right: Value
    tolerance: Value = FixedNumber(TOLERANCE)


@dataclass(frozen=True, slots=True)
class Order:
    """Two numbers, compared exactly."""

    left: Value
    how: Comparison
    right: Value


@dataclass(frozen=True, slots=True)
class AsPrinted:
    """A printed ratio is the quotient rounded to as many decimals as are printed: 2 at least, the rule's at most."""

    printed: Value
    dividend: Value
    divisor: Value


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell that holds nothing but white space."""

    cell: RowCell


@dataclass(frozen=True, slots=True)
class SaysNothing:
    """A text that gives no reason: blank, a dash, 无, 不适用."""

    cell: RowCell


@dataclass(frozen=True, slots=True)
class Says:
    """A cell that holds just this word."""

    cell: RowCell
    word: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell, or any cell of a column of a table, that holds something that was not read."""

    column: str
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class AnyIndicator:
    """At least one row of the indicator table for which the test holds."""

    test: Test


@dataclass(frozen=True, slots=True)
class CountsExecution:
    """The region's printed total counts execution."""


@dataclass(frozen=True, slots=True)
class All:
    """All tests hold."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the tests holds."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The test does not hold."""

    test: Test


Test = (
    Present | Near | Order | AsPrinted | Blank | SaysNothing | Says | Unread | AnyIndicator | CountsExecution | All
    | Any | Not
)  # fmt: skip


def all_of(*tests: Test) -> All:
    """All tests hold, asked in this order: the later ones only while the earlier hold."""
    return All(tests)


def any_of(*tests: Test) -> Any:
    """At least one of the tests holds."""
    return Any(tests)


# --- laws ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Breach:
    """One way to break a law. ``variant`` chooses its sentence, ``expected`` is what should stand there."""

    when: Test
    variant: str = ""
    expected: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """A rule of the form; two laws are equal only when they are the same object.

    ``field`` is the cell that is named: a column of the row asked, or a path of the form. ``given`` must hold before
    the law says anything; of ``breaches`` the first that holds counts. ``values`` fill further places of the sentence.
    ``page`` is what the finding means, in English and Chinese.
    """

    code: str
    name: str
    severity: Severity
    each: Each
    field: str
    given: Test
    breaches: tuple[Breach, ...]
    found: Value
    values: tuple[tuple[str, Value], ...] = ()
    page: str = ""
