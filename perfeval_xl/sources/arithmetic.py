"""Formulas without a stored result, worked out where they are plain arithmetic over cells of the same sheet.

``=F6/E6``, ``=SUM(G13:G17)``, ``=ROUND((C3-B3)*100,2)&""`` is no longer plain. Whatever is not understood is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from perfeval_xl.package.addresses import Cell, Range, parse_a1, parse_range
from perfeval_xl.sources.sheet import NotCalculated, Value, decimal_of

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<range>\$?[A-Z]{1,3}\$?[0-9]{1,7}:\$?[A-Z]{1,3}\$?[0-9]{1,7})|(?P<cell>\$?[A-Z]{1,3}\$?[0-9]{1,7})(?![\w(.!])"
    r"|(?P<function>[A-Z]+)(?=\()|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<sign>[-+*/(),%^]))\s*"
)
#: No formula of a form is longer or refers deeper.
_MOST_TOKENS: Final = 500
_MOST_DEPTH: Final = 50
_MOST_CELLS: Final = 10_000

CellAt = Callable[[Cell], Value]


class _NotPlain(Exception):
    """The formula is more than plain arithmetic, or a cell it needs holds no number."""


def worked_out(cell: Cell, formulas: Mapping[Cell, str], at: CellAt) -> Decimal | None:
    """The number that the formula in ``cell`` gives; ``None`` where that cannot be told.

    ``formulas`` are the cells without results, which may refer to each other; ``at`` gives every other value.
    """
    try:
        return decimal_of(float(_Sheet(formulas, at).number(cell, 0)))
    except (_NotPlain, ArithmeticError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class _Sheet:
    formulas: Mapping[Cell, str]
    at: CellAt

    def number(self, cell: Cell, depth: int) -> Decimal:
        """The number in a cell, worked out where need be; an empty cell counts as 0."""
        if depth > _MOST_DEPTH:
            raise _NotPlain
        if cell in self.formulas:
            return _Parser(self.formulas[cell], self, depth + 1).result()
        value = self.at(cell)
        if value is None:
            return Decimal(0)
        if isinstance(value, str) and value.endswith("%"):
            return Decimal(value[:-1]) / 100  # a number that its format shows as a percentage
        if not isinstance(value, Decimal):
            raise _NotPlain
        return value

    def numbers(self, area: Range, depth: int) -> Iterator[Decimal]:
        """The numbers of a range; texts and empty cells in it do not count."""
        if (area.bottom - area.top + 1) * (area.right - area.left + 1) > _MOST_CELLS:
            raise _NotPlain
        for cell in area.cells():
            value = self.at(cell)
            if cell in self.formulas or isinstance(value, (Decimal, NotCalculated)):
                yield self.number(cell, depth)
            elif value is not None and not isinstance(value, (str, bool)):
                raise _NotPlain
            elif isinstance(value, str) and value.endswith("%"):
                yield self.number(cell, depth)


class _Parser:
    """A recursive descent over sums, products, signs, percents and a few functions."""

    def __init__(self, text: str, sheet: _Sheet, depth: int) -> None:
        self.sheet = sheet
        self.depth = depth
        self.tokens = list(_tokens(text))
        self.place = 0

    def result(self) -> Decimal:
        value = self._sum()
        if self.place != len(self.tokens):
            raise _NotPlain
        return value

    def _next(self, *signs: str) -> str | None:
        """The sign that follows, if it is one of ``signs``; it is taken."""
        if self.place < len(self.tokens) and self.tokens[self.place] in [("sign", sign) for sign in signs]:
            self.place += 1
            return self.tokens[self.place - 1][1]
        return None

    def _sum(self) -> Decimal:
        value = self._product()
        while sign := self._next("+", "-"):
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> Decimal:
        value = self._signed()
        while sign := self._next("*", "/"):
            other = self._signed()
            value = value * other if sign == "*" else value / other
        return value

    def _signed(self) -> Decimal:
        if sign := self._next("+", "-"):
            value = self._signed()
            return value if sign == "+" else -value
        value = self._operand()
        while self._next("%"):
            value = value / 100
        return value

    def _operand(self) -> Decimal:
        if self._next("("):
            value = self._sum()
            self._close()
            return value
        if self.place >= len(self.tokens):
            raise _NotPlain
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return Decimal(text)
        if kind == "cell":
            return self.sheet.number(parse_a1(text), self.depth)
        if kind == "function" and text in _FUNCTIONS:
            return _FUNCTIONS[text](self._arguments())
        raise _NotPlain

    def _arguments(self) -> list[list[Decimal]]:
        """Each argument as its numbers; an operand has one."""
        if not self._next("("):
            raise _NotPlain
        found = [self._argument()]
        while self._next(","):
            found.append(self._argument())
        self._close()
        return found

    def _argument(self) -> list[Decimal]:
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "range":
            self.place += 1
            return list(self.sheet.numbers(parse_range(self.tokens[self.place - 1][1]), self.depth))
        return [self._sum()]

    def _close(self) -> None:
        if not self._next(")"):
            raise _NotPlain


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = count = 0
    text = text.strip().removeprefix("=")
    while place < len(text):
        match = _TOKEN.match(text, place)
        count += 1
        if match is None or match.lastgroup is None or count > _MOST_TOKENS:
            raise _NotPlain
        yield match.lastgroup, match[match.lastgroup]
        place = match.end()


def _sum_of(arguments: list[list[Decimal]]) -> Decimal:
    return sum((number for argument in arguments for number in argument), Decimal(0))


def _product_of(arguments: list[list[Decimal]]) -> Decimal:
    value = Decimal(1)
    for number in (number for argument in arguments for number in argument):
        value *= number
    return value


def _average_of(arguments: list[list[Decimal]]) -> Decimal:
    count = sum(map(len, arguments))
    return _sum_of(arguments) / count


def _rounded(arguments: list[list[Decimal]]) -> Decimal:
    if [len(argument) for argument in arguments] != [1, 1] or abs(arguments[1][0]) > 15:
        raise _NotPlain
    return arguments[0][0].quantize(Decimal(1).scaleb(-int(arguments[1][0])), ROUND_HALF_UP)


def _largest(arguments: list[list[Decimal]]) -> Decimal:
    return max((number for argument in arguments for number in argument), default=Decimal(0))


def _smallest(arguments: list[list[Decimal]]) -> Decimal:
    return min((number for argument in arguments for number in argument), default=Decimal(0))


_FUNCTIONS: Final[Mapping[str, Callable[[list[list[Decimal]]], Decimal]]] = {
    "SUM": _sum_of,
    "PRODUCT": _product_of,
    "AVERAGE": _average_of,
    "ROUND": _rounded,
    "MAX": _largest,
    "MIN": _smallest,
}
