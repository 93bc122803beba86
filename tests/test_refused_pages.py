"""Two hundred pages that are not the form are refused: other tables, sister forms, prose, nothing at all.

They use the form's own words on purpose: 项目名称, 预算数, 执行率, 绩效指标, 得分. Each is made from its number alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

import pytest

from perfeval_xl.errors import NotAForm, PerfevalError
from perfeval_xl.files import read_bytes
from tests.made_forms import NATIONAL, made_form
from tests.written_forms import STYLES, Page, Style, as_docx, as_html, as_xls, as_xlsx, printed

Maker = Callable[[random.Random], Page]
UNITS: Final = ("信息中心", "老干部局", "图书馆", "疾控中心", "园林所", "档案馆")
WORKS: Final = ("设备购置", "系统运维", "培训", "房屋修缮", "专项补助", "宣传活动")
LEVELS: Final = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("效益指标", "社会效益指标"),
    ("满意度指标", "满意度指标"),
)

#: Title and headings of tables that share words with the form.
TABLES: Final[Sequence[tuple[str, tuple[str, ...]]]] = (
    ("预算执行情况表", ("序号", "项目名称", "年初预算数", "全年预算数", "全年执行数", "执行率", "备注")),
    ("项目支出预算明细表", ("项目名称", "主管部门", "实施单位", "预算数", "上年结转资金", "其他资金")),
    ("绩效自评结果汇总表", ("序号", "项目名称", "主管部门", "全年预算数", "全年执行数", "自评得分", "等级")),
    ("政府采购计划表", ("采购项目", "采购方式", "预算金额", "联系人", "联系电话")),
    ("专家评分表", ("指标", "分值", "得分", "扣分原因")),
    ("绩效评价指标体系", ("一级指标", "二级指标", "三级指标", "分值", "指标解释", "评分标准", "得分")),
    ("人员考核表", ("姓名", "岗位", "一级指标", "权重", "得分", "备注")),
    ("固定资产清单", ("资产编号", "名称", "数量指标", "金额", "使用单位")),
    ("满意度调查统计表", ("调查对象", "满意", "基本满意", "不满意", "满意度指标")),
    ("项目进度表", ("项目名称", "项目负责人", "计划完成", "实际完成情况", "偏差原因")),
    ("资金支付台账", ("日期", "摘要", "预算数", "执行数", "余额")),
    ("会议议程", ("时间", "内容", "主持人", "联系电话")),
)
SENTENCES: Final = (
    "根据财政部门的要求，单位组织开展了项目支出绩效自评工作。",
    "年度资金总额、全年预算数和全年执行数见附表。",
    "产出指标包括数量指标、质量指标、时效指标和成本指标。",
    "预期目标已经实现，实际完成情况较好，自评得分较高。",
    "分值合计一百分，其中预算执行率十分。",
    "偏差原因分析及改进措施：加强采购管理。",
    "一级指标、二级指标、三级指标由主管部门统一设定。",
    "项目名称、主管部门、实施单位等信息由系统带出。",
)


def _cell(chance: random.Random, heading: str) -> str:
    if heading in ("项目名称", "采购项目", "名称", "摘要", "内容"):
        return chance.choice(WORKS)
    if heading in ("主管部门", "实施单位", "使用单位", "调查对象"):
        return chance.choice(UNITS)
    return chance.choice((str(chance.randint(1, 100)), f"{chance.randint(1, 99)}%", "—", f"{chance.randint(1, 9)}.5"))


def other_table(chance: random.Random) -> Page:
    """A table of something else, with or without its title."""
    title, headings = chance.choice(TABLES)
    page, row = Page(), chance.randint(0, 3)
    if chance.random() < 0.7:
        page.put(row, 0, f"{chance.randint(2019, 2025)}年{title}", across=len(headings))
        row += 1
    for column, heading in enumerate(headings):
        page.put(row, column, heading)
    for number in range(1, chance.randint(3, 12)):
        for column, heading in enumerate(headings):
            page.put(row + number, column, str(number) if heading == "序号" else _cell(chance, heading))
    return page


def nothing(chance: random.Random) -> Page:
    """An empty page, or a title over nothing."""
    page = Page()
    page.put(0, 0, chance.choice(("", " ", "　", "附件", "项目支出绩效自评表", "（2024年度）", "单位：万元")))
    return page


def prose(chance: random.Random) -> Page:
    """A report about the form."""
    page = Page()
    if chance.random() < 0.5:
        page.put(0, 0, f"{chance.choice(UNITS)}项目支出绩效自评报告")
    for row in range(1, chance.randint(3, 15)):
        page.put(row, 0, "".join(chance.sample(SENTENCES, chance.randint(1, 3))))
    return page


def whole_department(chance: random.Random) -> Page:
    """部门整体支出绩效自评表, laid out like the form itself."""
    form = made_form("mof", NATIONAL, number=chance.randint(1, 9))
    page = printed([form], _style(chance))
    title = chance.choice(("部门整体支出绩效自评表", "部门（单位）整体支出绩效自评表", "整体支出绩效自评表"))
    names = {"项目名称": "部门名称", "公共服务": "某部门"}
    for cell, value in page.cells.items():
        if isinstance(value, str):
            text = value.replace("项目支出绩效自评表", title)
            page.cells[cell] = names.get("".join(text.split()), text)
    return page


def declared_goals(chance: random.Random) -> Page:
    """项目支出绩效目标申报表: the same identity and indicators, nothing done yet and no score."""
    page, row = Page(), 0
    title = chance.choice(("项目支出绩效目标申报表", "项目绩效目标表", "绩效目标申报表"))
    page.put(row, 0, title, across=5)
    page.put(1, 0, "项目名称")
    page.put(1, 1, chance.choice(WORKS), across=4)
    page.put(2, 0, "主管部门")
    page.put(2, 1, chance.choice(UNITS))
    page.put(2, 2, "实施单位")
    page.put(2, 3, chance.choice(UNITS), across=2)
    page.put(3, 0, "年度资金总额")
    page.put(3, 1, str(chance.randint(1, 900)), across=4)
    page.put(4, 0, "年度总体目标")
    page.put(4, 1, chance.choice(SENTENCES), across=4)
    for column, heading in enumerate(("绩效指标", "一级指标", "二级指标", "三级指标", "指标值")):
        page.put(5, column, heading)
    for number, (level1, level2) in enumerate(LEVELS[: chance.randint(2, 4)], start=6):
        for column, value in enumerate((level1, level2, f"第{number}项", f"≥{chance.randint(1, 99)}"), start=1):
            page.put(number, column, value)
    return page


def monitoring(chance: random.Random) -> Page:
    """项目支出绩效运行监控表: half a year's execution beside the targets."""
    form = made_form("mof", NATIONAL, number=chance.randint(1, 9))
    page = printed([form], _style(chance))
    changes = {
        "项目支出绩效自评表": chance.choice(("项目支出绩效运行监控表", "绩效监控表")),
        "实际完成值": "1-7月执行情况",
        "得分": "全年预计完成情况",
    }
    for cell, value in page.cells.items():
        if isinstance(value, str):
            for old, new in changes.items():
                value = value.replace(old, new)
            page.cells[cell] = value
    return page


def _style(chance: random.Random) -> Style:
    return STYLES[chance.choice(("national", "shifted", "extra titles", "text numbers", "other order"))]


KINDS: Final[dict[str, tuple[Maker, int]]] = {
    "other table": (other_table, 72),
    "nothing": (nothing, 14),
    "prose": (prose, 34),
    "whole department": (whole_department, 30),
    "declared goals": (declared_goals, 30),
    "monitoring": (monitoring, 20),
}
PAGES: Final = [(kind, number) for kind, (_, count) in KINDS.items() for number in range(count)]


def as_text(page: Page) -> bytes:
    """A table of tabs, as copied from a page."""
    rows = [[page.cells.get((row, column)) for column in range(page.right + 1)] for row in range(page.bottom + 1)]  # type: ignore[call-overload]
    return "\n".join("\t".join(str(value or "").replace("\n", "") for value in row) for row in rows).encode()


WRITERS: Final = {"xlsx": as_xlsx, "docx": as_docx, "html": as_html, "txt": as_text, "xls": as_xls}


def test_there_are_two_hundred() -> None:
    assert len(PAGES) == 200


@pytest.mark.parametrize(("kind", "number"), PAGES)
def test_a_page_that_is_not_the_form_is_refused(kind: str, number: int) -> None:
    maker, _ = KINDS[kind]
    page = maker(random.Random(f"{kind} {number}"))
    suffix = list(WRITERS)[number % len(WRITERS)]
    with pytest.raises(PerfevalError) as refused:
        read_bytes(WRITERS[suffix](page), f"page.{suffix}")
    if kind != "nothing":
        assert isinstance(refused.value, NotAForm)
    if kind in ("whole department", "monitoring"):
        assert refused.value.key == "sister-form", "it is refused by name"


def test_the_same_page_with_the_form_on_it_is_read() -> None:
    """So that the refusals above say something: the form itself is read from the same writers."""
    form = made_form("mof", NATIONAL)
    for suffix, writer in WRITERS.items():
        found = read_bytes(writer(printed([form], STYLES["text numbers"])), f"form.{suffix}")
        assert [reading.form.project.name for reading in found] == [form.project.name]
