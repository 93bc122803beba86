"""Scoring one form, beside reading the workbook it stands in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from perfeval_xl.files import read_path, write_forms
from perfeval_xl.model import Form, FundLine, Funds, Goals, Indicator, Project, Total
from perfeval_xl.profile import load_profile
from perfeval_xl.quantity import reading
from perfeval_xl.scoring import score

PROFILE: Final = "shenzhen-futian"
#: 二级指标, 年度指标值, 实际完成值, 分值, 得分
ROWS: Final = (
    ("数量指标", ">2个", "3个", 10, 9),
    ("数量指标", ">160人次", "208人次", 10, 10),
    ("质量指标", ">90%", "100%", 10, 10),
    ("时效指标", "2023年6月1日-2023年12月31日", "2023年12月21日前完成", 10, 10),
    ("成本指标", "<80万元", "73.92万元", 10, 10),
    ("经济效益指标", "不适用", "不适用", 0, 0),
    ("社会效益指标", "有所提高100%", "有所提高100%", 30, 30),
    ("生态效益指标", "不适用", "不适用", 0, 0),
    ("可持续影响指标", "不适用", "不适用", 0, 0),
    ("服务对象满意度指标", ">85%满意", "满意93.97%", 10, 10),
    ("其他满意度指标", "不适用", "不适用", 0, 0),
)
ROUNDS: Final = 200


def sample() -> Form:
    """A form of eleven indicators."""
    nobody = Project(
        code="440304226011500100002",
        name="工会事务",
        department=None,
        implementing_unit=None,
        leader=None,
        phone=None,
    )
    line = FundLine(
        source="total",
        label="年度资金总额",
        initial_budget=Decimal(800000),
        full_year_budget=Decimal(758000),
        executed=Decimal(739200),
        weight=Decimal(10),
        execution_rate=Decimal("0.9752"),
        score=Decimal("9.75"),
    )
    indicators = tuple(
        Indicator(
            level1=load_profile(PROFILE).level1_of(level2),
            level2=level2,
            name=level2,
            target=target,
            actual=actual,
            weight=Decimal(weight),
            score=Decimal(stated),
            deviation=None,
        )
        for level2, target, actual, weight, stated in ROWS
    )
    return Form(
        profile=PROFILE,
        title=None,
        fiscal_year=2023,
        project=nobody,
        funds=Funds(unit="元", lines=(line,)),
        goals=Goals(expected=None, actual=None),
        indicators=indicators,
        level1_weights={},
        total=Total(weight=Decimal(100), score=Decimal("98.75")),
        remark=None,
        extra={},
    )


def milliseconds(
    work: Callable[[], object], before: Callable[[], object] | None = None, *, rounds: int = ROUNDS
) -> float:
    """The median of many runs; ``before`` is not counted."""
    times = []
    for _ in range(rounds):
        if before is not None:
            before()
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times) * 1000


def main() -> None:
    """Prints the time of reading, of scoring texts never seen before, and of scoring texts seen before."""
    form = sample()
    profile = load_profile(PROFILE)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_forms([form], path)
        read = milliseconds(lambda: read_path(path))
    fresh = milliseconds(lambda: score(form, profile), before=reading._read.cache_clear)
    again = milliseconds(lambda: score(form, profile))
    print(f"read one workbook                {read:8.3f} ms")
    print(f"score its form, texts new        {fresh:8.3f} ms   {fresh / read:.2f} of reading it")
    print(f"score its form, texts seen       {again:8.3f} ms   {again / read:.2f} of reading it")


if __name__ == "__main__":
    main()
