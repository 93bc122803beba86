"""The one opener of zip and XML: the same limits and sentences for reading and for writing."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

import perfeval_xl as pe
from perfeval_xl.cli import perfeval
from perfeval_xl.errors import Unreadable
from perfeval_xl.files import read_bytes
from perfeval_xl.package.editable import Package

SAMPLES = Path(pe.__file__).parent / "samples"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("package") / "form.xlsx"
    form = pe.load(SAMPLES / "mof.json")[0]
    first, *others = form.indicators
    pe.write([replace(form, indicators=(replace(first, score=Decimal("8.94")), *others))], path)
    return path.read_bytes()


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    package = Package(data, "form.xlsx")
    package.write(part, change(package.read(part)))
    return package.to_bytes()


def replaced(before: bytes, after: bytes) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        assert before in body
        return body.replace(before, after, 1)

    return change


def test_what_does_not_change_goes_over_as_it_is(workbook: bytes) -> None:
    package = Package(workbook, "form.xlsx")
    package.write("xl/new.xml", b"<new/>")
    written = package.to_bytes()
    with zipfile.ZipFile(io.BytesIO(workbook)) as before, zipfile.ZipFile(io.BytesIO(written)) as after:
        assert after.testzip() is None
        assert after.namelist() == [*before.namelist(), "xl/new.xml"]
        for old in before.infolist():
            new = after.getinfo(old.filename)
            assert (new.CRC, new.compress_size, new.date_time) == (old.CRC, old.compress_size, old.date_time)
            assert after.read(old.filename) == before.read(old.filename)
    assert Package(written, "").to_bytes() == written


@pytest.mark.parametrize("written", [b"8<!-- -->.94", b"8<?x y?>.94", b"<![CDATA[8.94]]>", b"&#56;.94"])
def test_a_value_is_read_whole_however_it_is_written(written: bytes, workbook: bytes) -> None:
    plain = read_bytes(workbook, "plain.xlsx")[0].form
    odd = changed(workbook, SHEET, replaced(b"<v>8.94</v>", b"<v>" + written + b"</v>"))
    assert read_bytes(odd, "odd.xlsx")[0].form == plain


@pytest.mark.parametrize("before", [b"", b"<!--" + b" " * 9_000 + b"-->"], ids=["first", "after a long comment"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_a_document_type_is_refused_wherever_it_stands(part: str, before: bytes, workbook: bytes) -> None:
    hostile = changed(workbook, part, replaced(b"?>", b"?>" + before + b'<!DOCTYPE x [<!ENTITY a "9">]>'))
    with pytest.raises(Unreadable):
        read_bytes(hostile, "hostile.xlsx")
    with pytest.raises(Unreadable):
        Package(hostile, "hostile.xlsx").tree(part)


def test_two_sheets_of_one_part_are_a_damaged_file(workbook: bytes) -> None:
    twin = changed(
        workbook, "xl/workbook.xml", replaced(b"</sheets>", b'<sheet name="again" sheetId="9" r:id="rId1"/></sheets>')
    )
    with pytest.raises(Unreadable):
        read_bytes(twin, "twin.xlsx")


def test_a_cell_far_from_its_row_is_refused(workbook: bytes) -> None:
    far = changed(workbook, SHEET, replaced(b"</row>", b'<c r="XFD1048576"><v>1</v></c></row>'))
    with pytest.raises(Unreadable):
        read_bytes(far, "far.xlsx")


def with_wrong_checksum(data: bytes, part: str) -> bytes:
    """The directory and the header of a part say another checksum than its content has."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(part)
    wrong = bytearray(data)
    at = info.header_offset + 14
    checksum = bytes(wrong[at : at + 4])
    central = wrong.index(checksum, wrong.index(b"PK\x01\x02"))
    for place in (at, central):
        wrong[place : place + 4] = bytes(byte ^ 0xFF for byte in checksum)
    return bytes(wrong)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(perfeval, arguments, standalone_mode=False)
    return (2, str(result.exception)) if isinstance(result.exception, pe.PerfevalError) else (
        result.exit_code, result.output
    )  # fmt: skip


def test_a_damaged_part_is_one_sentence_from_every_writing_command(workbook: bytes, tmp_path: Path) -> None:
    damaged, out = tmp_path / "damaged.xlsx", tmp_path / "out.xlsx"
    damaged.write_bytes(with_wrong_checksum(workbook, "xl/theme/theme1.xml"))
    assert len(pe.read(damaged)) == 1
    document = tmp_path / "form.json"
    pe.dump(pe.load(SAMPLES / "mof.json")[:1], document)
    for arguments in (
        ("check", str(damaged), "--annotate", str(out), "--fail-on", "never"),
        ("to-xlsx", str(document), "--into", str(damaged), "-o", str(out)),
    ):
        status, told = run(*arguments)
        assert status == 2, arguments
        assert "theme1.xml" in told
        assert not out.exists()


@pytest.mark.parametrize("part", ["docProps/custom.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_damaged_part_that_is_read_is_named_where_a_form_is_filled_in(
    part: str, workbook: bytes, tmp_path: Path
) -> None:
    damaged, document = tmp_path / "damaged.xlsx", tmp_path / "form.json"
    damaged.write_bytes(with_wrong_checksum(workbook, part))
    pe.dump(pe.load(SAMPLES / "mof.json")[:1], document)
    status, told = run("to-xlsx", str(document), "--into", str(damaged), "-o", str(tmp_path / "out.xlsx"))
    assert status == 2
    assert part in told


def test_a_sheet_number_that_is_none_does_no_harm(workbook: bytes) -> None:
    odd = changed(workbook, "xl/workbook.xml", replaced(b'sheetId="1"', b'sheetId="abc"'))
    marked = pe.open(odd, name="odd.xlsx").annotated()
    assert pe.open(marked, name="marked.xlsx").forms == pe.open(workbook, name="form.xlsx").forms


def test_a_large_package_is_looked_through_and_changed(workbook: bytes) -> None:
    """Above half a megabyte the directory of a zip is not believed."""
    noise = os.urandom(700_000)
    file = io.BytesIO(workbook)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/media/image1.png", noise)
    package = Package(file.getvalue(), "a.xlsx")
    package.write("xl/theme/theme1.xml", b"<a/>")
    assert Package(package.to_bytes(), "a.xlsx").read("xl/media/image1.png") == noise
