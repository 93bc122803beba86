"""The second sheet of a template, 填表说明: what each cell wants, how it is scored, worked examples.

All of it is made from the profile; the figures of the examples are computed by the rules themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from perfeval_xl import shown, sums
from perfeval_xl.colours import GUIDE_HEADING, LOCKED_GREY
from perfeval_xl.layout.names import GUIDE_NAME
from perfeval_xl.messages import in_language, sentence
from perfeval_xl.package.workbook import quoted
from perfeval_xl.profile import Profile
from perfeval_xl.scoring import Setting, judge
from perfeval_xl.scoring.explain import explain
from perfeval_xl.workbook.template.formulas import required_labels

COMPUTED: Final = ("funds.execution_rate", "funds.score", "total.weight", "total.score")
EXAMPLE_BUDGET: Final = Decimal(120)
EXAMPLE_EXECUTED: Final = Decimal(100)
#: 二级指标, 年度指标值, 实际完成值 and 分值: missed, passed ceiling, far beyond, late, in words.
EXAMPLES: Final = (
    ("数量指标", "≥100人次", "52人次", Decimal("12.5")),
    ("成本指标", "≤10万元", "12万元", Decimal(10)),
    ("数量指标", "≥2个", "3个", Decimal(10)),
    ("时效指标", "≤11月", "12月9日", Decimal(10)),
    ("质量指标", "优良中差", "优", Decimal(10)),
)


def draw(book: Any, profile: Profile, name: str) -> None:
    """Adds the guide of ``profile`` as a sheet called ``name``."""
    sheet = book.add_worksheet(name)
    writer = _Writer(sheet, _formats(book, profile))
    writer.line(_template("guide-title", name=profile.name.zh), "title")
    writer.line(_template("guide-how"), "head")
    for number in range(1, 6):
        writer.line(f"{number}. {_template(f'guide-how-{number}')}")
    writer.line(_template("guide-cells"), "head")
    writer.row([_template(f"guide-column-{column}") for column in ("field", "help", "required")], "label")
    for path, label in _fields(profile):
        writer.row([label, _say(path, **_places(profile)), _duty(profile, path)], "cell")
    writer.line(_template("guide-scoring"), "head")
    for number, rule in enumerate(scoring_rules(profile), start=1):
        writer.line(f"{number}. {rule}")
    writer.line(_template("guide-example"), "head")
    for number, example in enumerate(examples(profile), start=1):
        writer.line(f"{number}. {example}")
    book.define_name(f"{quoted(name)}!{GUIDE_NAME}", f"={quoted(name)}!$A$1")


class _Writer:
    """Writes lines and table rows below each other."""

    def __init__(self, sheet: Any, formats: dict[str, Any]) -> None:
        self.sheet, self.formats, self.at = sheet, formats, 0
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 74)
        sheet.set_column(2, 2, 11)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)

    def line(self, text: str, style: str = "text") -> None:
        """One line over the width of the sheet, as high as its text needs."""
        self.sheet.merge_range(self.at, 0, self.at, 2, "", self.formats[style])
        self.sheet.write_string(self.at, 0, text, self.formats[style])
        width = sum(1 if character.isascii() else 2 for character in text)
        self.sheet.set_row(self.at, {"title": 28, "head": 24}.get(style, 16 * -(-width // 100)))
        self.at += 1

    def row(self, texts: list[str], style: str) -> None:
        """A row of the table of fields."""
        for column, text in enumerate(texts):
            if text:
                self.sheet.write_string(self.at, column, text, self.formats[style])
            else:
                self.sheet.write_blank(self.at, column, None, self.formats[style])
        self.sheet.set_row(self.at, 18)
        self.at += 1


def _formats(book: Any, profile: Profile) -> dict[str, Any]:
    base = {"font_name": profile.page.font, "font_size": 10, "text_wrap": True, "valign": "vcenter"}
    return {
        "title": book.add_format({**base, "font_name": profile.page.title_font, "font_size": 14, "bold": True}),
        "head": book.add_format({**base, "bold": True, "font_size": 11, "font_color": GUIDE_HEADING, "bottom": 1}),
        "text": book.add_format(base),
        "label": book.add_format({**base, "bold": True, "border": 1, "bg_color": LOCKED_GREY, "align": "center"}),
        "cell": book.add_format({**base, "border": 1}),
    }


def _template(key: str, /, **places: object) -> str:
    return sentence(f"template.{key}", "zh").format(**places)


def _say(key: str, /, **places: object) -> str:
    return sentence(f"guide.{key}", "zh").format(**places)


def _fields(profile: Profile) -> Iterator[tuple[str, str]]:
    """Fields of the printed form in its order, with their printed labels."""
    yield "fiscal_year", profile.project["fiscal_year"]
    for field in (field for row in profile.page.identity for field in row if field != "fiscal_year"):
        yield f"project.{field}", profile.project[field]
    for column in profile.funds.columns:
        yield f"funds.{column}", profile.funds.labels[column]
    yield "goals.expected", profile.goals.expected
    yield "goals.actual", profile.goals.actual
    for name in profile.indicators.columns:
        parts = profile.indicators.target if name == "target" else (name,)
        yield f"indicators.{name}", "、".join(profile.indicators.labels[part] for part in parts)
    yield "total.score", profile.total.label
    if "remark" in profile.page.sections:
        yield "remark", profile.remark_label


def _duty(profile: Profile, path: str) -> str:
    if path in COMPUTED:
        return _template("guide-computed")
    if path in profile.marks.grey:
        return _template("guide-grey")
    return _template("guide-required") if path in {*profile.marks.required, *dict(required_labels(profile))} else ""


def _places(profile: Profile) -> dict[str, object]:
    rules = profile.rules
    total = "with" if profile.total.includes_execution else "without"
    return {
        "unit": profile.unit,
        "execution_weight": shown.number(rules.execution_weight),
        "full": shown.number(rules.full_marks),
        "rest": shown.number(rules.full_marks - rules.execution_weight),
        "decimals": rules.score_decimals,
        "base": _base_label(profile),
        "level1": "、".join(level.name for level in profile.indicators.level1),
        "total": _say(f"total-{total}-execution"),
    }


def _base_label(profile: Profile) -> str:
    return profile.funds.labels[profile.rules.execution_base]


def scoring_rules(profile: Profile) -> Iterator[str]:
    """The region's rules in words."""
    rules = profile.rules
    places = _places(profile)
    weights = [(level.name, level.weight) for level in profile.indicators.level1]
    if all(weight is not None for _, weight in weights):
        yield _say(
            "rule-levels", **places, levels="、".join(f"{name} {shown.number(weight)} 分" for name, weight in weights)
        )
    else:
        yield _say("rule-levels-free", **places)
    yield _say("rule-met")
    yield _say(f"rule-shortfall-{rules.shortfall}")
    yield _say(f"rule-at_most-{rules.at_most}")
    over = rules.overachievement
    amount = shown.percent(over.amount) if over.deduction == "proportion" else shown.number(over.amount)
    yield _say(f"rule-over-{over.deduction}", threshold=shown.percent(over.threshold), amount=amount)
    if rules.lateness.points_per_month is not None:
        yield _say("rule-late", points=shown.number(rules.lateness.points_per_month))
    yield _say("rule-tiers")
    grades = [_say("grade-from", name=grade.name, low=shown.number(grade.at_least)) for grade in rules.grades[:-1]]
    grades.append(_say("grade-below", name=rules.grades[-1].name, high=shown.number(rules.grades[-2].at_least)))
    yield _say("rule-grades", grades="，".join(grades))


def examples(profile: Profile) -> Iterator[str]:
    """Worked examples, computed by the profile's rules."""
    rules = profile.rules
    rate = sums.execution_rate(EXAMPLE_EXECUTED, EXAMPLE_BUDGET, rules)
    score = sums.execution_score(rate, rules.execution_weight, rules)
    yield _say(
        "example-execution",
        base=_base_label(profile),
        unit=profile.unit,
        rate=shown.percent(rate or Decimal(0)),
        score=shown.number(score),
        weight=shown.number(rules.execution_weight),
    )
    for level2, target, actual, weight in EXAMPLES:
        judgement = judge(target, actual, weight, rules, Setting(level2=level2))
        points = judgement.points.value if judgement.points else None
        if points is not None:
            with in_language("zh"):
                reason = explain(judgement)
            yield _say(
                "example-indicator",
                level2=level2,
                target=target,
                actual=actual,
                weight=shown.number(weight),
                reason=reason,
            )
