"""What scoring a form gives: a card with every step, in the terms of the form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from perfeval_xl.quantity import Comparison, Quantity

#: How a score came about, one name per sentence ``scoring.<rule>`` in ``profiles/text/scoring.toml``.
Rule = Literal[
    "no-points",
    "met",
    "met-beyond",
    "ceiling-kept",
    "over-points",
    "over-proportion",
    "over-open",
    "shortfall",
    "shortfall-zero",
    "ceiling-ratio",
    "ceiling-linear",
    "in-time",
    "late",
    "best-answer",
    "own-words",
    "tier-met",
    "tier-partly",
    "tier-missed",
    "claimed",
]
#: ``not-stated``: there is a score by rule and none on the form; ``not-decided``: there is none by rule.
Verdict = Literal["agrees", "differs", "not-stated", "not-decided"]
#: What the target asks for: ``measurable`` a number or a date, ``qualitative`` an answer or words.
Kind = Literal["measurable", "qualitative", "not-applicable", "unreadable"]


@dataclass(frozen=True, slots=True)
class Points:
    """A score by rule: the closed range of points the rule allows, and the one it names, if it names one.

    For a measurable target all three are equal. For an answer in words the range is the tier's share of the weight;
    only the top of the scale, or an answer in the target's own words, names a value: the full weight.
    """

    low: Decimal
    high: Decimal
    value: Decimal | None

    def allows(self, stated: Decimal) -> bool:
        """Whether a stated score lies in the range, ends included."""
        return self.low <= stated <= self.high


@dataclass(frozen=True, slots=True)
class Judgement:
    """One target (年度指标值) against one actual value (实际完成值) under a region's rules.

    ``points``  the score by rule, ``None`` while it cannot be decided; then ``reason`` is a code that says why
    ``rule``    how the score came about, ``None`` with ``points``
    ``beyond``  the actual reaches the profile's threshold of over-achievement, whatever that costs
    ``charge``  points taken off for over-achievement or lateness
    """

    target: Quantity
    actual: Quantity
    weight: Decimal | None
    comparison: Comparison
    points: Points | None = None
    rule: Rule | None = None
    reason: str = ""
    beyond: bool = False
    charge: Decimal | None = None

    @property
    def decided(self) -> bool:
        """Whether there is a score by rule."""
        return self.points is not None

    @property
    def value(self) -> Decimal | None:
        """The score by rule when it is one number."""
        return None if self.points is None else self.points.value

    @property
    def kind(self) -> Kind:
        """What the target asks for. A scale to choose from (优良中差) is qualitative."""
        if self.target.kind == "not-applicable":
            return "not-applicable"
        if self.target.kind in ("number", "date"):
            return "measurable"
        return "qualitative" if self.target.kind in ("scale", "tier", "words") else "unreadable"


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """One row of 绩效指标: ``index`` counts from 0, ``stated`` is the 得分 on the form."""

    index: int
    level1: str | None
    level2: str | None
    name: str | None
    judgement: Judgement
    stated: Decimal | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ExecutionScore:
    """预算执行: rate (a ratio) and score, stated and by rule. ``reason`` says why there is none by rule."""

    budget: Decimal | None
    executed: Decimal | None
    weight: Decimal | None
    rate: Decimal | None
    points: Points | None
    reason: str
    stated_rate: Decimal | None
    stated: Decimal | None
    rate_verdict: Verdict
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class LevelScore:
    """The indicators of one 一级指标 together. ``printed_weight`` stands beside the level, ``weight`` is the sum."""

    name: str
    printed_weight: Decimal | None
    weight: Decimal
    stated: Decimal | None
    points: Points | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TotalScore:
    """总分. ``with_execution`` says which sum the printed total is: all, or the indicators alone.

    ``stated`` is printed, ``added_up`` the sum of the stated scores, ``points`` the sum by rule (``None`` while a row
    is not decided). A printed total that is not the sum of the stated scores differs, whatever the rules say.
    """

    with_execution: bool
    weight: Decimal | None
    stated: Decimal | None
    added_up: Decimal | None
    points: Points | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class GradeScore:
    """Grades of the whole form, execution included: ``added_up`` of the stated scores, ``by_rule`` where one is sure.

    When the range by rule reaches over a limit, ``lowest`` and ``highest`` differ and ``by_rule`` is ``None``.
    """

    added_up: str | None
    by_rule: str | None
    lowest: str | None
    highest: str | None


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """A form, scored by the rules of ``profile``."""

    profile: str
    indicators: tuple[IndicatorScore, ...]
    execution: ExecutionScore
    levels: tuple[LevelScore, ...]
    total: TotalScore
    grade: GradeScore
