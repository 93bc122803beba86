"""What a reading and a comparison consist of."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from typing import Final, Literal

#: Exact for everything that is read: at most 15 digits, moved by at most twelve places. Independent of the
#: caller's decimal context.
EXACT: Final = Context(prec=60)

Kind = Literal["blank", "not-applicable", "number", "date", "scale", "tier", "words", "unclear"]
#: ``±`` is a number with its tolerance, read as the range it spans.
Operator = Literal["", ">=", "<=", ">", "<", "=", "~", "±"]
Tier = Literal["met", "partly", "not-met"]
Direction = Literal["at-least", "at-most", "equal", "about", "within-range", "by-date", "tier", "words"]
Basis = Literal["number", "date", "tier", "words"]


class Reason(StrEnum):
    """Why a text was not read to the end, or why two readings do not compare."""

    READ = ""
    BLANK = "blank"
    NO_NUMBER = "no-number"
    SEVERAL_NUMBERS = "several-numbers"
    NUMBER_AND_DATE = "number-and-date"
    SPLIT_NUMBER = "split-number"
    BAD_GROUPING = "bad-grouping"
    BAD_NUMERAL = "bad-numeral"
    TOO_LONG = "too-long"
    NUMBER_IN_NAME = "number-in-name"
    FRACTION = "fraction"
    VAGUE = "vague"
    SIGN_UNCLEAR = "sign-unclear"
    RANGE_ORDER = "range-order"
    OPERATORS_CONFLICT = "operators-conflict"
    NEGATED = "negated"
    BAD_DATE = "bad-date"
    DAY_WITHOUT_MONTH = "day-without-month"
    OPERATOR_LOST = "operator-lost"
    SUM = "sum"
    # of comparisons only
    NOT_APPLICABLE = "not-applicable"
    TARGET_UNREADABLE = "target-unreadable"
    ACTUAL_UNREADABLE = "actual-unreadable"
    UNIT_MISMATCH = "unit-mismatch"
    UNIT_UNKNOWN = "unit-unknown"
    PERCENT_OR_NUMBER = "percent-or-number"
    SCALE_UNCLEAR = "scale-unclear"
    BOUND_UNDECIDED = "bound-undecided"
    BEYOND_RANGE = "beyond-range"
    YEAR_UNKNOWN = "year-unknown"
    DIRECTION_UNCLEAR = "direction-unclear"
    KINDS_DIFFER = "kinds-differ"
    WORDS_DIFFER = "words-differ"
    CONTRADICTION = "contradiction"
    NOT_ACHIEVED = "not-achieved"
    OPPOSITE_MEASURE = "opposite-measure"
    CHANGE_OR_LEVEL = "change-or-level"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, month or year, as far as it was written: ``12月9日`` has no year, ``2023年底`` no day.

    A day alone is that day of every month (每月15日). ``later``: years behind the one the form is about (次年1月: 1).
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    later: int = 0

    @property
    def is_monthly(self) -> bool:
        """Whether it is a day of every month."""
        return self.month is None and self.day is not None

    def first_day(self, year: int) -> tuple[int, int, int]:
        """The earliest day it can mean; ``year`` where none is written."""
        return (self.year or year + self.later, self.month or 1, self.day or 1)

    def last_day(self, year: int) -> tuple[int, int, int]:
        """The latest day it can mean; ``year`` where none is written."""
        whole, month = self.year or year + self.later, self.month or 12
        return (whole, month, self.day or days_of_month(whole, month))


def days_of_month(year: int | None, month: int) -> int:
    """How many days the month has; February has 29 while the year is unknown."""
    return monthrange(year or 2000, month)[1]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What was understood of one 年度指标值 or 实际完成值.

    ``kind``      number, date, scale (answers to choose from), tier (such an answer), words, not-applicable, blank,
                  or unclear: digits are there and it is not sure what they say
    ``operator``  as written, ``""`` where none is; ``>`` and ``<`` are kept apart from ``>=`` and ``<=`` here
    ``low/high``  the number in ``unit``, 万 and % applied: both for an exact number, both different for a range,
                  one alone for a bound (``≥95%`` has low 0.95 and no high)
    ``scale``     what 万, 亿, 千, 百, %, 成, ‰ multiplied the written figure by
    ``unit``      as written: 份, 元, %, 元/人.年; ``""`` where none is
    ``numerals``  the pieces of text the numbers were read from
    ``start/end`` of a date or period; equal for a single date
    ``answers``   of a scale, best first
    ``answer``    the word chosen from a scale: 优, 好, 满意
    ``stance``    what the words claim: met, partly, not-met, or ``""`` for nothing sure
    ``words``     the text that is neither number nor unit nor operator nor date
    ``beside``    the clause of the number or date, with ``#`` in its place: 较上年提高#
    ``aside``     other numbers of the text that were put aside: the plan in 计划5次，实际4次
    ``share``     a rate of completion among them: 0.8 in 完成4次，完成率80%
    ``reason``    why it is not measurable, empty when it is
    """

    text: str
    kind: Kind
    operator: Operator = ""
    low: Decimal | None = None
    high: Decimal | None = None
    scale: Decimal = Decimal(1)
    unit: str = ""
    numerals: tuple[str, ...] = ()
    start: PartialDate | None = None
    end: PartialDate | None = None
    answers: tuple[str, ...] = ()
    answer: str = ""
    stance: Tier | Literal[""] = ""
    words: str = ""
    beside: str = ""
    aside: str = ""
    share: Decimal | None = None
    reason: Reason = Reason.READ

    @property
    def measurable(self) -> bool:
        """Whether an actual value can be held against it: a number, a date or a scale was read for sure."""
        return self.kind in ("number", "date", "scale")

    @property
    def is_range(self) -> bool:
        """Whether two different numbers bound it."""
        return self.low is not None and self.high is not None and self.low != self.high

    @property
    def number(self) -> Decimal | None:
        """The one number, whatever the operator; ``None`` for a range and for everything that is no number."""
        if self.is_range:
            return None
        return self.high if self.low is None else self.low


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an actual value stands to its target.

    ``met``          ``None`` while that cannot be decided; then ``reason`` says why
    ``basis``        what decided: number, date, tier (an answer of the scale) or words (only claimed in words)
    ``ratio``        actual/target, not rounded (60 digits); ``None`` where there is none (target 0, ranges, words)
    ``ratio_is_bound``  the actual is a bound (``>90%``), so the ratio is that bound's
    ``months_late``  0 in time; else calendar months between the two months, at least 1
    ``tier``         for scales and words: met, partly, not-met
    ``rank``         place of the answer on the scale, 1 is best, and how many answers there are
    """

    direction: Direction | None = None
    met: bool | None = None
    basis: Basis | None = None
    ratio: Decimal | None = None
    ratio_is_bound: bool = False
    months_late: int | None = None
    tier: Tier | None = None
    rank: tuple[int, int] | None = None
    reason: Reason = Reason.READ

    @property
    def decided(self) -> bool:
        """Whether it is sure that the target was met or missed."""
        return self.met is not None


def scaled(number: Decimal, factor: Decimal) -> Decimal:
    """``number`` times a power of ten or a magnitude, exactly and without trailing zeros: 2.3 x 10000 = 23000."""
    if factor == 1:
        return number
    return shortest(EXACT.multiply(number, factor))


def shortest(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent: 0.20 -> 0.2, 1E+1 -> 10."""
    plain = number.normalize(EXACT)
    exponent = plain.as_tuple().exponent
    return plain.quantize(Decimal(1), context=EXACT) if isinstance(exponent, int) and exponent > 0 else plain
