"""Which profile a form is read with when it does not say so itself, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from perfeval_xl.layout import Layout
from perfeval_xl.layout.labels import layouts_by_labels
from perfeval_xl.layout.own_template import layout_by_names
from perfeval_xl.messages import in_language
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.template.drawing import blank

#: Marks a national form can take on, by name: cells that differ from it.
PLAIN = {
    "title": "项目支出绩效自评表",
    "department": "甲局",
    "unit": "项目资金（万元）",
    "initial": "10",
    "budget": "8",
    "executed": "6",
    "rate": "75%",
    "weights": "100",
    "level1": "产出指标",
    "level2": "数量指标",
    "code": "",
    "department_label": "主管部门",
}


def form(**marks: str) -> Layout:
    """The layout of a small form in which ``marks`` differ from the national one."""
    m: Mapping[str, str] = {**PLAIN, **marks}
    rows = (
        (m["title"],),
        ("项目名称", "某项目", *(("项目编码", m["code"]) if m["code"] else ())),
        (m["department_label"], m["department"], "实施单位", "乙中心"),
        (m["unit"], None, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
        (None, "年度资金总额", m["initial"], m["budget"], m["executed"], "10", m["rate"], "7.5"),
        ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
        (m["level1"], m["level2"], "指标甲", "5", "5", "90", "90"),
        ("总分", None, None, None, None, m["weights"], "97.5"),
    )
    (layout,) = layouts_by_labels(Sheet("form.xlsx", "Sheet1", rows, addressing="A1"))
    return layout


@pytest.mark.parametrize(
    ("marks", "profile"),
    [
        ({}, "mof"),
        ({"department": "湖北省某市甲局"}, "mof"),
        # Title.
        ({"title": "财政项目支出绩效自评表", "rate": ""}, "shanghai-baoshan"),
        ({"title": "财政项目支出绩效自评表", "department": "上海市宝山区甲会"}, "shanghai-baoshan"),
        ({"title": "财政项目支出绩效自评表", "rate": "60%"}, "shanghai-baoshan"),
        # The printed rate is of another base than that region's: another region under the same title.
        ({"title": "财政项目支出绩效自评表", "department": "某市甲局"}, "mof"),
        # Level 1.
        ({"level1": "成本指标", "level2": "经济成本指标"}, "beijing-fengtai-hrss"),
        ({"level1": "成本指标", "level2": "经济成本指标", "department": "北京市丰台区甲局"}, "beijing-fengtai-hrss"),
        ({"level1": "成本指标", "level2": "经济成本指标", "department": "湖北省甲局"}, "mof"),
        # The total without execution, and the place.
        ({"weights": "90"}, "beijing-fengtai-union"),
        ({"weights": "90", "department": "北京市丰台区甲会"}, "beijing-fengtai-union"),
        ({"weights": "90", "department": "湖北省甲会"}, "mof"),
        ({"weights": "100", "department": "北京市丰台区甲会"}, "mof"),
        # The unit alone is a strong mark, but a place elsewhere takes it back.
        ({"unit": "项目资金（元）", "department_label": "一级预算单位", "level1": "产出指标(50分)"}, "shenzhen-futian"),
        ({"unit": "项目资金（元）", "department": "湖北省甲局"}, "mof"),
        ({"unit": "项目资金（元）", "weights": "90"}, "mof"),
    ],
)
def test_the_profile_fits_the_marks_in_print(marks: dict[str, str], profile: str) -> None:
    layout = form(**marks)

    assert (layout.profile.id, bool(layout.reasons)) == (profile, True)


def test_reasons_are_told_in_both_languages() -> None:
    with in_language("zh"):
        assert form(title="财政项目支出绩效自评表", rate="").reasons[0] == "标题为“财政项目支出绩效自评表”"
    with in_language("en"):
        assert form(title="财政项目支出绩效自评表", rate="").reasons[0] == "the title is “财政项目支出绩效自评表”"
        assert "mof" in form().reasons[0]


def test_a_profile_that_is_given_is_used_whatever_the_form_looks_like() -> None:
    sheet = open_bytes(blank(load_profile("sichuan")), "form.xlsx")[0]
    bare = replace(sheet, names={}, properties={})

    (layout,) = layouts_by_labels(bare, load_profile("mof"))

    assert (layout.profile.id, layout.reasons) == ("mof", ())


@pytest.mark.parametrize("profile_id", profile_ids())
def test_our_own_template_without_its_names_is_read_by_its_labels(profile_id: str) -> None:
    sheet = open_bytes(blank(load_profile(profile_id), year=2024), "form.xlsx")[0]
    named = layout_by_names(sheet)

    (layout,) = layouts_by_labels(replace(sheet, names={}, properties={}))

    # A blank form of the union is the national one in print; its total is what tells it.
    assert layout.profile.id == ("mof" if profile_id == "beijing-fengtai-union" else profile_id)
    assert {path: cell for path, cell in layout.fields.items() if path != "remark"} == {
        path: cell for path, cell in named.fields.items() if path != "remark"
    }
    assert [without_key(row) for row in layout.indicator_rows] == [without_key(row) for row in named.indicator_rows]
    assert [without_key(row) for row in layout.fund_rows] == [without_key(row) for row in named.fund_rows]
    assert [(e.label, e.cell) for e in layout.extra] == [(e.label, e.cell) for e in named.extra]


def without_key(row: Mapping[str, object]) -> dict[str, object]:
    return {column: cell for column, cell in row.items() if column != "key"}
