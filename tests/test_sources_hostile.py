"""Files that are damaged, protected, of another kind than their name says, or made to do harm: one clear sentence."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
import xlwt

from perfeval_xl.errors import Unreadable
from perfeval_xl.messages import LANGUAGES, in_language, sentence
from perfeval_xl.package import parts as parts_module
from perfeval_xl.sources import open_bytes, open_sheets
from tests.test_sources_excel import package, workbook

CELL = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'


def refusal(data: bytes, name: str) -> str:
    """The key of the sentence that refuses a file; the sentence names the file and ends in both languages."""
    with pytest.raises(Unreadable) as caught:
        open_bytes(data, name)
    for language in LANGUAGES:
        with in_language(language):
            assert str(caught.value).startswith(name)
            assert "{" not in str(caught.value)
    return caught.value.key


def ole(*streams: str) -> bytes:
    """The smallest container of the old office formats whose root folder holds empty streams of these names."""
    names = ["Root Entry", *streams]
    entries = b""
    for index, name in enumerate(names):
        wide = name.encode("utf-16-le")
        right = index + 1 if 0 < index < len(names) - 1 else 0xFFFFFFFF
        child = 1 if index == 0 and streams else 0xFFFFFFFF
        entries += wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide) + 2, 5 if index == 0 else 2, 1)
        entries += struct.pack("<3I", 0xFFFFFFFF, right, child) + bytes(36) + struct.pack("<III", 0xFFFFFFFE, 0, 0)
    entries = entries.ljust(512, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    return header + table + entries


def docx_bytes() -> bytes:
    document = docx.Document()
    document.add_paragraph("年度工作总结")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def xls_bytes() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("自评表").write(0, 0, "项目名称")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text_pdf() -> bytes:
    """A PDF of one empty page, as a scanner without text recognition makes it."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 4\n0000000000 65535 f \n" + table + trailer


ODS = "application/vnd.oasis.opendocument.spreadsheet"
ENCRYPTED_ODS = package({"mimetype": ODS, "META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": b"\x01"})


@pytest.mark.parametrize(
    ("data", "name", "key"),
    [
        pytest.param(b"", "a.xlsx", "file-empty", id="no bytes"),
        pytest.param(workbook(CELL)[:700], "a.xlsx", "file-damaged", id="truncated"),
        pytest.param(b"PK\x03\x04" + bytes(100), "a.xlsx", "file-damaged", id="only looks like a zip"),
        pytest.param("项目名称,甲".encode(), "a.xlsx", "file-is-text", id="text called workbook"),
        pytest.param(b"<html><table></table></html>", "a.docx", "file-is-text", id="HTML called Word"),
        pytest.param(docx_bytes(), "a.xlsx", "file-is-word", id="Word called workbook"),
        pytest.param(docx_bytes(), "a.pdf", "file-is-word", id="Word called PDF"),
        pytest.param(workbook(CELL), "a.docx", "file-is-workbook", id="workbook called Word"),
        pytest.param(workbook(CELL), "a.txt", "file-is-workbook", id="workbook called text"),
        pytest.param(text_pdf(), "a.xlsx", "file-is-pdf", id="PDF called workbook"),
        pytest.param(text_pdf(), "a.pdf", "pdf-is-scanned", id="scanned"),
        pytest.param(b"%PDF-1.4\n rubbish", "a.pdf", "file-damaged", id="damaged PDF"),
        pytest.param(ole("EncryptionInfo", "EncryptedPackage"), "a.xlsx", "file-has-password", id="password"),
        pytest.param(ENCRYPTED_ODS, "a.ods", "file-has-password", id="password of LibreOffice"),
        pytest.param(ole("WordDocument"), "a.xls", "file-is-word", id="old Word called workbook"),
        pytest.param(ole("WordDocument"), "a.xlsx", "file-is-word", id="old Word called new workbook"),
        pytest.param(ole("PowerPoint Document"), "a.xls", "file-not-office", id="slides"),
        pytest.param(ole("Workbook"), "a.xls", "file-damaged", id="empty old workbook"),
        pytest.param(xls_bytes()[:2000], "a.xls", "file-damaged", id="truncated old workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "file-damaged", id="only the mark of an old file"),
        pytest.param(b"\x09\x08\x08\x00\x00\x05\x05\x00" + bytes(40), "a.xls", "file-old-excel", id="Excel 5"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(40), "a.xlsx", "file-is-picture", id="picture"),
        pytest.param(b"\x00\x00\x01\x02" * 50, "a", "file-not-office", id="unknown"),
        pytest.param(b"\x01\x02\x03\x04" * 50, "a.txt", "text-unknown-encoding", id="control characters"),
        pytest.param(package({"a.txt": "x"}), "a.zip", "file-not-office", id="some zip"),
        pytest.param(
            package({"ppt/presentation.xml": "<p/>", "[Content_Types].xml": "<Types/>"}), "a.xlsx", "file-not-office",
            id="slides called workbook",
        ),
    ],
)  # fmt: skip
def test_one_sentence_for_each_kind_of_bad_file(data: bytes, name: str, key: str) -> None:
    assert refusal(data, name) == key


def test_a_missing_file_a_folder_and_a_file_without_permission(tmp_path: Path) -> None:
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(workbook(CELL))
    locked.chmod(0)
    for path, key in ((tmp_path / "none.xlsx", "file-missing"), (tmp_path, "file-is-folder")):
        with pytest.raises(Unreadable) as caught:
            open_sheets(path)
        assert caught.value.key == key
        assert str(path) in str(caught.value)
    if os.name == "posix" and os.geteuid() != 0:
        with pytest.raises(Unreadable) as caught:
            open_sheets(locked)
        assert caught.value.key == "file-no-permission"


def test_permission_is_told_whoever_runs_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(CELL))

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(Unreadable) as caught:
        open_sheets(path)
    assert caught.value.key == "file-no-permission"


def test_every_refusal_says_what_to_do_in_both_languages() -> None:
    for key in ("file-damaged", "file-has-password", "file-is-word", "pdf-is-scanned", "word-needs-office"):
        assert "请" in sentence(f"errors.{key}", "zh")
        assert ". " in sentence(f"errors.{key}", "en")


# --- made to do harm ------------------------------------------------------------------------------------------


def test_a_zip_bomb_is_refused_before_it_is_inflated() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/workbook.xml", "w") as part:
            for _ in range(64):
                part.write(bytes(1 << 20))
    data = file.getvalue()
    tracemalloc.start()
    assert refusal(data, "a.xlsx") == "file-is-bomb"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_zip_of_too_many_parts_is_refused() -> None:
    assert refusal(package({f"p{i}": "" for i in range(10_001)}), "a.xlsx") == "file-is-bomb"


def test_a_directory_that_lies_about_the_size_is_not_believed() -> None:
    honest = workbook(f"<sheetData/>{' ' * 100_000}")
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert refusal(honest.replace(struct.pack("<I", size), struct.pack("<I", 100)), "a.xlsx") == "file-damaged"


def test_a_lying_directory_is_found_in_parts_that_are_not_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MOST_INFLATED", 1_000_000)
    with zipfile.ZipFile(io.BytesIO(workbook(CELL))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    body = b"7" * 90_000
    honest = package({**parts, "xl/other.bin": body, "xl/media/picture": os.urandom(2000)})
    assert [sheet.name for sheet in open_bytes(honest, "a.xlsx")] == ["S1"]
    assert refusal(honest.replace(struct.pack("<I", len(body)), struct.pack("<I", 10)), "a.xlsx") == "file-damaged"


def test_two_parts_of_one_name_are_refused() -> None:
    data = workbook(CELL)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file := io.BytesIO(data), "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert refusal(file.getvalue(), "a.xlsx") == "file-damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_not_expanded(part: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("42")
    laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;"><!ENTITY f SYSTEM "file://' + str(secret) + '">]>'
    with zipfile.ZipFile(io.BytesIO(workbook(CELL))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = laughs.encode() + bytes(parts[part]).replace(b"<v>1</v>", b"<v>&f;</v>")  # type: ignore[arg-type]
    assert refusal(package(parts), "a.xlsx") == "file-damaged"


def test_a_small_html_that_wants_a_huge_table_is_refused() -> None:
    wide = "<table>" + "<tr>" + '<td colspan="1000">x</td>' * 100 + "</tr></table>"
    assert refusal(wide.encode(), "a.html") == "document-too-large"
    deep = "<table>" + '<tr><td rowspan="65000" colspan="1000">x</td></tr>' * 20 + "</table>"
    assert refusal(deep.encode(), "a.html") == "document-too-large"


def test_a_small_ods_that_wants_a_huge_table_is_refused() -> None:
    cell = '<t:table-cell t:number-columns-repeated="16384" o:value-type="float" o:value="1"/>'
    content = (
        '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><o:body><o:spreadsheet><t:table t:name="S">'
        f'<t:table-row t:number-rows-repeated="1048576">{cell}</t:table-row></t:table></o:spreadsheet></o:body>'
        "</o:document-content>"
    )
    assert refusal(package({"mimetype": ODS, "content.xml": content}), "a.ods") == "sheet-too-large"


def test_deeply_nested_tables_end_in_text_not_in_a_crash() -> None:
    (sheet,) = open_bytes(("<table><tr><td>x" * 400).encode(), "a.html")
    assert "x" in repr(sheet.rows)


def test_a_real_workbook_with_a_password_is_told(tmp_path: Path) -> None:
    msoffcrypto = pytest.importorskip("msoffcrypto.format.ooxml")
    plain = tmp_path / "plain.xlsx"
    openpyxl.Workbook().save(plain)
    file = io.BytesIO()
    with plain.open("rb") as opened:
        msoffcrypto.OOXMLFile(opened).encrypt("geheim", file)
    assert refusal(file.getvalue(), "a.xlsx") == "file-has-password"


def test_reading_never_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(CELL))
    before = path.read_bytes(), path.stat().st_mtime_ns
    open_sheets(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_openers_are_imported_only_when_needed() -> None:
    program = (
        "import sys; from pathlib import Path; import perfeval_xl.sources as s; "
        "s.open_bytes(b'a\\tb', 'a.txt'); "
        "print([m for m in ('docx', 'pdfplumber', 'python_calamine', 'openpyxl', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
