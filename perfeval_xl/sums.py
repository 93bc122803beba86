"""What adds up in a form: execution rate and score, sums by level 1, totals, grade. All exact, rounded half-up.

Rules are the profile's (财预〔2020〕10号 and its regional variants): which budget is the base, how far rates and scores
are rounded, whether the printed total carries the execution score.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from perfeval_xl.model import Form, FundLine
from perfeval_xl.profile import Profile, Rules

ZERO: Final = Decimal(0)
#: Precise enough for the most extreme quotient: billions executed of a budget of a billionth.
WIDE: Final = Context(prec=60)


def half_up(value: Decimal, decimals: int) -> Decimal:
    """``value`` rounded to ``decimals`` places, halves away from zero, as spreadsheets and the rules do."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=WIDE)


def execution_rate(executed: Decimal | None, budget: Decimal | None, rules: Rules) -> Decimal | None:
    """预算执行率 as a ratio, rounded to ``rules.rate_decimals`` of a percent; ``None`` without a budget above 0."""
    if executed is None or budget is None or budget <= 0:
        return None
    return half_up(executed / budget, rules.rate_decimals + 2)


def execution_score(rate: Decimal | None, weight: Decimal | None, rules: Rules) -> Decimal | None:
    """预算执行得分: rate times weight, at most the weight, never below 0."""
    if rate is None or weight is None:
        return None
    return max(ZERO, min(weight, half_up(rate * weight, rules.score_decimals)))


def base_budget(line: FundLine, rules: Rules) -> Decimal | None:
    """The budget the execution rate of this line is measured against."""
    return line.initial_budget if rules.execution_base == "initial_budget" else line.full_year_budget


def total_line(form: Form) -> FundLine | None:
    """The 年度资金总额 row, which carries the execution weight and score."""
    return next((line for line in form.funds.lines if line.source == "total"), None)


def grade_of(score: Decimal, rules: Rules) -> str:
    """The grade of a total score: the first whose lower bound it reaches (90 is 优)."""
    return next((grade.name for grade in rules.grades if score >= grade.at_least), rules.grades[-1].name)


@dataclass(frozen=True, slots=True)
class LevelSum:
    """Weights and scores of the indicators under one 一级指标."""

    weight: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything that can be recomputed in a form. ``None`` where there is nothing to compute from.

    ``weight`` and ``score`` add up the indicators alone; ``full_weight`` and ``full_score`` add the printed execution
    weight and score.
    """

    execution_rate: Decimal | None
    execution_score: Decimal | None
    weight: Decimal | None
    score: Decimal | None
    full_weight: Decimal | None
    full_score: Decimal | None
    levels: dict[str, LevelSum]
    grade: str | None

    def printed(self, profile: Profile) -> tuple[Decimal | None, Decimal | None]:
        """Total weight and score as this region prints them."""
        if profile.total.includes_execution:
            return self.full_weight, self.full_score
        return self.weight, self.score


def add_up(form: Form, profile: Profile) -> Sums:
    """All sums of a form under its profile's rules."""
    rules = profile.rules
    line = total_line(form)
    rate = execution_rate(line.executed, base_budget(line, rules), rules) if line else None
    computed_score = execution_score(rate, line.weight, rules) if line else None
    weights = [indicator.weight for indicator in form.indicators if indicator.weight is not None]
    scores = [indicator.score for indicator in form.indicators if indicator.score is not None]
    weight = sum(weights, ZERO) if weights else None
    score = sum(scores, ZERO) if scores else None
    full_score = None if score is None else score + ((line and line.score) or ZERO)
    return Sums(
        execution_rate=rate,
        execution_score=computed_score,
        weight=weight,
        score=score,
        full_weight=None if weight is None else weight + ((line and line.weight) or ZERO),
        full_score=full_score,
        levels=_level_sums(form),
        grade=None if full_score is None else grade_of(half_up(full_score, rules.score_decimals), rules),
    )


def _level_sums(form: Form) -> dict[str, LevelSum]:
    levels: dict[str, LevelSum] = {}
    for indicator in form.indicators:
        name = indicator.level1 or ""
        before = levels.get(name, LevelSum(ZERO, ZERO))
        levels[name] = LevelSum(before.weight + (indicator.weight or ZERO), before.score + (indicator.score or ZERO))
    return levels
