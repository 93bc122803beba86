"""Workbooks as offices make them their own: a template plus everything that is none of our business."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image

from perfeval_xl.layout.names import column_name, field_name
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import a1
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.sources import open_bytes
from perfeval_xl.workbook.open_workbook import into_workbook

RIBBON = b'<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon/></customUI>'
_TYPES = "http://schemas.openxmlformats.org"
#: Parts that no spreadsheet program wrote, put in by zip surgery.
FOREIGN_PARTS = {
    "customXml/item1.xml": b'<?xml version="1.0"?>\n<office:archive xmlns:office="urn:office"  no="007"/>\n',
    "customUI/customUI14.xml": RIBBON,
    "xl/printerSettings/printerSettings1.bin": bytes(range(256)),
    "docProps/thumbnail.jpeg": b"\xff\xd8\xff\xe0 no real picture",
}
#: Part that gets the link, its target and the last words of its type.
_LINKS = (
    (
        "_rels/.rels",
        "customUI/customUI14.xml",
        "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
    ),
    ("_rels/.rels", "docProps/thumbnail.jpeg", f"{_TYPES}/package/2006/relationships/metadata/thumbnail"),
    ("xl/_rels/workbook.xml.rels", "../customXml/item1.xml", f"{_TYPES}/officeDocument/2006/relationships/customXml"),
)


def parts_of(data: bytes) -> dict[str, bytes]:
    """Every part of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def package_of(parts: dict[str, bytes]) -> bytes:
    """The zip of such parts, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return buffer.getvalue()


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """Names of the parts that differ, were added or are gone."""
    old, new = parts_of(before), parts_of(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def png() -> bytes:
    """One red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def cells_of(data: bytes, number: int = 0) -> dict[str, str]:
    """First cell of every defined name on a sheet, as ``A1`` addresses."""
    return {name: a1(*area.anchor) for name, area in open_bytes(data, "a.xlsx")[number].names.items()}


def dressed(template: bytes) -> bytes:
    """The template with comments, a picture, another sheet that computes from it, a chart, and foreign parts."""
    at = cells_of(template)
    book = openpyxl.load_workbook(io.BytesIO(template))
    form = book.worksheets[0]
    total, first = at[field_name("total.score")], at[column_name("indicators", "score")]
    form[at[field_name("project.name")]].comment = Comment("核对过", "office")
    form[total].comment = Comment("总分的批注", "office")
    form.add_image(Image(io.BytesIO(png())), "B" + total[1:])
    ledger = book.create_sheet("台账")
    ledger["A1"] = f"='{form.title}'!{total}"
    ledger["A2"] = f"=SUM('{form.title}'!{first}:{first[0]}{int(total[1:]) - 1})"
    ledger["A3"] = "不相干 的文字"
    chart = BarChart()
    chart.add_data(Reference(range_string=f"'{form.title}'!{first}:{first[0]}{int(total[1:]) - 1}"))
    ledger.add_chart(chart, "C3")
    buffer = io.BytesIO()
    book.save(buffer)
    parts = parts_of(buffer.getvalue())
    for number, (part, target, kind) in enumerate(_LINKS):
        link = f'<Relationship Id="rIdOwn{number}" Target="{target}" Type="{kind}"/></Relationships>'
        parts[part] = parts[part].replace(b"</Relationships>", link.encode())
    types = '<Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="bin" ContentType="a/b"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", types.encode())
    return package_of(parts | FOREIGN_PARTS)


def fill_own(data: bytes, forms: Sequence[Form]) -> bytes:
    """The workbook with the forms filled in; every field must have found its cell."""
    filled = into_workbook(data, "own.xlsx", forms)
    assert filled.left_out == ()
    return filled.data


def sheet_part(data: bytes, number: int = 0) -> str:
    """The part that holds a sheet."""
    return Workbook(data, "a.xlsx").sheets[number].part
