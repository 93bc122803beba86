"""Laws about 项目资金: rates, the execution score, lines that do not add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from perfeval_xl.laws.terms import (
    TOLERANCE,
    AsPrinted,
    AsRate,
    Breach,
    Count,
    First,
    FixedNumber,
    If,
    Law,
    Near,
    Not,
    Order,
    Plus,
    Present,
    Quotient,
    RowCell,
    Sum,
    Times,
    Unread,
    all_of,
    any_of,
)
from perfeval_xl.laws.totals import NOUGHT, execution_score, is_not_nought
from perfeval_xl.model import MONEY

_RATE: Final = RowCell("execution_rate")
_COMPUTED_RATE: Final = Quotient(RowCell("executed"), RowCell("base"), "rate_places")
_NO_BUDGET: Final = Order(RowCell("base"), "<=", NOUGHT)

EXECUTION_RATE: Final = Law(
    "PE201",
    "execution-rate-mismatch",
    "error",
    each="fund line",
    field="execution_rate",
    given=all_of(Present(_RATE), Present(RowCell("base")), Present(RowCell("executed"))),
    breaches=(
        Breach(all_of(_NO_BUDGET, Order(RowCell("executed"), ">", NOUGHT)), variant="no-budget"),
        Breach(
            all_of(Not(_NO_BUDGET), Not(AsPrinted(_RATE, RowCell("executed"), RowCell("base")))),
            expected=AsRate(_COMPUTED_RATE),
        ),
    ),
    found=AsRate(_RATE),
    values=(("executed", RowCell("executed")), ("budget", RowCell("base"))),
    page="""\
A printed execution rate (执行率) is not executed amount / budget, rounded half-up to 2 decimals of a percent.

Which budget is the base is the region's rule: the full-year budget in most, the initial budget in 宝山. Of a
printed 100% or 99% it is not known whether more decimals were meant, so a rate with fewer decimals is right when it
is the computed rate rounded to just those decimals; one with more is right when it rounds to the computed rate.
With a budget of 0 there is no rate: a rate beside money spent is reported, a rate beside no money is left alone.

所印执行率不等于 执行数 ÷ 预算数（按百分数四舍五入到两位小数）。

以哪个预算数为基数由各地规则决定：多数是全年预算数，宝山是年初预算数。所印的 100%、99% 看不出原来有几位小数，
所以小数位少于两位的，只要等于计算值按同样位数四舍五入的结果就算对；多于两位的，四舍五入后相等就算对。
预算数为 0 时没有执行率：有支出而印了执行率的要报，没有支出的不报。
""",
)

_BY_RATE: Final = execution_score(_RATE, RowCell("weight"))
_BY_MONEY: Final = execution_score(_COMPUTED_RATE, RowCell("weight"))

EXECUTION_SCORE: Final = Law(
    "PE202",
    "execution-score-mismatch",
    "error",
    each="fund line",
    field="score",
    given=all_of(
        Present(RowCell("score")),
        Present(RowCell("weight")),
        Not(Unread("execution_rate")),
        Not(_NO_BUDGET),
        Present(First(_BY_RATE, _BY_MONEY)),
    ),
    breaches=(
        Breach(
            Not(any_of(Near(RowCell("score"), _BY_RATE), Near(RowCell("score"), _BY_MONEY))),
            expected=First(_BY_RATE, _BY_MONEY),
        ),
    ),
    found=RowCell("score"),
    values=(("rate", AsRate(If(is_not_nought(_RATE), _RATE, _COMPUTED_RATE))), ("weight", RowCell("weight"))),
    page="""\
The printed execution score is not rate x weight, at most the weight, rounded half-up to 2 decimals.

The printed rate counts, and where it is itself wrong or missing the computed one: one mistake is told once. With a
budget of 0 there is no rate, whatever is printed, and nothing is said.

所印预算执行得分不等于 执行率 × 分值（最高为该项分值，四舍五入到两位小数）。

以所印执行率计算；执行率本身印错或没有印时，按计算出的执行率得到的得分也算对，一处错误只报一次。
预算数为 0 时没有执行率，无论印了什么都无从计算，不报。
""",
)


def _lines_sum(column: str, page: str) -> Law:
    printed, parts = First(RowCell(column), NOUGHT), Sum("funds", column, "parts")
    allowed = Times(FixedNumber(TOLERANCE), Plus(FixedNumber(Decimal(1)), Count(column, "parts")))
    is_right = any_of(Near(printed, parts, allowed), Near(printed, Sum("funds", column, "usual parts"), allowed))
    return Law(
        "PE203",
        "fund-lines-sum",
        "error",
        each="total line",
        field=column,
        given=all_of(Not(Unread(column, "funds")), Present(parts), Not(is_right)),
        breaches=(
            Breach(is_not_nought(printed), expected=parts),
            Breach(Not(is_not_nought(printed)), variant="total-empty", expected=parts),
        ),
        found=RowCell(column),
        page=page,
    )


FUND_LINES: Final = tuple(
    _lines_sum(
        column,
        """\
The lines of the funds table do not add up to the total line.

Looked at column by column, where at least one line below the total holds a number. Money in a line and 0 or nothing
in the total is the usual case. Each amount may be off by 0.005 for rounding. A line that this form does not
normally print (中央补助 under 财政拨款) may be part of another line, so the total may be the sum with or without
such lines.

资金表各行之和不等于年度资金总额。

逐列核对，只在总额以下至少有一行填了数时才核对。常见的是金额填在分项里而总额为 0 或空白。
每个数允许 0.005 的四舍五入误差。
本表样没有的资金行（如财政拨款下的中央补助）可能是另一行的一部分，计入或不计入都算对。
"""
        if column == MONEY[0]
        else "",
    )
    for column in MONEY
)
