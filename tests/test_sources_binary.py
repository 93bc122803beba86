"""Old, binary and OpenDocument workbooks: the same grid as the .xlsx they were made from."""

from __future__ import annotations

import io
import struct
import subprocess
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.workbook.defined_name import DefinedName

from perfeval_xl.package.addresses import Range
from perfeval_xl.sources import open_bytes, open_sheets
from perfeval_xl.sources.sheet import CellError, Sheet
from perfeval_xl.sources.word import find_office
from tests.test_sources_excel import package, relationships

EXPECTED = (
    ("项目支出绩效自评表",),
    ("项目名称", " 路灯\n维护 ", Decimal("4.14"), Decimal("0.3")),
    (date(2024, 1, 1), datetime(2024, 12, 9, 8, 30), "08:30", "50%"),
    (),
    (CellError("#DIV/0!"), Decimal(3), "文字", CellError("#N/A"), None, CellError("#REF!")),
    ("合并",),
)
MERGES = {Range(0, 0, 0, 3), Range(5, 0, 7, 0)}


def made_with_formulas(path: Path) -> None:
    """A workbook with cached results, as Excel saves it: two sheets, the second hidden."""
    book = xlsxwriter.Workbook(str(path))
    sheet, hidden = book.add_worksheet("表 1"), book.add_worksheet("隐藏")
    hidden.hide()
    hidden.write(0, 0, 1)
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    hour, percent = book.add_format({"num_format": "hh:mm"}), book.add_format({"num_format": "0%"})
    sheet.merge_range("A1:D1", "项目支出绩效自评表")
    sheet.write_row("A2", ["项目名称", " 路灯\n维护 ", 4.14, 0.1 + 0.2])
    sheet.write_datetime("A3", date(2024, 1, 1), day)
    sheet.write_datetime("B3", datetime(2024, 12, 9, 8, 30), moment)
    sheet.write_number("C3", 8.5 / 24, hour)
    sheet.write_number("D3", 0.5, percent)
    sheet.write_formula("A5", "=1/0", None, "#DIV/0!")
    sheet.write_formula("B5", "=1+2", None, 3)
    sheet.write("C5", "文字")
    sheet.write_formula("D5", "=NA()", None, "#N/A")
    sheet.write_formula("E5", '=""', None, "")
    sheet.write_formula("F5", "=#REF!", None, "#REF!")
    sheet.merge_range("A6:A8", "合并")
    book.define_name("total", "='表 1'!$C$2:$D$3")
    book.close()


def converted(path: Path, kind: str) -> Path:
    """The workbook saved by LibreOffice in another format."""
    office = find_office()
    assert office is not None, "make test installs LibreOffice"
    command = [office, f"-env:UserInstallation={(path.parent / 'p').as_uri()}", "--headless", "--convert-to", kind]
    command += ["--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return path.with_suffix(f".{kind}")


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_same_grid_in_every_format(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    made_with_formulas(path)
    first, second = open_sheets(path if kind == "xlsx" else converted(path, kind))
    assert first.rows == EXPECTED
    assert set(first.merges) == MERGES
    assert (first.name, first.hidden, second.name, second.hidden, second.index) == ("表 1", False, "隐藏", True, 1)
    if kind != "xls":
        assert first.names == {"total": Range(1, 2, 2, 3)}


def test_an_xls_made_without_any_office() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("自评表")
    sheet.write_merge(0, 1, 0, 2, "标题")
    sheet.write(2, 0, 4.14)
    sheet.write(2, 2, 12)
    sheet.write(3, 0, "440304226011500000008")
    sheet.write(4, 1, datetime(2024, 1, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.row(5).set_cell_error(1, 0x0F)
    file = io.BytesIO()
    book.save(file)
    (found,) = open_bytes(file.getvalue(), "form.xls")
    assert found.rows == (
        ("标题",),
        (),
        (Decimal("4.14"), None, Decimal(12)),
        ("440304226011500000008",),
        (None, date(2024, 1, 1)),
        (None, CellError("#VALUE!")),
    )
    assert found.merges == (Range(0, 0, 1, 2),)


# --- .xlsb, written by hand: no free program writes it --------------------------------------------------------


def record(number: int, body: bytes = b"") -> bytes:
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size = len(body)
    sizes = b""
    while True:
        size, low = size >> 7, size & 0x7F
        sizes += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + sizes + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(*cells: bytes) -> bytes:
    head = struct.pack("<III", 0, 0, 0)
    sheet = record(129) + record(148, struct.pack("<4I", 0, 1, 0, 3)) + record(145) + b"".join(cells) + record(146)
    sheet += record(177, struct.pack("<I", 1)) + record(176, struct.pack("<4I", 0, 0, 0, 2)) + record(178) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("表 1"))
    book = record(131) + record(153, head) + record(143) + bundle + record(144) + record(132)
    return package(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relationships({"r1": ("officeDocument", "xl/workbook.bin")}),
            "xl/_rels/workbook.bin.rels": relationships({"rId1": ("worksheet", "worksheets/sheet1.bin")}),
            "xl/workbook.bin": book,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def row(number: int) -> bytes:
    return record(0, struct.pack("<I", number) + bytes(13))


def place(column: int) -> bytes:
    return struct.pack("<II", column, 0)


def test_xlsb_values_errors_and_merges() -> None:
    data = xlsb(
        row(0),
        record(6, place(0) + wide("项目名称")),
        row(1),
        record(5, place(0) + struct.pack("<d", 4.14)),
        record(3, place(1) + b"\x17"),
        record(11, place(3) + b"\x07" + bytes(10)),
    )
    (found,) = open_bytes(data, "form.xlsb")
    assert found.rows == (("项目名称",), (Decimal("4.14"), CellError("#REF!"), None, CellError("#DIV/0!")))
    assert (found.name, found.merges) == ("表 1", (Range(0, 0, 0, 2),))


# --- .ods -----------------------------------------------------------------------------------------------------

ODS_HEAD = (
    '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:body><o:spreadsheet>'
)


def ods(table: str) -> Sheet:
    content = f"{ODS_HEAD}<t:table t:name='S'>{table}</t:table></o:spreadsheet></o:body></o:document-content>"
    data = package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})
    (found,) = open_bytes(data, "form.ods")
    return found


def text_cell(text: str, more: str = "") -> str:
    return f'<t:table-cell o:value-type="string" {more}><x:p>{text}</x:p></t:table-cell>'


def test_ods_repeated_rows_and_cells_and_groups() -> None:
    twice = text_cell("乙", 't:number-columns-repeated="2"')
    sheet = ods(
        f'<t:table-header-rows><t:table-row t:number-rows-repeated="2">{text_cell("甲")}</t:table-row>'
        '</t:table-header-rows><t:table-row t:number-rows-repeated="2"><t:table-cell/></t:table-row>'
        f'<t:table-row-group><t:table-row><t:table-cell t:number-columns-repeated="2"/>{twice}</t:table-row>'
        '</t:table-row-group><t:table-row t:number-rows-repeated="1048000"><t:table-cell/></t:table-row>'
    )
    assert sheet.rows == (("甲",), ("甲",), (), (), (None, None, "乙", "乙"))


def test_ods_texts_with_blanks_breaks_comments_and_hidden_cells() -> None:
    sheet = ods(
        "<t:table-row>"
        + text_cell('一<x:s x:c="2"/>二<x:tab/><x:span>三</x:span><x:line-break/>四</x:p><x:p>五')
        + '<t:table-cell o:value-type="string"><o:annotation><x:p>批注</x:p></o:annotation><x:p>值</x:p></t:table-cell>'
        + '<t:table-cell o:value-type="string"><x:p/></t:table-cell>'
        + '<t:table-cell t:formula="of:=&quot;&quot;" o:value-type="string" o:string-value=""><x:p/></t:table-cell>'
        + '<t:covered-table-cell o:value-type="string"><x:p>藏</x:p></t:covered-table-cell>'
        + '<t:table-cell o:value-type="boolean" o:boolean-value="true"><x:p>真</x:p></t:table-cell>'
        + '<t:table-cell o:value-type="time" o:time-value="PT30H05M00S"><x:p>30:05</x:p></t:table-cell>'
        + '<t:table-cell o:value-type="float" o:value="abc"><x:p>坏</x:p></t:table-cell>'
        + "</t:table-row>"
    )
    assert sheet.rows == (("一  二\t三\n四\n五", "值", "", None, None, True, "30:05", "坏"),)


@pytest.mark.libreoffice
def test_local_names_of_ods_go_before_global_ones(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = 1
    book.create_sheet("二")["A1"] = 2
    book.defined_names["total"] = DefinedName("total", attr_text="Sheet!$A$1")
    book.defined_names["global"] = DefinedName("global", attr_text="二!$B$2:$C$3")
    sheet.defined_names["total"] = DefinedName("total", attr_text="Sheet!$D$4")
    book.save(path)
    first, second = open_sheets(converted(path, "ods"))
    assert first.names == {"total": Range(3, 3, 3, 3)}
    assert second.names == {"global": Range(1, 1, 2, 2)}
