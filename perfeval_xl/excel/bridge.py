"""Excel through xlwings: the worksheet functions it calls, and the buttons' actions over the open workbook.

The only module that imports xlwings, and only its BSD part. On Linux its decorators give the function back as it is,
so the functions are tested by calling them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import xlwings as xw

from perfeval_xl.excel import actions
from perfeval_xl.excel.arguments import WRONG, excel_name, from_excel, to_excel
from perfeval_xl.excel.excel_book import ExcelBook
from perfeval_xl.excel.excel_user import ExcelUser
from perfeval_xl.excel.functions import FUNCTIONS, Function
from perfeval_xl.excel.spreading import ArgumentError
from perfeval_xl.messages import sentence

#: Answers kept for each function, for single values and for ranges: a sheet of formulas asks for some thousand of the
#: first. Of the second those up to a form of some hundred rows are kept; a long column is worked out again.
MOST_ANSWERS: Final = 16_384
MOST_ARRAYS: Final = 64
MOST_CELLS: Final = 10_000


class _Question:
    """Arguments as they are written, so that equal ones are found again: lists have no hash, and ``True`` equals 1."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self.largest = max(len(value) * len(value[0]) if isinstance(value, list) else 1 for value in values)
        self._written = repr(values)

    def __hash__(self) -> int:
        return hash(self._written)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and other._written == self._written


def worksheet_function(function: Function) -> Callable[..., Any]:
    """A function of the table as xlwings wants it: named arguments with help, every range as rows of cells.

    A wrong argument gives the text ``#VALUE!``, of which the VBA that asked makes the error: what raises is taken for a
    Python that does not work. Arguments that were there before have their answer already: Excel asks again for every
    formula of a sheet whenever one cell above them changes.
    """

    def worked_out(question: _Question) -> Any:
        try:
            return to_excel(function.call(*from_excel(function, question.values)))
        except ArgumentError:
            return WRONG

    answer_of_values = lru_cache(maxsize=MOST_ANSWERS)(worked_out)
    answer_of_ranges = lru_cache(maxsize=MOST_ARRAYS)(worked_out)

    def call(*values: Any) -> Any:
        question = _Question(values)
        if question.largest > MOST_CELLS:
            return worked_out(question)
        return answer_of_values(question) if question.largest == 1 else answer_of_ranges(question)

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.description("zh")
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                excel_name(parameter),
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if parameter.optional else inspect.Parameter.empty,
            )
            for parameter in function.parameters
        ]
    )
    call.__annotations__ = {}
    made: Callable[..., Any] = call
    for parameter in function.parameters:
        help_text = parameter.description("zh")
        made = xw.arg(excel_name(parameter), doc=help_text, ndim=2, err_to_str=True)(made)
    wanted: Callable[..., Any] = xw.func(category=sentence("addin.menu", "zh"), volatile=function.volatile)(made)
    return wanted


#: What xlwings finds here by name when a cell asks.
WORKSHEET_FUNCTIONS: Final = {function.name: worksheet_function(function) for function in FUNCTIONS}
globals().update(WORKSHEET_FUNCTIONS)


def press(action: str) -> None:
    """What the ribbon's macros run: the action of a button on the workbook in front."""
    book = xw.Book.caller()
    actions.press(action, ExcelBook(book), ExcelUser(book.app))
