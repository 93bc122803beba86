"""``import perfeval_xl as pe``: the public names, and that they stay what they are however often they are used."""

from __future__ import annotations

import io
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

import perfeval_xl as pe

SAMPLES = Path(pe.__file__).parent / "samples"
PUBLIC = [
    *("open", "read", "read_with_places", "write", "load", "dump", "template", "score", "check"),
    *("Book", "Profile", "Form", "Finding", "Reading", "ScoreCard"),
    *("PerfevalError", "NotAForm", "Unreadable", "ProfileError", "CannotWrite"),
]


def test_every_public_name_is_there_and_nothing_else() -> None:
    assert sorted(pe.__all__) == sorted([*PUBLIC, "__version__"])
    assert dir(pe) == sorted([*PUBLIC, "__version__"])
    assert pe.__version__[0].isdigit()


def test_a_name_is_the_same_thing_at_every_use() -> None:
    """A module of the same name, imported on the way, must not take its place."""
    for name in PUBLIC:
        first = getattr(pe, name)
        assert getattr(pe, name) is first
        assert callable(first)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, perfeval_xl; print([m for m in ('msgspec', 'lxml', 'openpyxl', 'xlsxwriter') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_forms_go_round_through_the_public_functions(tmp_path: Path) -> None:
    forms = pe.load(SAMPLES / "shanghai-baoshan.json")
    book, back = tmp_path / "forms.xlsx", tmp_path / "forms.json"
    pe.write(forms, book)
    assert pe.read(book) == forms
    pe.write(forms, tmp_path / "again.xlsx", into=book)
    assert pe.read(tmp_path / "again.xlsx") == forms
    pe.dump(forms, back)
    assert pe.load(back) == forms


def test_places_are_addresses() -> None:
    form, places = pe.read_with_places(Path(__file__).parents[1] / "xlsx_templates" / "mof.xlsx")[0]
    assert form.indicators == ()
    assert places["total.score"] == "H24"
    assert places["project.name"] == "C4"


def test_a_template_is_written_by_id_and_by_profile(tmp_path: Path) -> None:
    pe.template("sichuan", tmp_path / "one.xlsx", year=2025, rows=20)
    assert pe.read(tmp_path / "one.xlsx")[0].fiscal_year == 2025


def test_a_form_is_scored_and_checked() -> None:
    forms = pe.load(SAMPLES / "beijing-fengtai-hrss.json")
    card = pe.score(forms[0])
    assert len(card.indicators) == len(forms[0].indicators)
    found = pe.check(forms)
    assert [finding.field for finding in found if finding.name == "total-score-mismatch"] == ["total.score"]
    assert pe.check(pe.load(SAMPLES / "mof.json")) == []


def test_errors_are_the_public_ones(tmp_path: Path) -> None:
    with pytest.raises(pe.Unreadable):
        pe.read(tmp_path / "missing.xlsx")
    (tmp_path / "prose.txt").write_text("今天天气很好。", "utf-8")
    with pytest.raises(pe.NotAForm):
        pe.read(tmp_path / "prose.txt")
    with pytest.raises(pe.ProfileError):
        pe.template("moff", tmp_path / "x.xlsx")


def faulty_workbook(tmp_path: Path) -> Path:
    """The sample with one wrong total."""
    form = pe.load(SAMPLES / "mof.json")[0]
    wrong = replace(form, total=replace(form.total, score=Decimal(100)))
    path = tmp_path / "faulty.xlsx"
    pe.write([wrong], path)
    return path


def test_a_book_is_opened_from_path_bytes_and_file(tmp_path: Path) -> None:
    path = faulty_workbook(tmp_path)
    data = path.read_bytes()
    books = [pe.open(path), pe.open(str(path)), pe.open(data, name="faulty.xlsx"), pe.open(io.BytesIO(data))]
    with path.open("rb") as file:
        books.append(pe.open(file))
    path.unlink()
    for book in books:
        assert book.cell("total.score") == "H24"
        assert book.cell("indicators[0].name") == "D14"
        assert {(found.name, found.sheet, found.cell) for found in book.check()} == {
            ("total-score-mismatch", "自评表", "H24"),
            ("formula-overwritten", "自评表", "H24"),
        }
        assert len(book.score()[0].indicators) == len(book.forms[0].indicators)
    assert [book.check()[0].source for book in books] == [str(path), str(path), "faulty.xlsx", "-", str(path)]


def test_what_a_book_makes_is_bytes_of_new_files(tmp_path: Path) -> None:
    book = pe.open(faulty_workbook(tmp_path))
    assert "审核意见" in openpyxl.load_workbook(io.BytesIO(book.annotated())).sheetnames
    assert pe.open(book.fixed(), name="fixed.xlsx").check() == []
    other = pe.load(SAMPLES / "mof.json")[:1]
    assert pe.open(book.filled(other), name="filled.xlsx").forms == other
    assert pe.open(SAMPLES / "mof.json").cell("total.score") is None
    with pytest.raises(pe.CannotWrite):
        pe.open(SAMPLES / "mof.json").annotated()
    with pytest.raises(IndexError):
        book.cell("total.score", form=1)


def test_the_state_of_the_workbook_is_among_the_findings_of_a_book(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(faulty_workbook(tmp_path))
    book.worksheets[0]["G6"] = "别的标题"
    path = tmp_path / "changed.xlsx"
    book.save(path)
    found = {finding.name: finding.cell for finding in pe.open(path).check()}
    assert found["locked-cell-changed"] == "G6"


def test_forms_that_were_read_keep_their_cells_until_the_list_is_changed(tmp_path: Path) -> None:
    forms = pe.read(faulty_workbook(tmp_path))
    assert {(found.cell, found.source) for found in pe.check(forms)} == {("H24", str(tmp_path / "faulty.xlsx"))}
    assert [(found.cell, found.field) for found in pe.check(list(forms))] == [(None, "total.score")]
    forms.append(forms[0])
    assert {found.cell for found in pe.check(forms)} == {None}
