"""Findings about weights and totals."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from perfeval_xl.checks.registry import Deviation, form_finding
from perfeval_xl.checks.subject import TOLERANCE, Subject
from perfeval_xl.checks.words import number
from perfeval_xl.profile import label_key
from perfeval_xl.sums import ZERO, execution_score


@form_finding("PE101", "weights-sum", "error")
def weights_sum(subject: Subject) -> Iterator[Deviation]:
    """The weights (分值) of all indicators and the execution weight do not make full marks, which are 100.

    Where the funds table prints no execution weight, the indicators may make 100 alone or 100 less the region's
    execution weight. Nothing is said while a weight could not be read: its own finding comes first. Source:
    财预〔2020〕10号, self-evaluation is scored out of 100.

    全部指标的分值与预算执行分值相加不等于满分（100 分）。

    资金表没有印预算执行分值时，指标分值合计为 100，或 100 减去本地区预算执行分值，都算对。
    有分值读不出来时不作判断，先报读不出来的那一处。
    依据：财预〔2020〕10号，自评实行百分制。
    """
    weight = subject.sums.full_weight
    if weight is None or _weights_unread(subject):
        return
    full = subject.profile.rules.full_marks
    right = {full}
    if subject.total_line is None or subject.total_line.weight is None:
        right.add(full - subject.profile.rules.execution_weight)
    if all(abs(weight - wanted) > TOLERANCE for wanted in right):
        indicators = number(subject.sums.weight)
        yield Deviation("total.weight", number(weight), number(full), values={"indicators": indicators})


@form_finding("PE102", "total-weight-mismatch", "error")
def total_weight_mismatch(subject: Subject) -> Iterator[Deviation]:
    """The printed total weight (总分的分值) is neither the sum of the indicators nor that sum with execution.

    Both are accepted because both are printed: 90 with execution beside it, and 100 with execution in it. Where the
    funds table prints no execution weight, the region's own counts.

    总分一行所印的分值，既不等于各指标分值之和，也不等于加上预算执行分值之和。

    两种印法都见于各地表样（不含执行的 90 分，含执行的 100 分），所以两种都算对。
    资金表没有印预算执行分值时，按本地区规定的分值计。
    """
    if not _weights_unread(subject):
        yield from _total(subject, "weight", subject.sums.weight, subject.sums.full_weight)


@form_finding("PE103", "total-score-mismatch", "error")
def total_score_mismatch(subject: Subject) -> Iterator[Deviation]:
    """The printed total score (总分) is neither the sum of the indicators nor that sum with execution.

    A difference of up to 0.005 is rounding. Where no execution score is printed, the score that follows from the
    execution rate may stand in the total. Nothing is said while a score could not be read.

    总分一行所印的得分，既不等于各指标得分之和，也不等于加上预算执行得分之和。

    相差 0.005 以内视为四舍五入。预算执行得分没有印出时，按执行率算出的得分计入总分也算对。有得分读不出来时不作判断。
    """
    if subject.column_unread("indicators", "score") or subject.column_unread("funds", "score"):
        return
    yield from _total(subject, "score", subject.sums.score, subject.sums.full_score)


@form_finding("PE104", "level1-weight-mismatch", "error")
def level1_weight_mismatch(subject: Subject) -> Iterator[Deviation]:
    """Points printed beside a level-1 label, as 产出指标(50分), differ from the sum of the weights below it.

    Points beside 绩效指标 stand for all indicators, points beside 预算执行情况 for the execution weight. A form without
    any weight is not compared: its cells are reported as blank.

    一级指标旁所印的分数（如“产出指标(50分)”）不等于其下各指标分值之和。

    印在“绩效指标”旁的是全部指标的分数，印在“预算执行情况”旁的是预算执行的分数。一个分值也没有填的表不比较，只报未填。
    """
    if _weights_unread(subject) or subject.sums.weight is None:
        return
    for name, points in subject.form.level1_weights.items():
        below = _weight_below(subject, name)
        if below is not None and abs(points - below) > TOLERANCE:
            yield Deviation(f"level1_weights.{name}", number(points), number(below), values={"name": name})


def _weights_unread(subject: Subject) -> bool:
    return subject.column_unread("indicators", "weight") or subject.column_unread("funds", "weight")


def _total(subject: Subject, column: str, alone: Decimal | None, full: Decimal | None) -> Iterator[Deviation]:
    printed: Decimal | None = getattr(subject.form.total, column)
    if printed is None or alone is None or full is None:
        return
    right = [alone, full, *_by_rule(subject, column, alone)]
    if all(abs(printed - computed) > TOLERANCE for computed in right):
        as_printed = full if subject.profile.total.includes_execution else alone
        values = {"alone": number(alone), "full": number(full)}
        yield Deviation(f"total.{column}", number(printed), number(as_printed), values=values)


def _by_rule(subject: Subject, column: str, alone: Decimal) -> Iterator[Decimal]:
    """The total with the execution weight or score that is not printed."""
    line = subject.total_line
    if column == "weight" and (line is None or line.weight is None):
        yield alone + subject.profile.rules.execution_weight
    if column == "score" and line is not None and line.score is None:
        score = execution_score(line.execution_rate or subject.sums.execution_rate, line.weight, subject.profile.rules)
        if score is not None:
            yield alone + score


def _weight_below(subject: Subject, name: str) -> Decimal | None:
    key = label_key(name)
    section = subject.profile.labels("sections").get(key)
    if section == "indicators":
        return subject.sums.weight
    if section == "funds":
        return subject.total_line.weight if subject.total_line else None
    levels = subject.profile.labels("levels")
    level = levels.get(key, key)
    return sum(
        (
            indicator.weight
            for indicator in subject.form.indicators
            if indicator.weight is not None and levels.get(own := label_key(indicator.level1 or ""), own) == level
        ),
        ZERO,
    )
