"""One target against one actual value under a region's rules (``[rules]`` of the profile).

The rules are those of 财预〔2020〕10号 and its regional variants: met is full; missed is scored in proportion; far
beyond the target may cost points; late costs points for each month begun; answers in words get a tier's share of the
weight. Nothing is guessed: what is not sure stays undecided, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal
from functools import cache
from typing import Final, NamedTuple

from perfeval_xl.profile import Rules, Tier, label_key
from perfeval_xl.quantity import Comparison, Direction, Quantity, Reason, compare, read
from perfeval_xl.quantity.units import dimension
from perfeval_xl.scoring.card import Judgement, Points, Rule
from perfeval_xl.sums import half_up

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
TWO: Final = Decimal(2)
#: Ratios such as 1/3 have many digits; rounding the product to 28 turns 0.00249999… back into 0.0025.
_PRODUCTS: Final = Context(prec=28)
_NO_DIRECTION: Final = ("", "=", "~")
_DURATIONS: Final = frozenset(("time", "working-time", "months"))
_MONEY: Final = frozenset(("money", "dollar"))
_TIER_NAMES: Final[dict[str, str]] = {"met": "met", "partly": "partly", "not-met": "missed"}
_TIER_RULES: Final[dict[str, Rule]] = {"met": "tier-met", "partly": "tier-partly", "missed": "tier-missed"}
_OVER_RULES: Final[dict[str, Rule]] = {"none": "met-beyond", "points": "over-points", "proportion": "over-proportion"}
_CEILING_RULES: Final[dict[str, Rule]] = {"ratio": "ceiling-ratio", "linear": "ceiling-linear"}
_SHORTFALL_RULES: Final[dict[str, Rule]] = {"proportion": "shortfall", "zero": "shortfall-zero"}


@cache
def _keys(levels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(label_key, levels))


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a target on the form: its 一级/二级指标 (``None``: not known) and the budget year."""

    level1: str | None = None
    level2: str | None = None
    fiscal_year: int | None = None

    def stands_in(self, levels: tuple[str, ...]) -> bool:
        """Whether one of its levels is one of these."""
        keys = _keys(levels)
        return any(level is not None and label_key(level) in keys for level in (self.level1, self.level2))

    @property
    def known(self) -> bool:
        """Whether the row has a level at all."""
        return bool(self.level1 or self.level2)


def judge(
    target: str | Decimal | None,
    actual: str | Decimal | None,
    weight: Decimal | None,
    rules: Rules,
    setting: Setting = Setting(),
) -> Judgement:
    """The score by rule of ``actual`` against ``target`` for ``weight`` points, or the reason why there is none."""
    wanted, got = read(target), read(actual)
    comparison = _comparison(wanted, got, rules, setting)
    made = Judgement(wanted, got, weight, comparison)
    if weight is None:
        return replace(made, reason="weight-missing")
    if weight < 0:
        return replace(made, reason="weight-negative")
    if weight == 0:
        return _awarded(made, "no-points", ZERO)
    if not comparison.decided:
        return replace(made, reason=str(comparison.reason or Reason.ACTUAL_UNREADABLE))
    if comparison.basis == "number":
        return _by_number(made, weight, rules, setting)
    if comparison.basis == "date":
        return _by_date(made, weight, rules)
    return _by_answer(made, weight, rules)


def _awarded(made: Judgement, rule: Rule, points: Decimal, *, charge: Decimal | None = None) -> Judgement:
    return replace(made, rule=rule, points=Points(points, points, points), charge=charge)


def _rounded(points: Decimal, rules: Rules) -> Decimal:
    return half_up(points, rules.score_decimals)


# --- comparing in the row's setting ------------------------------------------------------------------------------


def _default_direction(target: Quantity, rules: Rules, setting: Setting) -> Direction:
    """Costs are ceilings, everything else a floor; nobody aims at "at least none"."""
    at_most = setting.stands_in(rules.at_most_levels) or (target.operator in ("", "=") and target.number == 0)
    return "at-most" if at_most else "at-least"


def _comparison(target: Quantity, actual: Quantity, rules: Rules, setting: Setting) -> Comparison:
    default = _default_direction(target, rules, setting)
    made = compare(
        target,
        actual,
        default_direction=default,
        as_months=setting.stands_in(rules.month_levels),
        fiscal_year=setting.fiscal_year,
        tolerance=rules.about_tolerance,
    )
    if made.basis == "number" and default == "at-least" and _either_way(target, rules, setting):
        ceiling = compare(target, actual, default_direction="at-most", tolerance=rules.about_tolerance)
        if ceiling.met != made.met:
            return Comparison(direction=made.direction, reason=Reason.DIRECTION_UNCLEAR)
    return made


def _either_way(target: Quantity, rules: Rules, setting: Setting) -> bool:
    """Whether a target without operator may be a floor as well as a ceiling: 24小时, or 10万元 in a row of no level."""
    if target.operator not in _NO_DIRECTION or target.unit in ("%", "‰", "成"):
        return False
    of = dimension(target.unit) if target.unit else None
    name = of.name.partition(" ")[0] if of else ""
    if name in _DURATIONS:
        return True
    return not target.unit if setting.stands_in(rules.month_levels) else not setting.known and name in _MONEY


# --- numbers -------------------------------------------------------------------------------------------------------


class _Span(NamedTuple):
    """Where actual/target lies, both ends included; ``high`` ``None`` is open."""

    low: Decimal
    high: Decimal | None


def _span(made: Judgement, rules: Rules) -> _Span | None:
    """An exact actual is one ratio; ``>90%`` and ``约90%`` are more than one."""
    ratio = made.comparison.ratio
    if ratio is None:
        return None
    operator = made.actual.operator
    if operator == "~":
        margin = _PRODUCTS.multiply(rules.about_tolerance, ratio.copy_abs())
        return _Span(_PRODUCTS.subtract(ratio, margin), _PRODUCTS.add(ratio, margin))
    if operator in (">", ">="):
        return _Span(ratio, None)
    return _Span(ZERO if operator in ("<", "<=") else ratio, ratio)


def _by_number(made: Judgement, weight: Decimal, rules: Rules, setting: Setting) -> Judgement:
    ceiling = _is_ceiling(made, rules, setting)
    if not made.comparison.met:
        return _missed(made, weight, rules, ceiling=ceiling)
    if ceiling:
        return _awarded(made, "ceiling-kept", weight)
    if made.target.is_range or setting.stands_in(rules.overachievement.exempt_level2):
        return _awarded(made, "met", weight)
    return _reached(made, weight, rules)


def _is_ceiling(made: Judgement, rules: Rules, setting: Setting) -> bool:
    direction = made.comparison.direction
    if direction in ("equal", "about"):
        direction = _default_direction(made.target, rules, setting)
    return direction == "at-most"


def _reached(made: Judgement, weight: Decimal, rules: Rules) -> Judgement:
    """Met, perhaps by far: ``overachievement`` says from where on and what that costs."""
    over = rules.overachievement
    limit = _PRODUCTS.add(ONE, over.threshold)
    span = _span(made, rules)
    charge = over.amount if over.deduction == "points" else _rounded(_PRODUCTS.multiply(over.amount, weight), rules)
    if span is not None and span.low >= limit:
        beyond = replace(made, beyond=True)
        if over.deduction == "none":
            return _awarded(beyond, "met-beyond", weight)
        return _awarded(beyond, _OVER_RULES[over.deduction], max(ZERO, weight - charge), charge=charge)
    if over.deduction == "none" or not _may_be_beyond(made, span, limit):
        return _awarded(made, "met", weight)
    return replace(made, rule="over-open", points=Points(max(ZERO, weight - charge), weight, None), charge=charge)


def _may_be_beyond(made: Judgement, span: _Span | None, limit: Decimal) -> bool:
    """Whether a met target may as well have been passed by far: the actual is ``>90份``, or 0.5 that may be 0.5%."""
    wanted = made.target.number
    if wanted is None or wanted <= 0:
        return False
    if span is None:
        return True
    if span.high is not None:
        return span.high >= limit
    # a share of something ends at 100%
    return not (made.target.unit == "%" and wanted <= 1 and _PRODUCTS.multiply(wanted, limit) > 1)


def _missed(made: Judgement, weight: Decimal, rules: Rules, *, ceiling: bool) -> Judgement:
    if ceiling and made.target.number == 0:
        return _awarded(made, _CEILING_RULES[rules.at_most], ZERO)
    span = _span(made, rules)
    if span is None:
        return replace(made, reason="ratio-unknown")
    ends = [_share(ratio, rules, ceiling=ceiling) for ratio in span]
    low, high = sorted(_rounded(_PRODUCTS.multiply(share, weight), rules) for share in ends)
    rule = _CEILING_RULES[rules.at_most] if ceiling else _SHORTFALL_RULES[rules.shortfall]
    return replace(made, rule=rule, points=Points(low, high, low if low == high else None))


def _share(ratio: Decimal | None, rules: Rules, *, ceiling: bool) -> Decimal:
    """The share of the weight for a missed target; ``None`` is an infinite ratio."""
    if not ceiling:
        return ZERO if rules.shortfall == "zero" or ratio is None else min(ONE, max(ZERO, ratio))
    if ratio is None:
        return ZERO
    if ratio <= 1:
        return ONE
    if rules.at_most == "ratio":
        # exact for the product: the weight is multiplied by 1/ratio, rounded again behind it
        return Context(prec=60).divide(ONE, ratio)
    return max(ZERO, _PRODUCTS.subtract(TWO, ratio))


# --- dates ---------------------------------------------------------------------------------------------------------


def _by_date(made: Judgement, weight: Decimal, rules: Rules) -> Judgement:
    if made.comparison.met:
        return _awarded(made, "in-time", weight)
    each, months = rules.lateness.points_per_month, made.comparison.months_late
    if months is None:
        return replace(made, reason="lateness-unknown")
    if each is None:
        return replace(made, reason="lateness-not-ruled")
    charge = each * months
    return _awarded(made, "late", max(ZERO, weight - charge), charge=charge)


# --- answers in words ----------------------------------------------------------------------------------------------


def _by_answer(made: Judgement, weight: Decimal, rules: Rules) -> Judgement:
    comparison = made.comparison
    if comparison.tier is None:
        return replace(made, reason=str(Reason.WORDS_DIFFER))
    own_words = comparison.basis == "words" and _repeats(made.target, made.actual)
    if made.target.kind in ("number", "date") and not own_words:
        if not comparison.met:
            return replace(made, reason="shortfall-unknown" if made.target.kind == "number" else "lateness-unknown")
        return replace(made, rule="claimed", points=_tier_points("met", weight, rules))
    name = _TIER_NAMES[comparison.tier]
    points = _tier_points(name, weight, rules)
    if comparison.rank is not None and comparison.rank[0] == 1:
        return replace(made, rule="best-answer", points=replace(points, value=weight))
    if own_words:
        return replace(made, rule="own-words", points=replace(points, value=weight))
    return replace(made, rule=_TIER_RULES[name], points=points)


def _repeats(target: Quantity, actual: Quantity) -> bool:
    """已全员缴纳 for 全员缴纳, 及时100% for 及时: the target's own words, and nothing less than all of it."""
    if not target.words or target.words != actual.words:
        return False
    return target.kind != "number" or (target.unit == "%" and target.low == target.high == ONE)


def _tier_points(name: str, weight: Decimal, rules: Rules) -> Points:
    """The tier's share of the weight. Its upper end belongs to the next tier up, where there is one."""
    tier = next(tier for tier in rules.tiers if tier.name == name)
    low = _rounded(_PRODUCTS.multiply(tier.low, weight), rules)
    high = _rounded(_PRODUCTS.multiply(tier.high, weight), rules)
    if _is_shared(tier, rules):
        high = max(low, high - Decimal(1).scaleb(-rules.score_decimals))
    return Points(low, weight if tier.high == 1 else high, None)


def _is_shared(tier: Tier, rules: Rules) -> bool:
    return any(other is not tier and other.low == tier.high for other in rules.tiers)
