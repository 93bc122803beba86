"""Word documents, web pages and PDFs: one grid each, with title, tables and remark below each other."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document

from perfeval_xl.errors import Unreadable
from perfeval_xl.messages import in_language
from perfeval_xl.package.addresses import Range
from perfeval_xl.sources import open_bytes, open_sheets, word
from perfeval_xl.sources.sheet import Sheet, Value
from tests.test_sources_excel import package, relationships

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def only(data: bytes, name: str) -> Sheet:
    (sheet,) = open_bytes(data, name)
    return sheet


def rows(sheet: Sheet) -> list[list[Value]]:
    return [list(row) for row in sheet.rows]


def from_body(body: str) -> Sheet:
    """A Word document written by hand."""
    return only(
        package(
            {
                "_rels/.rels": relationships({"r1": ("officeDocument", "word/document.xml")}),
                "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:mc="mc"><w:body>{body}</w:body></w:document>',
            }
        ),
        "form.docx",
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def form_document() -> Document:
    """Two forms, each with title, year, table and remark."""
    document = docx.Document()
    for year in (2023, 2024):
        document.add_heading("项目支出绩效自评表", 1)
        document.add_paragraph("").add_run(f"（{year}").add_text("年度）")
        table = document.add_table(4, 4, style="Table Grid")
        for index, text in enumerate(("项目名称", "路灯维护", "", "", "绩效指标", "产出指标", "数量指标", "≥95%")):
            table.cell(index // 4, index % 4).text = text
        table.cell(0, 1).merge(table.cell(0, 3))
        table.cell(1, 0).merge(table.cell(3, 0))
        table.cell(2, 2).text = "质量指标\n（二）"
        document.add_paragraph("备注：无")
    return document


def convert(document: Document, kind: str, folder: Path) -> bytes:
    """The document saved or printed by LibreOffice as ``form.<kind>`` in the folder."""
    office = word.find_office()
    assert office is not None, "make test installs LibreOffice"
    (folder / "form.docx").write_bytes(saved(document))
    command = [office, f"-env:UserInstallation={(folder / 'p').as_uri()}", "--headless", "--convert-to", kind]
    command += ["--outdir", str(folder), str(folder / "form.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / f"form.{kind}").read_bytes()


# --- Word -----------------------------------------------------------------------------------------------------


def test_a_document_of_two_forms_is_one_grid_in_order() -> None:
    sheet = only(saved(form_document()), "/somewhere/自评.docx")
    one = [
        ["项目支出绩效自评表"],
        ["（2023年度）"],
        ["项目名称", "路灯维护", None, None],
        ["绩效指标", "产出指标", "数量指标", "≥95%"],
        [None, None, "质量指标\n（二）", None],
        [None, None, None, None],
        ["备注：无"],
    ]
    two = [["（2024年度）"] if row == ["（2023年度）"] else row for row in one]
    assert rows(sheet) == one + two
    assert (sheet.name, sheet.addressing) == ("自评", "table")
    assert Range(2, 1, 2, 3) in sheet.merges
    assert Range(3, 0, 5, 0) in sheet.merges
    assert Range(0, 0, 0, 3) in sheet.merges, "a line reaches across the table below it"
    assert Range(13, 0, 13, 3) in sheet.merges, "the last line reaches across the table above it"


def test_cells_of_a_document_are_told_by_table_row_and_column() -> None:
    sheet = only(saved(form_document()), "form.docx")
    assert sheet.address((3, 2)) == "T1R2C3"
    assert sheet.address((10, 2)) == "T2R2C3"
    assert sheet.address((6, 0)) == "L3C1"
    with in_language("zh"):
        assert sheet.told((10, 2)) == "第 2 张表第 2 行第 3 列"
    with in_language("en"):
        assert sheet.told((6, 0)) == "line 3, cell 1"


def test_merges_across_and_down_in_one_cell() -> None:
    wide, opens, goes_on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = (
        f"<w:tbl><w:tr>{cell('甲', wide + opens)}{cell('1')}</w:tr>"
        f"<w:tr>{cell('看不见', wide + goes_on)}{cell('2')}</w:tr>"
        f"<w:tr>{cell('乙', opens)}{cell('丙')}{cell('3', goes_on)}</w:tr></w:tbl>"
    )
    sheet = from_body(body)
    assert rows(sheet) == [["甲", None, "1"], [None, None, "2"], ["乙", "丙", "3"]]
    assert sheet.merges == (Range(0, 0, 1, 1),)


def test_a_downward_merge_goes_on_only_below_a_cell_of_its_width() -> None:
    wide, opens, goes_on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = (
        f"<w:tbl><w:tr>{cell('甲', wide + opens)}</w:tr><w:tr>{cell('乙', goes_on)}{cell('丙')}</w:tr>"
        f"<w:tr>{cell('丁', opens)}{cell('1')}</w:tr>"
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{cell("2")}</w:tr>'
        f"<w:tr>{cell('戊', goes_on)}{cell('3')}</w:tr></w:tbl>"
    )
    sheet = from_body(body)
    assert rows(sheet) == [["甲", None], ["乙", "丙"], ["丁", "1"], [None, "2"], ["戊", "3"]]
    assert sheet.merges == (Range(0, 0, 0, 1),)


def test_rows_that_begin_further_right() -> None:
    body = (
        f"<w:tbl><w:tr>{cell('甲')}{cell('乙')}</w:tr>"
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{cell("丙")}</w:tr></w:tbl>'
    )
    assert rows(from_body(body)) == [["甲", "乙"], [None, "丙"]]


def test_what_is_deleted_or_hidden_is_not_read_and_what_is_inserted_is() -> None:
    body = (
        "<w:p><w:r><w:t>得分</w:t></w:r><w:del><w:r><w:delText>90</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>88</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        "<w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>！</w:t></w:r></w:p>'
        f"<w:tbl><w:tr>{cell('留')}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{cell('删')}</w:tr></w:tbl>"
    )
    assert rows(from_body(body)) == [["得分88！"], ["留"]]


def test_breaks_tabs_hyphens_and_ticked_boxes() -> None:
    body = (
        "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:noBreakHyphen/><w:t>丙</w:t></w:r></w:p>"
        f'<w:tbl><w:tr><w:tc><w:p><w:r><w:t>一</w:t><w:br/><w:t>二</w:t><w:sym w:font="Wingdings" w:char="F0FE"/>'
        f"</w:r></w:p>{paragraph('三')}</w:tc></w:tr></w:tbl>"
    )
    assert rows(from_body(body)) == [["甲 乙-丙"], ["一\n二☑\n三"]]


def test_content_controls_and_text_boxes() -> None:
    box = f"<w:txbxContent>{paragraph('（2024年度）')}</w:txbxContent>"
    body = (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('自评表')}</w:sdtContent></w:sdt>"
        f"<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>{cell('项目名称')}</w:sdtContent></w:sdt></w:tr>"
        "</w:sdtContent></w:sdt></w:tbl>"
    )
    assert rows(from_body(body)) == [["自评表"], ["（2024年度）"], ["项目名称"]]


def test_a_table_inside_a_cell_takes_the_place_of_the_cell() -> None:
    document = docx.Document()
    outer = document.add_table(2, 3)
    for index, text in enumerate(("绩效指标", "头", "分值", "产出", "", "10")):
        outer.cell(index // 3, index % 3).text = text
    inner = outer.cell(1, 1).add_table(2, 2)
    for index, text in enumerate(("甲", "乙", "丙", "丁")):
        inner.cell(index // 2, index % 2).text = text
    sheet = only(saved(document), "form.docx")
    assert rows(sheet) == [
        ["绩效指标", "头", None, "分值"],
        ["产出", "甲", "乙", "10"],
        [None, "丙", "丁", None],
    ]
    assert set(sheet.merges) == {Range(0, 1, 0, 2), Range(1, 0, 2, 0), Range(1, 3, 2, 3)}
    assert sheet.address((2, 2)) == "T1R2C3"


def test_strict_word_files_are_read() -> None:
    with zipfile.ZipFile(io.BytesIO(saved(form_document()))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    strict = bytes(parts["word/document.xml"]).replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")  # type: ignore[arg-type]
    usual = only(saved(form_document()), "form.docx")
    assert only(package(parts | {"word/document.xml": strict}), "form.docx").rows == usual.rows


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["doc", "rtf", "odt"])
def test_old_documents_are_converted_by_libreoffice(kind: str, tmp_path: Path) -> None:
    convert(form_document(), kind, tmp_path)
    (sheet,) = open_sheets(tmp_path / f"form.{kind}")
    usual = only(saved(form_document()), "form.docx")
    assert [row for row in sheet.rows if any(row)] == [row for row in usual.rows if any(row)]


def test_old_documents_are_refused_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "find_office", lambda: None)
    with pytest.raises(Unreadable) as caught:
        open_bytes(b"{\\rtf1 x}", "form.doc")
    assert caught.value.key == "word-needs-office"
    assert ".doc" in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_an_office_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in = tmp_path / "soffice"
    stand_in.write_text("#!/bin/sh\nsleep 60\n")
    stand_in.chmod(0o755)
    monkeypatch.setattr(word, "find_office", lambda: str(stand_in))
    monkeypatch.setattr(word, "LONGEST_CONVERSION", 0.3)
    with pytest.raises(Unreadable) as caught:
        open_bytes(b"{\\rtf1 x}", "form.rtf")
    assert caught.value.key == "word-not-converted"


# --- web pages ------------------------------------------------------------------------------------------------

PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>系统导出</title>
<style>td {{ color: red }}</style></head><body><h2>项目支出绩效自评表</h2><p>（2024<span>年度）</span></p>
<table><thead><tr><th colspan=3>项目名称</th></tr></thead>
<tr><td rowspan="2">产出指标<td>数量指标<td>&lt;35万元</tr>
<tr><td><p>质量</p><p>指标</p></td><td>年初<br>预算数<script>x()</script></td></tr>
<tfoot><tr><td rowspan=9>总分<td colspan="2">&nbsp;</tr></tfoot></table>
备注：无<!-- 注释 --></body></html>"""
PAGE_ROWS: list[list[Value]] = [
    ["项目支出绩效自评表"],
    ["（2024年度）"],
    ["项目名称", None, None],
    ["产出指标", "数量指标", "<35万元"],
    [None, "质量\n指标", "年初\n预算数"],
    ["总分", None, None],
    ["备注：无"],
]


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("gbk", "utf-8")])
@pytest.mark.parametrize("name", ["form.html", "form.xls", "form.doc"])
def test_a_page_and_what_office_systems_call_xls(charset: str, encoding: str, name: str) -> None:
    sheet = only(PAGE.format(charset=charset).encode(encoding), name)
    assert rows(sheet) == PAGE_ROWS
    assert {Range(2, 0, 2, 2), Range(3, 0, 4, 0), Range(5, 1, 5, 2)} <= set(sheet.merges)
    assert sheet.address((4, 1)) == "T1R3C2"


def test_a_page_that_excel_saves_as_a_single_file() -> None:
    body = PAGE.format(charset="utf-8").replace("=", "=3D")
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Location: a.htm\n"
    data = head + "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html; charset=utf-8\n\n"
    assert rows(only(f"{data}{body}\n--b--\n".encode(), "form.xls")) == PAGE_ROWS


def test_layout_tables_around_the_form_do_not_hide_it() -> None:
    page = "<table><tr><td>导航</td><td><h1>自评表</h1><table><tr><td>项目名称<td>甲</tr></table></td></tr></table>"
    sheet = only(page.encode(), "form.html")
    assert rows(sheet) == [["导航", "自评表", None], [None, "项目名称", "甲"]]


def test_a_column_span_ends_at_a_cell_that_reaches_down_from_above() -> None:
    page = "<table><tr><td>甲<td rowspan=3>乙</tr><tr><td colspan=2>丙</tr><tr><td>丁<td>戊</tr></table>"
    sheet = only(page.encode(), "form.html")
    assert rows(sheet) == [["甲", "乙", None], ["丙", None, None], ["丁", None, "戊"]]
    assert sheet.merges == (Range(0, 1, 2, 1),)


def test_xhtml_with_a_declaration_and_bare_rows() -> None:
    page = (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body><table><tr><td>甲</td>'
    )
    assert rows(only(f"{page}</tr></table></body></html>".encode(), "form.htm")) == [["甲"]]


# --- PDF ------------------------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_a_printed_document_gives_the_grid_of_the_document(tmp_path: Path) -> None:
    sheet = only(convert(form_document(), "pdf", tmp_path), "form.pdf")
    usual = only(saved(form_document()), "form.docx")
    assert sheet.rows == usual.rows
    assert set(sheet.merges) == set(usual.merges)
    assert sheet.address((3, 2)) == "P1T1R2C3"
    with in_language("en"):
        assert sheet.told((10, 2)) == "page 1, table 2, row 2, column 3"


@pytest.mark.libreoffice
def test_a_table_over_a_page_break_is_one_table_without_its_header_printed_again(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("项目支出绩效自评表")
    table = document.add_table(61, 4, style="Table Grid")
    header = ["一级指标", "二级指标", "三级指标", "得分"]
    texts = [header] + [
        ["产出指标" if i == 1 else "", f"指标{'一二三'[i % 3]}", f"第{i}项", str(i)] for i in range(1, 61)
    ]
    for row, cells in zip(table.rows, texts, strict=True):
        for place, text in zip(row.cells, cells, strict=True):
            place.text = text
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(f"{{{W}}}tblHeader"))
    section = document.sections[0]
    section.footer.paragraphs[0].text = "— 1 —"
    document.add_paragraph("备注：无")
    sheet = only(convert(document, "pdf", tmp_path), "form.pdf")
    assert sheet.rows[0] == ("项目支出绩效自评表",)
    assert rows(sheet)[1:-1] == [[text or None for text in row] for row in texts]
    assert sheet.rows[-1] == ("备注：无",)
    pages = {place.page for place in sheet.places.values()}
    assert len(pages) > 1
    assert {place.table for place in sheet.places.values()} == {0, 1}
    assert sheet.address((61, 3)).endswith("T1R61C4")


def test_without_pdfplumber_the_sentence_says_what_to_install() -> None:
    program = textwrap.dedent(
        """
        import sys
        sys.modules["pdfplumber"] = None
        from perfeval_xl.errors import Unreadable
        from perfeval_xl.sources import open_bytes
        try:
            open_bytes(b"%PDF-1.4", "form.pdf")
        except Unreadable as refused:
            print(refused.key, refused)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PERFEVAL_LANG": "en"}
    )
    assert done.stdout.startswith("pdf-needs-extra")
    assert 'pip install "perfeval-xl[pdf]"' in done.stdout


def test_soffice_is_found_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/{name}" if name == "libreoffice" else None)
    assert word.find_office() == "/opt/libreoffice"
