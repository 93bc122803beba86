"""Laws about single rows: a score out of range, points lost without a reason, a cell that must be filled."""

from __future__ import annotations

from typing import Final

from perfeval_xl.laws.terms import (
    AnyIndicator,
    Blank,
    Breach,
    Each,
    Law,
    Minus,
    Not,
    NumberRange,
    Order,
    Present,
    RowCell,
    Says,
    SaysNothing,
    Test,
    Unread,
    all_of,
    any_of,
)
from perfeval_xl.laws.totals import NOUGHT, is_not_nought
from perfeval_xl.nothing import NOT_APPLICABLE

_SCORE: Final = RowCell("score")
_WEIGHT: Final = RowCell("weight")
_BOTH_NUMBERS: Final = all_of(Present(_SCORE), Present(_WEIGHT))
#: What makes an indicator row more than its printed level labels.
FILLED: Final = ("name", "target", "actual", "weight", "score", "deviation")
IS_BEGUN: Final[Test] = Not(all_of(*(Blank(RowCell(column)) for column in FILLED)))
#: The row says 不适用 and carries no points: it is complete.
DOES_NOT_APPLY: Final[Test] = all_of(
    Not(is_not_nought(_WEIGHT)),
    any_of(*(Says(RowCell(column), NOT_APPLICABLE) for column in ("name", "target", "actual"))),
)


def _score_in_range(each: Each, page: str) -> Law:
    return Law(
        "PE301",
        "score-exceeds-weight",
        "error",
        each=each,
        field="score",
        given=_BOTH_NUMBERS,
        breaches=(
            Breach(Order(_SCORE, "<", NOUGHT), variant="negative", expected=NumberRange(NOUGHT, _WEIGHT)),
            Breach(Order(_SCORE, ">", _WEIGHT), expected=NumberRange(NOUGHT, _WEIGHT)),
        ),
        found=_SCORE,
        page=page,
    )


SCORE_OF_LINE: Final = _score_in_range(
    "fund line",
    """\
A score (得分) is above its weight (分值) or below 0.

Looked at for every indicator and every line of the funds table that shows both.

得分高于分值，或小于 0。

每项指标和资金表中同时有分值和得分的各行都核对。
""",
)
SCORE_OF_INDICATOR: Final = _score_in_range("indicator", "")

DEDUCTION_UNEXPLAINED: Final = Law(
    "PE401",
    "deduction-unexplained",
    "warning",
    each="indicator",
    field="deviation",
    given=all_of(
        _BOTH_NUMBERS, Order(_SCORE, "<", _WEIGHT), Not(Unread("deviation")), SaysNothing(RowCell("deviation"))
    ),
    breaches=(
        Breach(Blank(RowCell("deviation")), variant="blank"),
        Breach(Not(Blank(RowCell("deviation")))),
    ),
    found=RowCell("deviation"),
    values=(("lost", Minus(_WEIGHT, _SCORE)),),
    page="""\
A score is below its weight and no reason is given (偏差原因分析及改进措施).

无, — and 不适用 are no reasons. Execution needs none: its rate says why. Source: the form itself asks for reason
and measure.

得分低于分值，却没有写偏差原因。

“无”“—”“不适用”不算原因。预算执行扣分由执行率说明，不要求写。依据：表样本身的“偏差原因分析及改进措施”一栏。
""",
)

_MISSING: Final = Breach(all_of(Not(Unread("value")), Blank(RowCell("value"))))

FIELD_MISSING: Final = Law(
    "PE501",
    "required-missing",
    "error",
    each="required field",
    field="value",
    given=all_of(),
    breaches=(_MISSING,),
    found=RowCell("value"),
    page="""\
A cell that the profile marks as required (``marks.required``) is blank.

Indicator cells are required in every row that holds more than its level labels; rows that say 不适用 and carry no
points are complete. A form without any indicator is reported once. A cell that holds something unreadable is not
blank: it has its own finding.

表样标为必填（marks.required）的单元格是空的。

指标行只要填了一级、二级指标以外的内容，各必填栏都要填；写明“不适用”且不占分的行视为完整。一项指标也没有的表只报一次。
填了但读不出来的不算空白，另有提示。
""",
)
CELL_MISSING: Final = Law(
    "PE501",
    "required-missing",
    "error",
    each="required cell",
    field="value",
    given=all_of(IS_BEGUN, Not(DOES_NOT_APPLY)),
    breaches=(_MISSING,),
    found=RowCell("value"),
)
NO_INDICATORS: Final = Law(
    "PE501",
    "required-missing",
    "error",
    each="indicators",
    field="indicators",
    given=Not(Unread("indicators")),
    breaches=(Breach(Not(AnyIndicator(IS_BEGUN)), variant="no-indicators"),),
    found=RowCell("value"),
)
