"""Findings about reasons that are missing."""

from __future__ import annotations

from collections.abc import Iterator

from perfeval_xl.checks.registry import Deviation, form_finding
from perfeval_xl.checks.subject import Subject, said
from perfeval_xl.checks.words import content, number


@form_finding("PE401", "deduction-unexplained", "warning")
def deduction_unexplained(subject: Subject) -> Iterator[Deviation]:
    """A score is below its weight and no reason is given (偏差原因分析及改进措施).

    无, — and 不适用 are no reasons. Execution needs none: its rate says why. Source: the form itself asks for reason
    and measure.

    得分低于分值，却没有写偏差原因。

    “无”“—”“不适用”不算原因。预算执行扣分由执行率说明，不要求写。依据：表样本身的“偏差原因分析及改进措施”一栏。
    """
    for path, row in subject.indicators():
        if row.score is None or row.weight is None or row.score >= row.weight or subject.is_unread(f"{path}.deviation"):
            continue
        if said(row.deviation) is None:
            values = {"lost": number(row.weight - row.score)}
            found = content(row.deviation)
            yield Deviation(f"{path}.deviation", found, None, variant="" if found else "blank", values=values)


@form_finding("PE402", "overachievement-unexplained", "warning")
def overachievement_unexplained(subject: Subject) -> Iterator[Deviation]:
    """The actual value goes beyond the profile's threshold, nothing was taken off and no reason is given.

    The threshold (``rules.overachievement``) is the region's: 30% over the target in most, 50% in 福田, where it also
    costs a point. Ceilings and exempt levels (成本指标) do not count as going beyond.

    实际完成值超过指标值达到表样规定的幅度，既没有扣分，也没有写原因。

    幅度由各地规定（rules.overachievement）：多数为超过 30%，福田为 50% 并扣 1 分。
    上限类指标和免予计算的指标（成本指标）不算超额。
    """
    if not subject.profile.rules.overachievement.reason_required:
        return
    for score, row in zip(subject.card.indicators, subject.form.indicators, strict=True):
        weight, path = score.judgement.weight, f"indicators[{score.index}]"
        if not score.judgement.beyond or not weight or subject.is_unread(f"{path}.deviation"):
            continue
        if (score.stated is None or score.stated >= weight) and said(row.deviation) is None:
            values = {
                "target": content(score.judgement.target.text),
                "actual": content(score.judgement.actual.text),
                "threshold": f"{number(subject.profile.rules.overachievement.threshold * 100)}%",
            }
            found = content(row.deviation)
            yield Deviation(f"{path}.deviation", found, None, values=values)
