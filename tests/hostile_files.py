"""Files made to do harm, family by family: each family is wider than the one file it was found by.

``CASES`` is the table: family, variant, name of the file, what makes it, and what becomes of it: ``read``, ``refused``
(whatever the sentence), the key of a sentence, or ``any`` where both are right and only the price matters.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import docx
import xlwt

from perfeval_xl.model import load_document
from perfeval_xl.package.compound_file import compound_file
from perfeval_xl.sources.ole import root_stream
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.test_sources_binary import place, record, row, wide, xlsb
from tests.test_sources_documents import form_document, saved
from tests.test_sources_excel import package, workbook
from tests.test_sources_hostile import ODS, xls_bytes

SAMPLES = Path(__file__).parents[1] / "perfeval_xl/samples"
Make = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """One file: ``expected`` is ``read``, ``refused``, ``any`` or the key of a sentence."""

    family: str
    variant: str
    name: str
    make: Make
    expected: str = "refused"

    def __str__(self) -> str:
        return f"{self.family}: {self.variant}"


# --- sound files to start from --------------------------------------------------------------------------------------


def document(**changes: Any) -> bytes:
    """The national sample as JSON, with some keys of its form changed."""
    whole = json.loads((SAMPLES / "mof.json").read_bytes())
    whole["forms"] = [whole["forms"][0] | changes]
    return json.dumps(whole).encode()


def filled() -> bytes:
    return to_workbook(load_document((SAMPLES / "mof.json").read_bytes()).forms[:1])


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(name: str, change: Callable[[bytes], bytes], data: bytes | None = None) -> bytes:
    """The filled workbook with one part changed; ``name`` may be a pattern, whose first match is meant."""
    parts = parts_of(data or filled())
    found = next(part for part in parts if re.fullmatch(name, part))
    body = parts[found]
    changed = change(body)
    assert changed != body
    return package({**parts, found: changed})


def replaced(old: bytes, new: bytes, count: int = 1) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old, new, count)


SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def in_sheet(old: bytes, new: bytes, count: int = 1) -> Make:
    return lambda: with_part(SHEET, replaced(old, new, count))


def rows(body: str) -> Make:
    return lambda: workbook(f"<sheetData>{body}</sheetData>")


# --- old workbooks ----------------------------------------------------------------------------------------------------


def old_workbook(*sheets: dict[tuple[int, int], float]) -> bytes:
    """The stream of an .xls with a sheet for each table of cells."""
    book = xlwt.Workbook()
    for number, cells in enumerate(sheets):
        sheet = book.add_sheet(f"S{number}")
        for (at, column), value in cells.items():
            sheet.write(at, column, value)
    file = io.BytesIO()
    book.save(file)
    return root_stream(file.getvalue(), "a.xls", "Workbook")


def records(stream: bytes, number: int) -> list[int]:
    """Where the records of a number begin."""
    found, at = [], 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        found += [at] if kind == number else []
        at += 4 + size
    return found


def patched(stream: bytes, at: int, form: str, *values: int) -> bytes:
    return stream[:at] + struct.pack(form, *values) + stream[at + struct.calcsize(form) :]


def old_file(stream: bytes) -> bytes:
    """An .xls around the stream of its workbook."""
    return compound_file({"Workbook": stream})


def far_cell(at: int, column: int) -> bytes:
    stream = old_workbook({(0, 0): 1.5})
    (number,) = records(stream, 0x0203) or records(stream, 0x027E)
    return old_file(patched(stream, number + 4, "<HH", at, column))


def with_records(*added: tuple[int, bytes]) -> bytes:
    """A sheet of one cell with further records before it."""
    stream = old_workbook({(0, 0): 1.5})
    (at,) = records(stream, 0x0203) or records(stream, 0x027E)
    more = b"".join(struct.pack("<HH", number, len(body)) + body for number, body in added)
    return old_file(stream[:at] + more + stream[at:])


def with_loop(kind: str) -> bytes:
    """A container one of whose chains leads to itself."""
    data = bytearray(xls_bytes())
    table = 512 + 512 * struct.unpack_from("<I", data, 76)[0]
    directory = struct.unpack_from("<I", data, 48)[0]
    if kind == "DIFAT":
        struct.pack_into("<II", data, 68, 1, 0xFFFFFF)
        struct.pack_into("<I", data, 512 + 512 + 508, 1)
    elif kind == "long table":
        struct.pack_into("<I", data, 44, 0xFFFFFF)
        struct.pack_into("<II", data, 68, 1, 0x20000)
        struct.pack_into("<I", data, 512 + 512 + 508, 1)
    elif kind == "directory":
        struct.pack_into("<I", data, table + 4 * directory, directory)
    elif kind == "small sectors":
        struct.pack_into("<II", data, 60, 0, 0xFFFFFF)
    elif kind == "sector size":
        struct.pack_into("<H", data, 30, 31)
    elif kind == "stream of four gigabytes":
        struct.pack_into("<I", data, 512 + 512 * directory + 128 + 120, 0xFFFFFFFF)
    else:
        struct.pack_into("<I", data, table, 0)
    return bytes(data)


# --- PDF --------------------------------------------------------------------------------------------------------------

TEXT = b"BT /F 8 Tf 30 30 Td (10) Tj ET "
BOMB = zlib.compress(bytes(200 << 20), 9)
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
CID = (
    b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]%s>>",
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 0>>%s>>",
)


def stream_of(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def pdf(
    content: bytes, *objects: bytes, resources: bytes = b"", stream: bytes = b"", pages: bytes = b"", page: bytes = b""
) -> bytes:
    """A PDF of one page; ``objects`` are numbered from 5, ``stream`` is what the dictionary of the content adds."""
    resources = resources or b"<</Font<</F 5 0 R>>>>"
    listed = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        pages or b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s/Resources%s>>" % (page, resources),
        stream_of(content, stream),
        *(objects or (FONT,)),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, item in enumerate(listed, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(listed) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def form_object(inside: bytes, drawings: bytes = b"") -> bytes:
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<%s>>>>/Length %d>>"
    return head % (drawings, len(inside)) + b"stream\n%s\nendstream" % inside


def nested(depth: int) -> bytes:
    drawings = [form_object(b"/X Do " * 10, b"/X %d 0 R" % (number + 1)) for number in range(5, 5 + depth)]
    return pdf(b"/X Do", *drawings, form_object(b"0 0 1 1 re f"), resources=b"<</XObject<</X 5 0 R>>>>")


def flate(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


def comb(lines: int) -> bytes:
    """Lines that cross each other everywhere, and the corners of which make no cell."""
    across = b"".join(b"%d 0 m %d 800 l S " % (x, x) for x in range(5, 5 + 4 * lines, 4))
    return across + b"".join(b"0 %d m 590 %d l S " % (y, y) for y in range(5, 5 + 4 * lines, 4))


def boxes(count: int) -> bytes:
    """Small boxes in rows, each with a number."""
    places = ((10 + 6 * (n % 95), 10 + 6 * (n // 95)) for n in range(count))
    return b"".join(b"%d %d 5 5 re S BT /F 3 Tf %d %d Td (1) Tj ET " % (x, y, x + 1, y + 1) for x, y in places)


def many_pages(count: int, content: bytes) -> bytes:
    kids = b" ".join([b"3 0 R"] * count)
    return pdf(content, pages=b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count))


def objects_in(number: int, first: int, body: bytes) -> bytes:
    """An object stream that says it holds ``number`` objects."""
    inside = stream_of(flate(body), b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (number, first))
    rows_ = struct.pack(">BIB", 0, 0, 255) + struct.pack(">BIB", 2, 2, 0) + struct.pack(">BIB", 1, 9, 0)
    head = b"%PDF-1.5\n2 0 obj\n" + inside + b"\nendobj\n"
    table = stream_of(rows_, b"/Type/XRef/W[1 4 1]/Size 3/Root 1 0 R")
    return head + b"3 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(head)


# --- OpenDocument, Word and pages -----------------------------------------------------------------------------------

OPEN_HEAD = (
    '<o:d xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:body><o:spreadsheet>'
)
ONE = '<t:table-cell o:value-type="float" o:value="1"/>'


def open_tables(tables: str) -> bytes:
    return package({"mimetype": ODS, "content.xml": f"{OPEN_HEAD}{tables}</o:spreadsheet></o:body></o:d>"})


def open_sheet(sheets: int, repeated: int, columns: int) -> bytes:
    line = f'<t:table-row t:number-rows-repeated="{repeated}">{ONE * columns}</t:table-row>'
    return open_tables("".join(f'<t:table t:name="q{number}">{line}</t:table>' for number in range(sheets)))


def open_row(inside: str, rows_: str = "") -> Make:
    return lambda: open_tables(f'<t:table t:name="q"><t:table-row {rows_}>{inside}</t:table-row></t:table>')


def word(inside: bytes) -> Make:
    """A document with something before its forms."""
    return lambda: with_part("word/document.xml", replaced(b"<w:body>", b"<w:body>" + inside), saved(form_document()))


PARAGRAPH = b"<w:p><w:r><w:t>x</w:t></w:r></w:p>"
CELL = b"<w:tc>" + PARAGRAPH + b"</w:tc>"
TITLE = "项目支出绩效自评表\n项目名称\t甲\n"
HEADER = "一级指标\t二级指标\t三级指标\t指标值\t完成值\t分值\t得分"


def page(inside: bytes) -> Make:
    return lambda: b"<html><meta charset=utf-8><body>" + inside


def text_of(heading: str) -> str:
    return f"{TITLE}{heading}\n{HEADER}\n产出指标\t数量指标\t人数\t≥1人\t2人\t90\t90\n"


def word_text(text: str) -> bytes:
    made = docx.Document()
    lines = [line.split("\t") for line in text.splitlines()]
    table = made.add_table(rows=0, cols=max(map(len, lines)))
    for line in lines:
        cells = table.add_row().cells
        for cell, value in zip(cells, line, strict=False):
            cell.text = value
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def twice_listed(first: str, second: str) -> Make:
    """Two sheets of the workbook lead to one part, by two relationships."""

    def make() -> bytes:
        parts = parts_of(filled())
        links = parts["xl/_rels/workbook.xml.rels"]
        kind = b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        more = b'<Relationship Id="again" %s Target="%s"/></Relationships>' % (kind, second.encode())
        parts["xl/_rels/workbook.xml.rels"] = links.replace(b"</Relationships>", more)
        book = parts[BOOK]
        again = b'<sheet xmlns:q="http://schemas.openxmlformats.org/officeDocument/2006/relationships" name="%s" '
        again = again % first.encode() + b'sheetId="977" q:id="again"/></sheets>'
        parts[BOOK] = book.replace(b"</sheets>", again)
        return package(parts)

    return make


def wrong_sum(name: str, data: bytes | None = None) -> bytes:
    """A package whose sum over one part is another."""
    data = data or filled()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
    return data.replace(struct.pack("<I", info.CRC), struct.pack("<I", info.CRC ^ 1))


def packed_as(method: int, name: str = "xl/theme/theme1.xml") -> bytes:
    """A package that says a part is packed in a way nobody knows."""
    data = bytearray(filled())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo(name)
        struct.pack_into("<H", data, info.header_offset + 8, method)
    at = bytes(data).rindex(name.encode(), bytes(data).index(b"PK\x01\x02")) - 46
    struct.pack_into("<H", data, at + 10, method)
    return bytes(data)


DOCTYPE = b'<!DOCTYPE a [<!ENTITY a "9">]>'


def doctype(name: str, data: bytes | None = None, before: bytes = b"") -> bytes:
    """A document type in one part, behind a comment."""
    return with_part(name, lambda body: re.sub(rb"\A(<\?xml[^>]*>)?", rb"\1" + before + DOCTYPE, body, count=1), data)


def _old_workbooks() -> list[Case]:
    family = "a far cell"
    formula = struct.pack("<HHH8sHIH", 65535, 255, 15, b"\0" * 8, 0, 0, 0)
    many = struct.pack("<HH", 3, 0) + struct.pack("<HI", 15, 0) * 300 + struct.pack("<H", 65535)
    merges = struct.pack("<H", 1000) + struct.pack("<4H", 0, 65535, 0, 255) * 1000
    blanks = tuple((0x0201, struct.pack("<3H", at, 255, 15)) for at in range(0, 65536, 8))
    return [
        *(
            Case(family, f"of an .xls, {at}:{column}", "a.xls", partial(far_cell, at, column), key)
            for at, column, key in (
                (65535, 65535, "sheet-too-large"),
                (65535, 255, "sheet-too-large"),
                (3, 60000, "sheet-too-large"),
                (65535, 0, "any"),
            )
        ),
        Case(family, "of an .et", "a.et", lambda: far_cell(65535, 65535), "sheet-too-large"),
        Case(family, "a formula", "a.xls", lambda: with_records((0x0006, formula)), "refused"),
        Case(family, "many short numbers in a row", "a.xls", lambda: with_records((0x00BD, many)), "sheet-too-large"),
        Case(family, "empty ones with a colour", "a.xls", lambda: with_records(*blanks), "any"),
        Case(
            family,
            "ten thousand merges of the whole sheet",
            "a.xls",
            lambda: with_records(*[(0x00E5, merges)] * 10, *blanks),
            "any",
        ),
        Case(
            family,
            "on the fourth of five sheets",
            "a.xls",
            lambda: old_file(old_workbook(*[{(0, 0): 1.0, (40000, 30): 2.0}] * 5)),
            "sheet-too-large",
        ),
        Case(family, "in a container named .doc", "a.doc", lambda: far_cell(65535, 65535), "refused"),
        Case(
            family,
            "of an .xlsb",
            "a.xlsb",
            lambda: xlsb(row(1048575), record(2, place(16383) + bytes(4))),
            "sheet-too-large",
        ),
        Case(
            family,
            "of an .xlsb, a row beyond the last",
            "a.xlsb",
            lambda: xlsb(row(0xFFFFFFFE), record(2, place(0) + bytes(4))),
            "refused",
        ),
        Case(
            family,
            "of an .xlsb, a text of four gigabytes",
            "a.xlsb",
            lambda: xlsb(row(0), record(6, place(0) + struct.pack("<I", 0xFFFFFFF0) + b"a\0")),
            "any",
        ),
        Case(family, "of an .xlsb, sound", "a.xlsb", lambda: xlsb(row(0), record(6, place(0) + wide("甲"))), "no-form"),
        *(
            Case("chains of sectors", kind, "a.xls", partial(with_loop, kind), "any")
            for kind in (
                "DIFAT",
                "long table",
                "directory",
                "stream",
                "small sectors",
                "sector size",
                "stream of four gigabytes",
            )
        ),
        Case("chains of sectors", "of a .doc", "a.doc", lambda: with_loop("DIFAT"), "refused"),
        Case("chains of sectors", "of an .et", "a.et", lambda: with_loop("long table"), "any"),
    ]


def _far_cells() -> list[Case]:
    family = "a far cell"

    def cell(at: str, more: str = "<v>1</v>", kind: str = "") -> Make:
        return rows(f'<row r="60"><c r="{at}"{kind}>{more}</c></row>')

    odf = '<t:table-cell t:number-columns-repeated="{}"/>' + ONE
    return [
        Case(family, "a number", "a.xlsx", cell("XFD1048576"), "sheet-too-large"),
        Case(
            family,
            "a text in the cell",
            "a.xlsx",
            cell("XFD1048576", "<is><t>x</t></is>", ' t="inlineStr"'),
            "sheet-too-large",
        ),
        Case(family, "a truth value", "a.xlsx", cell("XFD1048576", "<v>1</v>", ' t="b"'), "sheet-too-large"),
        Case(family, "beyond the last column", "a.xlsx", cell("ZZZ1"), "refused"),
        Case(family, "beyond the last row", "a.xlsx", cell("A99999999"), "refused"),
        Case(family, "in small letters", "a.xlsx", cell("xfd1048576"), "refused"),
        Case(
            family,
            "without a place behind one",
            "a.xlsx",
            rows('<row r="1048576"><c r="XFC1048576"><v>1</v></c><c><v>2</v></c></row>'),
            "sheet-too-large",
        ),
        Case(
            family,
            "in a row behind the last",
            "a.xlsx",
            rows('<row r="1048576"><c><v>1</v></c></row><row><c><v>1</v></c></row>'),
            "refused",
        ),
        Case(
            family,
            "two corners",
            "a.xlsx",
            rows('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="9999"><c r="A9999"><v>1</v></c></row>'),
            "sheet-too-large",
        ),
        Case(
            family,
            "on the second sheet",
            "a.xlsx",
            lambda: workbook("<sheetData/>", '<sheetData><row r="1"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
            "sheet-too-large",
        ),
        Case(
            family,
            "beside a form",
            "a.xlsx",
            in_sheet(b"</sheetData>", b'<row r="9999"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
            "sheet-too-large",
        ),
        Case(
            family,
            "only in the dimension",
            "a.xlsx",
            lambda: with_part(
                SHEET,
                lambda body: re.sub(
                    rb"<sheetData>",
                    b"<sheetData>",
                    re.sub(
                        rb"<dimension[^>]*>|(?=<sheetData>)",
                        b"",
                        body.replace(b"<sheetViews>", b'<dimension ref="A1:XFD1048576"/><sheetViews>', 1),
                        count=0,
                    ).replace(b"<sheetViews>", b'<dimension ref="A1:XFD1048576"/><sheetViews>', 1),
                ),
            ),
            "read",
        ),
        Case(
            family,
            "merged with the first",
            "a.xlsx",
            in_sheet(b"</mergeCells>", b'<mergeCell ref="A900:XFD1048576"/></mergeCells>'),
            "read",
        ),
        Case(family, "of an .ods, by repeated columns", "a.ods", open_row(odf.format(1 << 30)), "sheet-too-large"),
        Case(
            family,
            "of an .ods, in the last column of repeated rows",
            "a.ods",
            open_row(odf.format(16000), 't:number-rows-repeated="1000000"'),
            "sheet-too-large",
        ),
        Case(
            family,
            "of an .ods, that spans the sheet",
            "a.ods",
            open_row(ONE.replace("/>", ' t:number-columns-spanned="99999999" t:number-rows-spanned="99999999"/>')),
            "no-form",
        ),
        Case(
            family,
            "of a Word table",
            "a.docx",
            word(
                b"<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='99999'/></w:tcPr>"
                + PARAGRAPH
                + b"</w:tc></w:tr></w:tbl>"
            ),
            "document-too-large",
        ),
        Case(
            family,
            "of a Word table, thousands of them",
            "a.docx",
            word(
                (
                    b"<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='16000'/></w:tcPr>"
                    + PARAGRAPH
                    + b"</w:tc></w:tr></w:tbl>"
                )
                * 999
            ),
            "document-too-large",
        ),
        Case(family, "of a page", "a.html", page(b"<table><tr><td colspan=16000 rowspan=65000>x</table>" * 99), "any"),
    ]


def _pdfs() -> list[Case]:
    predictor = b"/Filter/FlateDecode/DecodeParms<</Predictor %d/Columns %d/Colors %d/BitsPerComponent %d>>"
    heavy = "pdf-too-large"
    looped = form_object(b"/X Do", b"/X 5 0 R")
    pattern = b"<</Font<</F 5 0 R>>/Pattern<</P 6 0 R>>>>"
    type3 = b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 49/LastChar 49/Widths[9]"
    type3 += b"/Encoding<</Differences[49/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 5 0 R>>>>>>"
    mapping = b"/CIDInit /ProcSet findresource begin begincmap %s endcmap"
    chars = mapping % (b"100 beginbfchar " + b"<0001> <0031> " * 200_000 + b"endbfchar")
    return [
        *(
            Case(
                "a predictor that asks for memory",
                f"{kind}, {columns}x{colours}x{bits}",
                "a.pdf",
                partial(pdf, flate(TEXT), stream=predictor % (kind, columns, colours, bits)),
                heavy,
            )
            for kind, columns, colours, bits in (
                (12, 1_000_000_000, 1, 8),
                (2, 1, 1_000_000_000, 8),
                (15, 40_000, 40_000, 8),
                (10, 1, 1, 1 << 40),
            )
        ),
        Case(
            "a predictor that asks for memory",
            "in the table of places",
            "a.pdf",
            lambda: objects_in(1, 4, b"1 0 <</Type/Catalog>>").replace(
                b"/W[1 4 1]", b"/W[1 4 1]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 999999999>>"
            ),
            "refused",
        ),
        Case(
            "a predictor that asks for memory",
            "below zero",
            "a.pdf",
            lambda: pdf(flate(TEXT), stream=predictor % (12, -5, 1, 8)),
            "any",
        ),
        Case("drawings in drawings", "nine deep", "a.pdf", lambda: nested(9), heavy),
        Case("drawings in drawings", "twenty deep", "a.pdf", lambda: nested(20), heavy),
        Case(
            "drawings in drawings",
            "one that draws itself",
            "a.pdf",
            lambda: pdf(b"/X Do", looped, resources=b"<</XObject<</X 5 0 R>>>>"),
            "refused",
        ),
        Case(
            "drawings in drawings",
            "two that draw each other twice",
            "a.pdf",
            lambda: pdf(
                b"/X Do",
                form_object(b"/X Do /X Do", b"/X 6 0 R"),
                form_object(b"/X Do /X Do", b"/X 5 0 R"),
                resources=b"<</XObject<</X 5 0 R>>>>",
            ),
            heavy,
        ),
        Case(
            "drawings in drawings",
            "a pattern",
            "a.pdf",
            lambda: pdf(
                TEXT + b"/Pattern cs /P scn 0 0 9 9 re f",
                FONT,
                stream_of(b"/P Do", b"/Type/Pattern/PatternType 1"),
                resources=pattern,
            ),
            "any",
        ),
        Case(
            "drawings in drawings",
            "a glyph that writes itself",
            "a.pdf",
            lambda: pdf(TEXT.replace(b"10", b"11"), type3, stream_of(b"BT /F 9 Tf (11) Tj ET")),
            "any",
        ),
        Case(
            "packed in packed", "a stream of 200 MB", "a.pdf", lambda: pdf(BOMB, stream=b"/Filter/FlateDecode"), heavy
        ),
        Case(
            "packed in packed",
            "twice",
            "a.pdf",
            lambda: pdf(flate(BOMB), stream=b"/Filter[/FlateDecode/FlateDecode]"),
            heavy,
        ),
        Case(
            "packed in packed",
            "thrice",
            "a.pdf",
            lambda: pdf(flate(BOMB, 2), stream=b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"),
            heavy,
        ),
        Case(
            "packed in packed",
            "letters around it",
            "a.pdf",
            lambda: pdf(BOMB.hex().encode() + b">", stream=b"/Filter[/AHx/Fl]"),
            heavy,
        ),
        Case(
            "packed in packed",
            "run lengths in it",
            "a.pdf",
            lambda: pdf(flate(b"\x81a" * 3_000_000), stream=b"/Filter[/FlateDecode/RunLengthDecode]"),
            heavy,
        ),
        Case(
            "packed in packed",
            "a table to Unicode",
            "a.pdf",
            lambda: pdf(TEXT, CID[0] % b"/ToUnicode 7 0 R", CID[1] % b"", stream_of(BOMB, b"/Filter/FlateDecode")),
            heavy,
        ),
        Case(
            "packed in packed",
            "a font",
            "a.pdf",
            lambda: pdf(
                TEXT,
                b"<</Type/Font/Subtype/Type1/BaseFont/A/FontDescriptor<</Type/FontDescriptor/FontFile 6 0 R>>>>",
                stream_of(BOMB, b"/Filter/FlateDecode/Length1 99/Length2 9/Length3 0"),
            ),
            "any",
        ),
        Case(
            "packed in packed",
            "a picture",
            "a.pdf",
            lambda: pdf(
                TEXT + b"/X Do",
                FONT,
                stream_of(BOMB, b"/Type/XObject/Subtype/Image/Width 9/Height 9/BitsPerComponent 8/Filter/FlateDecode"),
                resources=b"<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>",
            ),
            "any",
        ),
        Case("packed in packed", "objects", "a.pdf", lambda: objects_in(1, 4, b"1 0 " + bytes(200 << 20)), "refused"),
        Case("tables of a page", "lines that cross", "a.pdf", lambda: pdf(TEXT + comb(140)), "any"),
        Case("tables of a page", "thousands of boxes", "a.pdf", lambda: pdf(boxes(9000)), "any"),
        Case("tables of a page", "on 400 pages", "a.pdf", lambda: many_pages(400, boxes(2000)), "any"),
        Case("tables of a page", "lines without end", "a.pdf", lambda: pdf(TEXT + b"0 0 m 9 9 l S " * 20_000), heavy),
        Case(
            "tables of a page",
            "characters without end",
            "a.pdf",
            lambda: pdf(b"BT /F 8 Tf (%s) Tj ET" % (b"1" * 60_000)),
            heavy,
        ),
        Case(
            "tables of a page",
            "characters up to the limit",
            "a.pdf",
            lambda: pdf(b"BT /F 8 Tf 30 30 Td " + b"(111) Tj 0 -9 Td " * 16_000 + b"ET"),
            "any",
        ),
        Case(
            "tables of a page",
            "a curve of a million points",
            "a.pdf",
            lambda: pdf(flate(TEXT + b"0 0 m " + b"1 1 2 2 3 3 c " * 70_000 + b"S"), stream=b"/Filter/FlateDecode"),
            "any",
        ),
        Case(
            "a PDF that never ends",
            "pages that are their own parents",
            "a.pdf",
            lambda: pdf(TEXT, pages=b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>"),
            "any",
        ),
        Case("a PDF that never ends", "ten thousand pages", "a.pdf", lambda: many_pages(10_000, TEXT), "refused"),
        Case("a PDF that never ends", "arrays in arrays", "a.pdf", lambda: pdf(TEXT + b"[" * 100_000), "any"),
        Case(
            "a PDF that never ends",
            "dictionaries in dictionaries",
            "a.pdf",
            lambda: pdf(TEXT, FONT, b"<</A" * 20_000),
            "any",
        ),
        Case(
            "a PDF that never ends",
            "a table of places that leads to itself",
            "a.pdf",
            lambda: pdf(TEXT).replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev 9"),
            "any",
        ),
        Case(
            "a PDF that never ends",
            "a length that is its own",
            "a.pdf",
            lambda: pdf(TEXT).replace(b"/Length %d" % len(TEXT), b"/Length 4 0 R"),
            "any",
        ),
        Case(
            "a PDF that never ends",
            "a page as wide as a country",
            "a.pdf",
            lambda: pdf(TEXT, page=b"/CropBox[0 0 1e30 1e30]/UserUnit 1e9"),
            "any",
        ),
        Case(
            "a PDF that never ends",
            "a size that is no number",
            "a.pdf",
            lambda: pdf(TEXT.replace(b"8 Tf", b"1e400 Tf") + b"1e999 0 0 1e999 0 0 cm"),
            "any",
        ),
        Case(
            "a PDF that never ends",
            "characters in a table to Unicode",
            "a.pdf",
            lambda: pdf(
                TEXT, CID[0] % b"/ToUnicode 7 0 R", CID[1] % b"", stream_of(flate(chars), b"/Filter/FlateDecode")
            ),
            heavy,
        ),
        Case(
            "a PDF that never ends",
            "an inline picture",
            "a.pdf",
            lambda: pdf(TEXT + b"BI /W 99999 /H 99999 /BPC 8 /F /Fl ID x EI "),
            "any",
        ),
    ]


def _endless() -> list[Case]:
    family, lines, grid = "repeated rows", "paragraphs without end", "sheet-too-large"
    deep = b"<w:sdt><w:sdtContent>"
    return [
        *(
            Case(
                family,
                f"{sheets} sheets, {repeated} rows",
                "a.ods",
                partial(open_sheet, sheets, repeated, columns),
                grid,
            )
            for sheets, repeated, columns in ((20, 1_000_000, 7), (200, 30_000, 1), (1, 1_048_576, 4))
        ),
        Case(
            family, "columns", "a.ods", open_row(ONE.replace("/>", ' t:number-columns-repeated="16384"/>') * 99), grid
        ),
        Case(
            family,
            "rows of repeated columns",
            "a.ods",
            open_row(ONE.replace("/>", ' t:number-columns-repeated="1024"/>'), 't:number-rows-repeated="9999"'),
            grid,
        ),
        Case(
            family,
            "empty rows before a cell",
            "a.ods",
            lambda: open_tables(
                '<t:table t:name="q"><t:table-row t:number-rows-repeated="1048575"/><t:table-row>'
                + ONE
                + "</t:table-row></t:table>"
            ),
            "any",
        ),
        Case(
            family,
            "covered cells",
            "a.ods",
            open_row('<t:covered-table-cell t:number-columns-repeated="999999999"/>' * 999),
            "no-form",
        ),
        Case(
            family,
            "blanks in a text",
            "a.ods",
            open_row(
                '<t:table-cell o:value-type="string"><x:p>' + '<x:s x:c="999999999"/>' * 3000 + "</x:p></t:table-cell>"
            ),
            "any",
        ),
        Case(
            family,
            "sheets without end",
            "a.ods",
            lambda: open_tables("".join(f'<t:table t:name="q{n}"/>' for n in range(40_000))),
            "any",
        ),
        Case(lines, "of a Word document", "a.docx", word(PARAGRAPH * 120_000), "document-too-large"),
        Case(lines, "of a Word document, empty", "a.docx", word(b"<w:p/>" * 1_000_000), "any"),
        Case(
            lines,
            "as line breaks",
            "a.docx",
            word(b"<w:p><w:r>" + b"<w:t>x</w:t><w:br/>" * 120_000 + b"</w:r></w:p>"),
            "document-too-large",
        ),
        Case(
            lines,
            "as runs of one paragraph",
            "a.docx",
            word(b"<w:p>" + b"<w:r><w:t>x</w:t></w:r>" * 200_000 + b"</w:p>"),
            "any",
        ),
        Case(
            lines,
            "in a cell",
            "a.docx",
            word(b"<w:tbl><w:tr><w:tc>" + PARAGRAPH * 120_000 + b"</w:tc></w:tr></w:tbl>"),
            "any",
        ),
        Case(
            lines,
            "as rows of a table",
            "a.docx",
            word(b"<w:tbl>" + (b"<w:tr>" + CELL * 2 + b"</w:tr>") * 60_000 + b"</w:tbl>"),
            "any",
        ),
        Case(lines, "as tables", "a.docx", word((b"<w:tbl><w:tr>" + CELL + b"</w:tr></w:tbl>") * 30_000), "any"),
        Case(
            lines,
            "tables in tables",
            "a.docx",
            word(b"<w:tbl><w:tr><w:tc>" * 60 + PARAGRAPH + b"</w:tc></w:tr></w:tbl>" * 60),
            "any",
        ),
        Case(
            lines,
            "controls in controls",
            "a.docx",
            word(deep * 110 + PARAGRAPH + b"</w:sdtContent></w:sdt>" * 110),
            "any",
        ),
        Case(
            lines,
            "text boxes in text boxes",
            "a.docx",
            word(b"<w:p><w:r><w:txbxContent>" * 70 + PARAGRAPH + b"</w:txbxContent></w:r></w:p>" * 70),
            "any",
        ),
        Case(lines, "of a page", "a.html", page(b"<p>x</p>" * 120_000), "document-too-large"),
        Case(lines, "of a page, in a cell", "a.html", page(b"<table><tr><td>" + b"x<br>" * 200_000), "any"),
        Case(lines, "of a page, as tables", "a.html", page(b"<table><tr><td>x</table>" * 40_000), "any"),
        Case(lines, "of a page, as columns", "a.html", page(b"<table><tr>" + b"<td>x" * 60_000), "document-too-large"),
        Case(lines, "of a page, elements in elements", "a.html", page(b"<div>" * 100_000 + b"x"), "any"),
        Case(
            lines,
            "of a page, rows that reach down",
            "a.html",
            page(b"<table>" + b"<tr><td rowspan=9999>x" * 3_000),
            "any",
        ),
        Case(lines, "of a text", "a.txt", lambda: "第一行\n".encode() * 120_000, "document-too-large"),
        Case(lines, "of a text, one long", "a.txt", lambda: "项目名称 分值 10 ".encode() * 40_000, "any"),
        Case(lines, "of a text, tabs", "a.txt", lambda: TITLE.encode() + b"1\t" * 400_000, "any"),
        Case(lines, "of a text, columns of blanks", "a.txt", lambda: TITLE.encode() + b"1   2   3\n" * 60_000, "any"),
        Case(
            lines,
            "of a text, glued",
            "a.txt",
            lambda: ("项目支出绩效自评表项目名称甲年度资金总额产出指标数量指标人数≥1人2人90 90" * 9000).encode(),
            "any",
        ),
        Case(lines, "of a text, numbers", "a.txt", lambda: TITLE.encode() + b"1" * 900_000, "any"),
        Case(lines, "of a Markdown table", "a.md", lambda: b"|" * 900_000, "any"),
        Case(lines, "of Markdown", "a.md", lambda: b"# x\n" * 120_000, "document-too-large"),
        Case(lines, "of a .csv", "a.csv", lambda: b"a,b\n" * 200_000, "any"),
        Case(lines, "of a .csv, one quotation", "a.csv", lambda: b'"' + b"a\n" * 400_000, "any"),
        Case(lines, "of a .csv, quotations", "a.csv", lambda: b'""' * 400_000, "any"),
        Case(lines, "of a .tsv", "a.tsv", lambda: b"\t" * 900_000, "any"),
        Case(
            lines,
            "of an .mht",
            "a.mht",
            lambda: (
                b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n\n"
                + b"--a\nContent-Type: text/html\n\n<p>x\n" * 30_000
            ),
            "any",
        ),
        Case(
            lines,
            "of an .mht, parts in parts",
            "a.mht",
            lambda: (
                b"MIME-Version: 1.0\n"
                + b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000))
            ),
            "any",
        ),
    ]


def _workbooks() -> list[Case]:
    same, empty, names = "two sheets of one part", "empty elements", "lists without end"
    pair = b'<mergeCell ref="A%d:B%d"/>'
    links = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    crowd = b'<sheet xmlns:r="' + links + b'" name="%d" sheetId="%d" r:id="r1"/>'
    return [
        Case(
            same,
            "3000 of them",
            "a.xlsx",
            lambda: with_part(
                BOOK,
                replaced(b"</sheets>", b"".join(crowd % (n, n + 99) for n in range(3000)) + b"</sheets>"),
                workbook("<sheetData/>"),
            ),
            "file-damaged",
        ),
        Case(same, "by two relationships", "a.xlsx", twice_listed("again", "worksheets/sheet1.xml"), "file-damaged"),
        Case(
            same,
            "by another spelling",
            "a.xlsx",
            twice_listed("again", "../xl/./worksheets/sheet1.xml"),
            "file-damaged",
        ),
        Case(same, "from the root", "a.xlsx", twice_listed("again", "/xl/worksheets/sheet1.xml"), "file-damaged"),
        Case(same, "in percent signs", "a.xlsx", twice_listed("again", "worksheets/sheet%31.xml"), "refused"),
        Case(same, "in other letters", "a.xlsx", twice_listed("again", "worksheets/SHEET1.xml"), "refused"),
        Case(
            same,
            "of the same name",
            "a.xlsx",
            twice_listed("项目支出绩效自评表", "worksheets/sheet1.xml"),
            "file-damaged",
        ),
        Case(empty, "rows", "a.xlsx", in_sheet(b"</sheetData>", b"<row/>" * 2_000_000 + b"</sheetData>"), "read"),
        Case(
            empty,
            "rows before the form",
            "a.xlsx",
            lambda: with_part(
                SHEET, lambda body: re.sub(rb"<sheetData>", b"<sheetData>" + b'<row r="1"/>' * 300_000, body)
            ),
            "any",
        ),
        Case(
            empty,
            "cells",
            "a.xlsx",
            in_sheet(b"</sheetData>", b'<row r="900">' + b"<c/>" * 1_000_000 + b"</row></sheetData>"),
            "any",
        ),
        Case(
            empty,
            "cells with a look",
            "a.xlsx",
            in_sheet(b"</sheetData>", b'<row r="900">' + b'<c s="1"/>' * 500_000 + b"</row></sheetData>"),
            "any",
        ),
        Case(
            empty,
            "rows with a cell each",
            "a.xlsx",
            in_sheet(b"</sheetData>", b'<row><c s="1"/></row>' * 300_000 + b"</sheetData>"),
            "any",
        ),
        Case(
            empty,
            "columns",
            "a.xlsx",
            lambda: with_part(
                SHEET,
                lambda body: re.sub(
                    rb"</cols>",
                    b'<col min="1" max="16384" width="9" hidden="1"/>' * 200_000 + b"</cols>",
                    body,
                    count=1,
                ),
            ),
            "any",
        ),
        Case(
            names,
            "merges",
            "a.xlsx",
            in_sheet(b"</mergeCells>", b"".join(pair % (n, n) for n in range(900, 100_000)) + b"</mergeCells>"),
            "any",
        ),
        Case(
            names,
            "merges over each other",
            "a.xlsx",
            in_sheet(b"</mergeCells>", b'<mergeCell ref="A1:H60"/>' * 100_000 + b"</mergeCells>"),
            "any",
        ),
        Case(
            names,
            "names",
            "a.xlsx",
            lambda: with_part(
                BOOK,
                replaced(
                    b"</definedNames>",
                    b"".join(b"<definedName name='n%d'>A!$A$1</definedName>" % n for n in range(100_000))
                    + b"</definedNames>",
                ),
            ),
            "any",
        ),
        Case(
            names,
            "rules for colours",
            "a.xlsx",
            in_sheet(b"<pageMargins", b'<conditionalFormatting sqref="A1"/>' * 100_000 + b"<pageMargins"),
            "any",
        ),
        Case(
            names,
            "looks",
            "a.xlsx",
            lambda: with_part(
                "xl/styles.xml", replaced(b"</cellXfs>", b'<xf numFmtId="9"/>' * 300_000 + b"</cellXfs>")
            ),
            "any",
        ),
        Case(
            names,
            "number formats",
            "a.xlsx",
            lambda: with_part(
                "xl/styles.xml",
                replaced(
                    b"<fonts",
                    b"<numFmts>"
                    + b"".join(b'<numFmt numFmtId="%d" formatCode="%s"/>' % (n, b"0.0;" * 60) for n in range(200, 9000))
                    + b"</numFmts><fonts",
                ),
            ),
            "any",
        ),
        Case(
            names,
            "shared texts",
            "a.xlsx",
            lambda: workbook('<sheetData><row><c t="s"><v>0</v></c></row></sheetData>', shared="<si/>" * 1_000_000),
            "any",
        ),
        Case(
            names,
            "pieces of a text",
            "a.xlsx",
            lambda: workbook(
                '<sheetData><row><c t="s"><v>0</v></c></row></sheetData>',
                shared=f"<si>{'<r><t>x</t></r>' * 300_000}</si>",
            ),
            "any",
        ),
        Case(
            names,
            "a formula of a million brackets",
            "a.xlsx",
            rows(f'<row><c r="A1"><f>{"(" * 1_000_000}</f></c></row>'),
            "any",
        ),
        Case(
            names,
            "a number of a million digits",
            "a.xlsx",
            rows(f'<row><c r="A1"><v>{"9" * 1_000_000}</v></c></row>'),
            "any",
        ),
        Case(names, "a number far too small", "a.xlsx", rows('<row><c r="A1"><v>1e-999999999</v></c></row>'), "any"),
        Case(
            names,
            "relationships",
            "a.xlsx",
            lambda: with_part(
                "xl/_rels/workbook.xml.rels",
                replaced(
                    b"</Relationships>",
                    b"".join(b'<Relationship Id="q%d" Type="q" Target="q%d.xml"/>' % (n, n) for n in range(60_000))
                    + b"</Relationships>",
                ),
            ),
            "any",
        ),
        Case(
            names,
            "500 sheets with one form",
            "a.xlsx",
            lambda: workbook(*['<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'] * 500),
            "no-form",
        ),
    ]


def _attributes() -> list[Case]:
    family = "attributes that say nothing"
    word_id = re.compile(rb'sheetId="\d+"')

    def book(change: Callable[[bytes], bytes]) -> Make:
        return lambda: with_part(BOOK, change)

    def sheet(pattern: bytes, new: bytes) -> Make:
        return lambda: with_part(SHEET, lambda body: re.sub(pattern, new, body, count=1))

    return [
        *(
            Case(
                family,
                f"sheetId {value!r}",
                "a.xlsx",
                book(partial(word_id.sub, b'sheetId="%s"' % value)),
                "read",
            )
            for value in (b"abc", b"", b"-1", b"99999999999999999999", b"1.5", "一".encode())
        ),
        Case(family, "sheetId lost", "a.xlsx", book(lambda body: word_id.sub(b"", body)), "read"),
        Case(
            family, "localSheetId", "a.xlsx", book(replaced(b"<definedName ", b'<definedName localSheetId="x" ')), "any"
        ),
        Case(
            family,
            "localSheetId of no sheet",
            "a.xlsx",
            book(replaced(b"<definedName ", b'<definedName localSheetId="77" ')),
            "any",
        ),
        Case(
            family,
            "a name that says nothing",
            "a.xlsx",
            book(lambda body: re.sub(rb"(<definedName [^>]*>)[^<]*", rb"\1#REF!", body)),
            "read",
        ),
        Case(
            family,
            "names of the whole sheet",
            "a.xlsx",
            book(lambda body: re.sub(rb"(<definedName [^>]*>[^<!]*!)[^<]*", rb"\1$A$1:$XFD$1048576", body)),
            "any",
        ),
        Case(
            family,
            "the sheet that is shown",
            "a.xlsx",
            book(lambda body: re.sub(rb'activeTab="\d+"|(<workbookView)', rb'\1 activeTab="99999"', body, count=1)),
            "any",
        ),
        *(
            Case(family, f"the look of a cell {value!r}", "a.xlsx", sheet(rb' s="\d+"', b' s="%s"' % value), "any")
            for value in (b"99999", b"-1", b"abc", b"")
        ),
        *(
            Case(
                family,
                f"the place of a cell {value!r}",
                "a.xlsx",
                sheet(rb'<c r="[A-Z]+\d+"', b'<c r="%s"' % value),
                "any",
            )
            for value in (b"", b"0", b"A0", b"A", b"1A", b"$A$1", b"A1:B2", "甲1".encode())
        ),
        *(
            Case(
                family,
                f"the number of a row {value!r}",
                "a.xlsx",
                sheet(rb'<row r="\d+"', b'<row r="%s"' % value),
                "any",
            )
            for value in (b"", b"abc", b"0", b"-1", b"1048577", b"1e3")
        ),
        *(
            Case(
                family,
                f"the height of a row {value!r}",
                "a.xlsx",
                sheet(rb'<row r="(\d+)"(?: ht="[^"]*")?', rb'<row r="\1" ht="%s"' % value),
                "any",
            )
            for value in (b"abc", b"-1", b"1e999")
        ),
        *(
            Case(family, f"the kind of a cell {value!r}", "a.xlsx", sheet(rb' t="\w+"', b' t="%s"' % value), "any")
            for value in (b"zz", b"", b"e", b"d")
        ),
        *(
            Case(
                family,
                f"a merge {value!r}",
                "a.xlsx",
                sheet(rb'<mergeCell ref="[^"]*"', b'<mergeCell ref="%s"' % value),
                "any",
            )
            for value in (b"", b"A1", b"B2:A1", b"A1:ZZZZ9", b"abc", b"A0:B0")
        ),
        Case(
            family,
            "a colour of a cell",
            "a.xlsx",
            lambda: with_part("xl/styles.xml", lambda body: re.sub(rb'numFmtId="\d+"', b'numFmtId="abc"', body)),
            "any",
        ),
        Case(
            family,
            "looks that are not there",
            "a.xlsx",
            lambda: with_part(
                "xl/styles.xml", lambda body: re.sub(rb"<cellXfs.*</cellXfs>", b"<cellXfs/>", body, flags=re.S)
            ),
            "any",
        ),
        Case(
            family,
            "no looks at all",
            "a.xlsx",
            lambda: package({name: body for name, body in parts_of(filled()).items() if name != "xl/styles.xml"}),
            "any",
        ),
        Case(
            family,
            "sheets that are named alike",
            "a.xlsx",
            book(lambda body: re.sub(rb'(<sheet [^>]*?name=)"[^"]*"', rb'\1"a"', body)),
            "any",
        ),
        Case(
            family,
            "a sheet without a name",
            "a.xlsx",
            book(lambda body: re.sub(rb'(<sheet [^>]*?name=)"[^"]*"', rb'\1""', body, count=1)),
            "any",
        ),
        Case(
            family,
            "a sheet whose link is lost",
            "a.xlsx",
            book(lambda body: re.sub(rb'(<sheet [^>]*?) r:id="[^"]*"', rb"\1", body, count=1)),
            "any",
        ),
    ]


def _documents() -> list[Case]:
    family = "documents of other sizes"
    form = json.loads(document())["forms"][0]
    indicator = form["indicators"][0]
    line = form["funds"]["lines"][-1]
    return [
        Case(
            family,
            "20,000 further keys",
            "a.json",
            lambda: document(extra={f"项{number}": "甲" for number in range(20_000)}),
            "read",
        ),
        Case(family, "a key of a megabyte", "a.json", lambda: document(extra={"项" * 300_000: "甲"}), "any"),
        Case(family, "a text of a megabyte", "a.json", lambda: document(remark="甲" * 300_000), "any"),
        Case(
            family,
            "2,000 indicators",
            "a.json",
            lambda: document(indicators=[indicator | {"name": f"指标{n}"} for n in range(2000)]),
            "any",
        ),
        Case(
            family,
            "2,000 fund lines",
            "a.json",
            lambda: document(funds=form["funds"] | {"lines": [line | {"label": f"来源{n}"} for n in range(2000)]}),
            "any",
        ),
        Case(
            family,
            "2,000 weights of level 1",
            "a.json",
            lambda: document(level1_weights={f"指标{n}": 1 for n in range(2000)}),
            "any",
        ),
        Case(
            family,
            "a number of a thousand million digits",
            "a.json",
            lambda: document(total={"weight": 0, "score": 0}).replace(b'"weight": 0', b'"weight": 1e999999999'),
            "any",
        ),
        Case(
            family,
            "a number far too small",
            "a.json",
            lambda: document(total={"weight": 0, "score": 0}).replace(b'"weight": 0', b'"weight": 1e-999999999'),
            "any",
        ),
        Case(
            family,
            "a number of 100,000 digits",
            "a.json",
            lambda: document(total={"weight": 0, "score": 0}).replace(b'"weight": 0', b'"weight": ' + b"9" * 100_000),
            "any",
        ),
        Case(
            family,
            "signs that XML does not know",
            "a.json",
            lambda: document(title="自评\u0001表\u000b", remark="a\u0000b\ud800", extra={"\u0002": "\uffff"}),
            "any",
        ),
        Case(
            family, "a formula for a text", "a.json", lambda: document(title="=1+1", remark='=HYPERLINK("x")'), "read"
        ),
        Case(family, "arrays in arrays", "a.json", lambda: b"[" * 200_000, "refused"),
        Case(family, "objects in objects", "a.json", lambda: b'{"a":' * 200_000, "refused"),
        Case(family, "a year beyond all", "a.json", lambda: document(fiscal_year=10**30), "any"),
        Case(family, "a year below zero", "a.json", lambda: document(fiscal_year=-5), "any"),
        Case(family, "in UTF-16", "a.json", lambda: document().decode().encode("utf-16"), "any"),
        Case(family, "no forms", "a.json", lambda: b'{"schema": "perfeval/1", "forms": []}', "any"),
        Case(
            family,
            "500 forms",
            "a.json",
            lambda: json.dumps({"schema": "perfeval/1", "forms": [form] * 500}, ensure_ascii=False).encode(),
            "read",
        ),
        *(
            Case("the name of a profile", f"{name[:9]!r} {len(name)}", "a.json", partial(document, profile=name), "any")
            for name in (
                "x" * 300,
                "x" * 30_000,
                "../../x",
                "a\0b",
                "",
                "CON",
                "x\ny",
                "/etc",
                "mof.toml",
                "\ud800",
                "自" * 90,
            )
        ),
        Case("the name of a profile", "a list", "a.json", lambda: document(profile=["mof"]), "refused"),
        Case("the name of a profile", "a number", "a.json", lambda: document(profile=7), "refused"),
    ]


def _xml() -> list[Case]:
    family, inside, texts = "a document type", "something inside a value", "signs that are none"
    score = '<sheetData><row r="1"><c r="A1">{}</c></row></sheetData>'
    return [
        *(
            Case(
                family,
                f"in {name}, {len(before)} before it",
                "a.xlsx",
                partial(doctype, name, before=before),
                "refused",
            )
            for name, before in (
                (SHEET, b""),
                (SHEET, b"<!--" + b" " * 9000 + b"-->"),
                (BOOK, b""),
                ("xl/styles.xml", b""),
                ("xl/_rels/workbook.xml.rels", b""),
            )
        ),
        Case(family, "where nobody reads", "a.xlsx", partial(doctype, "xl/theme/theme1.xml", before=b"<?a ?>"), "any"),
        Case(family, "in the types", "a.xlsx", lambda: doctype(r"\[Content_Types\].xml"), "any"),
        Case(
            family,
            "in the shared texts",
            "a.xlsx",
            lambda: doctype("xl/sharedStrings.xml", workbook("<sheetData/>", shared="<si/>")),
            "refused",
        ),
        Case(
            family,
            "of a Word document",
            "a.docx",
            lambda: doctype("word/document.xml", saved(form_document())),
            "refused",
        ),
        Case(family, "of an .ods", "a.ods", lambda: doctype("content.xml", open_sheet(1, 1, 1)), "refused"),
        Case(
            family,
            "in UTF-16",
            "a.xlsx",
            lambda: with_part(
                SHEET, lambda body: (DOCTYPE.decode() + body.decode().partition("?>")[2]).encode("utf-16")
            ),
            "refused",
        ),
        *(
            Case(inside, name, "a.xlsx", partial(workbook, score.format(body)), "any")
            for name, body in {
                "a comment": "<v>1<!-- 5 -->2</v>",
                "an instruction": "<v>1<?a b?>2</v>",
                "CDATA": "<v><![CDATA[1]]>2</v>",
                "a reference": "<v>&#49;2</v>",
                "an element": "<v>1<x>5</x>2</v>",
                "two values": "<v>1</v><v>2</v>",
                "blanks": "<v> 12 </v>",
                "a line": "<v>1\n2</v>",
                "nothing": "<v/>",
                "a word": "<v>abc</v>",
            }.items()
        ),
        *(
            Case(texts, name, f"a.{name}", make, expected)
            for name, make, expected in (
                ("txt", lambda: f"{TITLE}分\ufffe值\t1".encode(), "text-no-character"),
                ("csv", lambda: "项目名称,甲\n分\uffff值,1".encode(), "text-no-character"),
                ("md", lambda: "|项目名称|甲|\n|分\ufffe值|1|".encode(), "text-no-character"),
                ("html", lambda: "<table><tr><td>分&#xFFFE;值</table>".encode(), "no-form"),
                (
                    "docx",
                    lambda: with_part(
                        "word/document.xml", replaced("路灯".encode(), b"&#xFFFE;"), saved(form_document())
                    ),
                    "any",
                ),
                ("ods", lambda: open_tables('<t:table t:name="&#xFFFF;"/>'), "any"),
                (
                    "xlsx",
                    lambda: with_part(SHEET, lambda body: re.sub(rb"(<t\b[^>]*>)", rb"\1&#xFFFE;", body, count=1)),
                    "any",
                ),
                ("json", lambda: document(remark="a\ufffeb"), "any"),
            )
        ),
    ]


def _lost() -> list[Case]:
    crc, funds = "a part that is damaged where nobody reads", "a table of funds without amounts"
    found: list[Case] = [
        Case(crc, f"the sum over {name}", "a.xlsx", partial(wrong_sum, name), "any")
        for name in (
            "xl/theme/theme1.xml",
            "docProps/core.xml",
            "[Content_Types].xml",
            "_rels/.rels",
            "xl/styles.xml",
            SHEET,
        )
        if name in parts_of(filled())
    ]
    found += [
        Case(crc, f"packed by way {method}", "a.xlsx", partial(packed_as, method), "any") for method in (1, 14, 93, 99)
    ]
    found += [
        Case(crc, "of a Word document", "a.docx", lambda: wrong_sum("word/styles.xml", saved(form_document())), "any"),
        Case(crc, "cut short", "a.xlsx", lambda: filled()[:-400], "refused"),
        Case(crc, "the theme is no XML", "a.xlsx", lambda: with_part("xl/theme/theme1.xml", lambda _: b"<a"), "read"),
    ]
    for heading in (
        "资金来源",
        "项目资金（万元）",
        "年度资金总额",
        "年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分",
    ):
        text = text_of(heading)
        found += [
            Case(funds, f"{heading[:6]} in .txt", "a.txt", text.encode, "any"),
            Case(funds, f"{heading[:6]} in .csv", "a.csv", text.replace("\t", ",").encode, "any"),
            Case(funds, f"{heading[:6]} in .docx", "a.docx", partial(word_text, text), "any"),
        ]
    return found


CASES: tuple[Case, ...] = (
    *_old_workbooks(),
    *_far_cells(),
    *_pdfs(),
    *_endless(),
    *_workbooks(),
    *_attributes(),
    *_documents(),
    *_xml(),
    *_lost(),
)
