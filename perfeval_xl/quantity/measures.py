"""The numbers of target and actual in one unit, or why the units do not compare.

Where one side has no unit or no 万, there may be two readings; each is a ``Candidate``, and the comparison stands
only when they all lead to the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from perfeval_xl.quantity.units import compatible, dimension
from perfeval_xl.quantity.values import EXACT, Quantity, Reason, scaled, shortest

_RATIOS: Final = ("%", "‰", "成")
_HUNDREDTH: Final = Decimal("0.01")
_HALF: Final = Decimal("0.5")
#: A reading within this factor of the target is believed before one that is ten thousand times off.
_NEAR: Final = Decimal(10)


def with_smaller(number: Decimal, unit: str, rest: Decimal, smaller: str) -> tuple[Decimal, str] | None:
    """1小时 and 30分 -> 90分钟; ``None`` where the second is no smaller unit that goes whole into the first."""
    large = dimension(unit)
    if large is not None and large.name == "time" and smaller == "分":
        smaller = "分钟"
    small = dimension(smaller)
    if large is None or small is None or large.name != small.name:
        return None
    factor, left = divmod(large.numerator * small.denominator, large.denominator * small.numerator)
    if left or factor < 2 or rest >= factor or number != number.to_integral_value():
        return None
    return shortest(EXACT.fma(number, Decimal(factor), rest)), smaller


class Bounds(NamedTuple):
    """From ``low`` to ``high``, both included; ``None`` is open."""

    low: Decimal | None
    high: Decimal | None

    @property
    def one(self) -> Decimal | None:
        """The number, whichever bound it is."""
        return self.high if self.low is None else self.low

    def times(self, one: int | Decimal, other: int = 1) -> Bounds:
        """Both bounds multiplied by both factors, exactly."""
        factor = EXACT.multiply(Decimal(one), Decimal(other))
        return Bounds(
            None if self.low is None else EXACT.multiply(self.low, factor),
            None if self.high is None else EXACT.multiply(self.high, factor),
        )


class Candidate(NamedTuple):
    """One reading of both sides in the same unit; ``unclear`` says what is unclear when there are several."""

    target: Bounds
    actual: Bounds
    unclear: Reason = Reason.READ


def candidates(target: Quantity, actual: Quantity) -> list[Candidate] | Reason:
    """Every reading under which the two compare (at least one), or why they do not."""
    wanted, got = Bounds(target.low, target.high), Bounds(actual.low, actual.high)
    if target.unit and actual.unit:
        return _converted(wanted, target.unit, got, actual.unit)
    if target.unit in _RATIOS:
        return _with_percent(wanted, got, target_is_percent=True)
    if actual.unit in _RATIOS:
        return _with_percent(wanted, got, target_is_percent=False)
    if not (target.unit or actual.unit) and _may_be_percent(wanted.one, got.one):
        return Reason.PERCENT_OR_NUMBER
    return _with_scale(target, actual)


def _converted(wanted: Bounds, target_unit: str, got: Bounds, actual_unit: str) -> list[Candidate] | Reason:
    if target_unit == actual_unit:
        return [Candidate(wanted, got)]
    one, other = dimension(target_unit), dimension(actual_unit)
    if one is None or other is None:
        return Reason.UNIT_UNKNOWN
    if not compatible(one, other):
        return Reason.UNIT_MISMATCH
    # a/b against c/d is ad against cb: whole numbers, so nothing is rounded
    return [Candidate(wanted.times(one.numerator, other.denominator), got.times(other.numerator, one.denominator))]


def _with_percent(wanted: Bounds, got: Bounds, *, target_is_percent: bool) -> list[Candidate] | Reason:
    """A percentage against a bare number: 10 is 10%, 0.95 beside 95% is 95%, 1 may be 1% or 100%."""
    percent, bare = (wanted, got) if target_is_percent else (got, wanted)
    readings = _bare_as_ratio(bare, percent.one or Decimal(0))
    if isinstance(readings, Reason):
        return readings
    return [
        Candidate(*((percent, each) if target_is_percent else (each, percent)), Reason.PERCENT_OR_NUMBER)
        for each in readings
    ]


def _bare_as_ratio(bare: Bounds, percent: Decimal) -> list[Bounds] | Reason:
    number = bare.one if bare.high is None else bare.high
    if number is None or number < 0 or number > 100:
        return Reason.PERCENT_OR_NUMBER
    if number == 0:
        return [bare]
    if number >= 2:
        return [bare.times(_HUNDREDTH)]
    if _HALF <= number < 1 and percent >= _HALF:
        return [bare]
    return [bare, bare.times(_HUNDREDTH)]


def _may_be_percent(one: Decimal | None, other: Decimal | None) -> bool:
    """95 against 0.95: one of the cells may hold a percentage."""
    if one is None or other is None:
        return False
    small, large = min(one, other), max(one, other)
    return 0 < small < 1 and 50 <= large <= 100


def _with_scale(target: Quantity, actual: Quantity) -> list[Candidate]:
    """Neither side has another unit; but 29.92 beside 30.5万元 may leave out 万 as well.

    Of two readings the one within a factor of ten of the target is believed, as the other is then far off.
    """
    wanted, got = Bounds(target.low, target.high), Bounds(actual.low, actual.high)
    written = Candidate(wanted, got, Reason.SCALE_UNCLEAR)
    bare = _bare_side(target, actual)
    if bare is None:
        return [written]
    factor = target.scale if bare is actual else actual.scale
    other = (
        Candidate(wanted, got.times(factor), Reason.SCALE_UNCLEAR)
        if bare is actual
        else Candidate(wanted.times(factor), got, Reason.SCALE_UNCLEAR)
    )
    near = [reading for reading in (written, other) if _is_near(reading)]
    return near if len(near) == 1 else [written, other]


def _bare_side(target: Quantity, actual: Quantity) -> Quantity | None:
    """The side without unit and 万, when the other has 万."""
    if actual.scale == 1 and not actual.unit and target.scale > 1:
        return actual
    return target if target.scale == 1 and not target.unit and actual.scale > 1 else None


def _is_near(reading: Candidate) -> bool:
    wanted, got = reading.target.one, reading.actual.one
    if not wanted or not got or wanted < 0 or got < 0:
        return False
    return got <= scaled(wanted, _NEAR) and wanted <= scaled(got, _NEAR)
