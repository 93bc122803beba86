"""Formulas without a result: worked out where they are plain arithmetic, and left alone where they are more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfeval_xl.package.addresses import parse_a1
from perfeval_xl.sources.arithmetic import worked_out
from perfeval_xl.sources.sheet import CellError, Value

VALUES: dict[str, Value] = {
    "E6": Decimal(4), "F6": Decimal(3), "F7": Decimal("1.5"), "G13": Decimal(10), "G14": Decimal("9.5"), "G15": "—",
    "H6": "75%", "C1": "合计", "D1": CellError("#REF!"),
}  # fmt: skip


def result(formula: str, **more: str) -> Decimal | str | None:
    """What the formula gives in Z9; ``more`` are further formulas of the sheet."""
    formulas = {parse_a1(place): text for place, text in {"Z9": formula, **more}.items()}
    cells = {parse_a1(place): value for place, value in VALUES.items()}
    return worked_out(formulas, cells.get)[parse_a1("Z9")]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("F6/E6", Decimal("0.75")),
        ('ROUND(F6/E6*100,2)&"%"', None),
        ("SUM(G13:G15)", Decimal("19.5")),
        ("G13+G14", Decimal("19.5")),
        ("G13+G15", None),
        ("SUM(G13:G14)+E6*50%", Decimal("21.5")),
        ("-(F6-E6)", Decimal(1)),
        ("ROUND(2.675,2)", Decimal("2.68")),
        ('IF(E6=0,"",F6/E6)', Decimal("0.75")),
        ('IF(E7=0,"",F7/E7)', ""),
        ("IFERROR(F7/E7,0)", Decimal(0)),
        ("IF(F7/E7>1,1,2)", None),
        ("F7/E7", None),
        ("H6*G13", Decimal("7.5")),
        ("MAX(0,MIN(G13,12))", Decimal(10)),
        ("AVERAGE(G13:G14)", Decimal("9.75")),
        ('IF(COUNT($G$13:INDEX($G:$G,ROW($G$16)-1))=0,"",SUM($G$13:INDEX($G:$G,ROW($G$16)-1)))', Decimal("19.5")),
        ("C1", "合计"),
        ("D1", None),
        ("SUM(D1:E6)", None),
        ("VLOOKUP(C1,A:B,2)", None),
        ("Sheet2!A1", None),
        ("[1]表!A1", None),
        ("INDIRECT(C1)", None),
        ("SUM(A1:XFD1048576)", None),
        ("", None),
        ("1+", None),
        ("((((1", None),
        ("Z9+1", None),
    ],
)
def test_what_a_formula_gives(formula: str, value: Decimal | str | None) -> None:
    assert result(formula) == value


def test_formulas_that_refer_to_each_other_end() -> None:
    doubled = {f"A{row}": f"A{row + 1}+A{row + 1}" for row in range(1, 30)} | {"A30": "1"}
    assert result("A1", **doubled) == Decimal(2**29)
    assert result("A1", A1="A2", A2="A1") is None
