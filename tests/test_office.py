"""The LibreOffice at the tests' disposal does what the other tests rely on."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from tests.office import Office, OfficeFailed, picture

pytestmark = pytest.mark.libreoffice


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Three sheets: free, protected, and protected with leave to insert rows; one stale result."""
    path = tmp_path / "some form.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        free, closed, open_to_rows = (book.add_worksheet(name) for name in ("自评表", "closed", "rows"))
        free.write("A1", 2)
        free.write_formula("B1", "=A1*2", None, 999)
        free.write_formula("C1", "=1/A2", None, 0)
        free.write_comment("A3", "差额")
        free.write("A3", "text", book.add_format({"bg_color": "#FFC7CE"}))
        for sheet in (closed, open_to_rows):
            sheet.write("A1", "first")
        closed.protect()
        open_to_rows.protect("", {"insert_rows": True})
    return path


def test_a_stale_result_is_calculated_on_load(office: Office, workbook: Path) -> None:
    with office.open(workbook) as book:
        assert book.sheets() == ["自评表", "closed", "rows"]
        assert book.used(0) == "A1:C3"
        assert book.values("自评表", "A1:C3") == [[2, 4, "#DIV/0!"], [None, None, None], ["text", None, None]]
        assert book.formulas(0, "B1") == [["=A1*2"]]
        assert book.strings(0, "A1:B1") == [["2", "4"]]


def test_what_is_put_in_is_there(office: Office, workbook: Path) -> None:
    with office.open(workbook) as book:
        book.set_value(0, "A1", 5)
        book.set_string(0, "A2", "007号")
        book.set_formula(0, "D1", "=SUM(A1;B1)")
        book.fill(0, "E1:F2", [[1, "二"], [None, 2.5]])
        book.recalculate()
        assert book.values(0, "A1:F2") == [[5, 10, "#VALUE!", 15, 1, "二"], ["007号", None, None, None, None, 2.5]]


def test_marks_are_seen(office: Office, workbook: Path) -> None:
    with office.open(workbook) as book:
        assert book.colors(0, "A2:A3") == [[-1], [0xFFC7CE]]
        assert book.notes(0) == {"A3": "差额"}
        book.goto("closed", "B7")
        assert book.selection() == "closed.B7"


def test_rows_are_inserted_as_a_person_would_and_refusal_is_told(office: Office, workbook: Path) -> None:
    with office.open(workbook) as book:
        assert book.insert_rows(0, 1)
        assert book.formulas(0, "B2") == [["=A2*2"]]
        assert book.insert_rows("rows", 1, 2)
        assert book.value("rows", "A3") == "first"
        assert not book.insert_rows("closed", 1)
        assert book.value("closed", "A1") == "first"


@pytest.mark.parametrize("to", ["xlsx", "xlsm", "xls", "ods", "csv"])
def test_a_copy_is_saved_in_any_format(office: Office, workbook: Path, tmp_path: Path, to: str) -> None:
    saved = office.convert(workbook, to, tmp_path / "out")
    assert saved == tmp_path / "out" / f"some form.{to}"
    with office.open(saved) as book:
        assert book.strings(0, "A1:B1") == [["2", "4"]]


def test_a_page_becomes_a_picture(office: Office, workbook: Path) -> None:
    drawn = picture(office.convert(workbook, "pdf"))
    assert drawn.name == "some form-1.png"
    assert drawn.read_bytes().startswith(b"\x89PNG")


def test_nothing_is_left_beside_a_file_that_was_opened(office: Office, workbook: Path) -> None:
    with office.open(workbook):
        pass
    assert [path.name for path in workbook.parent.iterdir()] == [workbook.name]


def test_a_file_that_cannot_be_read_is_told_and_the_next_one_opens(office: Office, workbook: Path) -> None:
    with pytest.raises(OfficeFailed, match="open: "):
        office.open(workbook.with_name("absent.xlsx"))
    with pytest.raises(ValueError, match="written over"):
        office.convert(workbook, "xlsx")
    with office.open(workbook) as book:
        assert book.value(0, "A1") == 2


def test_two_offices_run_side_by_side_and_leave_nothing(workbook: Path) -> None:
    with Office() as one, Office() as two, one.open(workbook) as here, two.open(workbook) as there:
        here.set_value(0, "A1", 1)
        assert there.value(0, "A1") == 2
        folders = [office._folder for office in (one, two)]
    assert not any(folder is None or folder.exists() for folder in folders)
    assert [one.alive, two.alive] == [False, False]
