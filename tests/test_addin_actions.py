"""What the buttons do, over a workbook in memory: what is written, what is left alone, what the user is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

import perfeval_xl as pe
from perfeval_xl.checks import check_readings
from perfeval_xl.excel import marks
from perfeval_xl.excel.actions import ACTIONS, Change, differences, formula_cells, press
from perfeval_xl.excel.marks import Line, Place
from perfeval_xl.messages import in_language, say
from perfeval_xl.model import Form
from perfeval_xl.package.addresses import a1
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.reading import read_sheets
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet, Value
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.drawing import blank
from tests.samples import sample_forms

SAMPLES = Path(pe.__file__).parent / "samples"


class MemoryBook:
    """An open workbook: the sheets of a file, with what was put into cells since."""

    def __init__(self, data: bytes, title: str = "form.xlsx", *, saved: bool = True) -> None:
        self.data, self.title, self.saved = data, title, saved
        self.folder: Path | None = None
        self.pages = open_bytes(data, title)
        self.reviews: dict[str, list[Line]] = {}
        self.colours: dict[Place, int] = {}
        self.notes: dict[Place, str] = {}
        self.written: list[Change] = []
        self.at: Place | None = None

    def sheets(self) -> list[Sheet]:
        return [*self.pages, *(Sheet(self.title, name, ()) for name in self.reviews)]

    def write(self, changes: Sequence[Change]) -> None:
        self.written = list(changes)
        for change in changes:
            number = next(n for n, page in enumerate(self.pages) if page.name == change.place.sheet)
            self.pages[number] = _with(self.pages[number], change)

    def refused(self, places: Sequence[Place]) -> set[Place]:
        return formula_cells(self.data) & set(places)

    def undo(self) -> bool:
        return bool(self.written)

    def copy(self) -> bytes | None:
        return self.data if self.saved else None

    def colour(self, place: Place) -> int:
        return self.colours.get(place, -1)

    def set_colour(self, place: Place, colour: int) -> None:
        self.colours[place] = colour

    def note(self, place: Place) -> str:
        return self.notes.get(place, "")

    def set_note(self, place: Place, text: str) -> None:
        self.notes[place] = text

    def lines(self, sheet: str) -> list[Line]:
        return self.reviews[sheet]

    def add_review(self, name: str, head: str, captions: Sequence[str], lines: Sequence[Line]) -> None:
        assert len(captions) == len(marks.COLUMNS)
        assert {len(line) for line in lines} == {len(marks.COLUMNS) + marks.RECORDS}
        self.reviews[name] = list(lines)

    def remove_sheet(self, name: str) -> None:
        del self.reviews[name]

    def lifted(self, sheets: Collection[str]) -> AbstractContextManager[None]:
        assert set(sheets) <= {page.name for page in self.pages}
        return nullcontext()

    def selected(self) -> Place | None:
        return self.at

    def select(self, place: Place) -> None:
        self.at = place


def _with(page: Sheet, change: Change) -> Sheet:
    rows: list[list[Value]] = [list(row) for row in page.rows]
    row, column = change.place.cell
    rows += [[] for _ in range(row + 1 - len(rows))]
    rows[row] += [None] * (column + 1 - len(rows[row]))
    rows[row][column] = change.value
    return replace(page, rows=tuple(map(tuple, rows)))


class Somebody:
    """A person who chooses one file and remembers what was told."""

    def __init__(self, chosen: Path | None = None, folder: Path | None = None) -> None:
        self.chosen, self.folder = chosen, folder
        self.progressed: list[str] = []
        self.told: list[str] = []
        self.shown: list[Path] = []

    def tell(self, text: str) -> None:
        self.told.append(text)

    def ask_open(self, title: str, kind: str) -> Path | None:
        assert title
        assert kind == "json"
        return self.chosen

    def ask_save(self, title: str, name: str) -> Path | None:
        assert title
        assert Path(name).suffix
        return self.chosen

    def ask_folder(self, title: str) -> Path | None:
        assert title
        return self.folder

    def show(self, path: Path) -> None:
        self.shown.append(path)

    def progress(self, text: str) -> None:
        self.progressed.append(text)


def pressed(name: str, book: MemoryBook, somebody: Somebody | None = None) -> str:
    somebody = somebody or Somebody()
    with in_language("zh"):
        press(name, book, somebody)
    return "\n".join(somebody.told)


def sample(name: str = "mof") -> Form:
    return sample_forms(name)[0]


def without_scores(form: Form) -> Form:
    return changed(form, indicators=tuple(changed(row, score=None) for row in form.indicators))


# --- 评分 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mof", "shenzhen-futian"])
def test_score_fills_blank_scores_by_rule_and_nothing_else(name: str) -> None:
    form = without_scores(sample(name))
    book = MemoryBook(to_workbook([form]))
    told = pressed("score", book)
    card = pe.score(form)
    expected = [row.judgement.value for row in card.indicators if row.judgement.value is not None]
    assert [change.value for change in book.written] == expected
    assert f"已填入 {len(expected)} 个" in told
    filled = read_sheets(book.sheets())[0].form
    for before, after, row in zip(form.indicators, filled.indicators, card.indicators, strict=True):
        assert after == changed(before, score=row.judgement.value)


def test_a_stated_score_stays_and_is_told_where_the_rule_gives_another() -> None:
    form = sample("shenzhen-futian")
    first = form.indicators[0]
    wrong = changed(form, indicators=(changed(first, score=Decimal(1)), *form.indicators[1:]))
    book = MemoryBook(to_workbook([wrong]))
    told = pressed("score", book)
    assert book.written == []
    cell = read_sheets(book.sheets())[0].address("indicators[0].score")
    assert f"!{cell}（" in told


# --- marks -----------------------------------------------------------------------------------------------------------


def mistaken() -> MemoryBook:
    form = sample()
    first, *others = form.indicators
    score = (first.weight or Decimal(0)) + 1
    wrong = changed(form, indicators=(changed(first, score=score), *others), project=changed(form.project, name=None))
    return MemoryBook(to_workbook([wrong]))


def test_check_marks_what_is_wrong_and_clear_takes_it_back() -> None:
    book = mistaken()
    [page, *_] = book.pages
    findings = check_readings(read_sheets(book.sheets()))
    cells = {finding.cell for finding in findings if finding.cell}
    place = next(iter(Place(page.name, cell) for cell, _ in page.filled()))
    book.notes[place] = "mine"
    told = pressed("check", book)
    assert told.startswith("审核意见：错误")
    assert {a1(*place.cell) for place, colour in book.colours.items() if colour >= 0} == cells
    assert [line[4] for line in book.reviews["审核意见"]] == [finding.cell or "" for finding in findings]
    pressed("clear", book)
    assert set(book.colours.values()) <= {-1}
    assert {text for text in book.notes.values() if text} == {"mine"}
    assert book.reviews == {}


@pytest.mark.parametrize(
    ("book", "verdict"),
    [(mistaken, "有错误 "), (lambda: MemoryBook(to_workbook([sample()])), "没有发现问题，可以报送。")],
)
def test_the_verdict_marks_nothing(book: Callable[[], MemoryBook], verdict: str) -> None:
    open_book = book()
    assert pressed("submit", open_book).startswith(verdict)
    assert open_book.reviews == {}
    assert open_book.colours == {}


def test_next_goes_round() -> None:
    book = mistaken()
    pressed("check", book)
    cells = {line[4] for line in book.reviews["审核意见"] if line[4]}
    seen = []
    for _ in range(len(cells) + 1):
        pressed("next", book)
        assert book.at is not None
        seen.append(book.at)
    assert {a1(*place.cell) for place in seen} == cells
    assert seen[-1] == seen[0]


@pytest.mark.parametrize("name", ["next", "clear"])
def test_without_marks_there_is_nothing_to_do(name: str) -> None:
    assert "请先点" in pressed(name, MemoryBook(blank(load_profile("mof"))))


# --- JSON ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json")))
def test_export_then_import_into_a_blank_form_gives_the_same_form(name: str, tmp_path: Path) -> None:
    form = sample(name)
    path = tmp_path / "form.json"
    pressed("export-json", MemoryBook(to_workbook([form])), Somebody(path))
    assert pe.load(path) == [form]
    book = MemoryBook(to_workbook([changed(form, indicators=without_scores(form).indicators, remark=None)]))
    told = pressed("import-json", book, Somebody(path))
    assert "已导入" in told
    assert book.written
    computed = formula_cells(book.data)
    assert not computed & {change.place for change in book.written}


def test_import_changes_only_cells_that_differ(tmp_path: Path) -> None:
    form = sample()
    path = tmp_path / "form.json"
    pe.dump([changed(form, remark="另行说明")], path)
    book = MemoryBook(to_workbook([form]))
    pressed("import-json", book, Somebody(path))
    assert [change.value for change in book.written] == ["另行说明"]


def test_a_form_too_short_is_filled_as_a_copy(tmp_path: Path) -> None:
    form = sample()
    longer = changed(form, indicators=form.indicators * 4)
    path = tmp_path / "form.json"
    pe.dump([longer], path)

    class Choosing(Somebody):
        def ask_save(self, title: str, name: str) -> Path | None:
            return tmp_path / name

    somebody = Choosing(path)
    book = MemoryBook(blank(load_profile("mof")))
    pressed("import-json", book, somebody)
    assert book.written == []
    [copy] = somebody.shown
    assert pe.load(copy) == [longer]


def test_a_book_that_cannot_be_copied_must_be_saved_first(tmp_path: Path) -> None:
    path = tmp_path / "form.json"
    pe.dump([sample()], path)
    assert "请先保存" in pressed("import-json", MemoryBook(blank(load_profile("mof")), saved=False), Somebody(path))


def test_a_file_that_is_no_document_is_told(tmp_path: Path) -> None:
    path = tmp_path / "form.json"
    path.write_text("{")
    book = MemoryBook(blank(load_profile("mof")))
    assert str(path) in pressed("import-json", book, Somebody(path))
    assert book.written == []


# --- the rest --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", profile_ids())
def test_new_writes_the_blank_form_and_opens_it(profile: str, tmp_path: Path) -> None:
    somebody = Somebody(tmp_path / "new.xlsx")
    pressed(f"new:{profile}", MemoryBook(blank(load_profile("mof"))), somebody)
    assert somebody.shown == [tmp_path / "new.xlsx"]
    assert (tmp_path / "new.xlsx").read_bytes() == blank(load_profile(profile))


@pytest.mark.parametrize("name", ["export-json", "import-json", "new:mof", "summary", "report"])
def test_choosing_no_file_does_nothing(name: str) -> None:
    book = MemoryBook(to_workbook([sample()]))
    assert pressed(name, book, Somebody(None)) == ""
    assert book.written == []


@pytest.mark.parametrize("name", [*ACTIONS, "new:atlantis", "fly"])
def test_every_button_ends_in_a_sentence_and_never_in_an_error(name: str, tmp_path: Path) -> None:
    from perfeval_xl.excel.actions import OpenBook

    other: OpenBook = MemoryBook(_other(tmp_path))
    somebody = Somebody(tmp_path / "absent.json", tmp_path)
    with in_language("zh"):
        press(name, other, somebody)
    assert len(somebody.told) == 1
    assert somebody.told[0]


@pytest.fixture
def received(tmp_path: Path) -> Path:
    """A folder of two files with forms and one that is none."""
    folder = tmp_path / "收到的表"
    folder.mkdir()
    for name in ("mof", "sichuan"):
        (folder / f"{name}.xlsx").write_bytes(to_workbook(pe.read(SAMPLES / f"{name}.json")))
    (folder / "bad.xlsx").write_bytes(b"no workbook")
    return folder


@pytest.mark.parametrize(("name", "target"), [("summary", "s.xlsx"), ("report", "r.docx"), ("report", "r.html")])
def test_a_folder_becomes_a_summary_or_a_report_with_progress_and_is_opened(
    name: str, target: str, received: Path, tmp_path: Path
) -> None:
    somebody = Somebody(received / target, received)
    told = pressed(name, MemoryBook(_other(tmp_path)), somebody)
    assert "4 张自评表" in told
    assert "bad.xlsx" in told
    assert somebody.shown == [received / target]
    assert somebody.progressed == [*(f"绩效自评：已读 {done} / 3" for done in (1, 2, 3)), ""]
    again = Somebody(received / target, received)
    assert pressed(name, MemoryBook(_other(tmp_path)), again) == told


def test_report_of_an_open_form_is_its_opinion(tmp_path: Path) -> None:
    somebody = Somebody(tmp_path / "o.html")
    told = pressed("report", MemoryBook(to_workbook([sample("shenzhen-futian")])), somebody)
    assert "1 张自评表" in told
    assert "审核意见书" in (tmp_path / "o.html").read_text("utf-8")
    assert somebody.shown == [tmp_path / "o.html"]


def test_an_empty_folder_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    somebody = Somebody(tmp_path / "s.xlsx", tmp_path)
    assert "没有" in pressed("summary", MemoryBook(to_workbook([sample()])), somebody)
    assert not (tmp_path / "s.xlsx").exists()
    assert somebody.shown == []


def _other(folder: Path) -> bytes:
    import xlsxwriter

    path = folder / "other.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("x").write("A1", "nothing")
    return path.read_bytes()


def test_undo_tells_whether_there_was_something() -> None:
    book = MemoryBook(to_workbook([without_scores(sample("shenzhen-futian"))]))
    assert pressed("undo", book) == say("addin.nothing-to-undo")
    pressed("score", book)
    assert pressed("undo", book) == say("addin.undone")


def test_a_cell_is_a_difference_wherever_the_row_ends() -> None:
    old = Sheet("-", "s", (("a",), ("b", "c")))
    new = Sheet("-", "s", (("a", Decimal(1)), ("b",)))
    assert [(a1(*each.place.cell), each.value) for each in differences([old], [new])] == [("B1", 1), ("B2", None)]
