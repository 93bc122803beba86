"""A review written into a copy of the workbook: what is marked, what stays as it was, and how it goes again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import msgspec
import openpyxl
import pytest

from perfeval_xl.checks import check_readings
from perfeval_xl.errors import CannotWrite, Unreadable
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import in_language
from perfeval_xl.model import Finding
from perfeval_xl.package.comments import AUTHOR
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.review.annotate import annotate, without_review
from perfeval_xl.workbook.review.marks import COLOURS
from tests.check_cases import NAME, Case, readings_of, workbook_of
from tests.office import Office
from tests.own_workbooks import changed_parts, dressed, parts_of
from tests.sdk import validate

REVIEW = "审核意见"
FORM = "自评表"
#: An error at H24, warnings at H24 and E6, an error at C4, which is blank.
FAULTY = Case(name="", form="mof", zh="", en="", typed={"H24": 99, "E6": "预算", "C4": ""})


def found_in(data: bytes) -> list[Finding]:
    return check_readings(read_bytes(data, NAME), files={NAME: data})


@pytest.fixture(scope="module")
def faulty() -> bytes:
    return workbook_of(FAULTY)


@pytest.fixture(scope="module")
def reviewed(faulty: bytes) -> bytes:
    return annotate(faulty, NAME, found_in(faulty))


def test_cells_carry_the_colour_of_their_gravest_finding(reviewed: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(reviewed))[FORM]
    colours = {cell: sheet[cell].fill.fgColor.rgb for cell in ("H24", "C4", "E6", "G24")}
    error, warning = COLOURS["error"], COLOURS["warning"]
    assert {cell: colours[cell] for cell in ("H24", "C4", "E6")} == {"H24": error, "C4": error, "E6": warning}
    assert colours["G24"] not in COLOURS.values()


def test_a_marked_cell_keeps_the_rest_of_its_style(faulty: bytes, reviewed: bytes) -> None:
    before, after = (openpyxl.load_workbook(io.BytesIO(data))[FORM] for data in (faulty, reviewed))
    for cell in ("H24", "C4", "E6"):
        for aspect in ("font", "border", "alignment", "number_format", "protection"):
            assert repr(getattr(before[cell], aspect)) == repr(getattr(after[cell], aspect))
        assert before[cell].value == after[cell].value


def test_comments_say_what_is_wrong_and_what_to_do(faulty: bytes, reviewed: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(reviewed))[FORM]
    comments = {cell.coordinate: cell.comment for row in sheet.iter_rows() for cell in row if cell.comment}
    assert set(comments) == {"H24", "C4", "E6"}
    for finding in found_in(faulty):
        comment = comments[finding.cell or ""]
        assert comment is not None
        assert comment.author == AUTHOR
        assert finding.message in comment.text
        assert finding.advice in comment.text


def test_the_review_lists_every_finding_with_a_link(faulty: bytes, reviewed: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(reviewed))[REVIEW]
    rows = [[cell.value for cell in row[:9]] for row in sheet.iter_rows(min_row=3)]
    findings = found_in(faulty)
    assert [(row[2], row[3], row[4], row[5], row[8]) for row in rows] == [
        (finding.code, finding.sheet, finding.cell, finding.message, finding.advice) for finding in findings
    ]
    links = [sheet.cell(row, 5).hyperlink for row in range(3, 3 + len(findings))]
    assert [link.location if link else None for link in links] == [f"'{FORM}'!{finding.cell}" for finding in findings]


def test_only_marked_parts_change(faulty: bytes, reviewed: bytes) -> None:
    assert changed_parts(faulty, reviewed) == {
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
        "xl/worksheets/sheet3.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }


def test_the_form_reads_as_before(faulty: bytes, reviewed: bytes) -> None:
    assert [r.form for r in read_bytes(reviewed, NAME)] == [r.form for r in read_bytes(faulty, NAME)]
    assert found_in(reviewed) == found_in(faulty)


def test_annotating_again_replaces_the_marks(faulty: bytes, reviewed: bytes) -> None:
    assert annotate(reviewed, NAME, found_in(reviewed)) == reviewed
    fewer = [finding for finding in found_in(faulty) if finding.cell != "E6"]
    again = openpyxl.load_workbook(io.BytesIO(annotate(reviewed, NAME, fewer)))
    assert again.sheetnames.count(REVIEW) == 1
    assert again[FORM]["E6"].comment is None
    assert repr(again[FORM]["E6"].fill) == repr(openpyxl.load_workbook(io.BytesIO(faulty))[FORM]["E6"].fill)


def _content(cell: Any) -> object:
    """What a cell holds; an array formula by its text."""
    return getattr(cell.value, "text", cell.value)


def test_taking_the_review_back_leaves_the_sheet_as_it_was(faulty: bytes, reviewed: bytes) -> None:
    restored = without_review(reviewed, NAME)
    # What stays is styles that no cell uses any more, and a blank list of what was.
    assert changed_parts(faulty, restored) <= {"xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"} | {
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
        "xl/_rels/workbook.xml.rels",
    }
    before, after = (openpyxl.load_workbook(io.BytesIO(data)) for data in (faulty, restored))
    assert before.sheetnames == after.sheetnames
    for row in before[FORM].iter_rows():
        for cell in row:
            twin = after[FORM][cell.coordinate]
            assert (_content(cell), repr(cell.fill), repr(cell.font)) == (
                _content(twin),
                repr(twin.fill),
                repr(twin.font),
            )
            assert twin.comment is None


def test_a_workbook_without_a_review_comes_back_as_it_is(faulty: bytes) -> None:
    assert without_review(faulty, NAME) == faulty


def test_the_comments_of_others_stay() -> None:
    book = dressed(workbook_of(FAULTY))
    marked = annotate(book, NAME, found_in(workbook_of(FAULTY)))
    sheet = openpyxl.load_workbook(io.BytesIO(marked))[FORM]
    comments = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert comments["C4"] == "核对过"
    assert comments["H24"] == "总分的批注"
    assert "PE702" in comments["E6"]
    untouched = parts_of(book)
    for name, data in parts_of(without_review(marked, NAME)).items():
        if name.startswith(("customXml", "customUI", "xl/media", "xl/charts", "xl/printerSettings")):
            assert data == untouched[name]
    again = openpyxl.load_workbook(io.BytesIO(without_review(marked, NAME)))[FORM]
    left = {cell.coordinate: cell.comment.text for row in again.iter_rows() for cell in row if cell.comment}
    assert left == {"C4": "核对过", "H24": "总分的批注"}


def test_a_sheet_of_the_same_name_stays(faulty: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(faulty))
    book.create_sheet(REVIEW)["A1"] = "处长的意见"
    buffer = io.BytesIO()
    book.save(buffer)
    marked = annotate(buffer.getvalue(), NAME, found_in(faulty))
    names = openpyxl.load_workbook(io.BytesIO(marked)).sheetnames
    assert names[-2:] == [REVIEW, f"{REVIEW}2"]


def test_several_forms_are_marked_each_on_its_sheet() -> None:
    forms = [form for case in (FAULTY,) for form in case.forms()] * 2
    data = to_workbook(forms)
    findings = found_in(data)
    assert not findings
    wrong = check_readings(readings_of(FAULTY)[0])
    names = [reading.sheet.name for reading in read_bytes(data, NAME) if reading.sheet]
    moved = [_on_sheet(finding, name) for name in names for finding in wrong]
    book = openpyxl.load_workbook(io.BytesIO(annotate(data, NAME, moved)))
    for name in names:
        assert book[name]["C4"].comment is not None


def _on_sheet(finding: Finding, sheet: str) -> Finding:
    return msgspec.structs.replace(finding, sheet=sheet)


def test_thousands_of_findings() -> None:
    data = workbook_of(FAULTY)
    finding = found_in(data)[0]
    many = [_at(finding, row) for row in range(30, 2530)]
    marked = annotate(data, NAME, many)
    sheet = openpyxl.load_workbook(io.BytesIO(marked))[FORM]
    assert sum(sheet.cell(row, 2).comment is not None for row in range(30, 2530)) == 2500


def _at(finding: Finding, row: int) -> Finding:
    return msgspec.structs.replace(finding, cell=f"B{row}")


def test_english_review(faulty: bytes) -> None:
    with in_language("en"):
        marked = annotate(faulty, NAME, found_in(faulty))
    sheet = openpyxl.load_workbook(io.BytesIO(marked))[REVIEW]
    assert str(sheet["A1"].value).startswith("Review: ")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"not a workbook"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        annotate(data, NAME, [])


@pytest.mark.sdk
@pytest.mark.parametrize("with_comments", [False, True])
def test_a_reviewed_workbook_is_valid(tmp_path: Path, faulty: bytes, with_comments: bool) -> None:
    data = dressed(faulty) if with_comments else faulty
    before, after = tmp_path / "before.xlsx", tmp_path / "after.xlsx"
    before.write_bytes(data)
    after.write_bytes(annotate(data, NAME, found_in(faulty)))
    assert validate(after) == validate(before)
    after.write_bytes(without_review(after.read_bytes(), NAME))
    assert validate(after) == validate(before)


@pytest.mark.libreoffice
def test_libreoffice_shows_colours_and_comments(tmp_path: Path, office: Office, reviewed: bytes, faulty: bytes) -> None:
    path = tmp_path / "reviewed.xlsx"
    path.write_bytes(reviewed)
    book = office.open(path)
    try:
        notes = book.notes(FORM)
        assert set(notes) == {"H24", "C4", "E6"}
        assert "PE702" in notes["E6"]
        assert book.colors(FORM, "E6")[0][0] == int(COLOURS["warning"][2:], 16)
        assert book.value(REVIEW, "E3") == "C4"
    finally:
        book.close()
    saved = office.convert(path, "xlsx", tmp_path / "saved").read_bytes()
    restored = openpyxl.load_workbook(io.BytesIO(without_review(saved, NAME)))
    assert REVIEW not in restored.sheetnames
    original = openpyxl.load_workbook(io.BytesIO(faulty))[FORM]
    for cell in ("H24", "C4", "E6"):
        assert restored[FORM][cell].comment is None
        assert restored[FORM][cell].fill.patternType == original[cell].fill.patternType


@pytest.mark.parametrize("name", ["form.json", "form.docx", "form.txt"])
def test_what_is_no_workbook_is_refused_in_one_sentence(name: str) -> None:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    contents = {"form.json": b"{}", "form.docx": buffer.getvalue(), "form.txt": "自评表".encode()}
    with pytest.raises(CannotWrite, match=r"\.xlsx") as told:
        annotate(contents[name], name, [])
    assert told.value.key == "annotate-other-kind"
