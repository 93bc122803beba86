"""The summary workbook: sheets, links, text that stays text, formulas that say what was worked out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from perfeval_xl.errors import NotAForm
from perfeval_xl.files import read_path
from perfeval_xl.messages import in_language
from perfeval_xl.model import Form
from perfeval_xl.reports import groups
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary import summary_workbook
from perfeval_xl.reports.summary.table import LAST_LINKED_ROW
from tests import sdk
from tests.check_cases import Case, clean_forms, workbook_of
from tests.excel_limits import broken_limits
from tests.office import Office
from tests.test_reports_ledger import SAMPLES, ledger_of, ledger_of_forms

SHEETS = ["汇总", "图表", "明细", "指标库", "问题清单", "自评质量"]


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with in_language("zh"):
        yield


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The samples, a workbook with mistakes, and a file that cannot be read."""
    faulty = tmp_path / "收到的表" / "faulty.xlsx"
    faulty.parent.mkdir()
    faulty.write_bytes(workbook_of(Case("", "mof", "", "", typed={"H24": 99}, clear=("indicators[4].deviation",))))
    with ledger_of(SAMPLES, faulty, tmp_path / "absent.xlsx") as found:
        yield found


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def cached(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def columns(sheet: Any, row: int = 1) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[row] if cell.value}


def named(form: Form, **names: str) -> Form:
    return msgspec.structs.replace(form, project=msgspec.structs.replace(form.project, **names))


def test_the_sheets_hold_a_row_for_each_thing(ledger: Ledger, tmp_path: Path) -> None:
    book = opened(summary_workbook(ledger, tmp_path / "s.xlsx"))
    assert book.sheetnames == SHEETS
    assert book["明细"].max_row == 1 + len(ledger.forms)
    assert book["指标库"].max_row == 1 + len(ledger.indicators)
    assert book["问题清单"].max_row == 1 + len(ledger.findings)
    for name in ("明细", "指标库", "问题清单"):
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref.startswith("A1:")
    shown = [cell.value for row in book["汇总"].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any("absent.xlsx" in text for text in shown)
    assert any("另有 1 个文件没有读入" in text for text in shown)


def test_a_finding_links_to_its_cell_and_a_form_to_its_file(ledger: Ledger, tmp_path: Path) -> None:
    book = opened(summary_workbook(ledger, tmp_path / "s.xlsx"))
    sheet = book["问题清单"]
    at = columns(sheet)["单元格"]
    links = {
        cell.value: (cell.hyperlink.target, cell.hyperlink.location)
        for (cell,) in sheet.iter_rows(2, None, at, at)
        if cell.hyperlink
    }
    assert links["H24"] == ("收到的表\\faulty.xlsx", "自评表!H24")
    forms = book["明细"]
    last = forms.cell(forms.max_row, columns(forms)["文件"])
    assert (last.value, last.hyperlink.target) == ("faulty.xlsx", "收到的表\\faulty.xlsx")


HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://example.com","x")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "{=1}",
    "http://example.com/",
    "0012",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_becomes_a_formula_or_a_link(text: str) -> None:
    form = named(clean_forms()["mof"], name=text, department=text, implementing_unit=text, code=text)
    row = msgspec.structs.replace(form.indicators[0], name=text, target=text)
    form = msgspec.structs.replace(form, indicators=(row, *form.indicators[1:]))
    with ledger_of_forms(form) as ledger:
        book = opened(summary_workbook(ledger))
    found = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value == text]
    assert len(found) >= 7
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"}
    assert not [cell for cell in found if cell.hyperlink]


@pytest.mark.parametrize("text", ["长" * 30000, "a\x01\x0bb", "行\n行\n行", "_x0041_", "é\U0001f600"])
def test_odd_texts_are_written(text: str, tmp_path: Path) -> None:
    with ledger_of_forms(named(clean_forms()["mof"], name=text, department=text)) as ledger:
        data = summary_workbook(ledger, tmp_path / "s.xlsx")
    shown = unescape(cached(data)["明细"].cell(2, 7).value)
    assert shown == text
    assert broken_limits(data) == []


def test_a_file_name_that_is_no_text_is_written() -> None:
    source = "b\udce4d.json"
    from perfeval_xl.reading import Reading
    from perfeval_xl.reports.gather import gather, reviewed

    with gather([reviewed(source, [Reading(clean_forms()["mof"], source)])]) as ledger:
        assert cached(summary_workbook(ledger))["明细"]["B2"].value == "b\ufffdd.json"


def test_what_does_not_fit_a_sheet_goes_on_the_next(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = opened(summary_workbook(ledger))
    monkeypatch.setattr("perfeval_xl.reports.summary.table.MOST_ROWS", 4)
    book = opened(summary_workbook(ledger))
    parts = [name for name in book.sheetnames if name.startswith("问题清单")]
    assert parts[:2] == ["问题清单", "问题清单 (2)"]
    rows = [row for name in parts for row in list(book[name].values)[1:] if any(row)]
    assert rows == list(whole["问题清单"].values)[1:]


def test_a_clean_batch_and_an_empty_form_make_a_workbook() -> None:
    blank = clean_forms()["mof"]
    blank = msgspec.structs.replace(
        blank,
        indicators=(),
        funds=msgspec.structs.replace(blank.funds, lines=()),
        total=msgspec.structs.replace(blank.total, weight=None, score=None),
    )
    with ledger_of_forms(clean_forms()["mof"]) as clean, ledger_of_forms(blank) as empty:
        assert cached(summary_workbook(clean))["问题清单"].max_row == 1
        assert cached(summary_workbook(empty))["明细"].max_row == 2


def test_the_charts_are_the_workbooks_own(ledger: Ledger) -> None:
    with zipfile.ZipFile(io.BytesIO(summary_workbook(ledger))) as package:
        charts = [package.read(name).decode() for name in package.namelist() if "charts/chart" in name]
    kinds = ("c:barChart", "c:scatterChart")
    assert [sum(kind in chart for chart in charts) for kind in kinds] == [2, 1]
    assert all("<c:f>" in chart for chart in charts)


def test_the_chart_of_execution_has_a_number_for_every_dot(ledger: Ledger) -> None:
    """One text among the rates, and Excel would number the dots instead."""
    data = summary_workbook(ledger)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        charts = [package.read(name).decode() for name in package.namelist() if "charts/chart" in name]
    (scatter,) = [chart for chart in charts if "c:scatterChart" in chart]
    found = re.findall(r"<c:f>'图表'!\$([AB])\$(\d+):\$[AB]\$(\d+)</c:f>", scatter)
    assert [column for column, _, _ in found] == ["A", "B"]
    first, last = int(found[0][1]), int(found[0][2])
    dots = list(cached(data)["图表"].iter_rows(first, last, 1, 2, values_only=True))
    assert all(isinstance(value, float | int) for dot in dots for value in dot)
    complete = [form for form in ledger.forms if form.budget and form.executed is not None and form.score is not None]
    assert len(dots) == len(complete) == len(ledger.forms) - 1


def test_english_labels(ledger: Ledger) -> None:
    with in_language("en"):
        book = cached(summary_workbook(ledger))
    assert book.sheetnames == ["Overview", "Charts", "Forms", "Indicators", "Findings", "Quality"]
    assert "projects were self-evaluated" in book["Overview"]["A3"].value


def test_the_summary_is_read_as_no_form(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    path.write_bytes(summary_workbook(ledger, path))
    with pytest.raises(NotAForm):
        read_path(path)


def test_no_sheet_has_more_links_than_excel_takes(ledger: Ledger) -> None:
    """65,530; beyond them a text says what the link would."""
    for sheet in opened(summary_workbook(ledger)):
        in_rows = [sum(cell.hyperlink is not None for cell in row) for row in sheet.iter_rows()]
        assert max(in_rows, default=0) * (LAST_LINKED_ROW + 1) <= 65_530


@pytest.mark.sdk
def test_the_package_is_sound(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    path.write_bytes(summary_workbook(ledger, path))
    assert sdk.validate(path) == []
    assert broken_limits(path.read_bytes()) == []


# --- formulas, as LibreOffice works them out -----------------------------------------------------------------------


def formula_cells(book: Any) -> Iterator[tuple[str, str]]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate


def test_every_formula_gives_what_was_worked_out(ledger: Ledger, tmp_path: Path, office: Office) -> None:
    path = tmp_path / "s.xlsx"
    path.write_bytes(summary_workbook(ledger, path))
    expected = cached(path.read_bytes())
    places = list(formula_cells(opened(path.read_bytes())))
    assert len(places) > 100
    with office.open(path) as book:
        book.recalculate()
        wrong = []
        for sheet, cell in places:
            found, stored = book.value(sheet, cell), expected[sheet][cell].value
            number = isinstance(stored, float | int)
            same = found == pytest.approx(stored) if number else (found or "") == (stored or "")
            if not same:
                wrong.append((sheet, cell, found, stored))
    assert wrong == []


def test_a_corrected_score_and_a_changed_weight_move_what_depends_on_them(
    ledger: Ledger, tmp_path: Path, office: Office
) -> None:
    path = tmp_path / "s.xlsx"
    path.write_bytes(summary_workbook(ledger, path))
    book = opened(path.read_bytes())
    forms, quality = columns(book["明细"]), columns(book["自评质量"], 2)
    number = next(n for n, form in enumerate(ledger.forms, start=1) if form.charged)
    kind, count = next(iter(ledger.forms[number - 1].charged.items()))
    title = next(heading for heading in quality if groups.title(kind) in heading)
    each = book["自评质量"].cell(3, quality[title]).coordinate
    most = book["自评质量"].cell(4, quality[title]).coordinate
    score, shown = (book["明细"].cell(number + 1, forms[name]).coordinate for name in ("自评得分", "自评质量"))
    reviewed, difference = (
        book["明细"].cell(number + 1, forms[name]).coordinate for name in ("复核得分 （可填）", "复核 - 自评")
    )
    before = ledger.forms[number - 1]
    with office.open(path) as opened_book:
        opened_book.set_value("自评质量", each, 50)
        opened_book.set_value("自评质量", most, 50)
        opened_book.set_value("明细", reviewed, 70)
        opened_book.set_value("明细", score, 0)
        opened_book.recalculate()
        table = load_table(ledger, number)
        cost = min(count * table.deductions[kind].each, table.deductions[kind].most)
        assert opened_book.value("明细", shown) == pytest.approx(float(max(Decimal(0), before.quality + cost - 50)))
        assert opened_book.value("明细", difference) == pytest.approx(70)
        scores = [float(form.score) for form in ledger.forms if form.score is not None and form is not before]
        mean = round(sum(scores) / (len(scores) + 1), 2)
        assert f"自评平均得分 {mean:g} 分" in str(opened_book.value("汇总", "A3"))


def load_table(ledger: Ledger, number: int) -> Any:
    return ledger.qualities[ledger.forms[number - 1].profile]


def test_departments_of_odd_names_are_counted_apart(tmp_path: Path, office: Office) -> None:
    """No wildcard, comparison sign or capital letter lets one department count another's forms."""
    form = clean_forms()["mof"]
    names = ["*", "甲?", "甲乙", ">0", "=甲", "abc", "ABC", "甲 乙"]
    with ledger_of_forms(*(named(form, department=name) for name in names)) as ledger:
        path = tmp_path / "s.xlsx"
        path.write_bytes(summary_workbook(ledger, path))
    with office.open(path) as book:
        book.recalculate()
        assert [row[0] for row in book.values("汇总", f"B6:B{5 + len(names)}")] == [1] * len(names)
        assert book.value("汇总", f"B{6 + len(names)}") == len(names)
