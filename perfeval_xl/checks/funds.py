"""Findings about the funds table: rates, the execution score, lines that do not add up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from perfeval_xl.checks.registry import Deviation, form_finding
from perfeval_xl.checks.subject import TOLERANCE, Subject
from perfeval_xl.checks.words import number, rate
from perfeval_xl.model import SOURCES, FundLine
from perfeval_xl.profile import Rules
from perfeval_xl.sums import ZERO, base_budget, execution_rate, execution_score, half_up

MONEY: Final = ("initial_budget", "full_year_budget", "executed")


@form_finding("PE201", "execution-rate-mismatch", "error")
def execution_rate_mismatch(subject: Subject) -> Iterator[Deviation]:
    """A printed execution rate (执行率) is not executed amount / budget, rounded half-up to 2 decimals of a percent.

    Which budget is the base is the region's rule: the full-year budget in most, the initial budget in 宝山. Of a
    printed 100% or 99% it is not known whether more decimals were meant, so a rate with fewer decimals is right when it
    is the computed rate rounded to just those decimals; one with more is right when it rounds to the computed rate.
    With a budget of 0 there is no rate: a rate beside money spent is reported, a rate beside no money is left alone.

    所印执行率不等于 执行数 ÷ 预算数（按百分数四舍五入到两位小数）。

    以哪个预算数为基数由各地规则决定：多数是全年预算数，宝山是年初预算数。所印的 100%、99% 看不出原来有几位小数，
    所以小数位少于两位的，只要等于计算值按同样位数四舍五入的结果就算对；多于两位的，四舍五入后相等就算对。
    预算数为 0 时没有执行率：有支出而印了执行率的要报，没有支出的不报。
    """
    rules = subject.profile.rules
    for path, line in subject.fund_lines():
        printed, base = line.execution_rate, base_budget(line, rules)
        if printed is None or base is None or line.executed is None:
            continue
        values = {"executed": number(line.executed), "budget": number(base)}
        if base <= 0:
            if line.executed > 0:
                yield Deviation(f"{path}.execution_rate", rate(printed), None, variant="no-budget", values=values)
        elif not _is_rate(printed, line.executed / base, rules):
            wanted = execution_rate(line.executed, base, rules)
            yield Deviation(f"{path}.execution_rate", rate(printed), rate(wanted), values=values)


def _is_rate(printed: Decimal, exact: Decimal, rules: Rules) -> bool:
    most = rules.rate_decimals + 2
    exponent = printed.normalize().as_tuple().exponent
    decimals = min(most, max(2, -exponent)) if isinstance(exponent, int) else most
    return half_up(printed, decimals) == half_up(exact, decimals)


@form_finding("PE202", "execution-score-mismatch", "error")
def execution_score_mismatch(subject: Subject) -> Iterator[Deviation]:
    """The printed execution score is not rate x weight, at most the weight, rounded half-up to 2 decimals.

    The printed rate counts, and where it is itself wrong or missing the computed one: one mistake is told once. With a
    budget of 0 there is no rate, whatever is printed, and nothing is said.

    所印预算执行得分不等于 执行率 × 分值（最高为该项分值，四舍五入到两位小数）。

    以所印执行率计算；执行率本身印错或没有印时，按计算出的执行率得到的得分也算对，一处错误只报一次。
    预算数为 0 时没有执行率，无论印了什么都无从计算，不报。
    """
    rules = subject.profile.rules
    for path, line in subject.fund_lines():
        if line.score is None or line.weight is None or subject.is_unread(f"{path}.execution_rate"):
            continue
        right = _scores(line, line.weight, rules)
        if right and all(abs(line.score - score) > TOLERANCE for score in right):
            shown = rate(line.execution_rate or execution_rate(line.executed, base_budget(line, rules), rules))
            values = {"rate": shown, "weight": number(line.weight)}
            yield Deviation(f"{path}.score", number(line.score), number(right[0]), values=values)


def _scores(line: FundLine, weight: Decimal, rules: Rules) -> list[Decimal]:
    """Execution scores that follow from what is printed: from the rate, and from the money; none of a budget of 0."""
    base = base_budget(line, rules)
    if base is not None and base <= 0:
        return []
    rates = (line.execution_rate, execution_rate(line.executed, base, rules))
    scores = (execution_score(rate_, weight, rules) for rate_ in rates)
    return [score for score in scores if score is not None]


@form_finding("PE203", "fund-lines-sum", "error")
def fund_lines_sum(subject: Subject) -> Iterator[Deviation]:
    """The lines of the funds table do not add up to the total line.

    Looked at column by column, where at least one line below the total holds a number. Money in a line and 0 or nothing
    in the total is the usual case. Each amount may be off by 0.005 for rounding. A line that this form does not
    normally print (中央补助 under 财政拨款) may be part of another line, so the total may be the sum with or without
    such lines.

    资金表各行之和不等于年度资金总额。

    逐列核对，只在总额以下至少有一行填了数时才核对。常见的是金额填在分项里而总额为 0 或空白。
    每个数允许 0.005 的四舍五入误差。
    本表样没有的资金行（如财政拨款下的中央补助）可能是另一行的一部分，计入或不计入都算对。
    """
    total = subject.total_line
    if total is None:
        return
    path = next(path for path, line in subject.fund_lines() if line is total)
    usual = {*SOURCES, *(row.source for row in subject.profile.funds.rows)}
    parts = [line for line in subject.form.funds.lines if line is not total]
    for column in MONEY:
        printed: Decimal | None = getattr(total, column)
        amounts = [(line.source in usual, getattr(line, column)) for line in parts]
        amounts = [(known, amount) for known, amount in amounts if amount is not None]
        if not amounts or subject.column_unread("funds", column):
            continue
        everything = sum((amount for _, amount in amounts), ZERO)
        known_only = sum((amount for known, amount in amounts if known), ZERO)
        tolerance = TOLERANCE * (1 + sum(1 for _, amount in amounts if amount))
        sums = (everything, known_only) if any(known for known, _ in amounts) else (everything,)
        if all(abs((printed or ZERO) - added) > tolerance for added in sums):
            variant = "" if printed else "total-empty"
            yield Deviation(f"{path}.{column}", number(printed), number(everything), variant=variant)
