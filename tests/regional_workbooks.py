"""Blank workbooks as finance bureaus hand them out, with everything that is none of our business around the form.

``national`` is the common form with a logo, comments, a chart and a sheet that computes from it; ``sichuan`` prints the
goals first and the target in three cells under a two-row heading; ``futian`` prints points beside level 1 and bars.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

import xlsxwriter

from perfeval_xl.package.addresses import parse_range
from tests.own_workbooks import png

FUND_LABELS: Final = ("年度资金总额", "其中：当年财政拨款", "      上年结转资金", "      其他资金")


class OfficePage:
    """A worksheet that is written by address, every cell with a border."""

    def __init__(self, name: str) -> None:
        self.buffer = io.BytesIO()
        self.book: Any = xlsxwriter.Workbook(self.buffer, {"in_memory": True})
        self.sheet = self.book.add_worksheet(name)
        self.looks: dict[tuple[tuple[str, object], ...], Any] = {}

    def look(self, **settings: object) -> Any:
        """A cell format: bordered, centred, wrapped, and what is asked for."""
        wanted = {
            "border": 1,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
            "font_name": "宋体",
        } | settings
        key = tuple(sorted(wanted.items()))
        if key not in self.looks:
            self.looks[key] = self.book.add_format(wanted)
        return self.looks[key]

    def put(self, area: str, value: str | float | None = None, **settings: object) -> None:
        """A value, a formula or nothing into a cell or a merged area."""
        place, look = parse_range(area), self.look(**settings)
        if ":" in area:
            self.sheet.merge_range(area, "" if value is None else value, look)
        if value is None:
            self.sheet.write_blank(place.top, place.left, None, look)
        elif isinstance(value, str) and value.startswith("="):
            self.sheet.write_formula(place.top, place.left, value, look, "")
        else:
            self.sheet.write(place.top, place.left, value, look)

    def row(self, row: int, columns: str, values: tuple[str | float | None, ...], **settings: object) -> None:
        """Values side by side."""
        for column, value in zip(columns, values, strict=True):
            self.put(f"{column}{row}", value, **settings)

    def data(self) -> bytes:
        """The finished workbook."""
        self.book.close()
        return self.buffer.getvalue()


def national() -> bytes:
    """Logo, comments, hidden column, print titles, chart below, validations, conditional formats, a sheet 汇总."""
    page = OfficePage("附件1")
    sheet = page.sheet
    page.put("A1:I1", "附件1", align="left", border=0)
    page.put("A2:I2", "项目支出绩效自评表", bold=True, font_size=16, border=0)
    page.put("A3:I3", "（      年度）", border=0)
    page.put("A4:B4", "项目名称")
    page.put("C4:I4")
    for row, labels in ((5, ("主管部门", "实施单位")), (6, ("项目负责人", "联系电话"))):
        page.put(f"A{row}:B{row}", labels[0])
        page.put(f"C{row}:E{row}", num_format="@")
        page.put(f"F{row}", labels[1])
        page.put(f"G{row}:I{row}", num_format="@")
    page.put("A7:A11", "项目资金\n（万元）")
    page.put("B7:C7")
    page.row(7, "DEFGHI", ("年初预\n算数", "全年预\n算数", "全年\n执行数", "分值", "执行率", "得分"))
    for row, label in enumerate(FUND_LABELS, start=8):
        page.put(f"B{row}:C{row}", label, align="left")
        page.row(row, "DEF", (None, None, None), num_format='#,##0.00_ ;[Red]"("#,##0.00")"')
        page.row(row, "GHI", (10 if row == 8 else "—", None, None if row == 8 else "—"), num_format="0.00")
    page.put("H8", '=IF(E8>0,ROUND(F8/E8,4),"")', num_format="0.00%")
    page.put("I8", '=IF(E8>0,MIN(G8,ROUND(H8*G8,2)),"")', num_format="0.00")
    page.put("A12:A13", "年度总体目标")
    page.put("B12:E12", "预期目标")
    page.put("F12:I12", "实际完成情况")
    page.put("B13:E13", align="left")
    page.put("F13:I13", align="left")
    page.put("A14:A24", "绩\n效\n指\n标")
    headings = ("一级指标", "二级指标", "三级指标", "年度\n指标值", "实际\n完成值", "分值", "得分")
    page.row(14, "BCDEFGH", headings)
    page.put("I14", "偏差原因分析及改进\n措施")
    for row in range(15, 25):
        page.row(row, "DEFI", (None,) * 4, align="left")
        page.row(row, "GH", (None, None), num_format="0.0#")
    for area, label in (("B15:B20", "产出指标"), ("B21:B23", "效益指标"), ("B24", "满意度\n指标")):
        page.put(area, label)
    for area, label in (
        ("C15:C16", "数量指标"),
        ("C17:C18", "质量指标"),
        ("C19", "时效指标"),
        ("C20", "成本指标"),
        ("C21", "经济效益\n指标"),
        ("C22", "社会效益\n指标"),
        ("C23", "可持续影响指标"),
        ("C24", "服务对象满意度指标"),
    ):
        page.put(area, label)
    page.put("A25:F25", "总分", bold=True)
    page.put("G25", "=SUM(G15:G24)+G8", num_format="0.00")
    page.put("H25", "=SUM(H15:H24)+I8", num_format="0.00")
    page.put("I25")
    page.put(
        "A26:I26", "注：1.其他资金包括社会投入资金、银行贷款等。2.定量指标按完成比例计分。", align="left", border=0
    )
    page.put("K4", '=IF(G25=100,"","分值合计不为100")', border=0)
    sheet.set_column("K:K", 12, None, {"hidden": True})
    sheet.insert_image("A1", "logo.png", {"image_data": io.BytesIO(png()), "x_scale": 20, "y_scale": 20})
    sheet.write_comment("D14", "按批复的绩效目标填写")
    sheet.write_comment("H25", "自动合计")
    sheet.data_validation("H15:H24", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100})
    sheet.data_validation("C24", {"validate": "list", "source": ["服务对象满意度指标"]})
    warn = page.book.add_format({"bg_color": "#FFC7CE"})
    sheet.conditional_format("H15:H24", {"type": "formula", "criteria": "=$H15>$G15", "format": warn})
    sheet.repeat_rows(13)
    sheet.print_area("A1:I26")
    sheet.set_h_pagebreaks([13, 26])
    sheet.autofilter("B14:I24")
    page.book.define_name("得分合计", "=附件1!$H$25")
    page.book.define_name("各项得分", "=附件1!$H$15:$H$24")
    ledger = page.book.add_worksheet("汇总")
    for row, formula in enumerate(("=附件1!H25", "=SUM(附件1!H15:H24)", "=得分合计", "=附件1!C4")):
        ledger.write_formula(row, 0, formula, None, 0)
    chart = page.book.add_chart({"type": "column"})
    chart.add_series({"categories": "=附件1!$D$15:$D$24", "values": "=附件1!$H$15:$H$24"})
    sheet.insert_chart("B29", chart)
    page.book.add_worksheet("填报说明").write("A1", "请各单位认真填写，不得改动表样。")
    return page.data()


def sichuan() -> bytes:
    """Title and year in one cell, code and name in one cell, goals first, target in three cells, conclusions below."""
    page = OfficePage("自评表")
    page.put("A1:J1", "部门预算项目支出绩效自评表（2024年度）", bold=True, border=0)
    page.put("A2:B2", "项目名称")
    page.put("C2:J2", "510000000000000000000-示例项目", align="left")
    page.put("A3:B3", "主管部门")
    page.put("C3:E3")
    page.put("F3:G3", "实施单位")
    page.put("H3:J3")
    page.put("A4:A5", "项目年度目标完成情况")
    page.put("B4:F4", "项目年度目标")
    page.put("G4:J4", "年度目标完成情况")
    page.put("B5:F5")
    page.put("G5:J5")
    page.put("A6:A11", "预算执行情况（10分）\n（万元）")
    page.put("B6:C6", "资金来源")
    page.row(6, "DEFGH", ("年初预算", "调整后预算数", "预算执行数", "预算执行率", "权重"))
    page.put("I6", "得分")
    page.put("J6", "原因")
    for row, label in enumerate(("总额", "其中：财政资金", "财政专户管理资金", "单位资金", "其他资金"), start=7):
        page.put(f"B{row}:C{row}", label)
        page.row(row, "DEFG", (None,) * 4, num_format="0.00")
        page.row(row, "HIJ", (10, None, None) if row == 7 else ("/", "/", None))
    page.put("G7", '=IF(E7=0,"",ROUND(F7/E7,4))', num_format="0.00%")
    page.put("A12:A18", "绩效指标（90分）")
    for area, label in (("B12:B13", "一级指标"), ("C12:C13", "二级指标"), ("D12:D13", "三级指标")):
        page.put(area, label)
    page.put("E12:G12", "年度指标值")
    page.row(13, "EFG", ("指标性质", "指标值", "度量单位"))
    for area, label in (("H12:H13", "完成值"), ("I12:I13", "权重"), ("J12:J13", "得分"), ("K12:K13", "未完成原因分析")):
        page.put(area, label)
    for row in range(14, 19):
        page.row(row, "DEFGHIJK", (None,) * 8)
    page.put("B14:B16", "产出指标")
    page.row(14, "C", ("数量指标",))
    page.row(15, "C", ("质量指标",))
    page.row(16, "C", ("时效指标",))
    page.put("B17", "效益指标")
    page.put("C17", "社会效益指标")
    page.put("B18", "满意度指标")
    page.put("C18", "服务对象满意度指标")
    page.put("A19:H19", "合计")
    page.put("I19", "=SUM(I14:I18)+H7")
    page.put("J19", "=SUM(J14:J18)+I7")
    page.put("K19")
    for row, label in ((20, "评价结论"), (21, "存在问题"), (22, "改进措施")):
        page.put(f"A{row}", label)
        page.put(f"B{row}:K{row}", align="left")
    page.sheet.data_validation("E14:E18", {"validate": "list", "source": ["≥", "≤", "=", "定性"]})
    page.sheet.write_comment("K12", "低于 90% 时必填")
    page.sheet.freeze_panes(13, 3)
    return page.data()


def futian() -> bytes:
    """元, 项目编码, bars over the sections, points beside level 1, a rate headed (%), a remark below."""
    page = OfficePage("项目支出绩效自评表")
    page.put("A1:I1", "项目支出绩效自评表", bold=True, font_size=18, border=0)
    for area, value in (("A2", "项目编码"), ("B2:C2", None), ("D2", "项目名称"), ("E2:G2", None)):
        page.put(area, value, num_format="@")
    page.put("H2", "绩效自评年度")
    page.put("I2")
    for area, value in (("A3", "实施单位"), ("B3:E3", None), ("F3", "一级预算单位"), ("G3:I3", None)):
        page.put(area, value)
    page.put("A4:I4", "资金使用情况", bold=True, bg_color="#D9D9D9")
    page.put("A5:B9", "项目资金\n（元）")
    page.row(5, "CDEFGHI", (None, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）", "得分"))
    for row, label in enumerate(("年度资金总额", "其中：当年财政拨款", "上年结转资金", "其他资金"), start=6):
        page.put(f"C{row}", label)
        page.row(row, "DEF", (None,) * 3, num_format="#,##0.00", bg_color="#D9D9D9")
        page.row(row, "GHI", (10, None, None) if row == 6 else ("—", "—", "—"))
    page.put("H6", '=IF(E6=0,"",ROUND(F6/E6*100,2))')
    page.put("A10:I10", "项目目标完成情况", bold=True, bg_color="#D9D9D9")
    page.put("A11:E11", "预期目标")
    page.put("F11:I11", "*实际完成情况")
    page.put("A12:E12")
    page.put("F12:I12")
    page.put("A13:I13", "年度绩效指标", bold=True, bg_color="#D9D9D9")
    headings = (
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "*实际完成值",
        "*分值",
        "*得分",
        "偏差原因分析及改进措施",
    )
    page.row(14, "ABCDEFG", headings[:7])
    page.put("H14:I14", headings[7])
    for row in range(15, 20):
        page.row(row, "CD", (None, None), bg_color="#D9D9D9")
        page.row(row, "EFG", (None,) * 3)
        page.put(f"H{row}:I{row}")
    page.put("A15:A17", "产出指标(50分)")
    page.put("A18", "效益指标(30分)")
    page.put("A19", "满意度指标(10分)")
    for row, label in enumerate(("数量指标", "质量指标", "时效指标", "社会效益指标", "服务对象满意度指标"), start=15):
        page.put(f"B{row}", label)
    page.put("A20:E20", "总分")
    page.put("F20", "=SUM(F15:F19)+G6")
    page.put("G20", "=SUM(G15:G19)+I6")
    page.put("H20:I20")
    page.put("A21", "备注")
    page.put("B21:I21", align="left")
    bars = {"type": "data_bar"}
    page.sheet.conditional_format("G15:G19", bars)
    return page.data()


WORKBOOKS: Final[dict[str, Callable[[], bytes]]] = {"national": national, "sichuan": sichuan, "futian": futian}
