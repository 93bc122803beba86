"""Printed execution rates as evidence: which budget a rate was taken of tells columns and regions apart."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from perfeval_xl.layout.content import amount, kind_of
from perfeval_xl.sources.sheet import Value

_BUDGETS: Final = ("initial_budget", "full_year_budget")
#: Half of the last printed digit, 0.01 percent, and a little for rates that were cut instead of rounded.
_NEAR: Final = Decimal("0.0001")


def rate_bases(values: Mapping[str, Value]) -> set[str]:
    """The budgets of which the printed ``execution_rate`` is what was ``executed``; percent sign or not."""
    rate, executed = amount(values.get("execution_rate")), amount(values.get("executed"))
    if not rate or executed is None:
        return set()
    rates = {rate} if kind_of(values["execution_rate"]) == "percent" else {rate, rate.scaleb(-2)}
    return {
        column
        for column in _BUDGETS
        if (budget := amount(values.get(column))) and any(abs(executed / budget - rate) <= _NEAR for rate in rates)
    }
