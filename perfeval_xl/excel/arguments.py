"""Arguments as Excel names them and hands them over through xlwings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from perfeval_xl.excel.functions import Argument, ArgumentError, Function, Parameter

#: Words that VBA has taken.
_TAKEN: Final = {"text": "given_text", "range": "given_range"}
#: What xlwings makes of a cell in error.
ERRORS: Final = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)


def excel_name(parameter: Parameter) -> str:
    """The name of an argument in Excel."""
    return _TAKEN.get(parameter.name, parameter.name)


def from_excel(function: Function, values: Sequence[Any]) -> list[Argument]:
    """Arguments as rows of cells (the way a column stays a column) -> as the functions take them.

    One cell is a single value, except where a range is asked for. Raises ``ArgumentError`` for a cell in error.
    """
    return [
        _argument(function, parameter, value) for parameter, value in zip(function.parameters, values, strict=False)
    ]


def _argument(function: Function, parameter: Parameter, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return _cell(function, parameter, value)
    rows: list[list[Any]] = [[_cell(function, parameter, cell) for cell in row] for row in value]
    single = len(rows) == 1 == len(rows[0]) and parameter.kind != "range"
    return rows[0][0] if single else rows


def _cell(function: Function, parameter: Parameter, value: Any) -> Any:
    if isinstance(value, str) and value in ERRORS:
        raise ArgumentError("wrong-value", function=function.name, argument=parameter.name, found=value)
    return value
