"""Another form filled into files as offices make them: read again, a person sees that form and nothing of the first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import read_bytes
from perfeval_xl.model import Form
from perfeval_xl.workbook.open_workbook import into_workbook
from tests.made_forms import NATIONAL, made_form
from tests.office_files import UNKNOWN_WORDS, Make, drawn, office_file

FIRST = made_form("mof", NATIONAL, number=7)
SECOND = made_form("mof", NATIONAL, number=31)


def makes() -> list[Make]:
    """Workbooks in every number format, merged and not; their money is in 万元 and their headings are known."""
    found = [replace(drawn(seed), kind="xlsx", unit="万元", two_years=False, struck=False) for seed in range(400)]
    return [make for make in found if not UNKNOWN_WORDS & set(make.words.values())]


@pytest.mark.parametrize("number", range(60))
def test_what_is_seen_after_filling_is_the_document(number: int) -> None:
    make = makes()[number]
    data = office_file(FIRST, make)
    try:
        filled = into_workbook(data, "form.xlsx", [SECOND])
    except CannotWrite:
        pytest.fail(f"refused: {make}")
    (reading,) = read_bytes(filled.data, "form.xlsx")
    left_out = {path.partition(": ")[2] for path in filled.left_out}
    assert _seen(reading.form) == _seen(SECOND), (make, left_out, reading.notes)


def _seen(form: Form) -> object:
    money = ("initial_budget", "full_year_budget", "executed", "execution_rate", "score")
    lines = [[getattr(line, name) for name in money] for line in form.funds.lines]
    rows = [(row.name, row.target, row.actual, row.weight, row.score, row.deviation) for row in form.indicators]
    return form.fiscal_year, form.project.name, form.goals, lines, rows, form.total
