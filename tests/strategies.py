"""Valid documents for property tests: any form the canonical JSON allows, in every shipped profile."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from perfeval_xl.model import SOURCES, Form, FundLine, Funds, Goals, Indicator, Project, Total
from perfeval_xl.profile import Profile, load_profile, profile_ids
from perfeval_xl.reading import join_target

#: What people, systems and attackers leave in a cell.
ODD_TEXTS: Final = (
    "",
    " ",
    "  　 ",
    "\n",
    "\t",
    "一\r\n二",
    "一\r二\n三",
    "前\t后",
    " 前后有空格 ",
    "007",
    "00123456789012345678901",
    "51092324T000010263357",
    "=1+1",
    "+86 10",
    "@SUM(A1)",
    "-",
    "—",
    "/",
    "——",
    "'abc",
    "''",
    '"引号"',
    "_x000D_",
    "_x005F_x000D_",
    "_x000d_ _xD83D_",
    "a\x01b\x0bc\x1fd",
    "\x00",
    "\x7f\x85\ufffd",
    "emoji 😀🏳️‍🌈",
    "𠮷野家",
    "é e\u0301",
    "\u200f\u202e逆",
    "<b>&amp;</b>",
    "]]>",
    "{place}",
    "TRUE",
    "#REF!",
    "1e5",
    "2024-01-01",
    "12月31日",
    "１００",
    "1,234.5",
    "100%",
    "≥95%",
    "≤30万元",
    "定性",
    "row",
    "total",
    "不适用",
    "长" * 5_000,
    "行\n" * 300,
)
LABELS: Final = (
    "年度资金总额",
    "其中：当年财政拨款",
    "上年结转资金",
    "其他资金",
    "财政专户管理资金",
    "单位资金",
    "县级资金",
)
LEVELS: Final = ("产出指标", "效益指标", "满意度指标", "成本指标", "绩效指标", "产出*", "a?", "~", ">5", "=")
TARGETS: Final = (
    "≥95%",
    "≤30万元",
    "=007",
    "＝95%",
    "≥1.50万元",
    "及时",
    "100",
    "3000元/人.年",
    "≥",
    "≥万元",
    "定性",
    "> 5",
    "≥５％",
)


def characters() -> st.SearchStrategy[str]:
    """Every character a document may hold, control characters too."""
    return st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")


def texts() -> st.SearchStrategy[str]:
    """Any text a cell can hold, the odd ones often."""
    return st.sampled_from(ODD_TEXTS) | st.text(characters(), max_size=40)


def blank_or(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """``null`` now and then."""
    return st.none() | values


@st.composite
def numbers(draw: st.DrawFn) -> Decimal:
    """Up to 15 significant digits, negative and tiny ones too; most as forms have them."""
    if draw(st.booleans()):
        return draw(st.decimals(min_value=0, max_value=100, places=2))
    digits = draw(st.integers(-(10**15) + 1, 10**15 - 1))
    # What stands behind the point must still be worth at least 10**-15.
    exponent = draw(st.integers(-15, 0))
    return Decimal(digits).scaleb(exponent)


def _label(profile: Profile) -> st.SearchStrategy[str]:
    return st.sampled_from([row.label for row in profile.funds.rows]) | st.sampled_from(LABELS) | texts()


@st.composite
def fund_lines(draw: st.DrawFn, profile: Profile) -> FundLine:
    """A row of 项目资金: any source, also one that is no label of its own."""
    label = draw(blank_or(_label(profile)))
    source = draw(st.sampled_from(SOURCES) | texts() | st.just(label or "total"))
    money = {column: draw(blank_or(numbers())) for column in ("initial_budget", "full_year_budget", "executed")}
    return FundLine(
        source=source,
        label=label,
        **money,
        weight=draw(blank_or(numbers())),
        execution_rate=draw(blank_or(rates())),
        score=draw(blank_or(numbers())),
    )


def rates() -> st.SearchStrategy[Decimal]:
    """Ratios; as percent they must still fit a cell."""
    return st.decimals(min_value=-10, max_value=100, places=6)


def targets() -> st.SearchStrategy[str | Decimal]:
    """年度指标值: text as written, joined from its three parts, or a number."""
    joined = st.builds(
        lambda operator, value, unit: str(join_target(operator, value, unit) or ""),
        st.sampled_from(("≥", "≤", "=", ">", "<", None)),
        st.decimals(min_value=0, max_value=10**6, places=2),
        st.sampled_from(("%", "万元", "人次", None)),
    )
    return st.sampled_from(TARGETS) | joined | texts() | numbers()


@st.composite
def indicators(draw: st.DrawFn) -> Indicator:
    """One row of 绩效指标; sometimes with nothing in it at all."""
    if draw(st.integers(0, 9)) == 0:
        fields = tuple(Indicator.__struct_fields__)
        return Indicator(**dict.fromkeys(fields))
    return Indicator(
        level1=draw(blank_or(st.sampled_from(LEVELS) | texts())),
        level2=draw(blank_or(st.just("数量指标") | texts())),
        name=draw(blank_or(texts())),
        target=draw(blank_or(targets())),
        actual=draw(blank_or(targets())),
        weight=draw(blank_or(numbers())),
        score=draw(blank_or(numbers())),
        deviation=draw(blank_or(texts())),
    )


@st.composite
def forms(draw: st.DrawFn, profile_id: str | None = None) -> Form:
    """One form of a shipped profile."""
    profile = load_profile(profile_id or draw(st.sampled_from(profile_ids())))
    labels = st.sampled_from([*(note.label for note in profile.notes), "原因", "填报日期", "问题"]) | texts()
    return Form(
        profile=profile.id,
        title=draw(blank_or(st.just(profile.title) | texts())),
        fiscal_year=draw(blank_or(st.integers(1900, 9999))),
        project=Project(**{name: draw(blank_or(texts())) for name in Project.__struct_fields__}),
        funds=Funds(
            unit=draw(st.sampled_from(("万元", "元"))),
            lines=tuple(draw(st.lists(fund_lines(profile), max_size=8))),
        ),
        goals=Goals(expected=draw(blank_or(texts())), actual=draw(blank_or(texts()))),
        indicators=tuple(draw(st.lists(indicators(), max_size=30))),
        level1_weights=draw(st.dictionaries(st.sampled_from(LEVELS) | texts(), numbers(), max_size=8)),
        total=Total(weight=draw(blank_or(numbers())), score=draw(blank_or(numbers()))),
        remark=draw(blank_or(texts())),
        extra=draw(st.dictionaries(labels, blank_or(texts()), max_size=6)),
    )


def documents() -> st.SearchStrategy[tuple[Form, ...]]:
    """One to four forms of any profiles."""
    return st.lists(forms(), min_size=1, max_size=4).map(tuple)
