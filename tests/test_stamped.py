"""Forms stamped into blank templates: any number of forms of any length come back, in a workbook that is sound."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec import structs

from perfeval_xl.files import read_bytes
from perfeval_xl.model import Form
from perfeval_xl.profile import profile_ids
from perfeval_xl.workbook.open_workbook import to_workbook
from tests import sdk
from tests.made_forms import made_form

_ODD_NAMES = ("甲&乙<丙>", "a'b!c", '"引号"', "", "甲&乙<丙>")


def _forms(profile: str) -> list[Form]:
    """The sample as it is and longer in each of its tables, under names that XML and formulas mind."""
    form = made_form(profile)
    money = dict.fromkeys(("initial_budget", "full_year_budget", "executed"), Decimal(1))
    line = structs.replace(form.funds.lines[-1], source="other", label="上年结转", **money)
    longer = [
        form,
        structs.replace(form, indicators=form.indicators * 3),
        structs.replace(form, funds=structs.replace(form.funds, lines=(*form.funds.lines, line, line))),
        structs.replace(form, extra={**form.extra, **{f"栏目{number}": "说明" for number in range(20)}}),
        structs.replace(form, level1_weights={f"指标{number}": Decimal(number) for number in range(9)}),
    ]
    return [
        structs.replace(form, project=structs.replace(form.project, name=name or None))
        for form, name in zip(longer, _ODD_NAMES, strict=True)
    ]


@pytest.mark.parametrize("profile", profile_ids())
def test_forms_of_any_length_share_a_workbook(profile: str) -> None:
    forms = _forms(profile)
    assert [reading.form for reading in read_bytes(to_workbook(forms), "forms.xlsx")] == forms
    for form in forms:
        assert [reading.form for reading in read_bytes(to_workbook([form]), "form.xlsx")] == [form]


def test_the_same_forms_give_the_same_bytes() -> None:
    forms = _forms("mof")
    assert to_workbook(forms) == to_workbook(forms)


def test_each_sheet_has_its_names_and_one_is_selected() -> None:
    data = to_workbook(_forms("mof"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[-1] == "填表说明"
    assert [len(sheet.defined_names) for sheet in book.worksheets[:-1]] == [len(book.worksheets[0].defined_names)] * 5
    for sheet in book.worksheets[:-1]:
        quoted = sheet.title.replace("'", "''")
        assert all(name.value.startswith(f"'{quoted}'!") for name in sheet.defined_names.values())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        assert sum(b'tabSelected="1"' in package.read(name) for name in sheets) == 1
        names = re.findall(
            r'<definedName name="([^"]*)" localSheetId="(\d+)"', package.read("xl/workbook.xml").decode()
        )
    assert names == sorted(names, key=lambda name: (name[0].lower(), int(name[1])))


@pytest.mark.sdk
def test_the_sdk_finds_nothing_wrong_with_forms_of_any_length(tmp_path: Path) -> None:
    path = tmp_path / "forms.xlsx"
    path.write_bytes(to_workbook(_forms("shenzhen-futian")))
    assert sdk.validate(path) == []
