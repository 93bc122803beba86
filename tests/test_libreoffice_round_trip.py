"""JSON -> xlsx -> LibreOffice opens, recalculates and saves -> JSON, and what people do to a template in between.

One workbook holds all samples, another holds one sheet for each thing a user may do, so that a single opening and
saving serves many tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfeval_xl.files import read_path
from perfeval_xl.layout.names import column_name, field_name
from perfeval_xl.messages import sentence
from perfeval_xl.model import Form, Indicator, load_document
from perfeval_xl.package.addresses import Cell, a1
from perfeval_xl.profile import load_profile
from perfeval_xl.reading import Reading
from perfeval_xl.sources import open_bytes, open_sheets
from perfeval_xl.sources.sheet import Sheet, Value
from perfeval_xl.sums import add_up
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.checks import CHECKS
from perfeval_xl.workbook.template.formulas import CALC, CHECK, STATUS
from tests.office import Book, Office

pytestmark = [pytest.mark.libreoffice, pytest.mark.xdist_group("libreoffice-round-trip")]

SAMPLES = sorted((Path(__file__).parents[1] / "perfeval_xl/samples").glob("*.json"))
REFERENCE = sorted((Path(__file__).parents[2] / "shared/forms").glob("*.json"))
SOURCES = ["samples", *(path.name for path in REFERENCE)]


@dataclass(frozen=True)
class Passage:
    """A document on its way: as it was, the workbook as we wrote it, and as LibreOffice saved it."""

    forms: tuple[Form, ...]
    ours: list[Sheet]
    theirs: list[Sheet]
    readings: list[Reading]


def forms_in(*paths: Path) -> tuple[Form, ...]:
    return tuple(form for path in paths for form in load_document(path.read_bytes()).forms)


@pytest.fixture(scope="module")
def passages(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Passage]:
    """Every source once through LibreOffice."""
    folder = tmp_path_factory.mktemp("passage")
    found = {}
    for source, paths in [("samples", SAMPLES), *((path.name, [path]) for path in REFERENCE)]:
        forms = forms_in(*paths)
        written = to_workbook(forms)
        path = folder / f"{source}.xlsx"
        path.write_bytes(written)
        saved = office.convert(path, "xlsx", folder / "saved")
        found[source] = Passage(forms, open_bytes(written, "ours.xlsx"), open_sheets(saved), read_path(saved))
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_every_form_comes_back_unchanged(source: str, passages: dict[str, Passage]) -> None:
    passage = passages[source]
    assert tuple(reading.form for reading in passage.readings) == passage.forms
    assert [note for reading in passage.readings for note in reading.notes] == []
    assert {reading.layout.by for reading in passage.readings if reading.layout} == {"name"}


@pytest.mark.parametrize("source", SOURCES)
def test_every_cell_we_wrote_is_what_libreoffice_computes(source: str, passages: dict[str, Passage]) -> None:
    """Cached results of formulas, too: a viewer that does not compute shows the same."""
    passage = passages[source]
    assert [sheet.name for sheet in passage.theirs] == [sheet.name for sheet in passage.ours]
    different = [
        (ours.name, a1(row, column), mine, yours)
        for ours, theirs in zip(passage.ours, passage.theirs, strict=True)
        for row, column, mine, yours in _cells(ours, theirs)
        if (None if mine == "" else mine) != (None if yours == "" else yours)
    ]
    assert different == []


def _cells(ours: Sheet, theirs: Sheet) -> Iterator[tuple[int, int, Value, Value]]:
    for row, (mine, yours) in enumerate(zip_longest(ours.rows, theirs.rows, fillvalue=())):
        for column, (one, other) in enumerate(zip_longest(mine, yours)):
            yield row, column, one, other


@pytest.mark.parametrize("source", SOURCES)
def test_totals_rates_and_grades_are_what_python_computes(source: str, passages: dict[str, Passage]) -> None:
    for reading in passages[source].readings:
        form, sheet = reading.form, sheet_of(reading)
        profile = load_profile(form.profile)
        sums = add_up(form, profile)
        rate = sums.execution_rate
        if rate is not None and profile.funds.rate == "percent":
            rate = rate.scaleb(2)
        expected = {
            "rate": rate,
            "weight": sums.weight,
            "score": sums.score,
            "full_weight": sums.full_weight,
            "full_score": sums.full_score,
            "grade": sums.grade,
        }
        assert {name: named(sheet, CALC + name) for name in expected} == expected
        if rate is not None and form.funds.lines[0].execution_rate == sums.execution_rate:
            assert named(sheet, CALC + "execution_score") == sums.execution_score
        for level, level_sums in sums.levels.items():
            row = next(row for row in level_rows(sheet) if sheet[row, 1] == level)
            found = [sheet[row, sheet.names[f"{CALC}level_{column}"].left] for column in ("weights", "scores")]
            assert found == [level_sums.weight, level_sums.score]


def sheet_of(reading: Reading) -> Sheet:
    assert reading.sheet is not None
    return reading.sheet


def named(sheet: Sheet, name: str) -> Value:
    """The value of a named cell, the stored one where a format shows another; an empty text is nothing."""
    cell = sheet.names[name].anchor
    return sheet.stored.get(cell, sheet[cell]) or None


def level_rows(sheet: Sheet) -> range:
    area = sheet.names[column_name("level1", "name")]
    return range(area.top, area.bottom + 1)


def wrong_checks(sheet: Sheet) -> set[str]:
    return {name for name in CHECKS if named(sheet, CHECK + name)}


@pytest.mark.parametrize(
    ("project", "stated", "computed"), [("劳动监察执法保障", "100", "95"), ("协理员队伍经费", "93.52", "77.52")]
)
def test_a_wrong_printed_total_shows_in_the_sheet(
    project: str, stated: str, computed: str, passages: dict[str, Passage]
) -> None:
    reading = next(each for each in passages["samples"].readings if each.form.project.name == project)
    sheet = sheet_of(reading)
    message = sentence("template.check-total-score", "zh").format(printed=stated, computed=computed)
    assert named(sheet, CHECK + "total_score") == message
    assert message in str(named(sheet, STATUS))
    assert named(sheet, field_name("total.score")) == Decimal(stated)


def test_a_form_without_mistakes_says_so(passages: dict[str, Passage]) -> None:
    fine = {
        reading.form.project.name
        for reading in passages["samples"].readings
        if named(sheet_of(reading), STATUS) == sentence("template.status-fine", "zh")
    }
    assert fine >= {"基层图书室开放补助", "先进人物关爱", "业务用房维修", "职业技能竞赛"}


def test_a_budget_of_nothing_divides_nothing(passages: dict[str, Passage]) -> None:
    reading = next(each for each in passages["samples"].readings if each.form.funds.lines[0].full_year_budget == 0)
    sheet = sheet_of(reading)
    assert named(sheet, CALC + "rate") is None
    assert named(sheet, CALC + "execution_score") is None
    assert named(sheet, CALC + "full_score") == 90


@pytest.mark.shared
@pytest.mark.skipif(not REFERENCE, reason="the reference forms are not beside the project")
def test_exactly_the_reference_forms_with_a_wrong_total_show_it(passages: dict[str, Passage]) -> None:
    wrong = {
        (source, number)
        for source, passage in passages.items()
        for number, reading in enumerate(passage.readings)
        if source != "samples" and "total_score" in wrong_checks(sheet_of(reading))
    }
    expected = {
        (source, number)
        for source, passage in passages.items()
        for number, form in enumerate(passage.forms)
        if source != "samples" and is_wrong(form)
    }
    assert wrong == expected
    assert len({(form.project.name, form.total.score) for form in wrong_forms(passages, wrong)}) == 2


def is_wrong(form: Form) -> bool:
    sums = add_up(form, load_profile(form.profile))
    return form.total.score not in (sums.score, sums.full_score)


def wrong_forms(passages: dict[str, Passage], wrong: set[tuple[str, int]]) -> list[Form]:
    return [passages[source].forms[number] for source, number in wrong]


# --- what people do to a template -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Hand:
    """A person at one sheet: knows where the cells were when the workbook was opened."""

    book: Book
    name: str
    sheet: Sheet

    def at(self, column: str, row: int = 0, table: str = "indicators") -> str:
        """The cell of a column of a table, in its ``row``-th row."""
        area = self.sheet.names[column_name(table, column)]
        return a1(area.top + row, area.left)

    def field(self, path: str) -> str:
        return a1(*self.sheet.names[field_name(path)].anchor)

    def row(self, number: int) -> int:
        """The sheet row of an indicator, as a person counts."""
        return self.sheet.names[column_name("indicators", "score")].top + number + 1

    @property
    def last(self) -> int:
        """The number of the last indicator row of the template."""
        area = self.sheet.names[column_name("indicators", "score")]
        return area.bottom - area.top

    def put(self, cell: str, content: str | float) -> None:
        """Types into a cell."""
        if isinstance(content, str):
            self.book.set_string(self.name, cell, content)
        else:
            self.book.set_value(self.name, cell, content)

    def type_indicator(self, row: int, indicator: Indicator) -> None:
        """Types an indicator into a sheet row, as it counts now."""
        columns = ("level1", "level2", "name", "target", "actual", "weight", "score", "deviation")
        for column in columns:
            value = getattr(indicator, column)
            if value is not None:
                cell = f"{self.at(column)[0]}{row}"
                self.put(cell, float(value) if isinstance(value, Decimal) else value)


NEW = Indicator(
    level1="产出指标",
    level2="质量指标",
    name="新加的一行",
    target="≥95%",
    actual="96%",
    weight=Decimal(3),
    score=Decimal("2.5"),
    deviation="材料晚到",
)


def insert_in_the_middle(hand: Hand) -> None:
    assert hand.book.insert_rows(hand.name, hand.row(2))
    hand.type_indicator(hand.row(2), NEW)


def insert_below_the_heading(hand: Hand) -> None:
    assert hand.book.insert_rows(hand.name, hand.row(0))
    hand.type_indicator(hand.row(0), NEW)


def insert_below_the_last(hand: Hand) -> None:
    assert hand.book.insert_rows(hand.name, hand.row(hand.last + 1))
    hand.type_indicator(hand.row(hand.last + 1), NEW)


def insert_five_and_type_the_last(hand: Hand) -> None:
    assert hand.book.insert_rows(hand.name, hand.row(hand.last + 1), 5)
    hand.type_indicator(hand.row(hand.last + 5), NEW)


def type_into_a_spare_row(hand: Hand) -> None:
    hand.type_indicator(hand.row(8), NEW)


def empty_a_row(hand: Hand) -> None:
    for column in ("name", "target", "actual", "weight", "score", "deviation"):
        hand.put(hand.at(column, 2), "")


def delete_a_row(hand: Hand) -> None:
    hand.book.unprotect(hand.name)
    hand.book.delete_rows(hand.name, hand.row(2))


def delete_the_first_and_the_last_row(hand: Hand) -> None:
    hand.book.unprotect(hand.name)
    hand.book.delete_rows(hand.name, hand.row(hand.last))
    hand.book.delete_rows(hand.name, hand.row(0))


def rows_above_the_title(hand: Hand) -> None:
    assert hand.book.insert_rows(hand.name, 1, 2)


def a_row_between_the_parts(hand: Hand) -> None:
    assert hand.book.insert_rows(hand.name, hand.row(-1))
    assert hand.book.insert_rows(hand.name, int(hand.field("goals.actual")[1:]))


def move_a_cell(hand: Hand) -> None:
    hand.book.move(hand.name, hand.at("deviation", 3), hand.at("deviation", 5))


def move_the_first_and_the_last_cell_of_a_column(hand: Hand) -> None:
    hand.book.move(hand.name, hand.at("deviation", 0), hand.at("deviation", 9))
    hand.put(hand.at("deviation", 0), "又写一条")


def numbers_as_text(hand: Hand) -> None:
    hand.put(hand.at("score", 0), "１０")
    hand.put(hand.at("score", 1), " 9.5 分")
    hand.put(hand.at("full_year_budget", 0, "funds"), "1,058.50")
    hand.put(hand.at("executed", 0, "funds"), "５７．３３万元")
    hand.put(hand.at("initial_budget", 2, "funds"), "—")


def numbers_as_typed(hand: Hand) -> None:
    hand.book.set_formula(hand.name, hand.at("full_year_budget", 0, "funds"), "1,058.5")
    hand.book.set_formula(hand.name, hand.at("score", 0), "=5+4.5")


def dates(hand: Hand) -> None:
    hand.put(hand.at("actual", 3), "7月15日")
    hand.put(hand.at("target", 3), "2024/6/30")


def error_cells(hand: Hand) -> None:
    hand.book.set_formula(hand.name, hand.at("score", 1), "=1/0")
    hand.book.set_formula(hand.name, hand.field("project.name"), '=VLOOKUP("x";A1:A2;1;0)')


def words_for_numbers(hand: Hand) -> None:
    hand.put(hand.at("score", 1), "满分")
    hand.put(hand.at("executed", 0, "funds"), "约57万")


def nothing(_hand: Hand) -> None:
    pass


HABITS = {
    habit.__name__: habit
    for habit in (
        nothing,
        insert_in_the_middle,
        insert_below_the_heading,
        insert_below_the_last,
        insert_five_and_type_the_last,
        type_into_a_spare_row,
        empty_a_row,
        delete_a_row,
        delete_the_first_and_the_last_row,
        rows_above_the_title,
        a_row_between_the_parts,
        move_a_cell,
        move_the_first_and_the_last_cell_of_a_column,
        numbers_as_text,
        numbers_as_typed,
        dates,
        error_cells,
        words_for_numbers,
    )
}
ORIGINAL = forms_in(*(path for path in SAMPLES if path.stem == "mof"))[0]


@pytest.fixture(scope="module")
def after(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reading]:
    """The same form after each habit, and a copy of its sheet: read from one workbook saved by LibreOffice."""
    folder = tmp_path_factory.mktemp("habits")
    written = to_workbook([ORIGINAL] * len(HABITS))
    path = folder / "habits.xlsx"
    path.write_bytes(written)
    with office.open(path) as book:
        sheets = open_bytes(written, "habits.xlsx")
        for sheet, habit in zip(sheets, HABITS.values(), strict=False):
            habit(Hand(book, sheet.name, sheet))
        book.copy_sheet(sheets[1].name, "复制的表", 0)
        book.recalculate()
        saved = book.save(folder / "saved.xlsx")
    readings = {sheet_of(reading).name: reading for reading in read_path(saved)}
    assert len(readings) == len(HABITS) + 1
    names = {habit: sheet.name for sheet, habit in zip(sheets, HABITS, strict=False)}
    return {habit: readings[name] for habit, name in names.items()} | {"a_copied_sheet": readings["复制的表"]}


def replaced(record: Any, **fields: Any) -> Any:
    return type(record)(**{field: getattr(record, field) for field in record.__struct_fields__} | fields)


ROWS = ORIGINAL.indicators
AS_IT_WAS = ("nothing", "rows_above_the_title", "a_row_between_the_parts")
#: Habit -> the indicators it leaves. Sums, checks and marks must follow.
INDICATORS = {
    "insert_in_the_middle": (*ROWS[:2], NEW, *ROWS[2:]),
    "insert_below_the_heading": (NEW, *ROWS),
    "insert_below_the_last": (*ROWS, NEW),
    "insert_five_and_type_the_last": (*ROWS, NEW),
    "type_into_a_spare_row": (*ROWS, NEW),
    "a_copied_sheet": (*ROWS[:2], NEW, *ROWS[2:]),
    "empty_a_row": (*ROWS[:2], *ROWS[3:]),
    "delete_a_row": (*ROWS[:2], *ROWS[3:]),
    "delete_the_first_and_the_last_row": ROWS[1:],
}


@pytest.mark.parametrize("habit", AS_IT_WAS)
def test_a_form_that_only_moved_reads_as_it_was(habit: str, after: dict[str, Reading]) -> None:
    assert after[habit].form == ORIGINAL
    assert after[habit].notes == ()


@pytest.mark.parametrize("habit", INDICATORS)
def test_added_and_removed_rows_are_read(habit: str, after: dict[str, Reading]) -> None:
    reading = after[habit]
    assert reading.form.indicators == INDICATORS[habit]
    assert replaced(reading.form, indicators=(), total=None) == replaced(ORIGINAL, indicators=(), total=None)
    assert reading.notes == ()


@pytest.mark.parametrize("habit", INDICATORS)
def test_the_sheet_adds_up_all_rows_there_are(habit: str, after: dict[str, Reading]) -> None:
    reading = after[habit]
    sums = add_up(reading.form, load_profile("mof"))
    found = {name: named(sheet_of(reading), CALC + name) for name in ("weight", "score", "full_score")}
    assert found == {"weight": sums.weight, "score": sums.score, "full_score": sums.full_score}
    assert (reading.form.total.weight, reading.form.total.score) == (sums.full_weight, sums.full_score)


@pytest.mark.parametrize("habit", ["insert_in_the_middle", "insert_below_the_last", "insert_five_and_type_the_last"])
def test_validation_and_marks_take_an_added_row_in(habit: str, after: dict[str, Reading]) -> None:
    reading = after[habit]
    row = next(n for n, indicator in enumerate(reading.form.indicators) if indicator == NEW)
    sheet = openpyxl.load_workbook(reading.source)[sheet_of(reading).name]
    for column in ("level1", "level2", "target", "actual", "weight", "score"):
        cell = reading.address(f"indicators[{row}].{column}") or ""
        assert any(cell in rule.sqref for rule in sheet.data_validations.dataValidation), column
    for column in ("level1", "level2", "weight", "score", "deviation", "name"):
        cell = reading.address(f"indicators[{row}].{column}") or ""
        assert any(cell in area.sqref for area in sheet.conditional_formatting), column
    assert sheet.protection.sheet


def test_a_moved_cell_is_read_where_it_is(after: dict[str, Reading]) -> None:
    assert after["move_a_cell"].form.indicators == tuple(
        replaced(row, deviation={3: None, 5: ROWS[3].deviation}.get(number, row.deviation))
        for number, row in enumerate(ROWS)
    )
    rows = after["move_the_first_and_the_last_cell_of_a_column"].form.indicators
    assert rows[0].deviation == "又写一条"
    assert [row.deviation for row in rows[1:8]] == [row.deviation for row in ROWS[1:]]


def test_numbers_are_read_however_they_are_typed(after: dict[str, Reading]) -> None:
    form = after["numbers_as_text"].form
    assert [row.score for row in form.indicators[:2]] == [Decimal(10), Decimal("9.5")]
    assert form.funds.lines[0].full_year_budget == Decimal("1058.5")
    assert form.funds.lines[0].executed == Decimal("57.33")
    assert form.funds.lines[2].initial_budget is None
    assert after["numbers_as_text"].notes == ()
    form = after["numbers_as_typed"].form
    assert form.funds.lines[0].full_year_budget == Decimal("1058.5")
    assert form.indicators[0].score == Decimal("9.5")


def test_dates_in_words_stay_as_typed(after: dict[str, Reading]) -> None:
    row = after["dates"].form.indicators[3]
    assert (row.target, row.actual) == ("2024/6/30", "7月15日")


@pytest.mark.parametrize(
    ("habit", "fields"),
    [
        ("error_cells", {"indicators[1].score": "unread-content", "project.name": "unread-content"}),
        ("words_for_numbers", {"indicators[1].score": "not-a-number", "funds.lines[0].executed": "not-a-number"}),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_cell(
    habit: str, fields: dict[str, str], after: dict[str, Reading]
) -> None:
    reading = after[habit]
    notes = {note.field: note for note in reading.notes}
    for path, name in fields.items():
        assert notes[path].name == name
        assert notes[path].cell == reading.places[path]
        assert sheet_of(reading)[notes[path].cell or Cell(0, 0)] is not None
    assert reading.form.indicators[1].score is None
