"""Every template: the same bytes on every build, valid, within Excel's limits, protected, named, ready to print."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from perfeval_xl.files import read_bytes, write_template
from perfeval_xl.layout import FUND_COLUMNS, SINGLE_FIELDS
from perfeval_xl.layout.names import (
    GUIDE_NAME,
    PREFIX,
    TEMPLATE_NAME,
    column_name,
    field_name,
    note_name,
    profile_note_labels,
)
from perfeval_xl.model import Form, Indicator
from perfeval_xl.package.addresses import Range, a1
from perfeval_xl.profile import Profile, load_profile, profile_ids
from perfeval_xl.sources import open_bytes
from perfeval_xl.sources.sheet import Sheet
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.template.checks import CHECKS
from perfeval_xl.workbook.template.drawing import FormSheet, blank, build
from perfeval_xl.workbook.template.formulas import CALC, CHECK, STATUS
from tests import sdk
from tests.excel_limits import broken_limits
from tests.own_workbooks import dressed, fill_own, package_of, parts_of
from tests.samples import sample_forms

ROOT = Path(__file__).parents[1]
WHITE, NO_FILL = "FFFFFFFF", "00000000"
ALLOWED = ("sort", "autoFilter", "formatRows", "formatColumns", "insertRows")
FORBIDDEN = ("deleteRows", "deleteColumns", "insertColumns", "insertHyperlinks", "pivotTables", "formatCells")


@dataclass(frozen=True)
class Template:
    """A blank workbook, read in two ways."""

    profile: Profile
    data: bytes
    book: Any
    form: Any
    sheet: Sheet

    def cell(self, name: str) -> Any:
        return self.form[a1(*self.sheet.names[name].anchor)]

    def cells(self, table: str, column: str) -> list[Any]:
        area = self.sheet.names[column_name(table, column)]
        return [self.form[a1(row, area.left)] for row in range(area.top, area.bottom + 1)]

    def validations(self, cell: Any) -> list[DataValidation]:
        return [rule for rule in self.form.data_validations.dataValidation if cell.coordinate in rule.sqref]

    def marks(self, cell: Any) -> list[Any]:
        return [r for area in self.form.conditional_formatting if cell.coordinate in area.sqref for r in area.rules]


@cache
def template_of(name: str) -> Template:
    data = built(name)
    book = openpyxl.load_workbook(io.BytesIO(data))
    return Template(load_profile(name), data, book, book.worksheets[0], open_bytes(data, "blank.xlsx")[0])


def built(name: str, **options: Any) -> bytes:
    return build([FormSheet(load_profile(name), "自评表", **options)])


@pytest.fixture(params=profile_ids())
def template(request: pytest.FixtureRequest) -> Template:
    """Each template in turn."""
    return template_of(request.param)


# --- the same bytes -------------------------------------------------------------------------------------------


def test_two_builds_are_equal(template: Template) -> None:
    assert built(template.profile.id) == template.data


def test_builds_are_equal_on_another_day_and_machine(tmp_path: Path) -> None:
    """Another process, another order of hashes, another time zone, another language."""
    script = (
        "import sys; from perfeval_xl.workbook.template.drawing import *; from perfeval_xl.profile import *\n"
        "for name in profile_ids(): open(name + '.xlsx', 'wb').write(build([FormSheet(load_profile(name), '自评表')]))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "PERFEVAL_LANG": "en"}
    environment |= {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True, timeout=60)
    for name in profile_ids():
        assert (tmp_path / f"{name}.xlsx").read_bytes() == template_of(name).data


# --- valid ----------------------------------------------------------------------------------------------------


@pytest.mark.sdk
@pytest.mark.parametrize("name", profile_ids())
def test_the_sdk_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    """Blank, with more rows, filled, and filled with rows inserted."""
    forms = sample_forms(name)
    filled = (to_workbook(forms), to_workbook([with_rows(forms[0], 25)]))
    for number, data in enumerate((template_of(name).data, built(name, rows=25), *filled)):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(data)
        assert sdk.validate(path) == [], number


@pytest.mark.sdk
def test_filling_a_workbook_with_drawings_and_charts_brings_nothing_wrong(tmp_path: Path) -> None:
    own = dressed(blank(load_profile("sichuan")))
    before, after = tmp_path / "before.xlsx", tmp_path / "after.xlsx"
    before.write_bytes(own)
    after.write_bytes(fill_own(own, [with_rows(sample_forms("sichuan")[0], 25)]))
    assert sdk.validate(after) == sdk.validate(before)


def with_rows(form: Form, count: int) -> Form:
    rows: tuple[Indicator, ...] = (form.indicators * count)[:count]
    fields = {name: getattr(form, name) for name in form.__struct_fields__}
    return Form(**fields | {"indicators": rows})


@pytest.mark.parametrize("name", profile_ids())
def test_no_limit_of_excel_is_broken(name: str) -> None:
    forms = sample_forms(name)
    assert broken_limits(template_of(name).data) == []
    assert broken_limits(to_workbook(forms)) == []
    assert broken_limits(to_workbook([with_rows(forms[0], 25)])) == []


def test_a_broken_limit_is_found() -> None:
    """The lint itself: each of its rules on a sheet that breaks it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "=XLOOKUP(1,A2:A3,B2:B3)"
    sheet["A2"] = "=" + "+".join(["1"] * 5000)
    sheet["A3"] = "=" + "ABS(" * 65 + "1" + ")" * 65
    sheet["A4"] = '="' + "长" * 256 + '"'
    sheet["A5"] = "MARK"
    rule = DataValidation(
        "list", formula1='"' + "一" * 256 + '"', promptTitle="长" * 33, prompt="长" * 256, error="长" * 256
    )
    rule.add("B1")
    sheet.add_data_validation(rule)
    book.create_sheet("History")
    book.defined_names["A1"] = openpyxl.workbook.defined_name.DefinedName("A1", attr_text="#REF!")
    buffer = io.BytesIO()
    book.save(buffer)
    parts = parts_of(buffer.getvalue())
    long_text = {name: data.replace(b"MARK", b"x" * 32_768) for name, data in parts.items()}
    told = " ".join(broken_limits(package_of(long_text)))
    for word in (
        "function XLOOKUP",
        "A2: formula of 9999",
        "65 levels",
        "A4: text of 258 characters in a formula",
        "A5: text of 32768",
        "list of 256",
        "prompt title of 33",
        "prompt of 256",
        "error of 256",
        "sheet name",
        "defined name 'A1'",
        "points nowhere",
    ):
        assert word in told


# --- names and properties -------------------------------------------------------------------------------------


def test_every_field_has_a_name(template: Template) -> None:
    names = set(template.sheet.names)
    profile = template.profile
    assert {field_name(path) for path in SINGLE_FIELDS} <= names
    assert {column_name("funds", column) for column in (*FUND_COLUMNS, "key")} <= names
    assert {column_name("indicators", column) for column in (*profile.indicator_columns(), "key")} <= names
    assert {column_name("level1", "name"), column_name("level1", "weight")} <= names
    assert {column_name("extra", "label"), column_name("extra", "value")} <= names
    assert {note_name(number) for number in range(1, len(profile_note_labels(profile)) + 1)} <= names
    assert {TEMPLATE_NAME, STATUS, *(CHECK + name for name in CHECKS)} <= names
    assert {CALC + name for name in ("rate", "execution_score", "full_weight", "full_score", "grade")} <= names


def test_names_belong_to_their_sheet_so_that_a_copied_sheet_keeps_its_own(template: Template) -> None:
    assert not [name for name in template.book.defined_names if name.startswith(PREFIX)]
    assert template.form.defined_names[field_name("title")].attr_text.startswith("'自评表'!$")


def test_no_two_fields_share_a_cell(template: Template) -> None:
    taken: dict[tuple[int, int], str] = {}
    for name, area in template.sheet.names.items():
        if not name.startswith(PREFIX + "head_"):
            for cell in area.cells():
                assert taken.setdefault(cell, name) == name


def test_the_workbook_says_which_profile_and_version_it_is(template: Template) -> None:
    profile = template.profile
    version = str(profile.template_version)
    assert template.sheet.properties == {"perfeval_profile": profile.id, "perfeval_template_version": version}
    assert template.cell(TEMPLATE_NAME).value == f"{profile.id}/v{version}"
    assert not template.form.row_dimensions[template.cell(TEMPLATE_NAME).row].hidden


def test_the_second_sheet_explains_and_holds_no_form(template: Template) -> None:
    assert template.book.sheetnames == ["自评表", "填表说明"]
    guide = open_bytes(template.data, "blank.xlsx")[1]
    assert GUIDE_NAME in guide.names
    assert len(read_bytes(template.data, "blank.xlsx")) == 1
    text = " ".join(str(value) for _, value in guide.filled())
    labels = [template.profile.goals.expected, template.profile.funds.labels["execution_rate"]]
    labels += [str(grade.name) for grade in template.profile.rules.grades]
    assert [label for label in labels if label not in text] == []


def test_a_blank_form_reads_as_blank(template: Template) -> None:
    (reading,) = read_bytes(template.data, "blank.xlsx")
    form, profile = reading.form, template.profile
    assert reading.notes == ()
    assert (form.profile, form.title, form.fiscal_year) == (profile.id, profile.title, None)
    assert form.indicators == ()
    assert {getattr(form.project, field) for field in form.project.__struct_fields__} == {None}
    assert [(line.source, line.label) for line in form.funds.lines] == [(r.source, r.label) for r in profile.funds.rows]
    assert (form.total.weight, form.total.score) == (None, None)


def test_there_is_no_macro_and_no_link(template: Template) -> None:
    parts = parts_of(template.data)
    assert not [name for name in parts if "vba" in name.lower() or "externalLink" in name]
    assert b"http" not in parts["xl/sharedStrings.xml"].replace(b"http://schemas.openxmlformats.org", b"")


# --- protection, validation, marks ----------------------------------------------------------------------------


def test_sheets_are_protected_without_a_password(template: Template) -> None:
    protection = template.form.protection
    assert protection.sheet
    assert protection.password is None
    assert protection.hashValue is None
    # The attributes say what is forbidden.
    assert {name: getattr(protection, name) for name in (*ALLOWED, *FORBIDDEN)} == {
        **dict.fromkeys(ALLOWED, False),
        **dict.fromkeys(FORBIDDEN, True),
    }


def fill_of(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb) if cell.fill.fill_type == "solid" else NO_FILL


def inputs(template: Template) -> list[Any]:
    """The cells in which a person types."""
    printed = [path for path in SINGLE_FIELDS if path not in ("funds.unit", "total.weight", "total.score")]
    cells = [template.cell(field_name(path)) for path in printed]
    for column in template.profile.indicator_columns():
        cells += template.cells("indicators", column)
    rows = template.profile.funds.rows
    for column in ("initial_budget", "full_year_budget", "executed", "weight"):
        cells += [c for c, row in zip(template.cells("funds", column), rows, strict=True) if column in row.prints]
    return cells


def test_input_cells_are_open_and_white_or_the_grey_of_the_region(template: Template) -> None:
    grey = {template.cell(field_name(p)).coordinate for p in template.profile.marks.grey if p in SINGLE_FIELDS}
    for path in template.profile.marks.grey:
        table, _, column = path.partition(".")
        for part in (column,) if column != "target" else template.profile.indicators.target:
            if table in ("funds", "indicators"):
                grey |= {cell.coordinate for cell in template.cells(table, part)}
    for cell in inputs(template):
        assert not cell.protection.locked, cell.coordinate
        shown = fill_of(cell)
        assert (shown not in (WHITE, NO_FILL)) == (cell.coordinate in grey), (cell.coordinate, shown)


def test_everything_printed_or_computed_is_locked_and_grey(template: Template) -> None:
    open_cells = {cell.coordinate for cell in inputs(template)}
    area = template.sheet.names
    top, bottom = area[field_name("title")].bottom + 1, area[field_name("total.score")].top
    seen = 0
    for row in template.form.iter_rows(min_row=top + 1, max_row=bottom + 1):
        for cell in row:
            if cell.value is None or cell.coordinate in open_cells or cell.column_letter == key_column(template):
                continue
            if cell.coordinate in {c.coordinate for c in template.cells("funds", "label")}:
                continue  # a row of another source can be named
            seen += 1
            assert cell.protection.locked, cell.coordinate
            assert fill_of(cell) not in (WHITE, NO_FILL) or cell.row <= 3, cell.coordinate
    assert seen > 30


def key_column(template: Template) -> str:
    return str(template.cells("indicators", "key")[0].column_letter)


def test_formulas_are_locked(template: Template) -> None:
    formulas = [cell for row in template.form.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) > 25
    assert [cell.coordinate for cell in formulas if not cell.protection.locked] == []


def test_starred_labels_carry_their_star(template: Template) -> None:
    text = {str(cell.value) for row in template.form.iter_rows() for cell in row}
    labels = {f"indicators.{column}": label for column, label in template.profile.indicators.labels.items()}
    labels["goals.actual"] = template.profile.goals.actual
    for path in template.profile.marks.starred:
        assert f"* {labels[path]}" in text


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("funds", "initial_budget", "decimal"),
        ("funds", "full_year_budget", "decimal"),
        ("funds", "executed", "decimal"),
        ("indicators", "level1", "list"),
        ("indicators", "level2", "list"),
        ("indicators", "weight", "decimal"),
        ("indicators", "score", "decimal"),
    ],
)
def test_cells_check_what_is_typed(table: str, column: str, kind: str, template: Template) -> None:
    for cell in template.cells(table, column):
        (rule,) = template.validations(cell)
        assert rule.type == kind
        assert rule.prompt
        assert rule.error
        if kind == "decimal":
            assert rule.formula1 == "0"
            assert rule.errorStyle in (None, "stop")


def test_a_score_is_bound_by_the_weight_of_its_row(template: Template) -> None:
    weight = template.cells("indicators", "weight")[0]
    (rule,) = template.validations(template.cells("indicators", "score")[0])
    assert rule.formula2 == f"${weight.column_letter}{weight.row}"


def test_the_lists_are_the_vocabulary(template: Template) -> None:
    indicators = template.profile.indicators
    (rule,) = template.validations(template.cells("indicators", "level1")[0])
    assert str(rule.formula1).strip('"').split(",") == [level.name for level in indicators.level1]
    (rule,) = template.validations(template.cells("indicators", "level2")[0])
    assert set(str(rule.formula1).strip('"').split(",")) == {
        name for level in indicators.level1 for name in level.level2
    }


def test_the_year_is_a_year(template: Template) -> None:
    (rule,) = template.validations(template.cell(field_name("fiscal_year")))
    assert (rule.type, rule.formula1, rule.formula2) == ("whole", "2000", "2100")


@pytest.mark.parametrize("column", ["level1", "level2", "name", "weight", "score", "deviation"])
def test_problems_are_marked_in_their_cells(column: str, template: Template) -> None:
    for cell in template.cells("indicators", column):
        assert template.marks(cell)


def test_required_cells_are_marked_while_blank(template: Template) -> None:
    for path in template.profile.marks.required:
        if path in SINGLE_FIELDS:
            assert template.marks(template.cell(field_name(path))), path


# --- the page -------------------------------------------------------------------------------------------------


def test_it_prints_on_a4_one_page_wide(template: Template) -> None:
    form = template.form
    assert form.page_setup.paperSize == 9
    assert form.sheet_properties.pageSetUpPr.fitToPage
    assert (form.page_setup.fitToWidth, form.page_setup.fitToHeight) == (None, 0) or form.page_setup.fitToWidth == 1
    head = template.sheet.names[f"{PREFIX}head_indicators"].top + 1
    assert form.print_title_rows == f"${head}:${head}"
    assert form.freeze_panes


def test_what_is_printed_is_the_form_and_not_the_check_area(template: Template) -> None:
    first, _, last = template.form.print_area.rpartition("!")[2].replace("$", "").partition(":")
    title, panel = template.sheet.names[field_name("title")], template.sheet.names[f"{PREFIX}head_panel"]
    top, bottom = template.form[first].row, template.form[last].row
    assert top == title.top + 1
    assert bottom <= panel.top
    printed = Range(top - 1, 0, bottom - 1, template.form[last].column - 1)
    for name, area in template.sheet.names.items():
        if name.startswith((PREFIX + "goals_", PREFIX + "total_")):
            assert printed.covers(area.anchor)
    assert not printed.covers(template.sheet.names[column_name("indicators", "key")].anchor)


def test_it_looks_like_the_printed_form(template: Template) -> None:
    title = template.cell(field_name("title"))
    assert title.value == template.profile.title
    assert title.font.name == template.profile.page.title_font
    assert title.coordinate in {str(area).partition(":")[0] for area in template.form.merged_cells.ranges}
    for cell in inputs(template):
        if cell.row < template.sheet.names[f"{PREFIX}head_panel"].top and cell.row > 3:
            assert cell.alignment.wrap_text, cell.coordinate
            assert cell.border.left.style, cell.coordinate
    assert template.cells("indicators", "name")[0].font.name == template.profile.page.font


def test_identifiers_are_text_cells(template: Template) -> None:
    for path in ("project.code", "project.phone", "project.name"):
        assert template.cell(field_name(path)).number_format == "@"


# --- rows and year --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", profile_ids())
def test_more_rows_can_be_asked_for(name: str, tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    write_template(load_profile(name), path, rows=25, year=2024)
    sheet = open_bytes(path.read_bytes(), "long.xlsx")[0]
    area = sheet.names[column_name("indicators", "score")]
    assert area.bottom - area.top + 1 == 25
    (reading,) = read_bytes(path.read_bytes(), "long.xlsx")
    assert reading.form.fiscal_year == 2024
    long = with_rows(sample_forms(name)[0], 25)
    filled = fill_own(path.read_bytes(), [long])
    assert read_bytes(filled, "long.xlsx")[0].form == long
    assert open_bytes(filled, "long.xlsx")[0].names == sheet.names


@pytest.mark.parametrize("name", profile_ids())
def test_inserted_rows_look_and_behave_like_the_others(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_workbook([with_rows(sample_forms(name)[0], 25)])))
    form, template = book.worksheets[0], template_of(name)
    area = template.sheet.names[column_name("indicators", "score")]
    for column in template.profile.indicator_columns():
        letter = template.cells("indicators", column)[0].column_letter
        last, added = form[f"{letter}{area.bottom + 1}"], form[f"{letter}{area.top + 25}"]
        assert added.style_id == last.style_id
        assert added.protection.locked == last.protection.locked
        for rule in form.data_validations.dataValidation:
            assert (added.coordinate in rule.sqref) == (last.coordinate in rule.sqref)
        for marked in form.conditional_formatting:
            assert (added.coordinate in marked.sqref) == (last.coordinate in marked.sqref)
