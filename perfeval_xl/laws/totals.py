"""Laws about weights and totals (分值, 得分, 总分)."""

from __future__ import annotations

from typing import Final

from perfeval_xl.laws.terms import (
    Breach,
    CountsExecution,
    First,
    FixedNumber,
    If,
    Law,
    Minus,
    Near,
    Not,
    Order,
    Plus,
    Present,
    Quotient,
    Rounded,
    RowCell,
    RuleNumber,
    Single,
    Sum,
    Test,
    Times,
    Unread,
    Value,
    Within,
    all_of,
    any_of,
)
from perfeval_xl.sums import ZERO

NOUGHT: Final = FixedNumber(ZERO)
_WEIGHTS_READ: Final = all_of(Not(Unread("weight", "indicators")), Not(Unread("weight", "funds")))
_SCORES_READ: Final = all_of(Not(Unread("score", "indicators")), Not(Unread("score", "funds")))
_EXECUTION_WEIGHT: Final = Single("execution.weight")
_NO_EXECUTION_WEIGHT: Final = Not(Present(_EXECUTION_WEIGHT))


def execution_score(rate: Value, weight: Value) -> Value:
    """预算执行得分: rate times weight, at most the weight, never below 0."""
    return Within(Rounded(Times(rate, weight), "score_decimals"), NOUGHT, weight)


def is_not_nought(value: Value) -> Test:
    """A number other than 0."""
    return any_of(Order(value, "<", NOUGHT), Order(value, ">", NOUGHT))


def _with_execution(column: str) -> Value:
    return Plus(Sum("indicators", column), First(Single(f"execution.{column}"), NOUGHT))


def _execution_score_by_rule() -> Value:
    """The score that follows from the printed rate, and where there is none from the money."""
    printed, base = Single("execution.execution_rate"), Single("execution.base")
    computed = Quotient(Single("execution.executed"), base, "rate_places")
    return execution_score(If(is_not_nought(printed), printed, computed), _EXECUTION_WEIGHT)


def _total(code: str, column: str, read: Test, by_rule: Test, page: str) -> Law:
    """The printed total is neither the sum of the indicators nor that sum with execution."""
    printed, alone, full = Single(f"total.{column}"), Sum("indicators", column), _with_execution(column)
    is_right = any_of(Near(printed, alone), Near(printed, full), by_rule)
    return Law(
        code,
        f"total-{column}-mismatch",
        "error",
        each="form",
        field=f"total.{column}",
        given=all_of(read, Present(printed), Present(alone)),
        breaches=(Breach(Not(is_right), expected=If(CountsExecution(), full, alone)),),
        found=printed,
        values=(("alone", alone), ("full", full)),
        page=page,
    )


WEIGHTS_SUM: Final = Law(
    "PE101",
    "weights-sum",
    "error",
    each="form",
    field="total.weight",
    given=all_of(_WEIGHTS_READ, Present(Sum("indicators", "weight"))),
    breaches=(
        Breach(
            Not(
                any_of(
                    Near(_with_execution("weight"), RuleNumber("full_marks")),
                    all_of(
                        _NO_EXECUTION_WEIGHT,
                        Near(
                            _with_execution("weight"), Minus(RuleNumber("full_marks"), RuleNumber("execution_weight"))
                        ),
                    ),
                )
            ),
            expected=RuleNumber("full_marks"),
        ),
    ),
    found=_with_execution("weight"),
    values=(("indicators", Sum("indicators", "weight")),),
    page="""\
The weights (分值) of all indicators and the execution weight do not make full marks, which are 100.

Where the funds table prints no execution weight, the indicators may make 100 alone or 100 less the region's
execution weight. Nothing is said while a weight could not be read: its own finding comes first. Source:
财预〔2020〕10号, self-evaluation is scored out of 100.

全部指标的分值与预算执行分值相加不等于满分（100 分）。

资金表没有印预算执行分值时，指标分值合计为 100，或 100 减去本地区预算执行分值，都算对。
有分值读不出来时不作判断，先报读不出来的那一处。
依据：财预〔2020〕10号，自评实行百分制。
""",
)

TOTAL_WEIGHT: Final = _total(
    "PE102",
    "weight",
    _WEIGHTS_READ,
    all_of(
        _NO_EXECUTION_WEIGHT,
        Near(Single("total.weight"), Plus(Sum("indicators", "weight"), RuleNumber("execution_weight"))),
    ),
    """\
The printed total weight (总分的分值) is neither the sum of the indicators nor that sum with execution.

Both are accepted because both are printed: 90 with execution beside it, and 100 with execution in it. Where the
funds table prints no execution weight, the region's own counts.

总分一行所印的分值，既不等于各指标分值之和，也不等于加上预算执行分值之和。

两种印法都见于各地表样（不含执行的 90 分，含执行的 100 分），所以两种都算对。
资金表没有印预算执行分值时，按本地区规定的分值计。
""",
)

TOTAL_SCORE: Final = _total(
    "PE103",
    "score",
    _SCORES_READ,
    all_of(
        Not(Present(Single("execution.score"))),
        Near(Single("total.score"), Plus(Sum("indicators", "score"), _execution_score_by_rule())),
    ),
    """\
The printed total score (总分) is neither the sum of the indicators nor that sum with execution.

A difference of up to 0.005 is rounding. Where no execution score is printed, the score that follows from the
execution rate may stand in the total. Nothing is said while a score could not be read.

总分一行所印的得分，既不等于各指标得分之和，也不等于加上预算执行得分之和。

相差 0.005 以内视为四舍五入。预算执行得分没有印出时，按执行率算出的得分计入总分也算对。有得分读不出来时不作判断。
""",
)

LEVEL1_WEIGHT: Final = Law(
    "PE104",
    "level1-weight-mismatch",
    "error",
    each="level1",
    field="points",
    given=all_of(
        _WEIGHTS_READ, Present(Sum("indicators", "weight")), Present(RowCell("points")), Present(RowCell("below"))
    ),
    breaches=(Breach(Not(Near(RowCell("points"), RowCell("below"))), expected=RowCell("below")),),
    found=RowCell("points"),
    page="""\
Points printed beside a level-1 label, as 产出指标(50分), differ from the sum of the weights below it.

Points beside 绩效指标 stand for all indicators, points beside 预算执行情况 for the execution weight. A form without
any weight is not compared: its cells are reported as blank.

一级指标旁所印的分数（如“产出指标(50分)”）不等于其下各指标分值之和。

印在“绩效指标”旁的是全部指标的分数，印在“预算执行情况”旁的是预算执行的分数。一个分值也没有填的表不比较，只报未填。
""",
)
