"""Findings about reasons that are missing."""

from __future__ import annotations

from collections.abc import Iterator

from perfeval_xl.checks.registry import form_finding
from perfeval_xl.checks.subject import Subject
from perfeval_xl.field_path import indicator
from perfeval_xl.laws.deviations import Deviation
from perfeval_xl.nothing import says_nothing
from perfeval_xl.shown import content, percent


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
        weight, path = score.judgement.weight, indicator(score.index, "deviation")
        if not score.judgement.beyond or not weight or subject.is_unread(str(path)):
            continue
        if (score.stated is None or score.stated >= weight) and says_nothing(row.deviation):
            values = {
                "target": content(score.judgement.target.text),
                "actual": content(score.judgement.actual.text),
                "threshold": percent(subject.profile.rules.overachievement.threshold),
            }
            found = content(row.deviation)
            yield Deviation(str(path), found, None, values=values)
