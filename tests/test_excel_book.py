"""Writing into an open workbook of Excel: all or nothing, never into what is locked, and back again.

Held by a book that refuses what Excel refuses (``tests/refusing_excel.py``); Excel itself is for the checklist.
"""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

import perfeval_xl as pe
from perfeval_xl.excel import actions, excel_book
from perfeval_xl.excel.actions import Change
from perfeval_xl.excel.excel_book import ExcelBook
from perfeval_xl.excel.marks import Place
from perfeval_xl.messages import in_language
from perfeval_xl.model import load_document
from perfeval_xl.package.addresses import parse_a1
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.drawing import blank
from tests.refusing_excel import LOCKED, PASSWORD, STRUCTURE, Book, refused
from tests.test_addin_actions import SAMPLES, Somebody, sample


@pytest.fixture(autouse=True)
def undo_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What can be taken back is kept in a folder of the test."""
    file = tmp_path / "undo.json"
    monkeypatch.setattr(excel_book, "earlier_file", lambda: file)
    return file


def pressed(name: str, book: Book, chosen: Path | None = None) -> str:
    somebody = Somebody(chosen)
    with in_language("zh"):
        actions.press(name, ExcelBook(book), somebody)
    return "\n".join(somebody.told)


def at(sheet: str, cell: str) -> Place:
    return Place(sheet, parse_a1(cell))


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json")))
def test_every_sample_goes_into_its_protected_template_and_out_again(name: str, tmp_path: Path) -> None:
    forms = load_document((SAMPLES / f"{name}.json").read_bytes()).forms
    for form in forms:
        path = tmp_path / "form.json"
        pe.dump([form], path)
        book = Book(blank(load_profile(form.profile)), tmp_path / "open.xlsx")
        before = book.contents()
        told = pressed("import-json", book, path)
        assert told.startswith("已导入，改动"), told
        after = book.contents()
        assert after != before
        formulas = {cell: value for cell, value in before.items() if str(value).startswith("=")}
        assert formulas.items() <= after.items()
        assert book.undo_offered == [("绩效自评", "'perfeval.xlam'!PerfUndo")]
        assert pressed("undo", book) == "已撤销上一次填入的内容。"
        assert book.contents() == before


def test_what_computes_is_left_and_told_with_what_the_document_says(tmp_path: Path) -> None:
    form = changed(sample(), total=changed(sample().total, score=Decimal("12.5")))
    path = tmp_path / "form.json"
    pe.dump([form], path)
    book = Book(blank(load_profile("mof")), tmp_path / "open.xlsx")
    told = pressed("import-json", book, path)
    assert "锁定或自动计算的单元格没有改动" in told
    assert "H24（12.5）" in told


def test_a_mistake_of_ours_is_one_sentence_that_names_its_log(
    tmp_path: Path, undo_here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise KeyError("nobody foresaw this")

    logs = tmp_path / "logs"
    logs.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(logs))
    path = tmp_path / "form.json"
    pe.dump([sample()], path)
    book = Book(blank(load_profile("mof")), tmp_path / "open.xlsx", fail)
    said = pressed("import-json", book, path)
    assert said.startswith("没有完成，表格保持原样：")
    (log,) = logs.iterdir()
    assert str(log) in said
    assert "nobody foresaw this" not in said
    assert "nobody foresaw this" in log.read_text("utf-8")
    assert not undo_here.exists()


@pytest.mark.parametrize("failing", [0, 1, 7])
def test_a_refusal_half_way_leaves_everything_as_it_was(failing: int, tmp_path: Path, undo_here: Path) -> None:
    written = 0

    def fail(_: str) -> None:
        nonlocal written
        written += 1
        if written == failing + 1:
            raise refused("磁盘已满。")

    path = tmp_path / "form.json"
    pe.dump([sample()], path)
    book = Book(blank(load_profile("mof")), tmp_path / "open.xlsx", fail)
    before = book.contents()
    assert pressed("import-json", book, path) == "没有完成，表格保持原样：磁盘已满。"
    assert book.contents() == before
    assert book.undo_offered == []
    assert not undo_here.exists()
    assert book.app.screen_updating is True


def test_while_a_cell_is_edited_one_sentence_says_so(tmp_path: Path) -> None:
    path = tmp_path / "form.json"
    pe.dump([sample()], path)
    book = Book(blank(load_profile("mof")), tmp_path / "open.xlsx")
    book.busy = True
    assert pressed("import-json", book, path).startswith("Excel 正忙")


def test_nothing_is_written_when_what_was_there_cannot_be_kept(tmp_path: Path, undo_here: Path) -> None:
    undo_here.mkdir()
    path = tmp_path / "form.json"
    pe.dump([sample()], path)
    book = Book(blank(load_profile("mof")), tmp_path / "open.xlsx")
    before = book.contents()
    assert str(undo_here) in pressed("import-json", book, path)
    assert book.contents() == before


def test_a_locked_cell_is_known_before_and_the_book_would_have_refused_it(tmp_path: Path) -> None:
    book = Book(blank(load_profile("mof")), tmp_path / "open.xlsx")
    sheet = book.cells.sheetnames[0]
    locked, free = at(sheet, "A1"), at(sheet, "H14")
    excel = ExcelBook(book)
    assert excel.refused([locked, free]) == {locked}
    with pytest.raises(Exception, match=LOCKED):
        excel.write([Change(free, Decimal(1)), Change(locked, "x")])
    assert f"{sheet}!H14" not in book.contents()


def test_a_text_of_digits_comes_back_as_a_text(tmp_path: Path) -> None:
    book = Book(blank(load_profile("mof")), tmp_path / "open.xlsx")
    sheet = book.cells.sheetnames[0]
    place = at(sheet, "H14")
    book.cells[sheet]["H14"] = "007"
    excel = ExcelBook(book)
    excel.write([Change(place, Decimal(3))])
    assert excel.undo()
    assert book.cells[sheet]["H14"].value == "007"


# --- marks ---------------------------------------------------------------------------------------------------------


def looks(book: Book) -> dict[str, tuple[object, object]]:
    """Colour and comment of every cell that has one."""
    return {
        f"{sheet.title}!{cell.coordinate}": (cell.fill.fgColor.rgb, cell.comment and cell.comment.text)
        for sheet in book.cells.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type or cell.comment
    }


def protections(book: Book) -> list[dict[str, object]]:
    return [dict(sheet.protection) for sheet in book.cells.worksheets]


def wrong(tmp_path: Path) -> Book:
    form = sample()
    return Book(to_workbook([changed(form, project=changed(form.project, name=None))]), tmp_path / "open.xlsx")


def test_a_protected_template_is_marked_cleared_and_protected_as_before(tmp_path: Path) -> None:
    book = wrong(tmp_path)
    before = looks(book), protections(book), book.contents()
    assert before[1][0]["sheet"]
    assert pressed("check", book).startswith("审核意见：错误 1")
    assert looks(book) != before[0]
    assert book.cells.sheetnames[-1] == "审核意见"
    assert protections(book)[:-1] == before[1]
    assert pressed("clear", book) == "已清除校验标记。"
    assert (looks(book), protections(book), book.contents()) == before


@pytest.mark.parametrize(("fault", "sentence"), [("structure_protected", STRUCTURE), ("password", PASSWORD)])
def test_where_marks_or_their_list_are_refused_nothing_is_marked(tmp_path: Path, fault: str, sentence: str) -> None:
    book = wrong(tmp_path)
    before = looks(book), protections(book), book.contents()
    setattr(book, fault, True)
    assert pressed("check", book) == f"没有完成，表格保持原样：{sentence}"
    assert (looks(book), protections(book), book.contents()) == before


@pytest.mark.parametrize("profile", profile_ids())
def test_scoring_writes_into_free_cells_only(profile: str, tmp_path: Path) -> None:
    form = sample(profile)
    wanted = changed(form, indicators=tuple(changed(row, score=None) for row in form.indicators))
    book = Book(to_workbook([wanted]), tmp_path / "open.xlsx")
    before = book.contents()
    assert pressed("score", book).startswith("已填入")
    assert len(book.contents()) > len(before)
    pressed("undo", book)
    assert book.contents() == before


def test_a_long_list_is_cut_to_what_a_message_box_shows() -> None:
    with in_language("zh"):
        told = actions.brief("\n".join(map(str, range(100))))
    assert told.count("\n") == actions.MOST_LINES
    assert told.endswith("……还有 80 条，请点“校验”在“审核意见”中查看。")
