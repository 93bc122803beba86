"""What Excel calls in Python: the decorated worksheet functions, and the small steps between xlwings and a sheet."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from perfeval_xl.excel import bridge, excel_cells
from perfeval_xl.excel.actions import Change
from perfeval_xl.excel.arguments import excel_name
from perfeval_xl.excel.excel_book import ExcelBook
from perfeval_xl.excel.functions import BY_NAME, FUNCTIONS
from perfeval_xl.excel.marks import Place
from perfeval_xl.messages import in_language
from perfeval_xl.package.addresses import Cell, Range, parse_range
from perfeval_xl.sources.sheet import CellError
from tests.test_functions import VALUE_ERROR, same, table

PACKAGE = Path(bridge.__file__).parents[1]


def as_xlwings_gives(value: Any) -> Any:
    """``ndim=2``: every argument as rows of cells, a blank as ``None``, whole numbers as floats."""
    rows = value if isinstance(value, list) else [[value]]
    rows = rows if not rows or isinstance(rows[0], list) else [rows]
    return [[float(cell) if type(cell) is int else (None if cell == "" else cell) for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("name", "expected", "arguments"),
    [pytest.param(name, expected, arguments, id=f"line {n}: {name}") for n, name, expected, arguments in table()],
)
def test_a_row_of_the_table_through_the_decorated_function(name: str, expected: Any, arguments: list[Any]) -> None:
    function = getattr(bridge, name)
    with in_language("zh"):
        found = function(*map(as_xlwings_gives, arguments))
    if isinstance(expected, list) and len(expected) == 1 == len(expected[0]):
        expected = expected[0][0]  # Excel shows one cell either way
    assert same(found, expected), f"{name}{tuple(arguments)} gives {found!r}, not {expected!r}"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_function_has_the_name_arguments_and_help_that_xlwings_takes(function: Any) -> None:
    made = bridge.WORKSHEET_FUNCTIONS[function.name]
    assert made.__name__ == function.name
    assert made.__doc__ == function.description("zh")
    parameters = inspect.signature(made).parameters
    assert list(parameters) == [excel_name(parameter) for parameter in function.parameters]
    assert [one.default is None for one in parameters.values()] == [each.optional for each in function.parameters]


def test_arguments_left_out_may_be_left_out() -> None:
    assert bridge.PERF_SCORE([[">2个"]], [["3个"]], [[10.0]]) == 10  # type: ignore[attr-defined]
    assert bridge.PERF_SCORE([[">2个"]], [["3个"]], [[10.0]], None, None) == 10  # type: ignore[attr-defined]


def test_a_column_stays_a_column_and_a_row_a_row() -> None:
    value = bridge.WORKSHEET_FUNCTIONS["PERF_VALUE"]
    assert value([["1份"], ["2份"]]) == [[1.0], [2.0]]
    assert value([["1份", "2份"]]) == [[1.0, 2.0]]


def test_the_same_range_is_answered_from_what_is_known() -> None:
    asked = []

    def call(*arguments: Any) -> list[list[float]]:
        asked.append(arguments)
        return [[1.0]]

    made = bridge.worksheet_function(replace(BY_NAME["PERF_VALUE"], call=call))
    for _ in range(3):
        assert made([["1份"], ["2份"]]) == [[1.0]]
    made([[True], ["2份"]])
    made([[1.0], ["2份"]])
    assert len(asked) == 3  # True is not 1


def test_a_whole_column_counts_down_to_its_last_cell() -> None:
    column = [["1份"], ["2份"], *([None] for _ in range(1_048_574))]
    assert bridge.WORKSHEET_FUNCTIONS["PERF_VALUE"](column) == [[1.0], [2.0]]
    score = bridge.WORKSHEET_FUNCTIONS["PERF_SCORE"]
    blank = [[None]] * 1_048_576
    assert score(column, [["2份"], ["2份"], ["x"], *blank[3:]], [[10.0]]) == [[10.0], [10.0], [""]]


def test_a_long_column_is_not_kept_in_memory() -> None:
    asked = []

    def call(text: Any) -> list[list[float]]:
        asked.append(text)
        return [[1.0]]

    made = bridge.worksheet_function(replace(BY_NAME["PERF_VALUE"], call=call))
    for _ in range(2):
        made([["1份"]] * (bridge.MOST_CELLS + 1))
    assert len(asked) == 2


def test_a_cell_in_error_is_a_wrong_argument_in_its_own_place_alone() -> None:
    grade = bridge.WORKSHEET_FUNCTIONS["PERF_GRADE"]
    assert grade([["#DIV/0!"]]) == VALUE_ERROR
    assert grade([[95.0], ["#DIV/0!"], [10.0], [True]]) == [["优"], [VALUE_ERROR], ["差"], [VALUE_ERROR]]
    assert grade([[90.0]], [["#N/A"]]) == VALUE_ERROR
    score = bridge.WORKSHEET_FUNCTIONS["PERF_SCORE"]
    assert score([["≥5"], ["#REF!"]], [[5.0], [5.0]], [[10.0]]) == [[10.0], [VALUE_ERROR]]
    assert score([["≥5"]], [[5.0]], [[10.0]], None, [["#N/A"]]) == VALUE_ERROR


def test_a_cell_in_error_is_a_finding_of_its_form_and_no_end_of_it() -> None:
    rows: list[list[Any]] = [[None] * 7 for _ in range(4)]
    rows[0][0], rows[1][0], rows[1][1] = "项目支出绩效自评表", "项目名称", "宣传"
    rows[2] = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"]
    rows[3] = ["产出指标", "数量指标", "宣传场次", "≥10场", "12场", 50.0, "#DIV/0!"]
    found = bridge.WORKSHEET_FUNCTIONS["PERF_CHECK"](rows)
    assert {"G4"} <= {line[2] for line in found if "#DIV/0!" in line[3]}


def test_the_answers_of_a_sheet_of_formulas_are_all_kept() -> None:
    asked = []

    def call(text: Any) -> float:
        asked.append(text)
        return 1.0

    made = bridge.worksheet_function(replace(BY_NAME["PERF_VALUE"], call=call))
    for _ in range(2):
        for number in range(3000):
            made([[f"{number}份"]])
    assert len(asked) == 3000


def test_one_cell_of_a_range_stays_a_range() -> None:
    assert bridge.WORKSHEET_FUNCTIONS["PERF_CHECK"]([["x"]])[0][0] == "error"
    assert BY_NAME["PERF_TOTAL"].call(10, 80) == bridge.WORKSHEET_FUNCTIONS["PERF_TOTAL"]([[10.0]], [[80.0]])


def test_xlwings_is_imported_here_alone_and_its_paid_part_nowhere() -> None:
    importing = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(module.split(".")[0] == "xlwings" for module in modules):
                importing.add(path.relative_to(PACKAGE).as_posix())
            assert not any(module.startswith("xlwings.pro") for module in modules), path
    assert importing == {"excel/bridge.py"}


# --- between xlwings and a sheet -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("excel", "sheet"),
    [
        (0.30000000000000004, Decimal("0.3")),
        (2.0, Decimal(2)),
        ("", None),
        (None, None),
        ("007", "007"),
        (True, True),
        ("#N/A", CellError("#N/A")),
        (datetime(2024, 1, 1), datetime(2024, 1, 1)),
    ],
)
def test_a_cell_from_excel(excel: Any, sheet: Any) -> None:
    assert excel_cells.to_sheet_value(excel) == sheet


@pytest.mark.parametrize(
    ("sheet", "excel"), [(Decimal("0.3"), 0.3), ("007", "'007"), ("=1+1", "'=1+1"), (None, None), ("", "")]
)
def test_a_text_stays_a_text_in_excel(sheet: Any, excel: Any) -> None:
    assert excel_cells.to_excel_value(sheet) == excel


def test_a_cell_of_currency_is_read_with_all_its_decimals_and_a_date_stays_one() -> None:
    day = datetime(2024, 1, 1)
    shown = [[Decimal("1.2346"), day, "x"]]
    assert excel_cells.with_all_decimals(shown, lambda: ((1.23456789, 45292.0, "x"),)) == [[1.23456789, day, "x"]]
    assert excel_cells.with_all_decimals([[Decimal("1.2346")]], lambda: 1.23456789) == [[1.23456789]]
    assert excel_cells.with_all_decimals([[1.5]], lambda: pytest.fail("asked for nothing")) == [[1.5]]


class _Discussed:
    """A cell with a threaded comment: asked for its note it would give the thread's."""

    api = SimpleNamespace(CommentThreaded=object(), AddComment=lambda _: pytest.fail("Excel refuses this"))

    @property
    def note(self) -> Any:
        raise AssertionError("the thread would be deleted")


def test_a_discussion_in_a_cell_is_left_alone() -> None:
    sheet = SimpleNamespace(range=lambda *_: _Discussed())
    book = ExcelBook(SimpleNamespace(sheets={"表": sheet}))
    assert book.note(Place("表", Cell(0, 0))) == ""
    book.set_note(Place("表", Cell(0, 0)), "wrong")


def test_changes_side_by_side_are_written_in_one_go() -> None:
    cells = [(4, 2, "c"), (4, 0, "a"), (4, 1, "b"), (5, 0, "d"), (4, 4, "e")]
    changes = [Change(Place("表", Cell(row, column)), text) for row, column, text in cells]
    assert [(place.cell, values) for place, values in excel_cells.runs(changes)] == [
        (Cell(4, 0), ["a", "b", "c"]),
        (Cell(4, 4), ["e"]),
        (Cell(5, 0), ["d"]),
    ]
    assert list(excel_cells.runs([])) == []


def test_merges_are_found_by_halving_with_few_questions() -> None:
    merges = [parse_range(text) for text in ("A1:J1", "A3:A20", "B3:C3", "D10:F12", "J60:J60")]
    real = [merge for merge in merges if merge != parse_range("J60:J60")]
    asked = []

    def is_merged(area: Range) -> bool | None:
        asked.append(area)
        inside = sum(any(merge.covers(cell) for merge in real) for cell in area.cells())
        return False if not inside else True if inside == len(list(area.cells())) else None

    def merge_of(cell: Cell) -> Range:
        return next(merge for merge in real if merge.covers(cell))

    assert excel_cells.merges_in(parse_range("A1:J60"), is_merged, merge_of) == sorted(real)
    assert len(asked) < 200


def test_names_are_sorted_by_sheet_and_formulas_left_out() -> None:
    names = {
        "自评表!perf_title": "='自评表'!$A$2:$I$2",
        "perf_year": "=自评表!$A$3",
        "'a''b'!perf_x": "='a''b'!$B$1",
        "rate": "=0.1",
        "lost": "=#REF!",
    }
    assert excel_cells.names_by_sheet(names) == {
        "自评表": {"perf_title": parse_range("A2:I2"), "perf_year": parse_range("A3")},
        "a'b": {"perf_x": parse_range("B1")},
    }
