"""All laws of the form, by code. A code may have several: of rows, of single fields, of the form as a whole.

Not stated here are findings that judge target against actual (PE302-305, 402: they read values, which is the work of
``quantity`` and ``scoring``), those of a cell that could not be read (PE502: reading says it), the vocabulary of levels
(PE503) and duplicates (PE504): looking words up and comparing every row with every other would need terms of their own
that no second law uses. Each of these has one Python form in ``checks`` and a port that the tests hold against it.
"""

from __future__ import annotations

from typing import Final

from perfeval_xl.laws import funds, rows, totals
from perfeval_xl.laws.terms import Law

LAWS: Final[tuple[Law, ...]] = (
    totals.WEIGHTS_SUM,
    totals.TOTAL_WEIGHT,
    totals.TOTAL_SCORE,
    totals.LEVEL1_WEIGHT,
    funds.EXECUTION_RATE,
    funds.EXECUTION_SCORE,
    *funds.FUND_LINES,
    rows.SCORE_OF_LINE,
    rows.SCORE_OF_INDICATOR,
    rows.DEDUCTION_UNEXPLAINED,
    rows.FIELD_MISSING,
    rows.CELL_MISSING,
    rows.NO_INDICATORS,
)


def laws_by_code() -> dict[str, list[Law]]:
    """Code -> its laws, in the order they are asked."""
    found: dict[str, list[Law]] = {}
    for law in LAWS:
        found.setdefault(law.code, []).append(law)
    return found
