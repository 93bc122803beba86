"""Workbooks as grids: what stands in the cells, whatever program wrote them and however it wrote the XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import Range
from perfeval_xl.sources import open_bytes, open_sheets
from perfeval_xl.sources.sheet import CellError, Sheet, Value

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return file.getvalue()


def relationships(links: dict[str, tuple[str, str]], types: str = LINKS) -> str:
    """A .rels part: id -> last word of the type, and target."""
    inner = "".join(
        f'<Relationship Id="{key}" Type="{types}/{kind}" Target="{target}"/>' for key, (kind, target) in links.items()
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE_LINKS}">{inner}</Relationships>'


def workbook(
    *sheets: str,
    shared: str | None = None,
    styles: str | None = None,
    workbook_more: str = "",
    styles_target: str = "styles.xml",
    properties: str = "",
    main: str = MAIN,
    links: str = LINKS,
    prefix: str = "",
    targets: str = "worksheets/sheet{}.xml",
    shared_target: str = "sharedStrings.xml",
) -> bytes:
    """A workbook written by hand: the body of each sheet is the content of its ``worksheet`` element."""
    p = f"{prefix}:" if prefix else ""
    xmlns = f'xmlns:{prefix}="{main}"' if prefix else f'xmlns="{main}"'
    names = "".join(f'<{p}sheet name="S{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, len(sheets) + 1))
    inside = f"{properties}<{p}sheets>{names}</{p}sheets>{workbook_more}"
    book = f"<{p}workbook {xmlns} xmlns:r='{links}'>{inside}</{p}workbook>"
    link = {f"r{i}": ("worksheet", targets.format(i)) for i in range(1, len(sheets) + 1)}
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships({"r1": ("officeDocument", "xl/workbook.xml")}, links),
        "xl/workbook.xml": book,
    }
    for index, body in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{index}.xml"] = f"<{p}worksheet {xmlns}>{body}</{p}worksheet>"
    if shared is not None:
        parts["xl/" + shared_target] = f"<{p}sst {xmlns}>{shared}</{p}sst>"
        link["r98"] = ("sharedStrings", shared_target)
    if styles is not None:
        parts["xl/" + styles_target] = f"<{p}styleSheet {xmlns}>{styles}</{p}styleSheet>"
        link["r99"] = ("styles", styles_target)
    parts["xl/_rels/workbook.xml.rels"] = relationships(link, links)
    return package(parts)


def only(data: bytes, name: str = "form.xlsx") -> Sheet:
    """The one sheet of a workbook."""
    (sheet,) = open_bytes(data, name)
    return sheet


def first_row(cells: str, **how: str | None) -> tuple[Value, ...]:
    """The first row of a sheet whose first row has these cells."""
    rows = only(workbook(f'<sheetData><row r="1">{cells}</row></sheetData>', **how)).rows  # type: ignore[arg-type]
    return rows[0] if rows else ()


DATES = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'


# --- values ---------------------------------------------------------------------------------------------------


def test_values_of_an_ordinary_workbook(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B2"], sheet["C2"], sheet["D2"] = "项目名称", 0.1 + 0.2, True
    sheet["B3"], sheet["C3"] = date(2024, 1, 1), datetime(2024, 12, 9, 8, 30)
    sheet["B4"] = " 第一行\n第二行 "
    book.save(path)
    (found,) = open_sheets(path)
    assert found.rows == (
        (),
        (None, "项目名称", Decimal("0.3"), True),
        (None, date(2024, 1, 1), datetime(2024, 12, 9, 8, 30)),
        (None, " 第一行\n第二行 "),
    )
    assert (found.source, found.name, found.addressing, found.address((1, 2))) == (str(path), "Sheet", "A1", "C2")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1" t="e"><v>#REF!</v></c>', CellError("#REF!")),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CellError("#DIV/0!")),
        ("<c r='A1' t='e'><v>#N/A</v></c>", CellError("#N/A")),
        ('<c r="A1" t = "e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="A1" t="inlineStr"><is><t></t></is></c>', ""),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"></t></is></c>', ""),
        ('<c r="A1" t="inlineStr"><is><t/></is></c>', ""),
        ('<c r="A1" t="inlineStr"><is/></c>', ""),
        ('<c r="A1" t="inlineStr"><is><r><t/></r></is></c>', ""),
        ('<c r="A1" t="str"><v></v></c>', ""),
        ('<c r="A1" t="str"><v/></c>', ""),
        ('<c r="A1" t="s"><v>0</v></c>', ""),
        ('<c r="A1" t="s"><v>1</v></c>', ""),
        ('<c r="A1" t="s"><v>2</v></c>', ""),
        ('<c r="A1" t="s"><v>3</v></c>', "3.5"),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', None),
        ('<c r="A1" s="0"/>', None),
        ('<c r="A1"><v>4.14</v></c>', Decimal("4.14")),
        ('<c r="A1"><v>0.30000000000000004</v></c>', Decimal("0.3")),
        ('<c r="A1"><v>1E-2</v></c>', Decimal("0.01")),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="inlineStr"><is><t>_x000D_</t></is></c>', "\r"),
        ('<c r="A1" t="inlineStr"><is><t>_x005F_x000D_</t></is></c>', "_x000D_"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> 空 </t></is></c>', " 空 "),
        ('<c r="A1" t="inlineStr"><is><t>&lt;35万元 &amp; &#x4E07;</t></is></c>', "<35万元 & 万"),
        ('<c r="A1" t="inlineStr"><is><r><t>年初</t></r><r><rPr><b/></rPr><t>预算数</t></r></is></c>', "年初预算数"),
        ('<c r="A1"><v>1e999</v></c>', CellError("#NUM!")),
        ('<c r="A1" s="1"><v>45292</v></c>', date(2024, 1, 1)),
        ('<c r="A1" s="1"><v>45292.5</v></c>', datetime(2024, 1, 1, 12)),
        ('<c r="A1" s="1"><v>-5</v></c>', Decimal("-5")),
        ('<c r="A1" s="1"><v>0</v></c>', Decimal(0)),
        ('<c r="A1" s="1"><v>0.5</v></c>', "12:00"),
        ('<c r="A1" t="d"><v>2024-01-01</v></c>', date(2024, 1, 1)),
    ],
)
def test_one_cell(cell: str, value: Value) -> None:
    shared = '<si><t></t></si><si><t xml:space="preserve"/></si><si/><si><t>3.5</t></si>'
    row = first_row(cell, shared=shared, styles=DATES)
    assert row == (() if value is None else (value,))
    assert [type(each) for each in row] == ([] if value is None else [type(value)])


def test_an_empty_text_is_not_an_empty_cell_and_errors_stand_where_they_stood() -> None:
    cells = (
        '<c r="A1" t="inlineStr"><is><t>甲</t></is></c><c r="B1" t="inlineStr"><is><t></t></is></c>'
        '<c r="C1"/><c r="D1" t="e"><v>#NAME?</v></c><c r="F1"><v>2</v></c><c r="G1" t="e"><v>#REF!</v></c>'
    )
    assert first_row(cells) == ("甲", "", None, CellError("#NAME?"), None, Decimal(2), CellError("#REF!"))


def test_an_empty_text_that_an_array_formula_gives_is_no_entry() -> None:
    cells = (
        '<c r="A1" t="str"><f t="array" ref="A1:B1">x</f><v>甲</v></c><c r="B1" t="str"><v></v></c>'
        '<c r="C1" t="str"><v></v></c>'
    )
    assert first_row(cells) == ("甲", None, "")


def test_a_sheet_that_holds_nothing_but_an_error() -> None:
    body = '<sheetData><row r="3"><c r="B3" t="e"><v>#REF!</v></c></row></sheetData>'
    assert only(workbook(body)).rows == ((), (), (None, CellError("#REF!")))


def test_an_empty_sheet() -> None:
    assert only(workbook("<sheetData/>")).rows == ()


def test_what_a_merged_cell_covers_is_not_shown() -> None:
    body = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'
        '<row r="2"><c r="A2"><v>4</v></c><c r="B2"><v>5</v></c><c r="C2"><v>6</v></c></row></sheetData>'
        '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
    )
    sheet = only(workbook(body))
    assert sheet.merges == (Range(0, 0, 1, 1),)
    assert sheet.rows == ((Decimal(1), None, Decimal(3)), (None, None, Decimal(6)))


# --- the XML as different programs write it -------------------------------------------------------------------

ROW = '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>4.14</v></c></row></sheetData>'
EXPECTED = (("年度资金总额", Decimal("4.14")),)
SHARED = "<si><t>年度资金总额</t></si>"


def prefixed(body: str) -> str:
    """The same XML with the prefix ``x:`` before every element."""
    return body.replace("<", "<x:").replace("<x:/", "</x:")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(workbook(ROW, shared=SHARED), id="usual"),
        pytest.param(workbook(prefixed(ROW), shared=prefixed(SHARED), prefix="x"), id="prefixed names"),
        pytest.param(workbook(ROW, shared=SHARED, main=STRICT, links=STRICT_LINKS), id="strict namespace"),
        pytest.param(workbook(ROW, shared=SHARED, targets="/xl/worksheets/sheet{}.xml"), id="absolute targets"),
        pytest.param(workbook(ROW, shared=SHARED, shared_target="text/strings.xml"), id="texts elsewhere"),
        pytest.param(
            workbook(ROW.replace(' r="A1"', "").replace(' r="B1"', ""), shared=SHARED), id="cells say no place"
        ),
        pytest.param(workbook(ROW.replace(' r="1"', ""), shared=SHARED), id="rows say no place"),
        pytest.param(workbook(ROW.replace("><", ">\n  <"), shared=SHARED), id="indented"),
        pytest.param(workbook(ROW.replace('"', "'"), shared=SHARED), id="single quotes"),
        pytest.param(workbook(ROW, shared="<si><t><![CDATA[年度资金总额]]></t></si>"), id="CDATA"),
        pytest.param(workbook(ROW, shared="<si><r><t>年度</t></r><r><rPr/><t>资金总额</t></r></si>"), id="rich runs"),
        pytest.param(
            workbook(ROW, shared='<si><t>年度资金总额</t><rPh sb="0" eb="1"><t>nian</t></rPh></si>'), id="phonetic"
        ),
    ],
)
def test_the_same_cells_however_they_are_written(data: bytes) -> None:
    assert only(data).rows == EXPECTED


def test_errors_and_blanks_in_cells_that_say_no_place() -> None:
    body = (
        '<sheetData><row><c t="e"><v>#REF!</v></c><c/><c t="inlineStr"><is><t/></is></c></row>'
        '<row r="4"><c><v>1</v></c><c r="D4"><v>2</v></c><c t="e"><v>#N/A</v></c></row></sheetData>'
    )
    expected = (
        (CellError("#REF!"), None, ""),
        (),
        (),
        (Decimal(1), None, None, Decimal(2), CellError("#N/A")),
    )
    assert only(workbook(body)).rows == expected


def test_errors_and_blanks_in_prefixed_xml() -> None:
    body = prefixed(
        '<sheetData><row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="str"><v/></c></row></sheetData>'
    )
    assert only(workbook(body, prefix="x")).rows == ((CellError("#REF!"), ""),)


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    body = '<sheetData><row r="1"><c r="A1" s="1"><v>43830</v></c></row></sheetData>'
    assert only(workbook(body, styles=DATES, properties='<workbookPr date1904="1"/>')).rows == ((date(2024, 1, 1),),)


def test_styles_elsewhere_still_tell_dates() -> None:
    body = '<sheetData><row r="1"><c r="A1" s="1"><v>45292</v></c></row></sheetData>'
    assert only(workbook(body, styles=DATES, styles_target="looks.xml")).rows == ((date(2024, 1, 1),),)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("0.00_ ;[Red]\\-0.00\\ ", Decimal(45292)),
        ('#,##0.00"元"', "45292元"),
        ('0"days"', "45292days"),
        ("[DBNum1][$-804]General", Decimal(45292)),
        ('yyyy"年"m"月"d"日"', date(2024, 1, 1)),
        ("[$-804]yyyy-mm-dd;@", date(2024, 1, 1)),
    ],
)
def test_number_formats_that_look_like_dates_and_dates_that_do_not(code: str, value: Value) -> None:
    book_file = io.BytesIO()
    book = xlsxwriter.Workbook(book_file)
    book.add_worksheet().write_number("A1", 45292, book.add_format({"num_format": code}))
    book.close()
    assert only(book_file.getvalue()).rows == ((value,),)


# --- names, properties, sheets --------------------------------------------------------------------------------


def test_names_belong_to_the_sheet_they_point_to_and_own_names_go_first() -> None:
    more = (
        "<definedNames>"
        "<definedName name='total'>S1!$A$1</definedName>"
        "<definedName name='total' localSheetId='1'>'S2'!$B$2:$C$3</definedName>"
        "<definedName name='lost'>#REF!</definedName>"
        "<definedName name='gone'>S1!#REF!</definedName>"
        "<definedName name='moving'>S1!A1</definedName>"
        "<definedName name='two'>S1!$A$1,S1!$C$1</definedName>"
        "<definedName name='column'>S1!$A:$A</definedName>"
        "<definedName name='other'>[1]S1!$A$1</definedName>"
        "<definedName name='foreign' localSheetId='0'>S2!$A$1</definedName>"
        "<definedName name='nowhere' localSheetId='7'>S2!$A$1</definedName>"
        "<definedName name='_xlnm.Print_Area' localSheetId='0'>S1!$A$1:$J$40</definedName>"
        "<definedName name='global_two'>S2!$D$4</definedName>"
        "</definedNames>"
    )
    first, second = open_bytes(workbook("<sheetData/>", "<sheetData/>", workbook_more=more), "form.xlsx")
    assert first.names == {"total": Range(0, 0, 0, 0)}
    assert second.names == {"total": Range(1, 1, 2, 2), "global_two": Range(3, 3, 3, 3)}


def test_sheet_names_with_blanks_and_apostrophes_and_custom_properties(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsm"
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title in ("表 1", "it's & <2>"):
        book.create_sheet(title)
    book.defined_names["a"] = DefinedName("a", attr_text="'表 1'!$A$1:$C$3")
    book.defined_names["b"] = DefinedName("b", attr_text="'it''s & <2>'!$B$2")
    book.worksheets[1].sheet_state = "hidden"
    book.custom_doc_props.append(  # type: ignore[attr-defined]
        StringProperty(name="perfeval-profile", value="mof")
    )
    book.save(path)
    first, second = open_sheets(path)
    assert (first.name, first.hidden, first.index, first.names) == ("表 1", False, 0, {"a": Range(0, 0, 2, 2)})
    assert (second.name, second.hidden, second.index, second.names) == ("it's & <2>", True, 1, {"b": Range(1, 1, 1, 1)})
    assert first.properties == second.properties == {"perfeval-profile": "mof"}


def test_a_chart_sheet_is_no_grid_but_counts() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet("数据").write("A1", 1)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=数据!$A$1:$A$1"})
    book.add_chartsheet("图").set_chart(chart)
    book.add_worksheet("自评表").write("A1", "项目名称")
    book.close()
    data, form = open_bytes(file.getvalue(), "form.xlsx")
    assert [(data.name, data.index), (form.name, form.index)] == [("数据", 0), ("自评表", 2)]
    assert form.rows == (("项目名称",),)


# --- too far apart, or wrong ----------------------------------------------------------------------------------


def test_empty_styled_cells_far_away_do_no_harm() -> None:
    body = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>'
        '<row r="1048576"><c r="XFD1048576"/></row></sheetData>'
    )
    assert only(workbook(body)).rows == ((Decimal(1),),)


@pytest.mark.parametrize("far", ['<c r="XFD1048576"><v>1</v></c>', "<c r='XFD1048576'><v>1</v></c>"])
def test_filled_cells_too_far_apart_are_refused_with_the_place(far: str) -> None:
    body = f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">{far}</row></sheetData>'
    with pytest.raises(Unreadable, match="XFD1048576") as caught:
        open_bytes(workbook(body), "form.xlsx")
    assert caught.value.key == "sheet-too-large"


def test_many_cells_without_places_too_far_apart_are_refused() -> None:
    rows = "<row><c><v>1</v></c></row>" + "<row/>" * 20_000 + "<row>" + "<c/>" * 16_000 + "<c><v>1</v></c></row>"
    with pytest.raises(Unreadable) as caught:
        open_bytes(workbook(f"<sheetData>{rows}</sheetData>"), "form.xlsx")
    assert caught.value.key == "sheet-too-large"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>', id="text that is not there"
        ),
        pytest.param('<sheetData><row r="1"><c r="A1"><v>1</v></c>', id="cut off"),
    ],
)
def test_a_damaged_sheet_is_refused(body: str) -> None:
    with pytest.raises(Unreadable) as caught:
        open_bytes(workbook(body, shared=SHARED), "form.xlsx")
    assert caught.value.key == "file-damaged"


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_parts_in_another_encoding_are_refused_rather_than_misread(encoding: str) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(ROW, shared=SHARED))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    text = f'<?xml version="1.0" encoding="{encoding}"?><sst xmlns="{MAIN}">{SHARED}</sst>'
    with pytest.raises(Unreadable) as caught:
        open_bytes(package(parts | {"xl/sharedStrings.xml": text.encode(encoding)}), "form.xlsx")
    assert caught.value.key == "file-damaged"
