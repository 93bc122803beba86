"""The rows of ``cases/functions.tsv`` as formulas in cells, for the hosts that calculate in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from perfeval_xl.package.addresses import a1
from tests.office import Book
from tests.test_functions import VALUE_ERROR, same, table

FIRST_ARGUMENT = 40  # columns; results stand left of it


@dataclass(frozen=True)
class Case:
    """A row of the table: where its formulas stand, and what each must give."""

    line: int
    name: str
    expected: Any
    arguments: list[Any]

    def formula(self, *, separator: str = ";", prefix: str = "") -> str:
        """The formula with its arguments as references."""
        references = []
        column = FIRST_ARGUMENT
        for argument in self.arguments:
            height, width = _shape(argument)
            last = a1(self.line + height - 2, column + width - 1)
            first = a1(self.line - 1, column)
            references.append(first if first == last else f"{first}:{last}")
            column += width
        return f"{prefix}{self.name}({separator.join(references)})"

    def results(self) -> list[tuple[str, str, Any]]:
        """Cell, pattern of the formula (``{}`` stands for the call) and expected value of every element."""
        if not isinstance(self.expected, list):
            return [(a1(self.line - 1, 0), "={}", self.expected)]
        if _shape(self.expected) == (1, 1):
            return [(a1(self.line - 1, 0), "={}", self.expected[0][0])]
        cells = [(r, c, value) for r, row in enumerate(self.expected) for c, value in enumerate(row)]
        return [
            (a1(self.line - 1, place), f"=INDEX({{}};{r + 1};{c + 1})", value)
            for place, (r, c, value) in enumerate(cells)
        ]


def _shape(argument: Any) -> tuple[int, int]:
    if not isinstance(argument, list):
        return 1, 1
    return (len(argument), len(argument[0])) if isinstance(argument[0], list) else (1, len(argument))


def _rows(argument: Any) -> list[list[Any]]:
    if not isinstance(argument, list):
        return [[argument]]
    return argument if isinstance(argument[0], list) else [argument]


def cases() -> list[Case]:
    """Every row of the table, each on lines of its own, so that ranges do not run into each other."""
    found, line = [], 1
    for _, name, expected, arguments in table():
        found.append(Case(line, name, expected, arguments))
        line += max([_shape(argument)[0] for argument in arguments], default=1)
    return found


def arguments_workbook(path: Path, wanted: Sequence[Case]) -> Path:
    """A workbook that holds the arguments of the cases, and no formulas."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        write_arguments(book.add_worksheet("cases"), wanted)
    return path


def write_arguments(sheet: Any, wanted: Sequence[Case]) -> None:
    """Puts every argument into its cells; a blank stays an empty cell."""
    for case in wanted:
        column = FIRST_ARGUMENT
        for argument in case.arguments:
            for r, row in enumerate(_rows(argument)):
                for c, value in enumerate(row):
                    _write(sheet, case.line - 1 + r, column + c, value)
            column += _shape(argument)[1]


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def differences(book: Book, wanted: Sequence[Case], *, sheet: str | int = 0, error: str = VALUE_ERROR) -> Iterator[str]:
    """Every cell whose result is not the expected one, told with its formula.

    ``error`` is what the host shows for a wrong argument. Asked one by one, slow hosts answer in time.
    """
    for case in wanted:
        for cell, pattern, expected in case.results():
            book.set_formula(sheet, cell, pattern.format(case.formula()))
            found = book.value(sheet, cell)
            if not equal(found, error if expected == VALUE_ERROR else expected):
                yield f"{pattern.format(case.name)} of {case.arguments!r} is {found!r}, not {expected!r}"


def equal(found: Any, expected: Any) -> bool:
    """As ``same``; a cell shows an empty text and a blank alike."""
    return same("" if found is None else found, "" if expected is None else expected)
