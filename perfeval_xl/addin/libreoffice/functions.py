"""The worksheet functions as Calc calls them: its kinds of argument in, its kinds of result out.

A parameter of the add-in's interface is one of three types, and each is there for a reason. Calc hands a blank cell
to a parameter of type ``any`` as 0, which would score nothing as nought; to one that takes rows of text it hands
``""``. So every argument that must be given comes as rows of texts, a number as its digits. Only ``any`` may be left
out, so optional arguments are of that type. Functions of a whole form get the range itself, which also knows dates.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from perfeval_xl.excel.functions import FUNCTIONS, Function, Parameter
from perfeval_xl.excel.spreading import ArgumentError

Rows = tuple[tuple[Any, ...], ...]
Passing = Literal["texts", "any", "range"]

#: A number that Calc reads as its own error 519, ``#VALUE!``: the only way to put an error into an array.
VALUE_ERROR: Final = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | 519))[0]
#: How Calc writes a number too long for digits; a person would not write three digits of exponent.
_EXPONENT: Final = re.compile(r"-?\d(\.\d+)?E[+-]\d{3}")
_WITH_COMMA: Final = re.compile(r"-?\d+,\d+(E[+-]\d{3})?")

#: Functions that read a form from its cells.
WHOLE_FORM: Final = frozenset({"PERF_CHECK", "PERF_JSON"})


def method_name(function: str) -> str:
    """``PERF_EXEC_RATE`` -> ``perfExecRate``: interface methods have no underscores."""
    first, *rest = function.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


METHODS: Final = {method_name(function.name): function for function in FUNCTIONS}


def passing(function: Function, parameter: Parameter) -> Passing:
    """How Calc hands over an argument."""
    if parameter.optional:
        return "any"
    return "range" if function.name in WHOLE_FORM else "texts"


def asks_document(function: Function) -> bool:
    """Whether the document is handed over too: its region's rules are used where no profile is given."""
    return any(parameter.name == "profile" for parameter in function.parameters)


@dataclass(frozen=True)
class Host:
    """What the component knows of the office: how to get at a range and a document, and how numbers are written."""

    rows_of: Callable[[Any], Any]
    profile_of: Callable[[Any], str | None]
    comma: bool = False


def answer(function: Function, arguments: Sequence[Any], host: Host) -> Rows:
    """What Calc shows for the arguments as it hands them over; a single value is an array of one cell."""
    document, *given = arguments if asks_document(function) else (None, *arguments)
    taken = []
    for parameter, value in zip(function.parameters, given, strict=True):
        if passing(function, parameter) == "range":
            taken.append(host.rows_of(value))
        elif parameter.optional and parameter.kind == "number" and value == 0:
            return (("",),)  # a blank cell comes as 0 here, and the two mean different things
        else:
            taken.append(_argument(value, parameter, host.comma))
        if parameter.name == "profile" and taken[-1] in (None, ""):
            taken[-1] = host.profile_of(document)
    try:
        return _rows(function.call(*taken))
    except ArgumentError:
        return ((VALUE_ERROR,),)


def _argument(value: Any, parameter: Parameter, comma: bool) -> Any:
    """Rows of one cell are a single value, except where a range is asked for."""
    if isinstance(value, tuple):
        rows = [[_cell(cell, comma) for cell in row] for row in value]
        single = len(rows) == 1 == len(rows[0]) and parameter.kind != "range"
        return rows[0][0] if single else rows
    if parameter.kind == "text" and value == 0:
        return None  # a blank cell
    return _cell(value, comma)


def _cell(value: Any, comma: bool) -> Any:
    if not isinstance(value, str):
        return value
    if comma and _WITH_COMMA.fullmatch(value):
        value = value.replace(",", ".")
    return Decimal(value) if _EXPONENT.fullmatch(value) else value


def _rows(result: Any) -> Rows:
    if not isinstance(result, list):
        return ((result,),)
    return tuple(tuple(VALUE_ERROR if isinstance(cell, ArgumentError) else cell for cell in row) for row in result)
