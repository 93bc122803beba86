"""Findings that judge a score by target and actual value, and values that cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from perfeval_xl.checks.registry import form_finding
from perfeval_xl.checks.subject import Subject
from perfeval_xl.field_path import indicator
from perfeval_xl.laws.deviations import Deviation
from perfeval_xl.profile import Profile, label_key
from perfeval_xl.quantity import Reason
from perfeval_xl.scoring import IndicatorScore, Points
from perfeval_xl.scoring.explain import explain
from perfeval_xl.shown import content, number

#: 二级指标 that asks for a number by its very name.
COUNTED_LEVEL: Final = "数量指标"
#: Why two values do not compare that has to do with units -> the sentence to say.
_UNIT_REASONS: Final = {
    Reason.UNIT_MISMATCH: "",
    Reason.UNIT_UNKNOWN: "unknown",
    Reason.PERCENT_OR_NUMBER: "percent",
    Reason.SCALE_UNCLEAR: "scale",
}


@form_finding("PE302", "target-missed-full-score", "error")
def target_missed_full_score(subject: Subject) -> Iterator[Deviation]:
    """A measurable target was missed and the full score taken.

    Measurable is a target that names a number, a date or a scale of answers; missed is what the actual value says when
    both are brought to one unit (≤10元 against 9.82万元 is missed). Words that only claim something are not measured.

    可以衡量的指标值没有完成，却给了满分。

    指标值是数、日期或等级的才算可以衡量；完成与否按换算成同一单位后的实际完成值判断（≤10元 对 9.82万元 是没有完成）。
    只有文字说法的不作衡量。
    """
    for score in subject.card.indicators:
        weight, judgement = score.judgement.weight, score.judgement
        if not weight or score.stated is None or score.stated < weight:
            continue
        if judgement.target.measurable and judgement.comparison.met is False and not _allows(judgement.points, weight):
            values = {"target": content(judgement.target.text), "actual": content(judgement.actual.text)}
            yield Deviation(_path(score), number(score.stated), _points(judgement.points), values=values)


@form_finding("PE303", "score-differs-from-rule", "warning")
def score_differs_from_rule(subject: Subject) -> Iterator[Deviation]:
    """The score stated is not the one the profile's rule gives for target and actual value.

    Only where the rule decides: proportion of the target when it was missed, both formulas for ceilings, points for
    going beyond, points for each month of delay, tiers for answers. For a tier the rule is a range, and any score
    in it is right. What the rule is stands in the profile (``rules``); ``perfeval score`` shows each step.

    所填得分与本地区规则按指标值、实际完成值算出的得分不同。

    只在规则能够判定时才核对：未完成按比例、上限类指标的两种算法、超额扣分、逾期按月扣分、定性等级的区间。等级对应的是区间，
    区间内的得分都算对。规则写在表样的 rules 中；perfeval score 列出每一步。
    """
    for score in subject.card.indicators:
        if score.verdict == "differs" and score.judgement.points is not None:
            yield Deviation(
                _path(score),
                number(score.stated),
                _points(score.judgement.points),
                values={"why": explain(score.judgement).rstrip("。.")},
            )


@form_finding("PE304", "unit-mismatch", "warning")
def unit_mismatch(subject: Subject) -> Iterator[Deviation]:
    """Target and actual value are in units that do not compare, so nobody can tell whether the target was met.

    Comparable units are converted first: 元 and 万元, 人 and 万人. Reported are 件 against 元, units that are not known
    to be the same, a percentage beside a bare number that could mean either, and a figure that may or may not be in 万.

    指标值与实际完成值的单位无法比较，因而不能判断是否完成。

    能换算的单位（元与万元、人与万人）先换算。报的是：件对元、不能确定为同一单位的两个单位、既可能是百分数也可能是一般数的数、
    不能确定是否省略了“万”的数。
    """
    for score in subject.card.indicators:
        comparison = score.judgement.comparison
        if comparison.met is None and comparison.reason in _UNIT_REASONS:
            target, actual = score.judgement.target, score.judgement.actual
            yield Deviation(
                str(indicator(score.index, "actual")),
                content(actual.text),
                content(target.text),
                variant=_UNIT_REASONS[comparison.reason],
            )


@form_finding("PE305", "target-unmeasurable", "info")
def target_unmeasurable(subject: Subject) -> Iterator[Deviation]:
    """A number is expected and none can be read for sure.

    Four cases: the target holds digits that cannot be read for sure; the target of a 数量指标 names no number; the
    target is a number and the actual value answers in words; the row carries points and its target says — or 不适用.
    A target in words elsewhere is a qualitative target and right.

    应有数值的地方读不出确定的数值。

    四种情形：指标值里有数字但不能确定含义；数量指标的指标值没有数；指标值是数，实际完成值却只用文字作答；
    占分的行，指标值却写“—”或“不适用”。
    其他指标用文字表述目标属于定性指标，不报。
    """
    for score, row in zip(subject.card.indicators, subject.form.indicators, strict=True):
        target, actual = score.judgement.target, score.judgement.actual
        path = indicator(score.index)
        if target.kind == "unclear":
            yield Deviation(str(path.of("target")), content(target.text), None)
        elif target.kind == "not-applicable" and row.weight:
            yield Deviation(str(path.of("target")), content(target.text), None, variant="nothing")
        elif target.kind in ("words", "tier") and _counted(row.level2, subject.profile):
            yield Deviation(str(path.of("target")), content(target.text), None, variant="counted")
        elif target.kind == "number" and actual.kind in ("words", "tier", "scale", "unclear"):
            found = content(actual.text)
            yield Deviation(str(path.of("actual")), found, content(target.text), variant="actual")


def _path(score: IndicatorScore) -> str:
    return str(indicator(score.index, "score"))


def _points(points: Points | None) -> str | None:
    if points is None:
        return None
    return number(points.low) if points.low == points.high else f"{number(points.low)}–{number(points.high)}"


def _allows(points: Points | None, weight: Decimal) -> bool:
    return points is not None and points.allows(weight)


def _counted(level2: str | None, profile: Profile) -> bool:
    key = label_key(level2 or "")
    return profile.labels("levels").get(key, key) == COUNTED_LEVEL
