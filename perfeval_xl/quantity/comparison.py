"""Holds an actual value (实际完成值) against its target (年度指标值)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from perfeval_xl.quantity.measures import Bounds, Candidate, candidates
from perfeval_xl.quantity.sense import intends, obstacle
from perfeval_xl.quantity.values import (
    EXACT,
    Comparison,
    Direction,
    PartialDate,
    Quantity,
    Reason,
    Tier,
)
from perfeval_xl.quantity.vocabulary import RATES_OF_COMPLETION
from perfeval_xl.quantity.words import tier

_DIRECTIONS: Final[dict[str, Direction]] = {
    ">=": "at-least",
    ">": "at-least",
    "<=": "at-most",
    "<": "at-most",
    "=": "equal",
    "~": "about",
}
#: A rate of completion is written to the percent.
_SHARE_ROUNDING: Final = Decimal("0.01")
#: Reasons of an unread text that are passed on as they are.
_TOLD: Final = (Reason.OPERATOR_LOST, Reason.SUM)
_DEADLINES: Final = ("", "<=", "<", "=", "~")


def compare(
    target: Quantity,
    actual: Quantity,
    *,
    default_direction: Direction = "at-least",
    as_months: bool = False,
    fiscal_year: int | None = None,
    tolerance: Decimal = Decimal("0.1"),
) -> Comparison:
    """Whether ``actual`` meets ``target``, or why that cannot be decided.

    ``default_direction``: at-least or at-most, for a target without operator and for ``=``, which forms use for "the
    target is". ``>`` counts as ``>=`` and ``<`` as ``<=``: forms use them loosely.
    ``as_months``: two bare whole numbers from 1 to 12 are months (``3`` for "by March").
    ``fiscal_year``: the year of a date that has none, needed when only the actual date has one.
    ``tolerance``: how far 左右 and 约 reach, as a part of the number.
    """
    gap = _gap(target, actual)
    if gap:
        return Comparison(reason=gap)
    if actual.kind in ("number", "date"):
        hindrance = Reason.TARGET_UNREADABLE if target.aside else obstacle(target, actual, default_direction)
        if hindrance:
            return Comparison(reason=hindrance)
    if target.kind == "scale":
        return _on_scale(target, actual)
    dates = _as_dates(target, actual, as_months)
    if dates:
        return _by_date(*dates, fiscal_year)
    if target.kind == "number" and actual.kind == "number":
        return _by_number(target, actual, default_direction, tolerance)
    return _by_words(target, actual)


def _gap(target: Quantity, actual: Quantity) -> Reason | None:
    if "blank" in (target.kind, actual.kind):
        return Reason.BLANK
    return Reason.NOT_APPLICABLE if "not-applicable" in (target.kind, actual.kind) else None


# --- numbers ---------------------------------------------------------------------------------------------------


def _by_number(target: Quantity, actual: Quantity, default: Direction, tolerance: Decimal) -> Comparison:
    if actual.share is not None and _asks_for_rate(target):
        actual = replace(actual, operator="", low=actual.share, high=actual.share, unit="%", share=None)
    readings = candidates(target, actual)
    if isinstance(readings, Reason):
        return Comparison(reason=readings)
    results = [_decide(target, actual, reading, default, tolerance) for reading in readings]
    first = results[0]
    if any(result.met != first.met for result in results):
        return Comparison(direction=first.direction, reason=readings[0].unclear)
    if len(results) > 1:
        return replace(first, ratio=None, ratio_is_bound=False, reason=first.reason or Reason.READ)
    if (first.met and actual.stance == "not-met") or _belies_share(first.ratio, actual.share):
        return Comparison(direction=first.direction, ratio=first.ratio, reason=Reason.CONTRADICTION)
    return first


def _asks_for_rate(target: Quantity) -> bool:
    return target.unit == "%" and any(rate in target.words for rate in RATES_OF_COMPLETION.split())


def _belies_share(ratio: Decimal | None, share: Decimal | None) -> bool:
    """完成4次，完成率80% against ≥5次: the rate that is stated must be the one that is found, to one percent."""
    if ratio is None or share is None:
        return False
    return EXACT.subtract(ratio, share).copy_abs() > _SHARE_ROUNDING


def _decide(
    target: Quantity, actual: Quantity, reading: Candidate, default: Direction, tolerance: Decimal
) -> Comparison:
    wanted, got = reading.target, reading.actual
    if actual.operator == "~":
        got = _widened(got, tolerance)
    ratio = None if target.is_range or actual.is_range else _ratio(reading.actual, reading.target)
    made = Comparison(basis="number", ratio=ratio, ratio_is_bound=ratio is not None and got.low != got.high)
    if target.is_range:
        made = replace(made, direction="within-range")
        return _in_range(made, wanted, got, default, tolerance=target.operator == "±")
    if target.operator in ("", "=") and target.number == 0:
        # nobody aims at "at least none": 0起 (complaints) is missed by one
        default = "at-most"
    direction = _DIRECTIONS.get(target.operator, default)
    if direction == "about":
        wanted = _widened(wanted, tolerance)
    met = _reaches(wanted, got, default if direction in ("equal", "about") else direction)
    if met is None:
        return replace(made, direction=direction, basis=None, reason=Reason.BOUND_UNDECIDED)
    return replace(made, direction=direction, met=met)


def _reaches(wanted: Bounds, got: Bounds, direction: Direction) -> bool | None:
    """``None`` when the actual is a bound or an estimate that reaches to both sides of the target."""
    if direction == "at-most":
        edge = wanted.high
        best, worst = got.low, got.high
        if edge is None:
            return None
        if worst is not None and worst <= edge:
            return True
        return False if best is not None and best > edge else None
    edge = wanted.low
    if edge is None:
        return None
    if got.low is not None and got.low >= edge:
        return True
    return False if got.high is not None and got.high < edge else None


def _in_range(made: Comparison, wanted: Bounds, got: Bounds, default: Direction, *, tolerance: bool) -> Comparison:
    """Inside is met. Outside on the side the direction calls better is left open, on the other side missed.

    A target with a ``tolerance`` (10±2) is missed on both sides.
    """
    low_reached = _reaches(wanted, got, "at-least")
    high_kept = _reaches(wanted, got, "at-most")
    if low_reached and high_kept:
        return replace(made, met=True)
    if tolerance and False in (low_reached, high_kept):
        return replace(made, met=False)
    worse, better = (high_kept, low_reached) if default == "at-most" else (low_reached, high_kept)
    if worse is False:
        return replace(made, met=False)
    reason = Reason.BEYOND_RANGE if better is False else Reason.BOUND_UNDECIDED
    return replace(made, basis=None, reason=reason)


def _widened(bounds: Bounds, tolerance: Decimal) -> Bounds:
    low, high = bounds
    margin = EXACT.multiply(tolerance, (low if low is not None else high or Decimal(0)).copy_abs())
    return Bounds(
        None if low is None else EXACT.subtract(low, margin), None if high is None else EXACT.add(high, margin)
    )


def _ratio(got: Bounds, wanted: Bounds) -> Decimal | None:
    above, below = got.one, wanted.one
    if above is None or below is None or below <= 0:
        return None
    ratio = EXACT.divide(above, below)
    return ratio.normalize(EXACT) if ratio else Decimal(0)


# --- dates -----------------------------------------------------------------------------------------------------


def _as_dates(target: Quantity, actual: Quantity, as_months: bool) -> tuple[Quantity, Quantity] | None:
    """Both as dates: a bare whole number beside a month, or two of them with ``as_months``, are months."""
    kinds = (target.kind, actual.kind)
    if kinds == ("date", "date"):
        return target, actual
    if "date" not in kinds and not as_months:
        return None
    with_day = any(side.end is not None and side.end.day is not None for side in (target, actual))
    wanted, got = _as_month(target), _as_month(actual)
    return (wanted, got) if wanted and got and (as_months or not with_day) else None


def _as_month(quantity: Quantity) -> Quantity | None:
    if quantity.kind == "date":
        return quantity
    number = quantity.number
    if quantity.kind != "number" or quantity.unit or number is None or number not in _MONTHS:
        return None
    month = PartialDate(month=int(number))
    return replace(quantity, kind="date", start=month, end=month)


_MONTHS: Final = frozenset(Decimal(month) for month in range(1, 13))


def _by_date(target: Quantity, actual: Quantity, fiscal_year: int | None) -> Comparison:
    made = Comparison(direction="by-date")
    if target.operator not in _DEADLINES or actual.operator in (">=", ">"):
        return replace(made, reason=Reason.DIRECTION_UNCLEAR)
    wanted, got = target.end, actual.end
    if wanted is None or got is None or target.start is None or actual.start is None:
        return replace(made, reason=Reason.ACTUAL_UNREADABLE)
    if wanted.is_monthly or got.is_monthly:
        return _by_day_of_month(made, wanted, got)
    unsaid = wanted.later > 0 and not got.later and got.year is None
    if unsaid or (got.year is not None and wanted.year is None and fiscal_year is None):
        return replace(made, reason=Reason.YEAR_UNKNOWN)
    year = fiscal_year or wanted.year or 0
    last = wanted.last_day(year)
    begin = target.start.first_day(year)
    earliest = got.first_day(year)
    if got.last_day(year) <= last:
        bounded = actual.operator in ("<=", "<")
        early = target.start != target.end and not bounded and got.last_day(year) < begin
        if early:
            return replace(made, reason=Reason.BEYOND_RANGE)
        return replace(made, met=True, basis="date", months_late=0)
    if earliest <= last or actual.operator in ("<=", "<"):
        return replace(made, reason=Reason.BOUND_UNDECIDED)
    months = (earliest[0] - last[0]) * 12 + earliest[1] - last[1]
    return replace(made, met=False, basis="date", months_late=max(months, 1))


def _by_day_of_month(made: Comparison, wanted: PartialDate, got: PartialDate) -> Comparison:
    """每月15日前: a day of every month compares with such a day alone, and how many months were late is not said."""
    if not (wanted.is_monthly and got.is_monthly and wanted.day and got.day):
        return replace(made, reason=Reason.KINDS_DIFFER)
    met = got.day <= wanted.day
    return replace(made, met=met, basis="date", months_late=0 if met else None)


# --- words -----------------------------------------------------------------------------------------------------


def _on_scale(target: Quantity, actual: Quantity) -> Comparison:
    """The place of the answer on the scale, or what the words claim when the answer is not one of the scale."""
    made = Comparison(direction="tier")
    answers = target.answers
    chosen = _chosen(answers, actual)
    if chosen:
        place = answers.index(chosen) + 1
        met = _tier_of_place(place, len(answers), chosen)
        return replace(made, basis="tier", met=met == "met", tier=met, rank=(place, len(answers)))
    if actual.stance and (actual.kind in ("words", "tier", "unclear") or actual.answer):
        return replace(made, basis="words", met=actual.stance == "met", tier=actual.stance)
    if actual.kind in ("number", "date"):
        return replace(made, reason=Reason.KINDS_DIFFER)
    return replace(made, reason=Reason.ACTUAL_UNREADABLE)


def _chosen(answers: tuple[str, ...], actual: Quantity) -> str:
    """The answer as the scale prints it: 优秀 is 优 where only 优 is printed; 质量合格 is 合格."""
    if actual.answer in answers or actual.words in answers:
        return actual.answer if actual.answer in answers else actual.words
    if actual.kind == "words":
        for printed in sorted(answers, key=len, reverse=True):
            denied = actual.stance == "not-met" and printed != answers[-1]
            if len(printed) > 1 and actual.words.endswith(printed) and not denied:
                return printed
    first = actual.answer[:1]
    return first if first and first in answers else ""


def _tier_of_place(place: int, of: int, answer: str) -> Tier:
    """The first answer is met and the last is not; between them the word itself says which tier it stands for."""
    if place == 1:
        return "met"
    if place == of:
        return "not-met"
    if answer in ("合格", "达标"):
        return "partly"
    return tier(answer) or "partly"


def _by_words(target: Quantity, actual: Quantity) -> Comparison:
    """What is only said: the actual repeats the target's words, or claims it met, partly met or not met."""
    made = Comparison(direction="words", basis="words")
    repeats = target.words and target.words == actual.words and not intends(actual.words)
    if repeats and _says_all(target) and _says_all(actual):
        return replace(made, met=True, tier="met")
    if actual.kind in ("words", "tier") and actual.stance:
        return replace(made, met=actual.stance == "met", tier=actual.stance)
    return replace(made, basis=None, reason=_difference(target, actual))


def _says_all(quantity: Quantity) -> bool:
    """有效落实 and 有效落实100% say the same; 有效落实90% does not."""
    return quantity.kind in ("words", "tier", "unclear") or (
        quantity.kind == "number" and quantity.unit == "%" and quantity.low == quantity.high == 1
    )


def _difference(target: Quantity, actual: Quantity) -> Reason:
    if target.kind == "unclear":
        return target.reason if target.reason in _TOLD else Reason.TARGET_UNREADABLE
    if actual.reason in _TOLD:
        return actual.reason
    if target.kind in ("words", "tier"):
        return Reason.WORDS_DIFFER if actual.kind in ("words", "tier") else Reason.KINDS_DIFFER
    if actual.kind in ("number", "date", "scale"):
        return Reason.KINDS_DIFFER
    return Reason.ACTUAL_UNREADABLE
