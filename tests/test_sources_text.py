"""Texts as grids: tables printed with tabs, with pipes, one cell per line, as HTML, as CSV; in any encoding."""

from __future__ import annotations

import codecs

import pytest

from perfeval_xl.errors import Unreadable
from perfeval_xl.messages import in_language
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet, Value

Rows = list[list[Value]]


def grid(text: str, name: str = "form.txt") -> Sheet:
    """The one grid of a text."""
    (sheet,) = open_bytes(text.encode(), name)
    return sheet


def rows(text: str, name: str = "form.txt") -> Rows:
    """Its rows without the gaps between them."""
    return [list(row) for row in grid(text, name).rows if any(row)]


# --- tabs -----------------------------------------------------------------------------------------------------


def test_a_table_of_tabs_keeps_its_columns_and_its_trailing_cells() -> None:
    text = "\n\n# 项目支出绩效自评表\n\n(2024年度)\n\n"
    text += "项目名称\t\t路灯维护\t\t\n\t产出指标\t数量指标\t≥95%\t\n总分\t\t\t90\t\n"
    assert rows(text) == [
        ["项目支出绩效自评表"],
        ["(2024年度)"],
        ["项目名称", None, "路灯维护", None, None],
        [None, "产出指标", "数量指标", "≥95%", None],
        ["总分", None, None, "90", None],
    ]


def test_one_gap_between_blocks_is_enough() -> None:
    assert [len(row) for row in grid("甲\t乙\n\n\n\n丙\t丁\n\n").rows] == [2, 0, 2]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<b>资金使用情况</b>", "资金使用情况"),
        ("<p>第一段。</p> <p>第二段。</p>", "第一段。\n第二段。"),
        ("第一行<br/>第二行", "第一行\n第二行"),
        ("<35万元", "<35万元"),
        ("< 2 小时", "< 2 小时"),
        ("<10", "<10"),
        ("5<b 且 b>3", "5<b 且 b>3"),
        ("&lt;35万元&nbsp;", "<35万元"),
        ("A&B;C", "A&B;C"),
        ("* 实际完成值", "* 实际完成值"),
        ("\u3000 其他资金\ufeff", "其他资金"),
        ("#1 楼", "#1 楼"),
    ],
)
def test_markup_in_a_cell_is_not_text_and_comparison_signs_are(cell: str, expected: str) -> None:
    assert rows(f"项目名称\t{cell}\t尾") == [["项目名称", expected, "尾"]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("## 项目支出绩效自评表", "项目支出绩效自评表"),
        ("### 资金使用情况 ###", "资金使用情况"),
        ("**备注：**", "备注："),
        ("**备注**：无", "备注：无"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
    ],
)
def test_lines_outside_tables_lose_the_marks_of_markdown(line: str, expected: str) -> None:
    assert rows(f"{line}\n\n甲\t乙\n")[0] == [expected]
    assert rows(line) == [[expected]]


def test_a_quoted_cell_goes_over_lines_as_pasted_from_a_spreadsheet() -> None:
    text = '项目资金\t"年初预\n算数"\t"他说""好"""\t10\n'
    assert rows(text) == [["项目资金", "年初预\n算数", '他说"好"', "10"]]


def test_a_quote_that_never_closes_is_a_character() -> None:
    assert rows('项目名称\t"路灯\n主管部门\t甲局\n') == [["项目名称", '"路灯'], ["主管部门", "甲局"]]


HEADER = "绩效指标\t一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\n"
FULL = "\t产出指标\t数量指标\t维护路灯\t≥100盏\t120盏\t20\t20\n"


@pytest.mark.parametrize(
    "broken",
    [
        "\t产出指标\t质量指标\t按规范维护的路灯所占\n的比例\t≥95%\t96%\t20\t20\n",
        "\t产出指标\t质量指标\t按规范维护的路灯\n所占\n的比例\t≥95%\t96%\t20\t20\n",
    ],
)
def test_a_row_broken_inside_a_cell_is_put_together(broken: str) -> None:
    found = rows(HEADER + FULL + broken + FULL)
    assert [len(row) for row in found] == [8, 8, 8, 8]
    assert "".join(str(found[2][3]).split()) in ("按规范维护的路灯所占的比例",)
    assert found[2][4:] == ["≥95%", "96%", "20", "20"]


def test_short_rows_that_are_whole_are_left_alone() -> None:
    text = "项目名称\t路灯维护\n主管部门\t甲局\t实施单位\t乙所\n" + HEADER + FULL + "总分\t90\n备注：无\n"
    assert [len(row) for row in rows(text)] == [2, 4, 8, 8, 2, 1]


def test_two_short_rows_that_happen_to_add_up_at_the_end_are_left_alone() -> None:
    text = HEADER + FULL + "总分\t100\t90\n备注\t一\t二\t三\t四\t五\n"
    assert [len(row) for row in rows(text)] == [8, 8, 3, 6]


# --- one cell per line ----------------------------------------------------------------------------------------

CELL_PER_LINE = """\
                项目支出绩效自评表

                         （2024年度）
\t项目名称
\t路灯维护

\t主管部门
\t甲局
\t实施单位
\t乙所

\t项目资金
（万元）
\t
\t年初预
算数
\t分值

\t
\t      上年结转资金
\t
\t—

\t绩
效
\t一级指标
\t二级指标
\t三级指标
\t年度

指标值
\t实际
\t分值
\t得分

\t
\t效益指标
\t社会效益

指标
\t提高夜间出行的
安全感

\t≥90%
\t91%
\t20
\t20

\t总分
\t90
\t88


项目支出绩效自评表

                         （2023年度）
\t项目名称
\t桥梁检测
"""


def test_one_cell_per_line_becomes_the_rows_a_person_sees() -> None:
    assert rows(CELL_PER_LINE) == [
        ["项目支出绩效自评表"],
        ["（2024年度）"],
        ["项目名称", "路灯维护"],
        ["主管部门", "甲局", "实施单位", "乙所"],
        ["项目资金\n（万元）", None, "年初预\n算数", "分值"],
        [None, "上年结转资金", None, "—"],
        ["绩\n效", "一级指标", "二级指标", "三级指标", "年度\n指标值", "实际", "分值", "得分"],
        [None, "效益指标", "社会效益\n指标", "提高夜间出行的\n安全感", "≥90%", "91%", "20", "20"],
        ["总分", "90", "88"],
        ["项目支出绩效自评表"],
        ["（2023年度）"],
        ["项目名称", "桥梁检测"],
    ]


def test_a_row_of_one_cell_per_line_is_told_by_the_line_it_begins_on() -> None:
    sheet = grid(CELL_PER_LINE)
    row = next(i for i, cells in enumerate(sheet.rows) if cells[:1] == ("主管部门",))
    assert sheet.address((row, 1)) == "L7C2"
    with in_language("zh"):
        assert sheet.told((row, 1)) == "第 7 行第 2 格"
    with in_language("en"):
        assert sheet.told((row, 1)) == "line 7, cell 2"


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n \n"])
def test_a_title_behind_a_table_is_no_part_of_its_last_cell(gap: str) -> None:
    text = "".join(f"\t{cell}\n" for cell in ("总分", "100", "90", "甲", "乙", "丙", "丁", "88"))
    assert rows(f"{text}{gap}项目自评表\n\t项目名称\n\t甲\n")[1:] == [["项目自评表"], ["项目名称", "甲"]]


# --- pipes, glued lines, HTML ---------------------------------------------------------------------------------


def test_a_table_of_pipes_with_and_without_outer_pipes() -> None:
    text = "# 自评表\n\n| 项目名称 | 路灯 \\| 维护 |\n|:---|---:|\n| **主管部门** | 甲局<br>乙处 |\n\n"
    text += "合计 | 100 | |||\n单位 | 甲\n"
    assert rows(text, "form.md") == [
        ["自评表"],
        ["项目名称", "路灯 | 维护", None],
        ["主管部门", "甲局\n乙处", None],
        ["合计", "100", None, None, None, None],
        ["单位", "甲"],
    ]


def test_a_pipe_in_a_sentence_makes_no_table() -> None:
    assert rows("项目名称：甲|乙\n\n说明\n") == [["项目名称：甲|乙"], ["说明"]]


def test_cells_glued_together_stay_one_line_each() -> None:
    text = "主管部门甲局\n年度资金总额:400400100%\n\n\n数量指标维护路灯120盏2020\n"
    assert rows(text) == [["主管部门甲局"], ["年度资金总额:400400100%"], ["数量指标维护路灯120盏2020"]]


def test_html_tables_inside_a_text() -> None:
    text = "## 自评表\n\n<table><tr><td rowspan=2>产出指标</td><td>数量指标</td></tr>"
    text += "<tr><td>质量指标</td></tr></table>\n\n备注：无"
    sheet = grid(text, "form.md")
    assert [list(row) for row in sheet.rows if any(row)] == [
        ["自评表"],
        ["产出指标", "数量指标"],
        [None, "质量指标"],
        ["备注：无"],
    ]
    table = next(i for i, row in enumerate(sheet.rows) if row[:1] == ("产出指标",))
    assert [(m.top - table, m.left, m.bottom - table, m.right) for m in sheet.merges] == [(0, 0, 1, 0)]
    assert sheet.address((table + 1, 1)) == "T1R2C2"


# --- CSV and TSV ----------------------------------------------------------------------------------------------


CSV = [
    pytest.param('项目名称,"甲,乙"\n金额,"1,195.22"\n', [["项目名称", "甲,乙"], ["金额", "1,195.22"]], id="commas"),
    pytest.param(
        "项目名称;甲,乙\n金额;1,5\n年;2024\n", [["项目名称", "甲,乙"], ["金额", "1,5"], ["年", "2024"]], id="semicolons"
    ),
    pytest.param("a\tb,c\nd\te,f,g\n", [["a", "b,c"], ["d", "e,f,g"]], id="tabs"),
    pytest.param('甲,"第一行\n第二行"\n乙,丙\n', [["甲", "第一行\n第二行"], ["乙", "丙"]], id="line break"),
    pytest.param(
        '甲,他说"好"\n乙,"未关\n丙,丁\n', [["甲", '他说"好"'], ["乙", '"未关'], ["丙", "丁"]], id="open quote"
    ),
    pytest.param("sep=;\n甲;乙,丙\n", [["甲", "乙,丙"]], id="said"),
    pytest.param('甲,"""引"""\n', [["甲", '"引"']], id="doubled quotes"),
    pytest.param("只有一列\n第二行\n", [["只有一列"], ["第二行"]], id="one column"),
    pytest.param("指标,<b>5\n值,<5\n", [["指标", "<b>5"], ["值", "<5"]], id="no markup in CSV"),
]


@pytest.mark.parametrize(("text", "expected"), CSV)
def test_csv(text: str, expected: Rows) -> None:
    assert rows(text, "form.csv") == expected


def test_rows_of_csv_are_told_by_their_lines() -> None:
    sheet = grid('甲,"一\n二"\n乙,丙\n', "form.csv")
    assert [sheet.address((row, 1)) for row in (0, 1)] == ["L1C2", "L3C2"]


def test_tsv() -> None:
    assert rows("项目名称\t<b>甲</b>\n# 不是标题\t1\n", "form.tsv") == [["项目名称", "<b>甲</b>"], ["# 不是标题", "1"]]


# --- encodings ------------------------------------------------------------------------------------------------

TEXT = "项目名称\t路灯维护㐂\r\n年度资金总额\t4.14\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\r\n", "\r").encode(),
    ],
)
def test_encodings_of_office_computers(data: bytes) -> None:
    (sheet,) = open_bytes(data, "form.txt")
    assert sheet.rows == (("项目名称", "路灯维护㐂"), ("年度资金总额", "4.14"))


def test_a_text_that_breaks_off_inside_a_character_is_still_utf8() -> None:
    (sheet,) = open_bytes("项目名称\t路灯维护".encode()[:-1], "form.txt")
    assert sheet.rows == (("项目名称", "路灯维"),)


def test_one_damaged_byte_does_not_turn_the_text_into_another_encoding() -> None:
    text = ("年度资金总额\t4.14\n" * 40).encode()
    (sheet,) = open_bytes(text[:7] + b"\xff" + text[8:], "form.txt")
    assert sheet.rows[1] == ("年度资金总额", "4.14")
    assert "\ufffd" in str(sheet.rows[0][0])


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        open_bytes(b"\xff\xff\x80\x81" * 30, "form.txt")
    assert caught.value.key == "text-unknown-encoding"
