"""Forms made up for tests: consistent numbers, every field filled, as many indicators as are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from perfeval_xl.model import Form, FundLine, Funds, Goals, Indicator, Project, Total
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.sums import add_up, execution_rate, execution_score

#: 二级指标 and how many indicators stand under it.
Counts = Sequence[tuple[str, str, int]]
NATIONAL: Final[Counts] = (
    ("产出指标", "数量指标", 2),
    ("产出指标", "质量指标", 1),
    ("产出指标", "时效指标", 1),
    ("效益指标", "社会效益指标", 1),
    ("满意度指标", "服务对象满意度指标", 1),
)
_TARGETS: Final = (
    ("≥120人次", "128人次"),
    ("≥95%", "96.5%"),
    ("≤11月", "10月"),
    ("=3次", "3次"),
    ("≤506.58万元", "480万元"),
    ("≥90%", "93.97%"),
)


def made_form(
    profile: str | Profile,
    counts: Counts = NATIONAL,
    *,
    number: int = 1,
    texts: Mapping[str, str | None] | None = None,
    points: bool = False,
    extra: Mapping[str, str] | None = None,
) -> Form:
    """A form of ``profile`` whose weights add up to 100 with execution; ``number`` makes it differ from others.

    ``texts`` sets fields of the project, ``points`` prints points beside level 1, ``extra`` further labelled cells.
    """
    used = profile if isinstance(profile, Profile) else load_profile(profile)
    indicators = tuple(_indicators(counts, number, _full_weight(used)))
    form = Form(
        profile=used.id,
        title=used.title,
        fiscal_year=2024,
        project=_project(number, texts or {}),
        funds=Funds(unit=used.unit, lines=tuple(_lines(used, number))),
        goals=Goals(expected=f"完成第{number}批设备更新，保障运行。", actual=f"已完成第{number}批，运行平稳。"),
        indicators=indicators,
        level1_weights=_points(indicators) if points else {},
        total=Total(weight=None, score=None),
        remark=None,
        extra=dict(extra or {}),
    )
    sums = add_up(form, used)
    return _with(form, total=Total(weight=sums.printed(used)[0], score=sums.printed(used)[1]))


def _with(form: Form, **changes: object) -> Form:
    return Form(**{name: getattr(form, name) for name in form.__struct_fields__} | changes)


def changed(form: Form, **changes: object) -> Form:
    """The same form with other fields."""
    return _with(form, **changes)


def _project(number: int, texts: Mapping[str, str | None]) -> Project:
    fields: dict[str, str | None] = {
        "code": None,
        "name": f"公共服务设备更新项目{number}",
        "department": f"某区{number}局",
        "implementing_unit": f"某区服务中心{number}",
        "leader": None,
        "phone": None,
    }
    return Project(**fields | dict(texts))


def _lines(profile: Profile, number: int) -> list[FundLine]:
    factor = Decimal(1 if profile.unit == "万元" else 10000)
    lines = []
    for place, row in enumerate(profile.funds.rows):
        is_total = row.source == "total"
        own = place == 1
        amounts = [Decimal(a) * factor if is_total or own else Decimal(0) for a in ("120.5", "110.25", "98.5")]
        amounts = [a + number * factor if a else a for a in amounts]
        budget = amounts[0] if profile.rules.execution_base == "initial_budget" else amounts[1]
        rate = execution_rate(amounts[2], budget, profile.rules) if "execution_rate" in row.prints else None
        weight = profile.rules.execution_weight if is_total else None
        lines.append(
            FundLine(
                source=row.source,
                label="".join(row.label.split()),
                initial_budget=amounts[0],
                full_year_budget=amounts[1],
                executed=amounts[2],
                weight=weight,
                execution_rate=rate,
                score=execution_score(rate, weight, profile.rules) if is_total else None,
            )
        )
    return lines


def _full_weight(profile: Profile) -> Decimal:
    return profile.rules.full_marks - profile.rules.execution_weight


def _indicators(counts: Counts, number: int, full: Decimal) -> list[Indicator]:
    total = sum(count for _, _, count in counts)
    made: list[Indicator] = []
    for level1, level2, count in counts:
        for _ in range(count):
            target, actual = _TARGETS[len(made) % len(_TARGETS)]
            last = len(made) == total - 1
            weight = full - sum((i.weight or Decimal(0) for i in made), Decimal(0)) if last else full // total
            short = len(made) == 1
            made.append(
                Indicator(
                    level1=level1,
                    level2=level2,
                    name=f"第{len(made) + 1}项服务{number}",
                    target=target,
                    actual=actual,
                    weight=weight,
                    score=weight - 1 if short else weight,
                    deviation="部分设备到货较晚，已调整采购计划。" if short else None,
                )
            )
    return made


def _points(indicators: Sequence[Indicator]) -> dict[str, Decimal]:
    points: dict[str, Decimal] = {}
    for indicator in indicators:
        name = indicator.level1 or ""
        points[name] = points.get(name, Decimal(0)) + (indicator.weight or Decimal(0))
    return points
