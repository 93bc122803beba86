"""``perfeval stamp``: a list of projects becomes one workbook for each, and every row is accounted for."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import msgspec
import openpyxl
import pytest
from click.testing import CliRunner, Result

from perfeval_xl.cli import perfeval
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import blank_workbook, read_bytes, read_path
from perfeval_xl.messages import in_language
from perfeval_xl.model import Form, dump_document, load_document
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.stamp import NamePattern
from tests.check_cases import clean_forms

HEADINGS = (
    "项目编码",
    "项目名称",
    "主管部门",
    "实施单位",
    "项目负责人",
    "联系电话",
    "年初预算数（万元）",
    "全年预算数",
)
ROWS = [
    ("00110000", "道路养护", "交通局", "公路处", "张三", "01012345678", "12.50", "13"),
    ("00110001", "职工培训", "人社局", "培训中心", "李四", "13800000000", "1,000", ""),
]


def run(*arguments: object) -> Result:
    with in_language("zh"):
        result = CliRunner().invoke(perfeval, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit | CannotWrite):
        raise result.exception
    return result


def as_csv(path: Path, *rows: tuple[str, ...], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def manifest_of(folder: Path) -> list[list[str]]:
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def only_form(path: Path) -> Form:
    (reading,) = read_path(path)
    return reading.form


# --- lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_list_in_any_encoding_of_an_office(tmp_path: Path, encoding: str) -> None:
    source = as_csv(tmp_path / "清单.csv", HEADINGS, *ROWS, encoding=encoding)
    assert run("stamp", source, "-o", tmp_path / "out", "--year", 2024).exit_code == 0
    first = only_form(tmp_path / "out" / "00110000-道路养护.xlsx")
    assert (first.project.code, first.project.name, first.project.phone) == ("00110000", "道路养护", "01012345678")
    assert first.fiscal_year == 2024
    assert first.funds.lines[0].initial_budget == Decimal("12.5")
    second = only_form(tmp_path / "out" / "00110001-职工培训.xlsx").funds.lines[0]
    assert (second.initial_budget, second.full_year_budget) == (Decimal(1000), None)


def test_a_workbook_with_a_title_above_its_headings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["2024年项目清单"])
    sheet.append([])
    sheet.append(["序号", *HEADINGS])
    sheet.append([1, 110000, "道路养护", None, "公路处", None, 13800000000, 12.5, 0.1])
    sheet.append([None] * 9)
    sheet.append([2, "00110001", "职工培训", None, None, None, None, None, None])
    book.save(tmp_path / "list.xlsx")
    result = run("stamp", tmp_path / "list.xlsx", "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "序号" in result.stderr
    form = only_form(tmp_path / "out" / "110000-道路养护.xlsx")
    assert form.project.phone == "13800000000"
    assert form.funds.lines[0].full_year_budget == Decimal("0.1")
    assert [row[0] for row in manifest_of(tmp_path / "out")[1:]] == ["4", "6"]


@pytest.mark.parametrize("shape", ["labels", "nested", "paths", "projects"])
def test_json_by_label_by_path_and_nested(tmp_path: Path, shape: str) -> None:
    entry = {
        "labels": {"项目编码": "0012", "项目名称": "道路养护", "预期目标": "养护 12 公里", "年度": 2024},
        "nested": {
            "project": {"code": "0012", "name": "道路养护"},
            "goals": {"expected": "养护 12 公里"},
            "fiscal_year": 2024,
        },
        "paths": {"project.code": "0012", "name": "道路养护", "goals.expected": "养护 12 公里", "year": "2024年"},
    }
    listed = [entry.get(shape, entry["labels"])]
    (tmp_path / "list.json").write_text(json.dumps({"projects": listed} if shape == "projects" else listed))
    assert run("stamp", tmp_path / "list.json", "-o", tmp_path / "out").exit_code == 0
    form = only_form(tmp_path / "out" / "0012-道路养护.xlsx")
    assert (form.project.code, form.goals.expected, form.fiscal_year) == ("0012", "养护 12 公里", 2024)


def test_indicators_and_other_fund_lines_by_path(tmp_path: Path) -> None:
    headings = (
        "项目名称",
        "indicators[0].level1",
        "indicators[0].name",
        "indicators[1].target",
        "indicators[1].weight",
        "funds.lines[1].executed",
    )
    source = as_csv(tmp_path / "a.csv", headings, ("甲", "产出指标", "里程", "≥12公里", "20", "3.5"))
    assert run("stamp", source, "-o", tmp_path / "out").exit_code == 0
    form = only_form(tmp_path / "out" / "甲.xlsx")
    assert [row.name for row in form.indicators] == ["里程", None]
    assert (form.indicators[1].target, form.indicators[1].weight) == ("≥12公里", Decimal(20))
    assert form.funds.lines[1].executed == Decimal("3.5")


def test_forms_that_are_filled_in_already(tmp_path: Path) -> None:
    """A canonical document: each form becomes a workbook that reads back equal."""
    form = clean_forms()["mof"]
    (tmp_path / "forms.json").write_bytes(dump_document([form]))
    assert run("stamp", tmp_path / "forms.json", "-p", "mof", "-o", tmp_path / "out").exit_code == 0
    (file,) = (tmp_path / "out").glob("*.xlsx")
    assert only_form(file) == form


@pytest.mark.parametrize(("heading", "profile", "stands"), [
    ("全年预算数（元）", "mof", "1.25"),
    ("全年预算数(万元)", "mof", "12500"),
    ("全年预算数", "shenzhen-futian", "12500"),
    ("全年预算数（万元）", "shenzhen-futian", "125000000"),
])  # fmt: skip
def test_the_unit_of_a_heading_is_converted(tmp_path: Path, heading: str, profile: str, stands: str) -> None:
    source = as_csv(tmp_path / "a.csv", ("项目名称", heading), ("甲", "12500"))
    assert run("stamp", source, "-p", profile, "-o", tmp_path / "out").exit_code == 0
    assert only_form(tmp_path / "out" / "甲.xlsx").funds.lines[0].full_year_budget == Decimal(stands)


# --- hundreds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", profile_ids())
def test_hundreds_are_stamped_and_read_back_equal(tmp_path: Path, profile: str) -> None:
    rows = [(f"{1000 + n}", f"项目{n}", f"部门{n % 7}", f"{n}.5") for n in range(60)]
    source = as_csv(tmp_path / "a.csv", ("项目编码", "项目名称", "主管部门", "全年预算数"), *rows)
    out = tmp_path / "out"
    assert run("stamp", source, "-p", profile, "-o", out, "--year", 2024, "--rows", 3).exit_code == 0
    blank = read_bytes(blank_workbook(load_profile(profile), year=2024, rows=3), "blank.xlsx")[0].form
    documents = load_document(run("to-json", out).stdout_bytes).forms
    replaced = msgspec.structs.replace
    wanted = []
    for code, name, department, budget in rows:
        total, *lines = blank.funds.lines
        total = replaced(total, full_year_budget=Decimal(budget))
        project = replaced(blank.project, code=code, name=name, department=department)
        wanted.append(replaced(blank, project=project, funds=replaced(blank.funds, lines=(total, *lines))))
    assert list(documents) == wanted


def test_a_stamped_workbook_computes_as_the_template_does(tmp_path: Path) -> None:
    source = as_csv(tmp_path / "a.csv", HEADINGS, *ROWS)
    run("stamp", source, "-o", tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "00110000-道路养护.xlsx").worksheets[0]
    formulas = sum(str(cell.value).startswith("=") for row in sheet.iter_rows() for cell in row)
    blank = openpyxl.load_workbook(_written(tmp_path / "blank.xlsx", blank_workbook(load_profile("mof"), rows=1)))
    assert formulas == sum(str(c.value).startswith("=") for row in blank.worksheets[0].iter_rows() for c in row) > 10


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_with_macros(tmp_path: Path) -> None:
    source = as_csv(tmp_path / "a.csv", HEADINGS, *ROWS)
    assert run("stamp", source, "-o", tmp_path / "out", "--macros").exit_code == 0
    assert only_form(tmp_path / "out" / "00110000-道路养护.xlsm").project.name == "道路养护"


# --- what could not be made ---------------------------------------------------------------------------------------


def test_rows_that_failed_are_listed_with_number_and_reason(tmp_path: Path) -> None:
    rows = [("1", "甲", "12"), ("2", "", "12"), ("3", "丙", "十二万"), ("4", "丁", "5")]
    source = as_csv(tmp_path / "a.csv", ("项目编码", "项目名称", "全年预算数"), *rows)
    result = run("stamp", source, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert sorted(path.name for path in (tmp_path / "out").glob("*.xlsx")) == ["1-甲.xlsx", "4-丁.xlsx"]
    lines = manifest_of(tmp_path / "out")
    assert [line[0] for line in lines] == ["行号", "2", "3", "4", "5"]
    assert [line[3] for line in lines[1:]] == ["1-甲.xlsx", "", "", "4-丁.xlsx"]
    assert "项目名称" in lines[2][4]
    assert "十二万" in lines[3][4]
    assert "第 4 行" in result.stderr


def test_files_that_are_there_stay_without_force(tmp_path: Path) -> None:
    source = as_csv(tmp_path / "a.csv", HEADINGS, *ROWS)
    out = tmp_path / "out"
    out.mkdir()
    mine = out / "00110000-道路养护.xlsx"
    mine.write_bytes(b"mine")
    assert run("stamp", source, "-o", out).exit_code == 2
    assert mine.read_bytes() == b"mine"
    assert (out / "00110001-职工培训.xlsx").is_file()
    assert run("stamp", source, "-o", out, "--force").exit_code == 0
    assert only_form(mine).project.name == "道路养护"


def test_a_code_that_excel_has_cut_is_not_taken(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["项目编码", "项目名称"])
    book.worksheets[0].append([110000220000000012345, "甲"])
    book.save(tmp_path / "a.xlsx")
    result = run("stamp", tmp_path / "a.xlsx", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "15" in result.stderr


def test_the_manifest_holds_no_formula(tmp_path: Path) -> None:
    source = as_csv(tmp_path / "a.csv", ("项目编码", "项目名称"), ("=1+1", "@SUM(A1)"))
    run("stamp", source, "-o", tmp_path / "out")
    assert manifest_of(tmp_path / "out")[1][1:3] == ["'=1+1", "'@SUM(A1)"]


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.txt", b"", ".csv"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "列名"),
        ("a.csv", b"", "列名"),
        ("a.xlsx", b"PK\x03\x04", "a.xlsx"),
        ("a.json", b"[1, 2]", "JSON"),
        ("a.json", b"{", "JSON"),
    ],
)
def test_what_is_no_list_is_one_sentence(tmp_path: Path, name: str, data: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(data)
    with in_language("zh"):
        result = CliRunner().invoke(perfeval, ["stamp", str(tmp_path / name), "-o", str(tmp_path / "out")])
        told = str(result.exception)
    assert word in told
    assert not (tmp_path / "out").exists()


# --- names --------------------------------------------------------------------------------------------------------


def named(pattern: str, code: str | None, name: str | None = "甲") -> str:
    form = clean_forms()["mof"]
    project = msgspec.structs.replace(form.project, code=code, name=name)
    return NamePattern(pattern).name(msgspec.structs.replace(form, project=project), 7)


@pytest.mark.parametrize(
    ("code", "name", "file"),
    [
        ("01", "道路养护", "01-道路养护.xlsx"),
        (None, "道路养护", "道路养护.xlsx"),
        ("01", "A/B\\C:D*E?F\"G<H>I|J", "01-A_B_C_D_E_F_G_H_I_J.xlsx"),
        ("01", "尾点. . .", "01-尾点.xlsx"),
        ("01", "两\n行\t名", "01-两 行 名.xlsx"),
        (None, "CON", "CON_.xlsx"),
        (None, "nul", "nul_.xlsx"),
        (None, "..", "7.xlsx"),
        (None, "\x00\x1f", "7.xlsx"),
    ],
)  # fmt: skip
def test_names_that_every_system_takes(code: str | None, name: str, file: str) -> None:
    assert named("{code}-{name}.xlsx", code, name) == file


def test_a_long_name_is_cut_between_characters() -> None:
    name = named("{code}-{name}.xlsx", "01", "养" * 300)
    assert 200 < len(name.encode()) <= 255
    assert name.endswith("养.xlsx")


def test_equal_names_get_numbers_whatever_their_case() -> None:
    form = clean_forms()["mof"]
    names = NamePattern("{name}.xlsx")
    found = []
    for name in ("ab", "AB", "ab"):
        project = msgspec.structs.replace(form.project, name=name)
        found.append(names.name(msgspec.structs.replace(form, project=project), 1))
    assert found == ["ab.xlsx", "AB-2.xlsx", "ab-3.xlsx"]


def test_a_place_that_stands_for_nothing_is_told() -> None:
    with pytest.raises(CannotWrite) as error:
        NamePattern("{titel}.xlsx")
    assert "{titel}" in str(error.value)
    assert "{number}" in str(error.value)


def test_every_place_can_be_used() -> None:
    assert named("{year}_{department}_{unit}_{number}.xlsx", "01").endswith("_7.xlsx")
