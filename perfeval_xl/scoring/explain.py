"""The sentence for a score: why that many points, or why none, in the current language."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from perfeval_xl.messages import say
from perfeval_xl.scoring.card import ExecutionScore, Judgement, Points
from perfeval_xl.shown import number, percent
from perfeval_xl.sums import half_up

#: Percents in sentences have at most two decimals; a ratio of thousands none that matters.
_PERCENT_DECIMALS: Final = 2
_WITHOUT_RATIO: Final[dict[str, str]] = {
    "met": "met-plain",
    "ceiling-kept": "ceiling-kept-plain",
    "ceiling-ratio": "ceiling-zero",
    "ceiling-linear": "ceiling-zero",
}
_BOUND_SIGNS: Final = {">": "≥", ">=": "≥", "<": "≤", "<=": "≤", "~": "≈"}


def shown_ratio(ratio: Decimal) -> str:
    """A ratio as a percentage rounded half-up to two decimals: ``0.9863`` -> ``98.63%``."""
    return percent(half_up(ratio, _PERCENT_DECIMALS + 2))


def shown_points(points: Points | None) -> str:
    """``8.5``, or the ends of a range: ``16–20``; empty where there is none."""
    if points is None:
        return ""
    return number(points.low) if points.low == points.high else f"{number(points.low)}–{number(points.high)}"


def explain(judgement: Judgement) -> str:
    """Why that score, or why none."""
    key = _key(judgement)
    comparison, points = judgement.comparison, judgement.points
    return say(
        f"scoring.{key}",
        target=judgement.target.text,
        actual=judgement.actual.text,
        answer=judgement.actual.answer or judgement.actual.text,
        ratio=_ratio(judgement),
        weight="" if judgement.weight is None else number(judgement.weight),
        score=shown_points(points) if points is None or points.value is None else number(points.value),
        range=shown_points(points),
        charge="" if judgement.charge is None else number(judgement.charge),
        months="" if comparison.months_late is None else comparison.months_late,
    )


def _key(judgement: Judgement) -> str:
    """The sentence: some rules have a second one for want of a ratio."""
    rule = judgement.rule
    if rule is None:
        return f"reason-{judgement.reason}"
    if judgement.comparison.ratio is None:
        return _WITHOUT_RATIO.get(rule, rule)
    return rule


def _ratio(judgement: Judgement) -> str:
    ratio = judgement.comparison.ratio
    if ratio is None:
        return ""
    sign = _BOUND_SIGNS.get(judgement.actual.operator, "") if judgement.comparison.ratio_is_bound else ""
    return sign + shown_ratio(ratio)


def explain_execution(execution: ExecutionScore) -> str:
    """Why that execution score, or why none."""
    if execution.points is None or execution.rate is None:
        return say(f"scoring.execution-{execution.reason}")
    return say(
        "scoring.execution",
        rate=shown_ratio(execution.rate),
        weight="" if execution.weight is None else number(execution.weight),
        score=shown_points(execution.points),
    )
