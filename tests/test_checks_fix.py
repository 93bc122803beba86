"""Safe fixes: what is written, what is left to a person, and that nothing else changes."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import msgspec
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from perfeval_xl.checks.fix import FixedDocument, fix
from perfeval_xl.checks.safe_fixes import safe_fixes
from perfeval_xl.checks.subject import Subject
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import read_bytes
from perfeval_xl.model import Form, dump_document
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.profile import load_profile
from perfeval_xl.reading import Reading
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.check_cases import NAME, Case, changed_form, clean_forms, workbook_of
from tests.office import Office
from tests.own_workbooks import changed_parts
from tests.sdk import validate


def case(form: str = "mof", **change: object) -> Case:
    return Case(name="", form=form, zh="", en="", **change)  # type: ignore[arg-type]


def fixed(data: bytes) -> FixedDocument:
    return fix(data, NAME, read_bytes(data, NAME))


def fixed_form(form: Form) -> tuple[Form, dict[str, object]]:
    subject = Subject(Reading(form, "a.json"), load_profile(form.profile))
    result, changes = safe_fixes(subject)
    return result, {change.field: (change.before, change.after) for change in changes}


# --- what follows from what ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", clean_forms())
def test_a_form_without_faults_stays_as_it_is(profile: str) -> None:
    form = clean_forms()[profile]
    assert fixed_form(form) == (form, {})


def test_a_wrong_rate_moves_the_score_and_the_total_with_it() -> None:
    """Printed 100% and 10 points for 98.63%: all three follow from the money."""
    wrong = {"funds.lines[0].execution_rate": 1, "funds.lines[0].score": 10, "total.score": Decimal("98.5")}
    form, changes = fixed_form(changed_form(case(set=wrong)))
    assert form == clean_forms()["mof"]
    assert changes == {
        "funds.lines[0].execution_rate": (1, Decimal("0.9863")),
        "funds.lines[0].score": (10, Decimal("9.86")),
        "total.score": (Decimal("98.5"), Decimal("98.36")),
    }


def test_a_total_without_execution_stays_without() -> None:
    wrong = {"funds.lines[0].score": 10, "total.score": Decimal("88.5"), "total.weight": 90}
    _, changes = fixed_form(changed_form(case(set=wrong)))
    assert changes == {"funds.lines[0].score": (10, Decimal("9.86"))}


def test_a_total_that_fits_nothing_becomes_the_one_the_region_prints() -> None:
    _, changes = fixed_form(changed_form(case(set={"total.score": 60})))
    assert changes == {"total.score": (60, Decimal("98.36"))}


def test_judgements_are_not_fixed() -> None:
    wrong = {"indicators[0].actual": "150人次", "indicators[1].weight": 5, "total.weight": 90, "total.score": "88.5"}
    form = changed_form(case(set={**wrong, "total.score": Decimal("98.36")}, clear=("project.name",)))
    assert fixed_form(form) == (form, {})


def test_a_budget_of_zero_is_left_alone() -> None:
    form = changed_form(case(set={"funds.lines[0].full_year_budget": 0}))
    assert fixed_form(form) == (form, {})


# --- workbooks ----------------------------------------------------------------------------------------------------


def test_a_formula_is_put_back_with_its_result() -> None:
    data = workbook_of(case(typed={"H24": 99}))
    result = fixed(data)
    original = openpyxl.load_workbook(io.BytesIO(workbook_of(case())))["自评表"]["H24"].value
    assert openpyxl.load_workbook(io.BytesIO(result.data))["自评表"]["H24"].value == original
    assert openpyxl.load_workbook(io.BytesIO(result.data), data_only=True)["自评表"]["H24"].value == 98.36
    assert result.left == ()
    assert len(result.fixes) == 1
    assert "99" in result.fixes[0]
    assert "98.36" in result.fixes[0]


@pytest.mark.parametrize("profile", clean_forms())
def test_every_formula_of_a_template_can_be_put_back(profile: str) -> None:
    """Type over all of them: the fixed sheet has the formulas and the results it had before."""
    before = workbook_of(case(profile))
    sheet = openpyxl.load_workbook(io.BytesIO(before))["自评表"]
    formulas = [cell.coordinate for row in sheet.iter_rows() for cell in row if _formula(cell.value).startswith("=")]
    assert any(isinstance(sheet[cell].value, ArrayFormula) for cell in formulas)
    assert len(formulas) > 20
    shown = openpyxl.load_workbook(io.BytesIO(before), data_only=True)["自评表"]
    typed = {cell: _typed(shown[cell].value) for cell in formulas}
    after = fixed(workbook_of(case(profile, typed=typed)))
    restored = openpyxl.load_workbook(io.BytesIO(after.data))["自评表"]
    for cell in formulas:
        assert _formula(restored[cell].value) == _formula(sheet[cell].value), cell
        assert isinstance(restored[cell].value, ArrayFormula) == isinstance(sheet[cell].value, ArrayFormula), cell
    again = openpyxl.load_workbook(io.BytesIO(after.data), data_only=True)["自评表"]
    for cell in formulas:
        assert (again[cell].value or "") == (shown[cell].value or ""), cell
    assert after.left == ()


def _formula(value: object) -> str:
    """The text of a formula, of an array formula too; a shared one is written out by openpyxl."""
    return str(getattr(value, "text", value) or "")


def _typed(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) else value or ""


def test_formulas_fit_rows_that_were_inserted() -> None:
    """The total of a longer form adds up its own rows."""
    long = changed_form(case(clear=("total.score",)))
    many = tuple(msgspec.structs.replace(long.indicators[0], name=f"指标{n}") for n in range(25))
    form = msgspec.structs.replace(long, indicators=many)
    data = to_workbook([form])
    result = fixed(data)
    sheet = openpyxl.load_workbook(io.BytesIO(result.data), data_only=True)["自评表"]
    (reading,) = read_bytes(result.data, NAME)
    assert sheet[reading.address("total.score") or ""].value == pytest.approx(25 * 15 + 9.86)


def test_texts_become_numbers() -> None:
    data = workbook_of(case(typed={"H14": "１５", "F7": "98.63万元", "G15": "15分"}))
    result = fixed(data)
    sheet = openpyxl.load_workbook(io.BytesIO(result.data))["自评表"]
    assert [sheet[cell].value for cell in ("H14", "F7", "G15")] == [15, 98.63, 15]
    assert len(result.fixes) == 3
    assert result.left == ()


def test_what_is_no_number_stays() -> None:
    data = workbook_of(case(typed={"H14": "满分", "H24": 98.36}))
    result = fixed(data)
    sheet = openpyxl.load_workbook(io.BytesIO(result.data))["自评表"]
    assert sheet["H14"].value == "满分"
    assert "not-a-number" in {finding.name for finding in result.left}


def test_only_the_sheet_changes() -> None:
    data = workbook_of(case(typed={"H24": 99}))
    assert changed_parts(data, fixed(data).data) == {"xl/worksheets/sheet1.xml"}


def test_nothing_to_fix_changes_nothing() -> None:
    data = workbook_of(case())
    result = fixed(data)
    assert (result.data, result.fixes, result.left) == (data, (), ())


def test_a_total_that_is_right_without_its_formula_is_not_replaced_by_another() -> None:
    """90 and 88.5, without execution, are right too: the formula would turn them into 100 and 98.36."""
    wrong = {"total.weight": 90, "total.score": Decimal("88.5")}
    data = workbook_of(case(set=wrong))
    result = fixed(data)
    assert result.fixes == ()
    assert {finding.name for finding in result.left} == {"formula-overwritten"}


def test_an_offices_own_workbook_gets_values_and_keeps_its_formulas() -> None:
    data = _office_workbook(total=99)
    result = fixed(data)
    sheet = openpyxl.load_workbook(io.BytesIO(result.data)).worksheets[0]
    (reading,) = read_bytes(data, NAME)
    assert sheet[reading.address("total.score") or ""].value == 98.36
    with_formula = _office_workbook(total="=50+49")
    assert read_bytes(with_formula, NAME)
    assert fixed(with_formula).data == with_formula


def test_a_cell_that_is_read_as_two_fields_is_left_alone() -> None:
    """The name of the total points at the weight of indicator 1: what is written there would be counted again."""
    workbook = Workbook(workbook_of(case()), NAME)
    for name in workbook.defined_names():
        if name.get("name") == "perf_total_weight":
            name.text = "'自评表'!$G$14"
    workbook.touch()
    data = workbook.to_bytes()
    assert "total-weight-mismatch" in {finding.name for finding in fixed(data).left}
    sheet = openpyxl.load_workbook(io.BytesIO(fixed(data).data))["自评表"]
    assert sheet["G14"].value == 15


@pytest.mark.parametrize(
    ("profile", "typed", "fixed_to"),
    [("mof", 0.9, 0.9863), ("mof", "90%", "98.63%"), ("shenzhen-futian", 97.25, 97.52)],
)
def test_a_rate_is_written_as_the_sheet_writes_rates(profile: str, typed: object, fixed_to: object) -> None:
    data = _office_workbook(98.36 if profile == "mof" else 98.75, profile, rate=typed)
    (reading,) = read_bytes(data, NAME)
    cell = reading.address("funds.lines[0].execution_rate") or ""
    assert openpyxl.load_workbook(io.BytesIO(fixed(data).data)).worksheets[0][cell].value == fixed_to


def _office_workbook(total: object, profile: str = "mof", rate: object = None) -> bytes:
    """A form laid out by the office itself: our print without our names."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(case(profile))), data_only=True)
    for sheet in book.worksheets[1:]:
        book.remove(sheet)
    sheet = book.worksheets[0]
    for name in list(sheet.defined_names):
        del sheet.defined_names[name]
    for row in range(28, sheet.max_row + 1):
        for column in range(1, 12):
            cell = sheet.cell(row, column)
            if not isinstance(cell, openpyxl.cell.MergedCell):
                cell.value = None
    sheet["A1"].value = sheet["H1"].value = None
    sheet["H24" if profile == "mof" else "H25"].value = total
    sheet["H7"].value = sheet["H7"].value if rate is None else rate
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# --- other sources ------------------------------------------------------------------------------------------------


def test_json_stays_json() -> None:
    form = changed_form(case(set={"total.score": 60}))
    result = fixed(dump_document([form]))
    assert result.data == dump_document([clean_forms()["mof"]])
    assert result.left == ()


def test_other_documents_are_refused() -> None:
    text = "\n".join(
        ["项目支出绩效自评表", "项目名称\t甲", "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分"]
    )
    readings = [Reading(clean_forms()["mof"], "a.txt", sheet=read_bytes(workbook_of(case()), NAME)[0].sheet)]
    with pytest.raises(CannotWrite):
        fix(text.encode(), "b.txt", readings)


@pytest.mark.sdk
@pytest.mark.libreoffice
def test_a_fixed_workbook_is_valid_and_computes(tmp_path: Path, office: Office) -> None:
    data = workbook_of(case("shenzhen-futian", typed={"H25": 99, "H7": 1, "I7": 10, "H15": "９"}))
    path = tmp_path / "fixed.xlsx"
    path.write_bytes(fixed(data).data)
    assert validate(path) == []
    (saved,) = read_bytes(office.convert(path, "xlsx", tmp_path / "saved").read_bytes(), NAME)
    assert saved.form == clean_forms()["shenzhen-futian"]
