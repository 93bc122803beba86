"""Ranges in the arguments of a function of single values, spread as Excel spreads them in its own functions.

A range is a list of rows; beside it, single values, rows and columns are used again. One cell that is a wrong argument
is an error in its own place of the array, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any, Final

from perfeval_xl.messages import say
from perfeval_xl.sources.sheet import CellError

#: What a cell can hold when it reaches a function.
Scalar = str | float | int | Decimal | bool | date | datetime | CellError | None
Rows = Sequence[Sequence[Scalar]]
Argument = Scalar | Sequence[Scalar] | Rows
#: Rows of a column in an old workbook; a range as high is a whole column.
WHOLE_COLUMN: Final = 65_536


class ArgumentError(ValueError):
    """An argument of the wrong kind; hosts show ``#VALUE!``."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(say(f"functions.{key}", **values))


Result = str | float
#: In an array a wrong argument is told in the place of its result.
Results = Result | list[list[Result | ArgumentError]]


def rows_of(function: str, value: Argument) -> list[list[Scalar]] | None:
    """A range as rows of equal length (a flat list is one row); ``None`` for a single value. Raises for ragged rows."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    cells: Sequence[Any] = value
    nested = [isinstance(row, Sequence) and not isinstance(row, str) for row in cells]
    if any(nested) and not all(nested):
        raise ArgumentError("wrong-shapes", function=function)
    rows = [list(row) for row in cells] if any(nested) else [list(cells)]
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise ArgumentError("wrong-shapes", function=function)
    return rows


def spread(function: Callable[..., Result]) -> Callable[..., Results]:
    """Lets a function of single values take ranges, as Excel's own functions do.

    A single value, a row or a column is used again for every row and column of the others; apart from that the ranges
    are of one size. Of whole columns only the rows down to the last one filled count.
    """
    name = function.__name__.upper()

    @wraps(function)
    def spread(*arguments: Argument) -> Results:
        ranges = _used([rows_of(name, argument) for argument in arguments])
        if all(rows is None for rows in ranges):
            return function(*arguments)
        height, width = _shape(name, [rows for rows in ranges if rows is not None])

        def cells(row: int, column: int) -> Iterator[Any]:
            for argument, rows in zip(arguments, ranges, strict=True):
                yield argument if rows is None else _cell_of(rows, row, column)

        return [[_told(function, cells(row, column)) for column in range(width)] for row in range(height)]

    return spread


def _told(function: Callable[..., Result], arguments: Iterable[Any]) -> Result | ArgumentError:
    try:
        return function(*arguments)
    except ArgumentError as error:
        return error


def _shape(function: str, ranges: Sequence[Rows]) -> tuple[int, int]:
    """Rows and columns of the result. Raises for ranges that neither are of one size nor a single row or column."""
    height, width = max(len(rows) for rows in ranges), max(len(rows[0]) for rows in ranges)
    if any(len(rows) not in (1, height) or len(rows[0]) not in (1, width) for rows in ranges):
        raise ArgumentError("wrong-shapes", function=function)
    return height, width


def _cell_of(rows: Rows, row: int, column: int) -> Scalar:
    return rows[row if len(rows) > 1 else 0][column if len(rows[0]) > 1 else 0]


def _used(ranges: Sequence[list[list[Scalar]] | None]) -> list[list[list[Scalar]] | None]:
    """Whole columns without their blank end; all of them are cut at one row."""
    columns = [rows for rows in ranges if rows is not None and len(rows) >= WHOLE_COLUMN]
    if not columns:
        return list(ranges)
    last = max(max((number for number, row in enumerate(rows, 1) if _is_filled(row)), default=1) for rows in columns)
    return [rows if rows is None or len(rows) < WHOLE_COLUMN else rows[:last] for rows in ranges]


def _is_filled(row: Sequence[Scalar]) -> bool:
    return any(cell is not None and cell != "" for cell in row)


def whole_range(function: str, argument: str, value: Argument) -> list[list[Scalar]]:
    """A range as rows. Raises for a single value."""
    rows = rows_of(function, value)
    if rows is None:
        raise ArgumentError("wrong-range", function=function, argument=argument)
    return rows
