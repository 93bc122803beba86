"""Small files made to do harm, several of every family: refused in one sentence, or read, and never at a price."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from perfeval_xl.errors import NotAForm, Unreadable
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import knows
from perfeval_xl.model import load_document
from perfeval_xl.package import limits, long_sheets
from perfeval_xl.package.limits import LONG_SHEET
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.ole import root_stream, root_streams
from perfeval_xl.workbook.open_workbook import into_workbook, to_workbook
from tests.hostile_files import far_cell, filled, old_file, old_workbook, patched, records
from tests.test_cli import run
from tests.test_sources_documents import form_document, saved
from tests.test_sources_excel import package, workbook
from tests.test_sources_hostile import ODS, refusal, xls_bytes

SAMPLES = Path(__file__).parents[1] / "perfeval_xl/samples"
#: Seconds of work; the hostile files of before took minutes or never ended.
SOON = 10.0


def quickly(data: bytes, name: str) -> str:
    """The sentence that refuses the file, which comes soon."""
    started = time.process_time()
    key = refusal(data, name)
    assert time.process_time() - started < SOON
    return key


# --- old workbooks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "column"), [(65535, 65535), (65535, 255), (3, 60000), (65535, 256)])
def test_one_far_cell_of_an_old_workbook(row: int, column: int) -> None:
    assert quickly(far_cell(row, column), "a.xls") == "sheet-too-large"


def test_a_far_cell_within_the_limit_is_read() -> None:
    (sheet,) = open_bytes(far_cell(1999, 255), "a.xls")
    assert sheet[1999, 255] is not None


def test_the_sheets_of_an_old_workbook_are_counted_together() -> None:
    tables = [{(0, 0): 1.0, (40000, 30): 2.0}] * 5  # 1.2 million cells each
    assert quickly(old_file(old_workbook(*tables)), "a.xls") == "sheet-too-large"


def test_dimensions_that_lie_are_not_believed() -> None:
    stream = old_workbook({(0, 0): 1.5, (2, 1): 2.5})
    for at in records(stream, 0x0200):
        stream = patched(stream, at + 4, "<IIHH", 0, 65536, 0, 65535)
    (sheet,) = open_bytes(old_file(stream), "a.xls")
    assert [str(value) for _, value in sheet.filled()] == ["1.5", "2.5"]


def test_a_number_of_shared_texts_that_lies() -> None:
    stream = root_stream(xls_bytes(), "a.xls", "Workbook")
    (texts,) = records(stream, 0x00FC)
    assert quickly(old_file(patched(stream, texts + 8, "<I", 0x7FFFFFFF)), "a.xls") == "file-damaged"


@pytest.mark.parametrize("place", [1, None])
def test_a_sheet_that_is_listed_twice_or_is_not_there(place: int | None) -> None:
    stream = old_workbook({(0, 0): 1.0}, {(0, 0): 2.0})
    first, second = records(stream, 0x0085)
    where = struct.unpack_from("<I", stream, first + 4)[0] if place else 0xFFFFFF
    assert quickly(old_file(patched(stream, second + 4, "<I", where)), "a.xls") == "file-damaged"


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
    else:
        struct.pack_into("<I", data, table, 0)
    return bytes(data)


@pytest.mark.parametrize("kind", ["DIFAT", "long table", "directory", "stream"])
def test_chains_that_lead_to_themselves(kind: str) -> None:
    """Some are refused, some hold nothing that matters: nothing runs on."""
    started = time.process_time()
    with suppress(Unreadable):
        assert open_bytes(with_loop(kind), "a.xls")[0][0, 0] == "项目名称"
    assert time.process_time() - started < SOON


@pytest.mark.parametrize("size", [10, 4096, 100_000, 5_000_000])
def test_a_container_of_ours_gives_its_stream_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    made = old_file(content[:size])
    assert root_streams(made, "a.xls") == {"workbook"}
    assert root_stream(made, "a.xls", "Workbook")[:size] == content[:size]


# --- PDF ----------------------------------------------------------------------------------------------------------


def pdf(content: bytes, *objects: bytes, resources: bytes = b"", stream: bytes = b"") -> bytes:
    """A PDF of one page; ``objects`` are numbered from 5, ``stream`` is what the dictionary of the content adds."""
    resources = resources or b"<</Font<</F 5 0 R>>>>"
    listed = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources%s>>" % resources,
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), stream, content),
        *(objects or (b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",)),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, item in enumerate(listed, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(listed) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


TEXT = b"BT /F 8 Tf 30 30 Td (10) Tj ET "
BOMB = zlib.compress(bytes(200 << 20), 9)
CID = (
    b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]%s>>",
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 0>>%s>>",
)
RANGE = b"/CIDInit /ProcSet findresource begin begincmap 1 beginbfrange <00000000> <7FFFFFFF> <0020> endbfrange endcmap"


def form_object(inside: bytes, drawings: bytes = b"") -> bytes:
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<%s>>>>/Length %d>>"
    return head % (drawings, len(inside)) + b"stream\n%s\nendstream" % inside


def nested(depth: int) -> bytes:
    drawings = [form_object(b"/X Do " * 10, b"/X %d 0 R" % (number + 1)) for number in range(5, 5 + depth)]
    return pdf(b"/X Do", *drawings, form_object(b"0 0 1 1 re f"), resources=b"<</XObject<</X 5 0 R>>>>")


HEAVY: dict[str, Callable[[], bytes]] = {
    "a predictor of a billion columns": lambda: pdf(
        zlib.compress(TEXT), stream=b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1000000000>>"
    ),
    "a predictor of a billion colours": lambda: pdf(
        zlib.compress(TEXT), stream=b"/Filter/FlateDecode/DecodeParms<</Predictor 2/Colors 1000000000>>"
    ),
    "a stream of 200 MB": lambda: pdf(BOMB, stream=b"/Filter/FlateDecode"),
    "deflated twice": lambda: pdf(zlib.compress(BOMB, 9), stream=b"/Filter[/FlateDecode/FlateDecode]"),
    "a long stream in an old packing": lambda: pdf(bytes(200_000), stream=b"/Filter/LZWDecode"),
    "drawings in drawings, ten of each": lambda: nested(9),
    "drawings twenty deep": lambda: nested(20),
    "lines without end": lambda: pdf(TEXT + b"0 0 m 9 9 l S " * 20_000),
    "characters without end": lambda: pdf(b"BT /F 8 Tf (%s) Tj ET" % (b"1" * 60_000)),
    "commands without end": lambda: pdf(zlib.compress(b"q Q " * 3_000_000), stream=b"/Filter/FlateDecode"),
    "widths of a billion glyphs": lambda: pdf(TEXT, CID[0] % b"", CID[1] % b"/W[0 1000000000 500]"),
    "a table of two billion characters": lambda: pdf(
        TEXT, CID[0] % b"/ToUnicode 7 0 R", CID[1] % b"", b"<</Length %d>>stream\n%s\nendstream" % (len(RANGE), RANGE)
    ),
}


@pytest.mark.parametrize("kind", HEAVY)
def test_a_pdf_that_asks_for_too_much(kind: str) -> None:
    assert quickly(HEAVY[kind](), "a.pdf") == "pdf-too-large"


def test_a_pdf_within_the_limits_is_read() -> None:
    drawn = form_object(TEXT).replace(b"/XObject<<>>", b"/Font<</F 6 0 R>>")
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    content = zlib.compress(b"/X Do " * 5)
    data = pdf(content, drawn, font, resources=b"<</XObject<</X 5 0 R>>>>", stream=b"/Filter/FlateDecode")
    (sheet,) = open_bytes(data, "a.pdf")
    assert "10" in str(sheet.rows[0][0])


# --- repeated and endless rows ------------------------------------------------------------------------------------


def open_sheet(sheets: int, rows: int, columns: int) -> bytes:
    row = (
        f'<t:table-row t:number-rows-repeated="{rows}">' + '<t:table-cell o:value-type="float" o:value="1"/>' * columns
    )
    tables = "".join(f'<t:table t:name="q{number}">{row}</t:table-row></t:table>' for number in range(sheets))
    head = '<o:d xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    head += 'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><o:body><o:spreadsheet>'
    return package({"mimetype": ODS, "content.xml": f"{head}{tables}</o:spreadsheet></o:body></o:d>"})


@pytest.mark.parametrize(("sheets", "rows", "columns"), [(20, 100_000, 7), (20, 1_000_000, 7), (200, 30_000, 1)])
def test_the_repeated_rows_of_an_ods_are_counted_together(sheets: int, rows: int, columns: int) -> None:
    assert quickly(open_sheet(sheets, rows, columns), "a.ods") == "sheet-too-large"


def test_repeated_rows_within_the_limit_are_read() -> None:
    assert [len(sheet.rows) for sheet in open_bytes(open_sheet(2, 1000, 3), "a.ods")] == [1000, 1000]


def many_paragraphs() -> bytes:
    data = saved(form_document())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    body = bytes(parts["word/document.xml"])  # type: ignore[arg-type]
    parts["word/document.xml"] = body.replace(b"<w:body>", b"<w:body>" + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 60_000)
    return package(parts)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (many_paragraphs, "a.docx"),
        (lambda: b"<html>" + b"<p>x</p>" * 60_000, "a.html"),
        (lambda: "第一行\n".encode() * 60_000, "a.txt"),
        (lambda: b"# x\n" * 60_000, "a.md"),
    ],
)
def test_lines_without_end(make: Callable[[], bytes], name: str) -> None:
    assert quickly(make(), name) == "document-too-large"


def with_rows(rows: bytes, data: bytes) -> bytes:
    """A workbook whose form sheet has further row elements at its end."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    body = bytes(parts["xl/worksheets/sheet1.xml"])  # type: ignore[arg-type]
    parts["xl/worksheets/sheet1.xml"] = body.replace(b"</sheetData>", rows + b"</sheetData>")
    return package(parts)


@pytest.mark.parametrize("row", [b"<row/>", b'<row r="9999"/>', b'<row r="9999" spans="1:9" />'])
def test_millions_of_empty_rows_are_read_and_filled(row: bytes) -> None:
    forms = list(load_document((SAMPLES / "mof.json").read_bytes()).forms[:1])
    data = with_rows(row * 1_000_000, filled())
    started = time.process_time()
    assert [reading.form for reading in read_bytes(data, "a.xlsx")] == forms
    written = into_workbook(data, "a.xlsx", forms).data
    assert time.process_time() - started < SOON
    assert [reading.form for reading in read_bytes(written, "a.xlsx")] == forms


def test_empty_rows_stay_where_others_count_on_them() -> None:
    """A row that does not say its number stands below the one before it, empty or not."""
    body = b"<sheetData><row/><row/><row><c><v>7</v></c></row></sheetData>"
    padded = body + b" " * LONG_SHEET
    assert long_sheets.without_idle_rows(padded) == padded


def ledger(rows: int, form_at_end: bool) -> bytes:
    """A workbook with a long sheet of numbers, and a form at its end or on a sheet of its own."""
    book = openpyxl.load_workbook(io.BytesIO(filled()))
    form = book.worksheets[0]
    long = book.create_sheet("流水")
    for number in range(rows):
        long.append([number, number * 2, "付款"])
    if form_at_end:
        for row in form.iter_rows():
            for cell in row:
                if cell.value is not None and not str(cell.value).startswith("="):
                    long.cell(rows + cell.row + 2, cell.column, cell.value)
        for merge in form.merged_cells.ranges:
            long.merge_cells(None, merge.min_row + rows + 2, merge.min_col, merge.max_row + rows + 2, merge.max_col)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("form_at_end", [False, True])
def test_a_long_ledger_is_read_as_far_as_its_forms_reach(form_at_end: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_sheets, "LONG_SHEET", 50_000)
    monkeypatch.setattr(long_sheets, "FIRST_ROWS", 100)
    data = ledger(3000, form_at_end)
    lengths = {sheet.name: len(sheet.rows) for sheet in open_bytes(data, "a.xlsx")}
    assert lengths["流水"] == 100 if not form_at_end else lengths["流水"] > 3000
    assert len(read_bytes(data, "a.xlsx")) == 1 + form_at_end


# --- texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.html"])
def test_what_is_no_character_is_told_with_its_line(sign: str, name: str) -> None:
    with pytest.raises(Unreadable) as caught:
        open_bytes(f"项目名称\t甲\n分{sign}值\t1".encode(), name)
    assert (caught.value.key, caught.value.values["line"]) == ("text-no-character", 2)


def test_an_entity_for_what_is_no_character_shows_as_unreadable() -> None:
    (sheet,) = open_bytes("<table><tr><td>分&#xFFFE;值</td></tr></table>".encode(), "a.html")
    assert sheet.rows[0][0] == "分\ufffd值"


@pytest.mark.parametrize("heading", ["资金来源", "项目资金（万元）", "年度资金总额"])
def test_a_heading_of_funds_without_amounts(heading: str) -> None:
    header = "一级指标\t二级指标\t三级指标\t指标值\t完成值\t分值\t得分"
    text = f"项目支出绩效自评表\n项目名称\t甲\n{heading}\n{header}\n产出指标\t数量指标\t人数\t≥1人\t2人\t90\t90\n"
    with suppress(NotAForm):
        assert read_bytes(text.encode(), "a.txt")[0].form.funds.lines == ()


def test_ten_thousand_further_lines_take_no_longer_than_they_must() -> None:
    form = load_document((SAMPLES / "mof.json").read_bytes()).forms[0]
    import msgspec

    many = msgspec.structs.replace(form, extra={f"项{number}": "甲" for number in range(10_000)})
    started = time.process_time()
    to_workbook([many])
    assert time.process_time() - started < SOON


# --- a package damaged where reading does not look ----------------------------------------------------------------


def test_a_damaged_part_nobody_reads_is_one_sentence_from_everyone_who_writes() -> None:
    from perfeval_xl.checks.fix import fix
    from perfeval_xl.workbook.review.annotate import annotate

    data = filled()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("xl/theme/theme1.xml")
    broken = data.replace(struct.pack("<I", info.CRC), struct.pack("<I", info.CRC ^ 1))
    readings = read_bytes(broken, "a.xlsx")
    forms = [reading.form for reading in readings]
    for write in (
        lambda: annotate(broken, "a.xlsx", []),
        lambda: fix(broken, "a.xlsx", readings),
        lambda: into_workbook(broken, "a.xlsx", forms),
    ):
        with pytest.raises(Unreadable) as caught:
            write()
        assert caught.value.key in ("damaged-part", "file-damaged")


def test_a_workbook_whose_cells_hold_only_what_the_sheet_says() -> None:
    """The limit looks at the cell's own address, wherever its row says it is."""
    cell = '<sheetData><row r="60"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert quickly(workbook(cell), "a.xlsx") == "sheet-too-large"


@pytest.mark.parametrize(
    ("written", "other"),
    [(rb'<row r="\d+"', b'<row r="abc"'), (rb'<c r="[A-Z]+\d+"', b'<c r="A0"'), (rb'<c r="[A-Z]+\d+"', b'<c r="1A"'),
     (rb'<mergeCell ref="[^"]*"', b'<mergeCell ref="abc"')],
)  # fmt: skip
def test_a_place_that_says_nothing_is_filled_where_it_is_read(written: bytes, other: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(filled())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(written, other, parts[name], count=1)
    data = package(parts)
    forms = [reading.form for reading in read_bytes(filled(), "a.xlsx")]
    again = read_bytes(into_workbook(data, "a.xlsx", forms).data, "a.xlsx")
    assert [(each.form.total, each.form.goals, each.form.indicators) for each in again] == [
        (form.total, form.goals, form.indicators) for form in forms
    ]


def test_names_of_whole_sheets_say_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(filled())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    book = parts["xl/workbook.xml"]
    parts["xl/workbook.xml"] = re.sub(rb"(<definedName [^>]*>[^<!]*!)[^<]*", rb"\1$A$1:$XFD$1048576", book)
    assert parts["xl/workbook.xml"] != book
    started = time.process_time()
    (reading,) = read_bytes(package(parts), "a.xlsx")
    assert time.process_time() - started < SOON
    assert reading.form.indicators == read_bytes(filled(), "a.xlsx")[0].form.indicators


# --- among others -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 95 forms and five of the worst among them."""
    folder = tmp_path_factory.mktemp("hundred")
    good = filled()
    for number in range(95):
        (folder / f"good{number}.xlsx").write_bytes(good)
    for name, data in WORST.items():
        (folder / name).write_bytes(data())
    return folder


WORST: dict[str, Callable[[], bytes]] = {
    "far.xls": lambda: far_cell(65535, 65535),
    "good21-loop.xls": lambda: with_loop("DIFAT"),
    "good43-nested.pdf": lambda: nested(9),
    "good65-repeated.ods": lambda: open_sheet(20, 1_000_000, 7),
    "lines.txt": lambda: "第一行\n".encode() * 60_000,
}


def _others(command: str, printed: bytes, output: Path) -> int:
    """How many of the 95 a result speaks of."""
    if command == "to-json":
        return len(load_document(printed).forms)
    if command == "summary":
        book = openpyxl.load_workbook(output)
        return len(
            {
                cell.value
                for sheet in book
                for row in sheet.iter_rows()
                for cell in row
                if isinstance(cell.value, str) and re.fullmatch(r"good\d+\.xlsx", cell.value)
            }
        )
    text = printed.decode() if command != "report" else output.read_text("utf-8")
    return len(set(re.findall(r"good\d+\.xlsx", text)))


@pytest.mark.parametrize(
    "command", ["to-json", "check --fail-on never --format json", "score --json", "summary", "report"]
)
def test_the_worst_among_a_hundred_cost_nothing_but_themselves(command: str, hundred: Path, tmp_path: Path) -> None:
    name, *options = command.split()
    output = tmp_path / {"summary": "out.xlsx", "report": "out.html"}.get(name, "none")
    if output.suffix:
        options += ["-o", str(output)]
    told = run(name, *options, hundred)
    assert told.status == 2
    assert [sum(bad in line for line in told.err.splitlines()) for bad in WORST] == [1] * 5
    assert _others(name, told.out, output) == 95


@pytest.mark.parametrize("index", ["3", "999999999", "-1", "x", "0x1", "1e0"])
def test_a_shared_text_that_is_not_there(index: str) -> None:
    cell = f'<sheetData><row r="1"><c r="A1" t="s"><v>{index}</v></c><c r="B1"><v>7</v></c></row></sheetData>'
    with suppress(Unreadable):
        (sheet,) = open_bytes(workbook(cell, shared="<si><t>甲</t></si>"), "a.xlsx")
        assert sheet[0, 0] is None
        assert str(sheet[0, 1]) == "7"


# --- the limits as they are told ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["robustness.md", "robustness.zh.md"])
def test_the_table_of_limits_is_the_limits(page: str) -> None:
    text = (SAMPLES.parents[1] / "docs" / page).read_text("utf-8")
    told = {
        match[1]: (float(match[2]), match[3])
        for match in re.finditer(r"\| ([A-Z_]+) \| (\d+) \|.*\| ([\w-]+) \|", text)
    }
    assert {name: value for name, (value, _) in told.items()} == {
        name: float(value)
        for name, value in vars(limits).items()
        if name.isupper() and name not in ("SMALL", "LONG_SHEET", "FIRST_ROWS", "CONVERTED")
    }
    assert all(knows(f"errors.{key}") for _, key in told.values())


@pytest.mark.parametrize(("word", "other"), [("sheetData", "sheetDate"), ("2006/main", "2006/mein")])
def test_a_worksheet_that_is_none_is_told_by_every_writer(word: str, other: str) -> None:
    from perfeval_xl.package.workbook import Workbook

    with zipfile.ZipFile(io.BytesIO(filled())) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    body = bytes(parts[name])  # type: ignore[arg-type]
    parts[name] = re.sub(word.encode(), other.encode(), body, count=1 if word == "2006/main" else 0)
    parts[name] = bytes(parts[name]).replace(b"<sheetData>", b"<sheetData xmlns='urn:x'>", 1)  # type: ignore[arg-type]
    workbook = Workbook(package(parts), "a.xlsx")
    with pytest.raises(Unreadable) as caught:
        workbook.package.tree(name)
    assert (caught.value.key, caught.value.values["part"]) == ("damaged-part", name)
