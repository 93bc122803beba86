"""Whatever the bytes are: grids or ``Unreadable``, never another exception, and never without end."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_xl.errors import Unreadable
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet, Value
from tests.test_sources_binary import place, record, row, wide, xlsb
from tests.test_sources_documents import PAGE, form_document, saved
from tests.test_sources_excel import DATES, package, workbook
from tests.test_sources_hostile import text_pdf, xls_bytes
from tests.test_sources_text import CELL_PER_LINE

#: Seconds of a processor; an ordinary file takes a hundredth of that.
LONGEST = 5.0


def opened(data: bytes, name: str) -> list[Sheet]:
    """The grids, or none where the file is refused; anything else fails the test."""
    start = time.process_time()
    sheets: list[Sheet] = []
    with suppress(Unreadable):
        sheets = open_bytes(data, name)
    assert time.process_time() - start < LONGEST
    for sheet in sheets:
        for area in sheet.merges:
            assert 0 <= area.top <= area.bottom
            assert 0 <= area.left <= area.right
        for cell, _ in sheet.filled():
            assert sheet.address(cell)
            assert sheet.told(cell)
    return sheets


SHEET = (
    '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45292</v></c><c r="C1" t="e"><v>#REF!</v></c>'
    '</row><row r="3"><c r="B3" t="inlineStr"><is><t>甲</t></is></c><c r="C3" t="b"><v>1</v></c></row></sheetData>'
    '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>'
)
ODS = (
    '<o:document-content xmlns:o="office" xmlns:t="table" xmlns:x="text"><o:body><o:spreadsheet><t:table t:name="S">'
    '<t:table-row t:number-rows-repeated="2"><t:table-cell o:value-type="float" o:value="1.5" '
    't:number-columns-spanned="2" t:number-rows-spanned="2"><x:p>1.5</x:p></t:table-cell><t:table-cell '
    'o:value-type="date" o:date-value="2024-01-01"><x:p>x<x:s x:c="3"/></x:p></t:table-cell></t:table-row></t:table>'
    '<t:named-expressions><t:named-range t:name="n" t:cell-range-address="$S.$A$1:.$B$2"/></t:named-expressions>'
    "</o:spreadsheet></o:body></o:document-content>"
)


@cache
def samples() -> dict[str, bytes]:
    """A small valid file of every kind, by name."""
    names = "<definedNames><definedName name='a'>S1!$A$1</definedName></definedNames>"
    return {
        "form.xlsx": workbook(SHEET, shared="<si><t>项目名称</t></si>", styles=DATES, workbook_more=names),
        "form.xlsb": xlsb(row(0), record(6, place(0) + wide("项目")), record(3, place(1) + b"\x17")),
        "form.xls": xls_bytes(),
        "form.ods": package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ODS}),
        "form.docx": saved(form_document()),
        "form.html": PAGE.format(charset="utf-8").encode(),
        "form.txt": CELL_PER_LINE.encode(),
        "form.md": "| 甲 | 乙 |\n|---|---|\n| 1 | <table><tr><td>2</table> |\n**备注：**\n".encode(),
        "form.csv": '项目名称,"甲,乙"\n1;2;3\n'.encode(),
        "form.tsv": '甲\t"乙\n丙"\t丁\n'.encode("utf-16"),
        "form.pdf": text_pdf(),
    }


NAMES = (*sorted(samples()), "form", "form.doc.xls")
quickly = settings(max_examples=150)


@pytest.mark.parametrize("name", sorted(set(samples()) - {"form.pdf"}))
def test_the_samples_themselves_are_read(name: str) -> None:
    assert any(list(sheet.filled()) for sheet in opened(samples()[name], name))


@quickly
@given(data=st.binary(max_size=2000), name=st.sampled_from(NAMES))
def test_random_bytes(data: bytes, name: str) -> None:
    opened(data, name)


MARKS = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.4\n", b"<html>", b"\xff\xfe", b"\x09\x08"]


@quickly
@given(start=st.sampled_from(MARKS), data=st.binary(max_size=2000), name=st.sampled_from(NAMES))
def test_random_bytes_behind_the_mark_of_a_kind(start: bytes, data: bytes, name: str) -> None:
    opened(start + data, name)


def damaged(data: bytes, at: int, size: int, junk: bytes) -> bytes:
    at %= len(data) + 1
    return data[:at] + junk + data[at + size :]


damage = st.tuples(st.integers(0, 1 << 20), st.integers(0, 40), st.binary(max_size=20))


@pytest.mark.parametrize("name", sorted(samples()))
@settings(max_examples=60)
@given(blows=st.lists(damage, min_size=1, max_size=4))
def test_a_valid_file_with_damaged_bytes(name: str, blows: list[tuple[int, int, bytes]]) -> None:
    data = samples()[name]
    for at, size, junk in blows:
        data = damaged(data, at, size, junk)
    opened(data, name)


def changed_parts(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return package({name: change(name, archive.read(name)) for name in archive.namelist()})


WORDS = [b"", b"0", b"-1", b"1048576", b"4294967296", b"99999999999999999999", b"XFD1048576", b"A0"]
WORDS += [b"<c/>", b"&amp;", b"\xe9", b"1e400", b"NaN"]


@pytest.mark.parametrize("name", ["form.xlsx", "form.xlsb", "form.ods", "form.docx"])
@settings(max_examples=100)
@given(part=st.integers(0, 30), blows=st.lists(st.tuples(damage, st.sampled_from(WORDS)), min_size=1, max_size=3))
def test_a_sound_package_with_damaged_parts(
    name: str, part: int, blows: list[tuple[tuple[int, int, bytes], bytes]]
) -> None:
    with zipfile.ZipFile(io.BytesIO(samples()[name])) as archive:
        names = archive.namelist()
    victim = names[part % len(names)]

    def change(each: str, body: bytes) -> bytes:
        if each == victim:
            for (at, size, _), word in blows:
                body = damaged(body, at, size, word)
        return body

    opened(changed_parts(samples()[name], change), name)


numbers = st.sampled_from(["0", "1", "2", "3", "7", "1000", "1048576", "99999999", "-1", "x", ""])


@quickly
@given(st.lists(st.lists(st.tuples(numbers, numbers, st.text("甲1<&\n ", max_size=4)), max_size=4), max_size=5))
def test_spans_of_any_size_never_overlap(table: list[list[tuple[str, str, str]]]) -> None:
    body = "".join(
        "<tr>" + "".join(f'<td rowspan="{down}" colspan="{across}">{text}</td>' for down, across, text in cells)
        for cells in table
    )
    for sheet in opened(f"<html><table>{body}</table></html>".encode(), "form.html"):
        filled = [cell for cell, _ in sheet.filled()]
        for area in sheet.merges:
            inside = [cell for cell in filled if area.covers(cell)]
            assert inside in ([], [area.anchor])


@quickly
@given(
    st.text('甲乙\t\n |"<>b/*#-,;1', max_size=200),
    st.sampled_from(["form.txt", "form.md", "form.tsv", "form.csv"]),
)
def test_no_character_of_a_text_is_lost(text: str, name: str) -> None:
    """What is printed is in the grid: every Chinese character and digit, in the same order."""

    def marks(values: list[Value]) -> str:
        return "".join(sign for value in values for sign in str(value) if sign in "甲乙1")

    sheets = opened(text.encode(), name)
    found = marks([value for sheet in sheets for _, value in sheet.filled()])
    assert found == marks([text])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<table " * 20_000, "form.md"),
        ("# " + " " * 100_000 + "x", "form.md"),
        ("<" + " " * 100_000 + "x\t", "form.txt"),
        ('"a\t' * 30_000, "form.txt"),
        ('"a\tb\n' * 30_000, "form.txt"),
        ("|" * 100_000, "form.md"),
        ("<p " + "a=b " * 30_000, "form.txt"),
        ("**" + "甲 " * 50_000, "form.md"),
        ('a,"b\n' * 30_000, "form.csv"),
        ("<td " * 30_000, "form.html"),
        ("<table><tr>" * 5_000, "form.html"),
        ("\t甲\n" * 30_000, "form.txt"),
        ("甲\n\t\n\n" * 30_000, "form.txt"),
        ("甲\t乙\t丙\t丁\n乙\t丙\n" + "丁\n" * 30_000, "form.txt"),
        ("-" * 100_000, "form.md"),
        ("| -" * 30_000, "form.md"),
    ],
)
def test_texts_made_to_take_for_ever_do_not(text: str, name: str) -> None:
    opened(text.encode(), name)
