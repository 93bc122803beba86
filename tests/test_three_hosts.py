"""One law, three hosts: the command, the sheet as LibreOffice computes it, and VBA name the same cells.

Every case of ``tests/cases/checks`` that a law covers is filled into its template and opened once in LibreOffice. What
the sheet marks is asked of its conditional formats: each rule is put into a free cell for each cell it looks at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator

from perfeval_xl.checks import check_readings
from perfeval_xl.laws.catalogue import LAWS
from perfeval_xl.messages import in_language
from perfeval_xl.package.addresses import a1, column_letters, parse_a1
from perfeval_xl.workbook.template.styles import BLANK, ORANGE, RED, YELLOW
from tests.check_cases import Case, cases, readings_of, workbook_of
from tests.office import Book, Office
from tests.test_macros import REVIEW, with_macros

LAW_NAMES = {law.name for law in LAWS}
LAW_CODES = {law.code for law in LAWS}
MARKED = {str(look["bg_color"]).lstrip("#") for look in (RED, YELLOW, ORANGE, BLANK)}
#: Free columns to the right of every template, where the rules are worked out.
FREE_COLUMN = 40
#: Rules of the sheet that are no law: text where a number belongs (PE502), labels that are not on the list (PE503).
OTHER_RULES = ("IF(ISTEXT(", "AND(NOT(")


def law_cases() -> list[Case]:
    return [case for case in cases() if case.name in LAW_NAMES and case.copies == 1 and not (case.lost or case.error)]


def rules(path: Path) -> list[tuple[str, str]]:
    """Every cell that a colouring rule looks at, with the rule as a formula for that cell."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    found = []
    for area in sheet.conditional_formatting:
        (block,) = area.sqref.ranges
        origin = a1(block.min_row - 1, block.min_col - 1)
        for formula in (rule.formula[0] for rule in area.rules if is_of_a_law(rule)):
            for row, column in block.cells:
                cell = a1(row - 1, column - 1)
                found.append((cell, Translator(f"={formula}", origin=origin).translate_formula(cell)))
    return found


def is_of_a_law(rule: Any) -> bool:
    fill = rule.dxf.fill if rule.dxf else None
    colour = fill.bgColor.rgb[2:] if fill and fill.bgColor else ""
    return colour in MARKED and not rule.formula[0].startswith(OTHER_RULES)


def asked_as(formula: str) -> str:
    """A formula as LibreOffice takes it from outside: arguments apart by semicolons."""
    tokens = Tokenizer(formula).items
    parts = (";" if token.type == Token.SEP and token.subtype == Token.ARG else token.value for token in tokens)
    return f"=IF({''.join(parts)};1;0)"


def marked_cells(book: Book, asked: list[tuple[str, str]]) -> set[str]:
    letters = column_letters(FREE_COLUMN)
    for number, (_, formula) in enumerate(asked, start=1):
        book.set_formula(0, f"{letters}{number}", asked_as(formula))
    book.recalculate()
    values = book.values(0, f"{letters}1:{letters}{len(asked)}")
    assert {value for (value,) in values} <= {0, 1}
    return {cell for (cell, _), (value,) in zip(asked, values, strict=True) if value}


@pytest.mark.libreoffice
@pytest.mark.parametrize("case", law_cases(), ids=lambda case: f"{case.name}-{case.form}-{case.en}"[:90])
def test_the_three_hosts_name_the_same_cells(case: Case, office: Office, tmp_path: Path) -> None:
    readings, files = readings_of(case)
    with in_language("zh"):
        found = [finding for finding in check_readings(readings, files=files) if finding.code in LAW_CODES]
    cells = {finding.cell for finding in found if finding.cell}
    workbook = with_macros(workbook_of(case), tmp_path / "case.xlsm")
    asked = rules(workbook)
    with office.open(workbook) as book:
        book.unprotect(0)
        assert marked_cells(book, asked) == cells
        status = str(book.value(0, "A1"))
        assert status.startswith("✓") == (not found) or "不是数字" in status
        book.press("PerfRibbon.PerfOnCheck", tag="")
        lines = book.strings(REVIEW, book.used(REVIEW))[2:] if REVIEW in book.sheets() else []
        assert {line[4] for line in lines if line[2] in LAW_CODES and line[4]} == cells


def test_every_law_has_a_case() -> None:
    assert {case.name for case in law_cases()} == LAW_NAMES
    assert all(parse_a1(case.cell) for case in law_cases() if case.cell)
