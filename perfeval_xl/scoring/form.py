"""Scores a whole form: every indicator, execution, the sums by level 1, the total and the grade."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from perfeval_xl.model import Form, FundLine, Indicator
from perfeval_xl.profile import Profile, Rules, load_profile
from perfeval_xl.scoring.card import (
    ExecutionScore,
    GradeScore,
    IndicatorScore,
    LevelScore,
    Points,
    ScoreCard,
    TotalScore,
    Verdict,
)
from perfeval_xl.scoring.rules import Setting, judge
from perfeval_xl.sums import Sums, add_up, base_budget, grade_of, half_up, total_line

ZERO: Final = Decimal(0)


def score(form: Form, profile: Profile | None = None) -> ScoreCard:
    """``form`` by the rules of ``profile``, or of the profile it names.

    Raises ``ProfileError`` when that is unknown.
    """
    profile = profile or load_profile(form.profile)
    rules = profile.rules
    sums = add_up(form, profile)
    indicators = tuple(
        _indicator(index, indicator, form.fiscal_year, rules) for index, indicator in enumerate(form.indicators)
    )
    execution = _execution(total_line(form), sums, rules)
    points = _sum(_points(indicators))
    return ScoreCard(
        profile=profile.id,
        indicators=indicators,
        execution=execution,
        levels=tuple(_levels(form, indicators, rules)),
        total=_total(form, profile, sums, points, execution.points),
        grade=_grade(sums, _sum((points, execution.points)), rules),
    )


def verdict(stated: Decimal | None, points: Points | None, decimals: int) -> Verdict:
    """How a stated score stands to the score by rule, both rounded to ``decimals``."""
    if points is None:
        return "not-decided"
    if stated is None:
        return "not-stated"
    rounded = Points(half_up(points.low, decimals), half_up(points.high, decimals), None)
    return "agrees" if rounded.allows(half_up(stated, decimals)) else "differs"


def _indicator(index: int, indicator: Indicator, year: int | None, rules: Rules) -> IndicatorScore:
    setting = Setting(indicator.level1, indicator.level2, year)
    judgement = judge(indicator.target, indicator.actual, indicator.weight, rules, setting)
    return IndicatorScore(
        index=index,
        level1=indicator.level1,
        level2=indicator.level2,
        name=indicator.name,
        judgement=judgement,
        stated=indicator.score,
        verdict=verdict(indicator.score, judgement.points, rules.score_decimals),
    )


def _points(indicators: Iterable[IndicatorScore]) -> Iterator[Points | None]:
    """Of every row that carries points: 不适用 without a weight carries none."""
    for row in indicators:
        if row.judgement.weight is not None or row.judgement.kind != "not-applicable":
            yield row.judgement.points


def _sum(parts: Iterable[Points | None]) -> Points | None:
    """The sum of all parts; ``None`` as soon as one is not decided."""
    low = high = ZERO
    value: Decimal | None = ZERO
    for part in parts:
        if part is None:
            return None
        low, high = low + part.low, high + part.high
        value = None if value is None or part.value is None else value + part.value
    return Points(low, high, value)


# --- execution -----------------------------------------------------------------------------------------------------


def _execution(line: FundLine | None, sums: Sums, rules: Rules) -> ExecutionScore:
    budget = base_budget(line, rules) if line else None
    points = None if sums.execution_score is None else Points(*(sums.execution_score,) * 3)
    stated_rate, stated = (line.execution_rate, line.score) if line else (None, None)
    rate = sums.execution_rate
    return ExecutionScore(
        budget=budget,
        executed=line.executed if line else None,
        weight=line.weight if line else None,
        rate=rate,
        points=points,
        reason="" if points else _execution_gap(line, budget),
        stated_rate=stated_rate,
        stated=stated,
        rate_verdict=verdict(stated_rate, None if rate is None else Points(rate, rate, rate), rules.rate_decimals + 2),
        verdict=verdict(stated, points, rules.score_decimals),
    )


def _execution_gap(line: FundLine | None, budget: Decimal | None) -> str:
    if line is None:
        return "no-total-line"
    if budget is None:
        return "budget-missing"
    if budget <= 0:
        return "budget-zero"
    return "executed-missing" if line.executed is None else "weight-missing"


# --- sums ----------------------------------------------------------------------------------------------------------


def _levels(form: Form, indicators: tuple[IndicatorScore, ...], rules: Rules) -> Iterator[LevelScore]:
    groups: dict[str, list[IndicatorScore]] = {}
    for row in indicators:
        groups.setdefault(row.level1 or "", []).append(row)
    for name, rows in groups.items():
        stated = [row.stated for row in rows if row.stated is not None]
        added = sum(stated, ZERO) if stated else None
        points = _sum(_points(rows))
        yield LevelScore(
            name=name,
            printed_weight=form.level1_weights.get(name),
            weight=sum((row.judgement.weight or ZERO for row in rows), ZERO),
            stated=added,
            points=points,
            verdict=verdict(added, points, rules.score_decimals),
        )


def _total(form: Form, profile: Profile, sums: Sums, points: Points | None, execution: Points | None) -> TotalScore:
    with_execution = _with_execution(form, profile, sums)
    by_rule = _sum((points, execution)) if with_execution else points
    added_up = sums.full_score if with_execution else sums.score
    stated = form.total.score
    adds_up = stated is None or added_up is None or stated == added_up
    return TotalScore(
        with_execution=with_execution,
        weight=form.total.weight,
        stated=stated,
        added_up=added_up,
        points=by_rule,
        verdict=verdict(stated, by_rule, profile.rules.score_decimals) if adds_up else "differs",
    )


def _with_execution(form: Form, profile: Profile, sums: Sums) -> bool:
    """Which sum the printed total is: told by its weight, else by its score, else as the region prints it."""
    for printed, full, alone in (
        (form.total.weight, sums.full_weight, sums.weight),
        (form.total.score, sums.full_score, sums.score),
    ):
        if printed is not None and full != alone and printed in (full, alone):
            return printed == full
    return profile.total.includes_execution


def _grade(sums: Sums, points: Points | None, rules: Rules) -> GradeScore:
    if points is None:
        return GradeScore(added_up=sums.grade, by_rule=None, lowest=None, highest=None)
    lowest, highest = (grade_of(half_up(end, rules.score_decimals), rules) for end in (points.low, points.high))
    return GradeScore(
        added_up=sums.grade, by_rule=lowest if lowest == highest else None, lowest=lowest, highest=highest
    )
