"""What holds for every form: checking never fails, fixing ends, marking changes nothing that is read."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from time import process_time
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings

from perfeval_xl.checks import check_readings
from perfeval_xl.checks.fix import fix
from perfeval_xl.files import read_bytes
from perfeval_xl.messages import in_language
from perfeval_xl.model import Form, dump_document
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import Workbook
from perfeval_xl.reading import Reading
from perfeval_xl.workbook.open_workbook import to_workbook
from perfeval_xl.workbook.review.annotate import annotate
from tests.check_cases import NAME, Case, clean_forms, workbook_of
from tests.strategies import forms

_FIELD: Final = re.compile(
    r"title|fiscal_year|remark|indicators|(project|goals|total|level1_weights|extra)\..*"
    r"|(funds\.lines|indicators)\[\d+\](\.\w+)?|funds\.unit",
    re.DOTALL,
)
#: What a hurried or hostile hand leaves in a cell.
JUNK: Final = (
    *("", "无", "—", "#REF!", "=1+1", "１２", "9,9", "-5", "100%", "_x000D_", "a" * 300, "mof/v1", "总分", "\n", "😀"),
    *("产出指标（50分）", "2024-01-01", Decimal(-1), Decimal("1e9"), Decimal("0.3")),
)


@given(forms())
@settings(max_examples=50)
def test_every_document_can_be_checked(form: Form) -> None:
    findings = check_readings([Reading(form, "a.json")] * 2)
    for finding in findings:
        assert finding.field is None or _FIELD.fullmatch(finding.field), finding.field
        assert finding.found != ""
        assert finding.expected != ""
    with in_language("en"):
        english = check_readings([Reading(form, "a.json")] * 2)
    assert [(f.code, f.field) for f in english] == [(f.code, f.field) for f in findings]


@given(forms())
@settings(max_examples=25)
def test_fixing_ends(form: Form) -> None:
    first = fix(dump_document([form]), "a.json", [Reading(form, "a.json")])
    (fixed,) = read_bytes(first.data, "a.json")
    assert fix(first.data, "a.json", [fixed]).fixes == ()


@pytest.mark.parametrize("seed", range(8))
def test_a_workbook_full_of_junk_is_checked_marked_and_fixed(seed: int) -> None:
    chance = random.Random(seed)
    data = _with_junk(workbook_of(Case("", chance.choice(list(clean_forms())), "", "")), chance)
    readings = read_bytes(data, NAME)
    findings = check_readings(readings, files={NAME: data})
    fixed = fix(data, NAME, readings)
    assert fix(fixed.data, NAME, read_bytes(fixed.data, NAME)).fixes == ()
    marked = annotate(data, NAME, findings)
    assert [reading.form for reading in read_bytes(marked, NAME)] == [reading.form for reading in readings]
    assert annotate(marked, NAME, findings) == marked


def _with_junk(data: bytes, chance: random.Random) -> bytes:
    workbook = Workbook(data, NAME)
    entry = workbook.sheets[0]
    part = SheetPart(workbook.package.tree(entry.part))
    for _ in range(chance.randint(1, 12)):
        part.set_value(Cell(chance.randint(1, 48), chance.randint(0, 10)), chance.choice(JUNK))
    workbook.package.write_tree(entry.part, part.root)
    for name in chance.sample([n for n in workbook.defined_names() if "perf_calc" in n.get("name")], 4):
        name.text = chance.choice(["#REF!", "'自评表'!#REF!", "'自评表'!$A$1", "1+1"])
        workbook.touch()
    return workbook.to_bytes()


def test_a_form_with_nothing_in_it() -> None:
    from perfeval_xl.model import Funds, Goals, Project, Total

    nothing = Form(
        profile="mof",
        title=None,
        fiscal_year=None,
        project=Project(**dict.fromkeys(Project.__struct_fields__)),
        funds=Funds(unit="万元", lines=()),
        goals=Goals(expected=None, actual=None),
        indicators=(),
        level1_weights={},
        total=Total(weight=None, score=None),
        remark=None,
        extra={},
    )
    assert {finding.name for finding in check_readings([Reading(nothing, "a.json")])} == {"required-missing"}
    assert fix(dump_document([nothing]), "a.json", [Reading(nothing, "a.json")]).fixes == ()


def test_five_hundred_indicators() -> None:
    form = clean_forms()["mof"]
    rows = tuple(msgspec.structs.replace(form.indicators[0], name=f"第{n}期", actual="1人次") for n in range(500))
    long = msgspec.structs.replace(form, indicators=rows)
    data = to_workbook([long])
    readings = read_bytes(data, NAME)
    check_readings(readings, files={NAME: data})
    start = process_time()
    findings = check_readings(readings, files={NAME: data})
    seconds = process_time() - start
    missed = [finding.cell for finding in findings if finding.name == "target-missed-full-score"]
    assert missed == [f"H{row}" for row in range(14, 514)]
    # A tenth of a second is twenty times what it takes; a check that goes through all rows for each row takes minutes.
    assert seconds < 2
    assert read_bytes(annotate(data, NAME, findings), NAME)[0].form == long
