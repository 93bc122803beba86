"""The worksheet functions against ``cases/functions.tsv``, the table every host of them must pass.

Its rows are tab-separated: function, expected result, arguments. Values are JSON: text in quotes, numbers bare,
``null`` or ``""`` for a blank, a list of rows for a range or an array; ``#VALUE!`` is the error of a wrong argument,
also in its place of an array.
Numbers count as equal within 1e-9, because hosts compute with binary fractions. Sentences are in Chinese.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import perfeval_xl as pe
from perfeval_xl.excel.functions import BY_NAME, FUNCTIONS, perf_check, perf_json, perf_score
from perfeval_xl.excel.spreading import ArgumentError
from perfeval_xl.messages import LANGUAGES, Language, in_language
from perfeval_xl.model import dump_document, load_document
from perfeval_xl.profile import profile_ids
from perfeval_xl.workbook.open_workbook import to_workbook
from scripts import function_pages
from tests.samples import sample_forms

SAMPLES = Path(pe.__file__).parent / "samples"
TABLE = Path(__file__).parent / "cases" / "functions.tsv"
VALUE_ERROR = "#VALUE!"
#: Functions of a whole form have no row in the table; they are tested below.
WHOLE_FORM = {"PERF_CHECK", "PERF_JSON"}


def table() -> Iterator[tuple[int, str, Any, list[Any]]]:
    """Line number, function, expected result, arguments."""
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            name, expected, *arguments = line.split("\t")
            wanted = VALUE_ERROR if expected == VALUE_ERROR else json.loads(expected)
            yield number, name, wanted, [json.loads(argument) for argument in arguments]


def result(name: str, arguments: list[Any]) -> Any:
    """What the function gives, or the error a host shows."""
    try:
        found = BY_NAME[name].call(*arguments)
    except ArgumentError:
        return VALUE_ERROR
    if not isinstance(found, list):
        return found
    return [[VALUE_ERROR if isinstance(cell, ArgumentError) else cell for cell in row] for row in found]


def same(found: Any, expected: Any) -> bool:
    """Equal in shape and value; a number is never the same as its text."""
    if isinstance(expected, list):
        shaped = isinstance(found, list) and len(found) == len(expected)
        return shaped and all(same(one, other) for one, other in zip(found, expected, strict=True))
    if isinstance(expected, int | float):
        return isinstance(found, float) and abs(found - expected) <= 1e-9 * max(1, abs(expected))
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize(
    ("name", "expected", "arguments"),
    [pytest.param(name, expected, arguments, id=f"line {n}: {name}") for n, name, expected, arguments in table()],
)
def test_a_row_of_the_table(name: str, expected: Any, arguments: list[Any]) -> None:
    with in_language("zh"):
        found = result(name, arguments)
    assert same(found, expected), f"{name}{tuple(arguments)} gives {found!r}, not {expected!r}"


def test_the_table_is_long_and_covers_every_function_and_several_profiles() -> None:
    rows = list(table())
    counted = Counter(name for _, name, _, _ in rows)
    assert len(rows) >= 300
    assert set(counted) == set(BY_NAME) - WHOLE_FORM
    assert all(count >= 10 for count in counted.values())
    profiles = {arguments[3] for _, name, _, arguments in rows if name == "PERF_SCORE" and len(arguments) > 3}
    assert {"shenzhen-futian", "beijing-fengtai-union", "beijing-fengtai-hrss", "shanghai-baoshan"} <= profiles
    assert any(expected == VALUE_ERROR for _, _, expected, _ in rows)
    assert any(isinstance(expected, list) for _, _, expected, _ in rows)


def test_no_row_stands_twice() -> None:
    repeated = Counter((name, json.dumps(arguments)) for _, name, _, arguments in table())
    assert [row for row, count in repeated.items() if count > 1] == []


def test_a_number_and_its_text_are_told_apart() -> None:
    assert not same("10", 10)
    assert not same(10.0, "10")
    assert not same([[10.0]], 10)
    assert not same([[10.0], [10.0]], [[10]])


# --- what JSON cannot write --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [date(2023, 11, 19), datetime(2023, 11, 19, 8, 30)])
def test_a_date_cell_is_read_as_a_date(cell: date) -> None:
    assert perf_score("2023年12月底前", cell, 12.5, "shenzhen-futian") == 12.5


def test_decimals_and_floats_give_the_same() -> None:
    assert perf_score("≥95%", Decimal("0.9"), Decimal(10)) == perf_score("≥95%", 0.9, 10.0) == 9.47


def test_sums_of_floats_are_the_sums_that_are_seen() -> None:
    assert BY_NAME["PERF_TOTAL"].call(0.1, [[0.2]]) == 0.3


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["PERF_VALUE", "PERF_GRADE"])
def test_what_is_no_number_is_a_wrong_argument(name: str, number: float) -> None:
    with pytest.raises(ArgumentError):
        BY_NAME[name].call(number)


def test_a_date_is_no_weight() -> None:
    with pytest.raises(ArgumentError):
        perf_score("≥95%", "96%", date(2023, 1, 1))


@pytest.mark.parametrize("broken", [[], [[]], [["≥95%"], ["≥95%", "≥90%"]], [["≥95%"], "≥90%"]])
def test_a_ragged_range_is_a_wrong_argument(broken: Any) -> None:
    with pytest.raises(ArgumentError):
        perf_score(broken, "96%", 10)


def test_a_flat_list_is_one_row() -> None:
    assert perf_score(["≥95%", "≥90%"], "90%", 10) == [[9.47, 10.0]]


def test_the_error_says_which_argument_in_both_languages() -> None:
    said = {}
    for language in LANGUAGES:
        with in_language(language), pytest.raises(ArgumentError) as error:
            perf_score("≥95%", "96%", "十")
        said[language] = str(error.value)
    assert all("PERF_SCORE" in text and "weight" in text and "十" in text for text in said.values())
    assert said["zh"] != said["en"]


# --- whole forms ---------------------------------------------------------------------------------------------------


def sample_cells() -> list[list[Any]]:
    """A small form as cells, labels at the left; the printed total is 5 too high and one rate is wrong."""
    head = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]
    rows: list[list[Any]] = [
        ["项目支出绩效自评表"],
        ["（2023年度）"],
        ["项目名称", "道路养护"],
        ["主管部门", "区城管局", "", "", "实施单位", "养护中心"],
        ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        ["", "年度资金总额", 50.0, 50.0, 40.0, 10.0, "80%", 8.0],
        ["年度总体目标", "预期目标", "", "", "实际完成情况"],
        ["", "养护道路", "", "", "已养护"],
        head,
        ["产出指标", "数量指标", "养护里程", "≥10公里", "8公里", 50.0, 40.0, "雨季停工"],
        ["效益指标", "社会效益指标", "通行条件", "优良中差", "优", 30.0, 30.0, ""],
        ["满意度指标", "服务对象满意度指标", "满意度", "≥90%", "95%", 10.0, 10.0, ""],
        ["总分", "", "", "", "", 100.0, 93.0, ""],
    ]
    return [[*row, *[""] * (len(head) - len(row))] for row in rows]


def test_a_range_becomes_canonical_json() -> None:
    text = perf_json(sample_cells())
    assert isinstance(text, str)
    (form,) = load_document(text).forms
    assert form.project.name == "道路养护"
    assert form.fiscal_year == 2023
    assert [row.target for row in form.indicators] == ["≥10公里", "优良中差", "≥90%"]
    assert form.total.score == 93


@pytest.mark.parametrize("profile", profile_ids())
def test_the_cells_of_a_template_give_the_document_they_were_filled_from(profile: str) -> None:
    """As from the names of its cells, which a range does not have: what VBA gives there, Python gives here."""
    for form in sample_forms(profile):
        sheet = openpyxl.load_workbook(io.BytesIO(to_workbook([form])), data_only=True).worksheets[0]
        rows: list[list[Any]] = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert perf_json(rows) == dump_document([form]).decode().rstrip("\n")
        assert [line for line in perf_check(rows) if line[1] in ("unread-content", "located-by-label")] == []


def test_findings_come_one_per_row_with_the_cell_counted_from_the_corner() -> None:
    found = perf_check(sample_cells())
    assert all(len(row) == 5 for row in found)
    by_name = {row[1]: row for row in found}
    assert "total-score-mismatch" in by_name, found
    severity, _, cell, message, advice = by_name["total-score-mismatch"]
    assert severity == "error"
    assert cell == "G13"
    assert "93" in str(message)
    assert advice


def test_a_form_without_findings_says_so() -> None:
    cells = sample_cells()
    cells[-1][6] = 88.0
    cells[9][6] = 40.0
    errors = [row for row in perf_check(cells) if row[0] == "error"]
    assert errors == []


def test_a_range_without_a_form_is_told_not_guessed() -> None:
    assert perf_json([["项目名称", "道路养护"]]) == ""
    ((severity, name, cell, message, _),) = perf_check([["项目名称", "道路养护"]])
    assert (severity, name, cell) == ("error", "", "")
    assert message


def test_a_sister_form_is_refused_by_name() -> None:
    cells = sample_cells()
    cells[0][0] = "部门整体支出绩效自评表"
    assert perf_json(cells) == ""
    ((severity, _, _, message, _),) = perf_check(cells)
    assert severity == "error"
    assert "部门整体支出绩效自评表" in str(message)


@pytest.mark.parametrize("function", [perf_json, perf_check])
@pytest.mark.parametrize("single", [None, "", "项目支出绩效自评表", 5.0])
def test_a_single_cell_is_no_range_of_a_form(function: Any, single: Any) -> None:
    with pytest.raises(ArgumentError):
        function(single)


def test_json_that_no_cell_can_hold_is_an_error() -> None:
    cells = sample_cells()
    cells[7][1] = cells[7][4] = "养" * 13_000
    assert len(str(perf_json(cells))) > 26_000
    cells[9][7] = "雨" * 6_000
    with pytest.raises(ArgumentError):
        perf_json(cells)


# --- the registry --------------------------------------------------------------------------------------------------


def test_the_registry_has_the_functions_of_the_contract() -> None:
    assert [each.signature for each in FUNCTIONS] == [
        "PERF_SCORE(target, actual, weight, [profile], [level])",
        "PERF_RATE(target, actual)",
        "PERF_EXEC_RATE(executed, budget)",
        "PERF_EXEC_SCORE(executed, budget, [weight])",
        "PERF_TOTAL(execution_score, scores)",
        "PERF_GRADE(total, [profile])",
        "PERF_VALUE(text)",
        "PERF_UNIT(text)",
        "PERF_EXPLAIN(target, actual, weight, [profile], [level])",
        "PERF_CHECK(range)",
        "PERF_JSON(range)",
    ]


def test_every_function_and_argument_is_described_in_both_languages() -> None:
    for each in FUNCTIONS:
        for language in LANGUAGES:
            assert each.description(language)
            assert all(parameter.description(language) for parameter in each.parameters)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_functions_describes_each_of_them(language: Language) -> None:
    page = function_pages.page(language).decode()
    for each in FUNCTIONS:
        assert f"## {each.signature}\n\n{each.description(language)}" in page
    assert set(function_pages.EXAMPLES) == set(BY_NAME) - WHOLE_FORM


def test_no_function_is_volatile() -> None:
    assert not any(each.volatile for each in FUNCTIONS)


def test_optional_arguments_come_last_and_may_be_left_out_or_blank() -> None:
    for each in FUNCTIONS:
        optional = [parameter.optional for parameter in each.parameters]
        assert optional == sorted(optional)
    assert perf_score("≥95%", "90%", 10) == perf_score("≥95%", "90%", 10, None, None) == 9.47
