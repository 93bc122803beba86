"""The macros of the ribbon on filled forms with planted mistakes, run in LibreOffice by pressing the buttons.

LibreOffice closes a message box by itself, so what a macro told is asked of it afterwards (``PerfLastTold``).
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from msgspec.structs import replace

import perfeval_xl as pe
from perfeval_xl.addin.build import workbook_documents, workbook_modules
from perfeval_xl.addin.macro_package import macro_package
from perfeval_xl.addin.ribbon import callbacks, lint_ribbon
from perfeval_xl.addin.vba_project import Module, module_text, vba_project
from perfeval_xl.addin.vba_source import bridge_folder, ribbon
from perfeval_xl.checks import check_readings
from perfeval_xl.excel.marks import COLOURS
from perfeval_xl.files import read_path
from perfeval_xl.messages import in_language
from perfeval_xl.model import Finding, Form, dump_document, load_document
from perfeval_xl.package.addresses import a1, parse_a1
from perfeval_xl.profile import profile_ids
from perfeval_xl.workbook.review.annotate import annotate
from tests.office import Book, Office
from tests.olevba import extracted
from tests.samples import sample_forms
from tests.sdk import validate

SAMPLES = Path(pe.__file__).parent / "samples"
REVIEW = "审核意见"
FORM = 0
GUIDE = "填表说明"
YEAR_CELL = "A3"
#: The findings VBA looks for; the others need Python or the file itself.
SHARED = {
    *("weights-sum", "total-weight-mismatch", "total-score-mismatch", "level1-weight-mismatch", "score-exceeds-weight"),
    *("execution-rate-mismatch", "execution-score-mismatch", "fund-lines-sum", "target-missed-full-score"),
    *("deduction-unexplained", "overachievement-unexplained", "score-differs-from-rule"),
    *("required-missing", "not-a-number", "level-unknown", "indicator-duplicate"),
}
SPOKEN = tomllib.loads((bridge_folder() / "sentences.toml").read_text("utf-8"))
NO_FORM = "-：里面没有找到项目支出绩效自评表"
NOT_CHECKED = SPOKEN["not-checked"]
PROBE = Module(
    "TestProbe",
    "module",
    """Option Explicit
Public Function IsProtected() As Boolean
    IsProtected = ThisWorkbook.Worksheets(1).ProtectContents
End Function
""",
)


def sample(profile: str) -> Form:
    return sample_forms(profile)[0]


def with_mistakes(form: Form) -> Form:
    """One mistake of nearly every kind; what is read from no cell of a number stays as it is."""
    first, second, third, fourth, fifth, *others = form.indicators
    lines = list(form.funds.lines)
    lines[0] = replace(lines[0], executed=Decimal(50), execution_rate=Decimal("0.5"), score=Decimal(3))
    return replace(
        form,
        project=replace(form.project, department=None),
        funds=replace(form.funds, lines=tuple(lines)),
        indicators=(
            replace(first, score=(first.weight or 0) + 1),
            replace(second, score=(second.weight or 0) - 1, deviation="无"),
            replace(third, level2="不认识的指标", name=None),
            replace(fourth, target="≥95%", actual="50%", score=fourth.weight, level2="质量指标"),
            replace(fifth, target="≥100份", actual="300份", score=fifth.weight, deviation=None, level2="数量指标"),
            *others,
            replace(fifth, target="≥100份", actual="100份", score=fifth.weight, level2="数量指标"),
        ),
        level1_weights={"产出指标": Decimal(49)},
        total=replace(form.total, weight=Decimal(60), score=Decimal(77)),
    )


def macro_file(form: Form, path: Path) -> Path:
    """The filled form as a macro workbook."""
    plain = path.with_suffix(".xlsx")
    pe.write([form], plain)
    return with_macros(plain.read_bytes(), path)


def with_macros(package: bytes, path: Path, *probes: Module) -> Path:
    """A workbook with the macros, the ribbon and probes of the tests."""
    project = vba_project([*workbook_documents(package), *workbook_modules(), PROBE, *probes])
    path.write_bytes(macro_package(package, project, ribbon()))
    return path


def expected_findings(path: Path) -> list[Finding]:
    """What the command finds of what both look for."""
    with in_language("zh"):
        found = check_readings(read_path(path))
    return [each for each in found if each.name in SHARED]


def press(book: Book, callback: str, tag: str = "") -> str:
    """Presses a button; what it told."""
    book.press(f"PerfRibbon.{callback}", tag=tag)
    return told(book)


def told(book: Book) -> str:
    return str(book.run_macro("PerfActions.PerfLastTold") or "")


def listed(book: Book) -> list[tuple[str, str, str, str]]:
    """Code, cell, message and advice of every line of the review."""
    rows = book.strings(REVIEW, book.used(REVIEW))[2:]
    return [(row[2], row[4], row[5], row[8]) for row in rows if row[0]]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return macro_file(with_mistakes(sample("mof")), tmp_path_factory.mktemp("macros") / "wrong.xlsm")


@pytest.fixture
def book(office: Office, wrong: Path) -> Iterator[Book]:
    with office.open(wrong) as opened:
        yield opened


# --- checking ------------------------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_check_finds_what_the_command_finds_in_the_same_cells_and_words(book: Book, wrong: Path) -> None:
    expected = expected_findings(wrong)
    assert len({each.name for each in expected}) >= 13
    press(book, "PerfOnCheck")
    assert listed(book) == [(each.code, each.cell or "", each.message, each.advice) for each in expected]


@pytest.mark.libreoffice
@pytest.mark.parametrize("profile", profile_ids())
def test_check_agrees_with_the_command_in_every_region(office: Office, tmp_path: Path, profile: str) -> None:
    for number, form in enumerate((sample(profile), with_mistakes(sample(profile)))):
        path = macro_file(form, tmp_path / f"{number}.xlsm")
        expected = expected_findings(path)
        with office.open(path) as opened:
            message = press(opened, "PerfOnCheck")
            if expected:
                assert listed(opened) == [(e.code, e.cell or "", e.message, e.advice) for e in expected]
            else:
                assert message.splitlines() == ["没有发现问题，可以报送。", NOT_CHECKED]
                assert REVIEW not in opened.sheets()


@pytest.mark.libreoffice
def test_check_marks_each_cell_with_colour_and_comment(book: Book, wrong: Path) -> None:
    press(book, "PerfOnCheck")
    notes = book.notes(FORM)
    first: dict[str, Finding] = {}
    for each in expected_findings(wrong):
        if each.cell:
            first.setdefault(each.cell, each)
            assert each.message in notes[each.cell]
    assert set(notes) == set(first)
    for cell, each in first.items():
        assert book.colors(FORM, cell)[0][0] == COLOURS[each.severity], cell


@pytest.mark.libreoffice
def test_what_is_no_number_is_found_where_it_stands(office: Office, tmp_path: Path) -> None:
    with office.open(macro_file(sample("mof"), tmp_path / "text.xlsm")) as opened:
        opened.set_string(FORM, "H15", "十分")
        press(opened, "PerfOnCheck")
        assert ("PE502", "H15") in {(code, cell) for code, cell, _, _ in listed(opened)}
        assert press(opened, "PerfOnExport").startswith("有 1 处应填数的单元格不是数")


@pytest.mark.libreoffice
def test_the_verdict_tells_whether_to_submit_and_marks_nothing(book: Book) -> None:
    before = book.sheets(), book.notes(FORM)
    verdict, not_checked = press(book, "PerfOnSubmit").splitlines()
    assert verdict.endswith("请改正后再报送；逐条说明见“审核意见”。")
    assert not_checked == NOT_CHECKED
    assert (book.sheets(), book.notes(FORM)) == before


@pytest.mark.libreoffice
def test_the_sheet_stays_protected_and_rows_can_be_added(book: Book) -> None:
    assert book.run_macro("TestProbe.IsProtected") is True
    press(book, "PerfOnCheck")
    assert book.run_macro("TestProbe.IsProtected") is True
    press(book, "PerfOnClear")
    assert book.run_macro("TestProbe.IsProtected") is True
    assert book.insert_rows(FORM, 16)


@pytest.mark.libreoffice
def test_checking_twice_marks_once(book: Book) -> None:
    press(book, "PerfOnCheck")
    once = book.notes(FORM), listed(book), book.colors(FORM, book.used(FORM))
    press(book, "PerfOnCheck")
    assert (book.notes(FORM), listed(book), book.colors(FORM, book.used(FORM))) == once


@pytest.mark.libreoffice
def test_rows_added_by_a_person_are_checked_too(office: Office, tmp_path: Path) -> None:
    with office.open(macro_file(sample("mof"), tmp_path / "more.xlsm")) as opened:
        assert opened.insert_rows(FORM, 16)
        opened.set_string(FORM, "D16", "新增的指标")
        opened.set_value(FORM, "G16", 5)
        opened.set_value(FORM, "H16", 6)
        opened.recalculate()
        press(opened, "PerfOnCheck")
        assert ("PE301", "H16") in {(code, cell) for code, cell, _, _ in listed(opened)}


# --- going through the findings and clearing --------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_next_goes_from_mark_to_mark_and_from_the_last_to_the_first(book: Book) -> None:
    press(book, "PerfOnCheck")
    marked = sorted(book.notes(FORM), key=parse_a1)
    visited = []
    for _ in range(len(marked) + 1):
        press(book, "PerfOnNext")
        visited.append(book.selection().rpartition(".")[2].partition(":")[0])
    assert visited == [*marked, marked[0]]


@pytest.mark.libreoffice
def test_clearing_gives_every_cell_back_its_look(book: Book) -> None:
    area = book.used(FORM)
    before = book.colors(FORM, area), book.notes(FORM), book.sheets()
    press(book, "PerfOnCheck")
    assert (book.colors(FORM, area), book.notes(FORM), book.sheets()) != before
    assert press(book, "PerfOnClear") == "已清除校验标记。"
    assert (book.colors(FORM, area), book.notes(FORM), book.sheets()) == before


@pytest.mark.libreoffice
def test_marks_of_the_command_are_cleared_too(office: Office, wrong: Path, tmp_path: Path) -> None:
    with office.open(wrong) as opened:
        area = opened.used(FORM)
        before = opened.colors(FORM, area), opened.notes(FORM)
    data = wrong.read_bytes()
    marked = tmp_path / "annotated.xlsm"
    marked.write_bytes(annotate(data, str(wrong), expected_findings(wrong)))
    with office.open(marked) as opened:
        assert opened.notes(FORM)
        press(opened, "PerfOnClear")
        assert (opened.colors(FORM, area), opened.notes(FORM)) == before
        assert REVIEW not in opened.sheets()


@pytest.mark.libreoffice
@pytest.mark.parametrize("callback", ["PerfOnNext", "PerfOnClear"])
def test_without_marks_the_buttons_say_so(book: Book, callback: str) -> None:
    assert press(book, callback) == "没有校验标记。请先点“校验”。"


# --- scoring, files, settings ----------------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_scoring_fills_blank_scores_and_leaves_the_others(office: Office, tmp_path: Path) -> None:
    form = sample("mof")
    first, second, *others = form.indicators
    blank = replace(first, target="≥100份", actual="50份", score=None, level2="数量指标")
    form = replace(form, indicators=(blank, replace(second, score=Decimal(1)), *others))
    with office.open(macro_file(form, tmp_path / "score.xlsm")) as opened:
        message = press(opened, "PerfOnScore")
        scores = [row[0] for row in opened.values(FORM, "H14:H15")]
    assert scores == [float(first.weight or 0) / 2, 1.0]
    assert message.startswith("已填入 1 个得分；已有得分与规则不一致 1 个")
    assert "H15" in message


@pytest.mark.libreoffice
@pytest.mark.parametrize("profile", profile_ids())
def test_the_exported_json_is_the_one_the_command_gives(office: Office, tmp_path: Path, profile: str) -> None:
    path = macro_file(sample(profile), tmp_path / f"{profile}.xlsm")
    target = tmp_path / "out.json"
    with office.open(path) as opened:
        opened.run_macro("PerfActions.PerfExportTo", str(target))
        assert told(opened) == f"已导出到 {target}"
    assert target.read_bytes() == dump_document([reading.form for reading in read_path(path)])


@pytest.mark.libreoffice
def test_the_export_button_writes_beside_the_workbook(office: Office, tmp_path: Path) -> None:
    path = macro_file(sample("mof"), tmp_path / "form.xlsm")
    with office.open(path) as opened:
        assert press(opened, "PerfOnExport") == f"已导出到 {path.with_suffix('.json')}"
    assert load_document(path.with_suffix(".json").read_bytes()).forms[0].profile == "mof"


@pytest.mark.libreoffice
def test_buttons_that_need_python_say_so(book: Book) -> None:
    for action in ("import-json", "summary", "report"):
        assert "需要 Python 版加载项" in press(book, "PerfOnPython", action)
    assert press(book, "PerfOnNew", "mof").startswith("没有找到模板 mof.xlsx")
    assert "当前表样：mof；函数由 VBA 计算" in press(book, "PerfOnSettings", "show")


@pytest.mark.libreoffice
def test_the_settings_say_what_cannot_be_chosen_here(book: Book) -> None:
    assert press(book, "PerfOnSettings", "python").startswith("这里的函数由 VBA 计算")
    assert press(book, "PerfOnSettings", "profile:sichuan").startswith("这张自评表由模板 mof 生成")


@pytest.mark.libreoffice
@pytest.mark.parametrize(("profile", "score"), [("mof", 10), ("shenzhen-futian", 9)])
def test_a_workbook_without_a_template_follows_the_profile_it_names(
    office: Office, tmp_path: Path, profile: str, score: int
) -> None:
    """Half as much again as the target costs a point in one region and only wants a reason in the other."""
    buffer = io.BytesIO()
    plain = xlsxwriter.Workbook(buffer)
    plain.add_worksheet("表").write_formula("A1", '=PERF_SCORE("≥2个","3个",10)')
    plain.define_name("perf_profile", f'="{profile}"')
    plain.close()
    with office.open(with_macros(buffer.getvalue(), tmp_path / "plain.xlsm")) as opened:
        opened.recalculate()
        assert opened.value("表", "A1") == score
        assert press(opened, "PerfOnSettings", "show").startswith(f"当前表样：{profile}")
        assert press(opened, "PerfOnSettings", f"profile:{profile}").startswith(f"当前表样：{profile}")
        # A document without a window takes no new name: the person is told, and nothing changes.
        assert press(opened, "PerfOnSettings", "profile:sichuan").startswith("没有改成")


@pytest.mark.libreoffice
def test_help_opens_the_guide(book: Book) -> None:
    press(book, "PerfOnHelp")
    book.goto("填表说明", "A1")
    assert book.selection().startswith("填表说明")


#: Item -> whether it can do anything in an open form, before and after 校验; in a macro workbook without Python.
ITEMS = {
    **dict.fromkeys(("perfNewMenu", "perfScore", "perfCheck", "perfSubmit", "perfExport", "perfHelp"), (True, True)),
    **dict.fromkeys(("perfNext", "perfClear"), (False, True)),
    **dict.fromkeys(
        ("perfImport", "perfSummary", "perfReport", "perfSettingsPython", "perfSettingsVba"), (False, False)
    ),
    **dict.fromkeys(("perfProfileMenu",), (False, False)),
}


def enabled(book: Book, item: str) -> bool:
    """What the ribbon is told about an item."""
    return bool(book.press("PerfRibbon.PerfIsEnabled", False, id=item)[-1])


@pytest.mark.libreoffice
def test_only_what_can_work_is_enabled(book: Book) -> None:
    assert {item: enabled(book, item) for item in ITEMS} == {item: before for item, (before, _) in ITEMS.items()}
    press(book, "PerfOnCheck")
    assert {item: enabled(book, item) for item in ITEMS} == {item: after for item, (_, after) in ITEMS.items()}
    press(book, "PerfOnClear")
    assert not enabled(book, "perfNext")


def test_every_item_that_may_be_grey_is_asked_about() -> None:
    asking = re.findall(r'id="(\w+)"[^>]*getEnabled="PerfIsEnabled"', ribbon().custom_ui14.decode("utf-8"))
    assert set(asking) == {item for item, states in ITEMS.items() if states != (True, True)} | {
        *("perfScore", "perfCheck", "perfSubmit", "perfExport")
    }


@pytest.mark.libreoffice
def test_the_tab_is_shown_where_the_addin_is_not_open(book: Book) -> None:
    assert book.press("PerfRibbon.PerfIsShown", False, id="perfTab")[-1] is True


@pytest.mark.libreoffice
def test_a_form_that_was_not_made_from_a_template_is_left_alone_and_told(office: Office, tmp_path: Path) -> None:
    """Every button on a foreign form: without Python each says so, none changes a cell."""
    path = with_macros(foreign_form(), tmp_path / "foreign.xlsm")
    with office.open(path) as opened:
        [name] = opened.sheets()
        before = opened.strings(name, opened.used(name)), opened.notes(name)
        for callback in ("PerfOnCheck", "PerfOnScore", "PerfOnSubmit", "PerfOnExport"):
            assert "其他自评表要用 Python 版加载项" in press(opened, callback), callback
        for callback in ("PerfOnNext", "PerfOnClear"):
            assert press(opened, callback) == "没有校验标记。请先点“校验”。"
        for action in ("import-json", "summary", "report"):
            assert "需要 Python 版加载项" in press(opened, "PerfOnPython", action)
        assert press(opened, "PerfOnSettings", "show").startswith("当前表样：mof")
        assert press(opened, "PerfOnHelp").startswith("填表说明见模板")
        assert (opened.strings(name, opened.used(name)), opened.notes(name)) == before
        assert not enabled(opened, "perfScore")
        assert enabled(opened, "perfProfileMenu")
        opened.set_formula(name, "Z1", "=INDEX(PERF_CHECK(A1:J20);1;4)")
        opened.set_formula(name, "Z2", "=PERF_JSON(A1:J20)")
        opened.recalculate()
        assert "需要 Python 版加载项" in str(opened.value(name, "Z1"))
        assert opened.value(name, "Z2") in ("", None)


def foreign_form() -> bytes:
    """A form as an office draws it: no names, no template mark."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        sheet = made.add_worksheet("自评")
        sheet.write_row(0, 0, ["项目支出绩效自评表"])
        sheet.write_row(1, 0, ["（2024年度）"])
        sheet.write_row(2, 0, ["项目名称", "宣传服务项目"])
        sheet.write_row(3, 0, ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"])
        sheet.write_row(4, 0, ["产出指标", "数量指标", "宣传场次", "≥10场", "12场", 50, ""])
    return buffer.getvalue()


#: Tables that are no form: sheet, area. The form itself, its guide, a list of people, nothing.
NO_FORMS = ((FORM, "A1:C4"), (FORM, "L60:M70"), (GUIDE, "A1:F60"), (GUIDE, "L1:O2"), (GUIDE, "R1:S3"))


@pytest.mark.libreoffice
@pytest.mark.parametrize(("sheet", "area"), NO_FORMS, ids=str)
def test_a_range_without_a_form_gives_what_python_gives(
    office: Office, tmp_path: Path, sheet: str | int, area: str
) -> None:
    from perfeval_xl.excel.functions import perf_check, perf_json

    with office.open(macro_file(sample("mof"), tmp_path / "plain.xlsm")) as opened:
        opened.unprotect(FORM)
        opened.unprotect(GUIDE)
        opened.fill(GUIDE, "L1:O2", [["姓名", "目标", "实际完成值", "得分"], ["产出指标", "≥5", "6", "7"]])
        rows = [list(row) for row in opened.values(sheet, area)]
        with in_language("zh"):
            expected = perf_check(rows)
            assert (expected[0][0], expected[0][3]) == ("error", NO_FORM)
            assert perf_json(rows) == ""
        reference = area if sheet == FORM else f"${sheet}.{area}"
        opened.set_formula(FORM, "Z1", f"=INDEX(PERF_CHECK({reference});1;4)")
        opened.set_formula(FORM, "Z2", f"=PERF_JSON({reference})")
        opened.recalculate()
        assert opened.value(FORM, "Z1") == NO_FORM
        assert opened.value(FORM, "Z2") in ("", None)


@pytest.mark.libreoffice
def test_a_part_of_a_form_is_told_apart_from_the_whole(book: Book) -> None:
    book.set_formula(FORM, "Z1", "=INDEX(PERF_CHECK(A5:J20);1;4)")
    book.set_formula(FORM, "Z2", "=PERF_JSON(A5:J20)")
    book.recalculate()
    assert book.value(FORM, "Z1") == SPOKEN["part-of-form"]
    assert book.value(FORM, "Z2") in ("", None)


@pytest.mark.libreoffice
@pytest.mark.parametrize("cell", ["A3", "H7"])
def test_an_error_in_the_cell_of_the_year_or_a_rate_stops_no_button(office: Office, tmp_path: Path, cell: str) -> None:
    with office.open(macro_file(sample("mof"), tmp_path / "error.xlsm")) as opened:
        opened.unprotect(FORM)
        opened.set_formula(FORM, cell, "=1/0")
        opened.recalculate()
        for callback in ("PerfOnCheck", "PerfOnScore", "PerfOnSubmit", "PerfOnExport", "PerfOnClear"):
            assert "没有完成" not in press(opened, callback), callback


@pytest.mark.libreoffice
def test_a_long_message_is_cut_to_what_a_box_shows(office: Office, tmp_path: Path) -> None:
    form = sample("mof")
    rows = tuple(
        replace(
            form.indicators[0],
            name=f"指标{number}",
            target="≥100份",
            actual="50份",
            score=Decimal(0),
            weight=Decimal(1),
        )
        for number in range(80)
    )
    with office.open(macro_file(replace(form, indicators=rows), tmp_path / "long.xlsm")) as opened:
        message = press(opened, "PerfOnScore")
    assert len(message) <= 1000
    assert re.search(r"……还有 \d+ 条", message)


@pytest.mark.libreoffice
def test_scores_filled_in_can_be_taken_back(office: Office, tmp_path: Path) -> None:
    form = sample("mof")
    blank = replace(form, indicators=tuple(replace(row, score=None) for row in form.indicators))
    with office.open(macro_file(blank, tmp_path / "undo.xlsm")) as opened:
        before = opened.formulas(FORM, opened.used(FORM))
        assert not press(opened, "PerfOnScore").startswith("已填入 0 个")
        assert opened.formulas(FORM, opened.used(FORM)) != before
        opened.run_macro("PerfRibbon.PerfUndoScores")
        assert opened.formulas(FORM, opened.used(FORM)) == before


@pytest.mark.libreoffice
def test_what_vba_does_not_check_stands_on_the_list(book: Book) -> None:
    press(book, "PerfOnCheck")
    assert book.strings(REVIEW, "F1:F1") == [[NOT_CHECKED]]


_STATE = re.compile("PE701—PE710")


def test_what_vba_does_not_check_is_named_by_its_codes() -> None:
    from perfeval_xl.checks.catalogue import rules

    sources = "\n".join(module.source for module in workbook_modules() if module.name != "PerfSentences")
    codes = {rule.name: rule.code for rule in rules()}
    checked = {codes[name] for name in re.findall(r'AddFinding(?:\(| )"([\w-]+)"', sources)}
    named = set(re.findall(r"PE\d{3}", _STATE.sub(" ".join(f"PE{number}" for number in range(701, 711)), NOT_CHECKED)))
    assert named == {rule.code for rule in rules()} - checked


@pytest.mark.libreoffice
def test_a_workbook_without_a_form_is_left_alone(office: Office, tmp_path: Path) -> None:
    import xlsxwriter

    plain = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(str(plain)) as made:
        made.add_worksheet("空白")
    package = plain.read_bytes()
    project = vba_project([*workbook_documents(package), *workbook_modules()])
    path = tmp_path / "other.xlsm"
    path.write_bytes(macro_package(package, project, ribbon()))
    with office.open(path) as opened:
        for callback in ("PerfOnCheck", "PerfOnScore", "PerfOnSubmit", "PerfOnExport"):
            assert press(opened, callback).startswith("当前工作簿里没有用本软件模板做的自评表，请先打开自评表")
        for callback in ("PerfOnNext", "PerfOnClear"):
            assert press(opened, callback) == "没有校验标记。请先点“校验”。"
        assert opened.sheets() == ["空白"]


# --- the functions of a whole form -----------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_check_and_json_in_a_cell(book: Book, wrong: Path) -> None:
    expected = expected_findings(wrong)
    book.set_formula(FORM, "Z1", "=ROWS(PERF_CHECK(A1:J40))")
    book.set_formula(FORM, "Z2", "=INDEX(PERF_CHECK(A1:J40);1;4)")
    book.set_formula(FORM, "Z3", "=PERF_JSON(A1:J40)")
    book.set_formula("填表说明", "Z1", "=INDEX(PERF_CHECK(A1:B2);1;4)")
    book.recalculate()
    assert book.value(FORM, "Z1") == len(expected)
    assert book.value(FORM, "Z2") == expected[0].message
    corner, first = parse_a1(YEAR_CELL), next(each.cell for each in expected if each.cell)
    book.set_formula(FORM, "Z4", f"=INDEX(PERF_CHECK({YEAR_CELL}:J40);1;3)")
    assert book.value(FORM, "Z4") == a1(parse_a1(first).row - corner.row, parse_a1(first).column - corner.column)
    json = dump_document([reading.form for reading in read_path(wrong)]).decode().rstrip("\n")
    assert book.value(FORM, "Z3") == json
    assert book.value("填表说明", "Z1") == NO_FORM


# --- the package -----------------------------------------------------------------------------------------------------


def test_every_button_of_the_ribbon_is_pressed_in_these_tests() -> None:
    source = Path(__file__).read_text("utf-8")
    asked = {"PerfOnLoad"}  # hands over the ribbon itself, which only Office has
    assert [name for name in callbacks(ribbon()) if not re.search(rf'[".]{name}"', source) and name not in asked] == []
    assert lint_ribbon(ribbon(), workbook_modules()) == []


def test_the_menu_has_one_entry_for_each_profile() -> None:
    for xml in (ribbon().custom_ui, ribbon().custom_ui14):
        text = xml.decode("utf-8")
        assert [f'tag="{name}"' in text for name in profile_ids()] == [True] * len(profile_ids())
        assert text.count('onAction="PerfOnNew"') == len(profile_ids())


def test_olevba_gives_back_every_module_unchanged(wrong: Path) -> None:
    found: dict[str, Any] = extracted(wrong.read_bytes(), "wrong.xlsm")
    texts = {name.partition(".")[0]: text for name, text in found.items()}
    assert {module.name: module_text(module) for module in workbook_modules()}.items() <= texts.items()


@pytest.mark.sdk
def test_the_sdk_finds_nothing_wrong(wrong: Path) -> None:
    assert validate(wrong) == []
