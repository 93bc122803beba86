"""The validator at the tests' disposal finds faults, and its absence is a failure with a sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests import office, sdk


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("自评表").write("A1", 1)
    return path


@pytest.mark.sdk
def test_a_sound_workbook_has_no_fault(workbook: Path) -> None:
    assert sdk.validate(workbook) == []


@pytest.mark.sdk
def test_a_fault_is_told_with_its_part(workbook: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<sheetData>", b"<sheetData><oops/>"))
    (fault,) = sdk.validate(wrong)
    assert fault.startswith("Schema: ")
    assert "oops" in fault
    assert "/xl/worksheets/sheet1.xml" in fault


@pytest.mark.sdk
def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    (fault,) = sdk.validate(tmp_path / "absent.xlsx")
    assert fault.startswith("Exception: ")


def test_a_missing_validator_is_told(monkeypatch: pytest.MonkeyPatch, workbook: Path) -> None:
    monkeypatch.setattr(sdk, "VALIDATOR", workbook.with_name("absent.js"))
    with pytest.raises(sdk.ValidatorMissing, match=r"is missing\. `make test` installs it"):
        sdk.validate(workbook)


def test_a_missing_office_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(office, "PROGRAM_FOLDERS", ())
    with pytest.raises(office.OfficeMissing, match=r"is missing\. `make test` installs it"):
        office.office_program.__wrapped__()
    with pytest.raises(office.OfficeMissing, match=r"pdftoppm is missing\. `make test` installs it"):
        office.picture("some.pdf")
