"""Forms whose cells were glued together: cut where only one cut is possible, left unread elsewhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.layout import Layout
from perfeval_xl.layout.labels import layouts_by_labels
from perfeval_xl.sources.glued import cut_numbers, unglued
from perfeval_xl.sources.sheet import Sheet
from tests.layout_cases import FOLDER, load_case

LINES = """公路建设补助资金绩效目标自评
(2021年度)
转移支付(项目)名称公路建设补助资金
中央主管部门某部
地方主管部门某市交通局资金使用单位某县交通局
项目资金
(万元)

全年预算数(A)全年执行数(B)预算执行率(B/A)
年度资金总额:4000300075%
其中:中央补助40004000100%
地方资金

总体目标完成情况总体目标全年实际完成情况
建设公路三十公里。已建设三十公里。
绩效指标一级
指标
二级指标三级指标指标值全年实际完成值未完成原因和改进措施

数量指标公路32.1公里2020

质量指标符合验收要求2020

成本指标

……

经济效益
指标
促进作用1010

满意度指标服务对象
满意度指标
群众满意度2020

说明
注:1.资金使用单位按项目填报。"""

PARAGRAPH = (
    "附件3某专项资金绩效目标自评表项目类别:项目名称:承担单位:(盖章)(2021年度)转移支付(项目)名称某专项资金地方主管部门省某厅"
    "实施单位项目资金(万元)全年预算数(A)全年执行数(B)预算执行率(B/A)年度资金总额:其中:中央补助地方资金其他资金年度总体目标"
    "年初设定目标全年实际完成情况绩效指标一级指标二级指标三级指标年度指标值全年完成值未完成原因和改进措施产出指标数量指标支持甲类数量支持乙类数量"
)


def glued(text: str) -> Sheet:
    return Sheet("form.txt", "form", tuple((line or None,) for line in text.split("\n")), addressing="table")


def read(text: str) -> tuple[Sheet, Layout]:
    sheet = unglued(glued(text))
    (layout,) = layouts_by_labels(sheet)
    return sheet, layout


def texts(sheet: Sheet, layout: Layout) -> dict[str, object]:
    return {path: sheet[cell] for path, cell in layout.places() if sheet[cell] is not None}


def test_labels_cut_identity_funds_and_levels() -> None:
    found = texts(*read(LINES))

    assert found == {
        "title": "公路建设补助资金绩效目标自评",
        "fiscal_year": "(2021年度)",
        "project.name": "公路建设补助资金",
        "project.department": "某市交通局",
        "project.implementing_unit": "某县交通局",
        "funds.unit": "项目资金(万元)",
        "funds.lines[0].label": "年度资金总额",
        "funds.lines[0].full_year_budget": "4000",
        "funds.lines[0].executed": "3000",
        "funds.lines[0].execution_rate": "75%",
        "funds.lines[1].label": "其中:中央补助",
        "funds.lines[1].full_year_budget": "4000",
        "funds.lines[1].executed": "4000",
        "funds.lines[1].execution_rate": "100%",
        "funds.lines[2].label": "地方资金",
        "indicators[0].level2": "数量指标",
        "indicators[1].level2": "质量指标",
        "indicators[1].name": "符合验收要求",
        "indicators[2].level2": "成本指标",
        "indicators[3].level2": "经济效益指标",
        "indicators[3].name": "促进作用",
        "indicators[4].level1": "满意度指标",
        "indicators[4].level2": "服务对象满意度指标",
        "indicators[4].name": "群众满意度",
        "extra.中央主管部门": "某部",
    }


def test_what_two_cuts_fit_is_left_unread_and_listed() -> None:
    sheet, layout = read(LINES)

    assert {(doubt.field, sheet[doubt.cell]) for doubt in layout.ambiguous} == {
        ("goals", "建设公路三十公里。已建设三十公里。"),
        ("indicators[0]", "公路32.1公里2020"),
        ("indicators[1]", "2020"),
        ("indicators[3]", "1010"),
        ("indicators[4]", "2020"),
    }


def test_a_cell_is_told_by_the_line_it_stands_in() -> None:
    sheet, layout = read(LINES)

    assert sheet.places[layout.fields["project.department"].row].row == 5
    assert sheet.places[layout.indicator_rows[3]["name"].row].row == 28


def test_a_blank_form_in_one_paragraph_comes_out_blank() -> None:
    sheet, layout = read(PARAGRAPH)

    assert texts(sheet, layout) == {
        "title": "某专项资金绩效目标自评表",
        "fiscal_year": "(2021年度)",
        "project.department": "省某厅",
        "funds.unit": "项目资金(万元)",
        "funds.lines[0].label": "年度资金总额",
        "funds.lines[1].label": "其中:中央补助",
        "funds.lines[2].label": "地方资金",
        "funds.lines[3].label": "其他资金",
        "indicators[0].level1": "产出指标",
        "indicators[0].level2": "数量指标",
        "extra.转移支付(项目)名称": "某专项资金",
    }
    assert [sheet[doubt.cell] for doubt in layout.ambiguous] == ["支持甲类数量支持乙类数量"]


@pytest.mark.parametrize(
    ("digits", "parts"),
    [
        ("40004000100%", ["4000", "4000", "100%"]),
        ("3.363.36100.00%", ["3.36", "3.36", "100.00%"]),
        ("4000300075%", ["4000", "3000", "75%"]),
        ("350000.00345202.0098.63%", ["350000.00", "345202.00", "98.63%"]),
        # The only cut that fits, but nobody writes one amount with and one without decimals.
        ("350000345202.0098.63%", None),
        # 2 of 9 is 22%, and 2 of 92 is 2%.
        ("9222%", None),
        ("1015150%", None),
        ("40004000", None),
        ("40004000100", None),
        ("000%", None),
        ("", None),
        ("4000300080%", None),
    ],
)
def test_glued_numbers_are_cut_only_when_the_rate_proves_one_cut(digits: str, parts: list[str] | None) -> None:
    assert cut_numbers(digits) == parts


@given(st.decimals(1, 99999, places=2), st.decimals(1, 99999, places=2))
def test_a_cut_never_contradicts_the_numbers_it_was_made_of(budget: Decimal, executed: Decimal) -> None:
    rate = (executed / budget * 100).quantize(Decimal("0.01"))

    found = cut_numbers(f"{budget}{executed}{rate}%")

    assert found in (None, [str(budget), str(executed), f"{rate}%"])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*_*.txt")), ids=lambda path: path.stem)
def test_a_proper_grid_stays_as_it_is(path: Path) -> None:
    sheet = load_case(path).sheet

    assert unglued(sheet) is sheet


@pytest.mark.parametrize("text", ["", "没有表格的文字", "一级指标、二级指标、三级指标设置合理", LINES + "\n" + LINES])
def test_prose_and_two_forms_in_one_text_are_not_cut(text: str) -> None:
    sheet = glued(text)

    assert unglued(sheet) is sheet
    assert layouts_by_labels(sheet) == []


def test_several_forms_inside_one_glued_text_are_several_forms() -> None:
    import perfeval_xl as pe

    one = (
        "项目支出绩效自评表（2024年度）项目名称 {} 主管部门 某局 实施单位 某中心 项目资金（万元） "
        "年初预算数 全年预算数 全年执行数 "
        "分值 执行率 得分 年度资金总额 4 4 4 10 100% 10 一级指标 二级指标 三级指标 年度指标值 "
        "实际完成值 分值 得分 产出指标 "
        "数量指标 座数 1 1 90 90 总分 100 100 "
    )
    book = pe.open("".join(one.format(name) for name in ("甲项目", "乙项目")).encode(), name="form.txt")
    assert [form.project.name for form in book.forms] == ["甲项目", "乙项目"]
    assert all(reading.notes for reading in book.readings), "what cannot be cut is told of each"
