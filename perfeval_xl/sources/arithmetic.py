"""Formulas without a stored result, worked out where they are plain arithmetic over cells of the same sheet.

``=F6/E6``, ``=SUM(G13:G17)``, ``=IF(E6=0,"",ROUND(F6/E6,4))``: what offices and our templates write into a form, and a
program that only writes cells leaves uncalculated. Whatever is not understood is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from perfeval_xl.package.addresses import MOST_ROWS, Cell, Range, parse_a1
from perfeval_xl.sources.sheet import Value, decimal_of

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<cell>\$?[A-Z]{1,3}\$?[0-9]{1,7})(?![\w(.!])|(?P<column>\$?[A-Z]{1,3}:\$?[A-Z]{1,3})(?![\w(.!])"
    r'|(?P<function>[A-Z]+)(?=\()|(?P<number>\d+(?:\.\d*)?|\.\d+)|"(?P<text>(?:[^"]|"")*)"'
    r"|(?P<truth>TRUE|FALSE)(?![\w(])|(?P<sign><=|>=|<>|[-+*/(),%:=<>]))\s*"
)
#: Limits (characters, depth, cells) above what formulas of real forms reach.
_MOST_TOKENS: Final = 500
_MOST_DEPTH: Final = 40
_MOST_CELLS: Final = 10_000

_Single = Decimal | str | bool | None
_Operand = _Single | Range
CellAt = Callable[[Cell], Value]


class _NotPlain(Exception):
    """The formula is more than plain arithmetic, or a cell it needs holds something else than a number or a text."""


class _NoNumber(Exception):
    """What Excel shows as an error: a division by zero, a text where a number belongs."""


def worked_out(formulas: Mapping[Cell, str], at: CellAt) -> dict[Cell, Decimal | str | None]:
    """The result of each formula, a number or a text; ``None`` where it cannot be computed.

    ``formulas`` are the cells without results, which may refer to each other; ``at`` gives every other value.
    """
    sheet = _Worksheet(formulas, at)
    return {cell: sheet.told(cell) for cell in formulas}


@dataclass(frozen=True, slots=True)
class _Worksheet:
    formulas: Mapping[Cell, str]
    at: CellAt
    #: What was worked out already; a formula that is being worked out, or failed, is an error.
    known: dict[Cell, _Single | Exception] = field(default_factory=dict)

    def told(self, cell: Cell) -> Decimal | str | None:
        """The result of a formula, or ``None`` where it cannot be computed."""
        try:
            value = self.single(cell, 0)
            return decimal_of(float(value)) if isinstance(value, Decimal) else value if isinstance(value, str) else None
        except (_NotPlain, _NoNumber, ArithmeticError, ValueError):
            return None

    def single(self, cell: Cell, depth: int) -> _Single:
        """The value of a cell, worked out where need be."""
        if cell in self.formulas:
            return self._worked_out(cell, depth)
        value = self.at(cell)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9.]+%", value):
            return Decimal(value[:-1]) / 100  # a number that its format shows as a percentage
        if value is None or isinstance(value, (Decimal, str, bool)):
            return value
        raise _NotPlain

    def _worked_out(self, cell: Cell, depth: int) -> _Single:
        if cell not in self.known:
            if depth > _MOST_DEPTH:
                raise _NotPlain
            self.known[cell] = _NotPlain()  # a formula that refers to itself
            try:
                self.known[cell] = _Formula(self.formulas[cell], self, depth + 1).result()
            except (_NotPlain, _NoNumber, ArithmeticError, ValueError) as problem:
                self.known[cell] = problem
        found = self.known[cell]
        if isinstance(found, Exception):
            raise found
        return found

    def values(self, area: Range, depth: int) -> Iterator[_Single]:
        """The values of a range that are not empty."""
        if (area.bottom - area.top + 1) * (area.right - area.left + 1) > _MOST_CELLS:
            raise _NotPlain
        for cell in area.cells():
            if cell in self.formulas or self.at(cell) is not None:
                yield self.single(cell, depth)


class _Formula:
    """One formula, evaluated as it is read; the branch of an IF that is not taken may fail."""

    def __init__(self, text: str, sheet: _Worksheet, depth: int) -> None:
        self.sheet = sheet
        self.depth = depth
        self.tokens = list(_tokens(text))
        self.place = 0

    def result(self) -> _Single:
        """The value of the whole formula."""
        value = self._value(self._comparison())
        if self.place != len(self.tokens):
            raise _NotPlain
        return value

    # -- operators, weakest first --

    def _next(self, *signs: str) -> str | None:
        """The sign that follows, if it is one of ``signs``; it is taken."""
        if self.place < len(self.tokens):
            kind, text = self.tokens[self.place]
            if kind == "sign" and text in signs:
                self.place += 1
                return text
        return None

    def _comparison(self) -> _Operand:
        value = self._sum()
        while sign := self._next("=", "<>", "<=", ">=", "<", ">"):
            value = _compared(self._value(value), sign, self._value(self._sum()))
        return value

    def _sum(self) -> _Operand:
        value = self._product()
        while sign := self._next("+", "-"):
            left, right = self._number(value), self._number(self._product())
            value = left + right if sign == "+" else left - right
        return value

    def _product(self) -> _Operand:
        value = self._signed()
        while sign := self._next("*", "/"):
            left, right = self._number(value), self._number(self._signed())
            if sign == "/" and not right:
                raise _NoNumber
            value = left * right if sign == "*" else left / right
        return value

    def _signed(self) -> _Operand:
        if sign := self._next("+", "-"):
            value = self._number(self._signed())
            return value if sign == "+" else -value
        found = self._reference()
        while self._next("%"):
            found = self._number(found) / 100
        return found

    def _reference(self) -> _Operand:
        """``A1:B2`` and ``A1:INDEX(…)``: the colon binds strongest."""
        found = self._operand()
        while self._next(":"):
            other = self._operand()
            if not isinstance(found, Range) or not isinstance(other, Range):
                raise _NotPlain
            found = Range(
                min(found.top, other.top), min(found.left, other.left),
                max(found.bottom, other.bottom), max(found.right, other.right),
            )  # fmt: skip
        return found

    def _operand(self) -> _Operand:
        if self._next("("):
            value = self._comparison()
            self._close()
            return value
        if self.place >= len(self.tokens):
            raise _NotPlain
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return Decimal(text)
        if kind == "text":
            return text.replace('""', '"')
        if kind == "truth":
            return text == "TRUE"
        if kind == "cell":
            cell = parse_a1(text)
            return Range(*cell, *cell)
        if kind == "column":
            first, last = (parse_a1(each + "1").column for each in text.replace("$", "").split(":"))
            return Range(0, first, MOST_ROWS - 1, last)
        if kind == "function":
            return self._call(text)
        raise _NotPlain

    # -- functions --

    def _call(self, name: str) -> _Operand:
        if not self._next("("):
            raise _NotPlain
        if name in ("IF", "IFERROR"):
            return self._choice(name)
        arguments = [self._comparison()]
        while self._next(","):
            arguments.append(self._comparison())
        self._close()
        if name == "INDEX":
            return self._index(arguments)
        if name == "ROW" and isinstance(arguments[0], Range):
            return Decimal(arguments[0].top + 1)
        if name in _OF_NUMBERS:
            return _OF_NUMBERS[name]([n for each in arguments for n in self._numbers(each)])
        if name in _OF_VALUES:
            return _OF_VALUES[name]([self._value(each) for each in arguments])
        raise _NotPlain

    def _choice(self, name: str) -> _Operand:
        """IF and IFERROR: the branch that is not taken is read, and may fail."""
        try:
            first: _Operand | _NoNumber = self._value(self._comparison())
        except (_NoNumber, ArithmeticError):
            if name == "IF":
                raise
            first = _NoNumber()
            self._skip_to_comma()
        branches: list[tuple[int, _Operand | Exception]] = []
        while self._next(","):
            start = self.place
            try:
                branches.append((start, self._value(self._comparison())))
            except (_NoNumber, ArithmeticError) as problem:
                self.place = start
                self._skip_to_comma()
                branches.append((start, problem))
        self._close()
        if name == "IFERROR":
            chosen: _Operand | Exception = branches[0][1] if isinstance(first, Exception) and branches else first
        else:
            number = 0 if first not in (None, False, Decimal(0)) else 1
            chosen = branches[number][1] if number < len(branches) else False
        if isinstance(chosen, Exception):
            raise _NoNumber
        return chosen

    def _skip_to_comma(self) -> None:
        """Over the rest of an argument that failed."""
        open_brackets = 0
        while self.place < len(self.tokens):
            kind, text = self.tokens[self.place]
            if kind == "sign" and not open_brackets and text in (",", ")"):
                return
            open_brackets += (text == "(") - (text == ")") if kind == "sign" else 0
            self.place += 1

    def _index(self, arguments: list[_Operand]) -> Range:
        area = arguments[0]
        row = self._number(arguments[1]) if len(arguments) == 2 else Decimal(0)
        if not isinstance(area, Range) or not 1 <= row <= area.bottom - area.top + 1 or area.left != area.right:
            raise _NotPlain
        return Range(area.top + int(row) - 1, area.left, area.top + int(row) - 1, area.left)

    def _close(self) -> None:
        if not self._next(")"):
            raise _NotPlain

    # -- values of operands --

    def _value(self, operand: _Operand) -> _Single:
        if not isinstance(operand, Range):
            return operand
        if operand.top != operand.bottom or operand.left != operand.right:
            raise _NotPlain
        return self.sheet.single(operand.anchor, self.depth)

    def _number(self, operand: _Operand) -> Decimal:
        value = self._value(operand)
        if value is None:
            return Decimal(0)
        if isinstance(value, bool):
            return Decimal(int(value))
        if isinstance(value, str):
            raise _NoNumber
        return value

    def _numbers(self, operand: _Operand) -> Iterator[Decimal]:
        """Texts and empty cells in a range do not count."""
        if not isinstance(operand, Range):
            yield self._number(operand)
            return
        for value in self.sheet.values(operand, self.depth):
            if isinstance(value, Decimal):
                yield value


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


def _compared(left: _Single, sign: str, right: _Single) -> bool:
    """An empty cell equals 0 and an empty text; a text is greater than every number."""
    if left is None:
        left = "" if isinstance(right, str) else Decimal(0)
    if right is None:
        right = "" if isinstance(left, str) else Decimal(0)
    if isinstance(left, str) != isinstance(right, str):
        order = 1 if isinstance(left, str) else -1
    else:
        order = (left > right) - (left < right)  # type: ignore[operator]
    return {"=": order == 0, "<>": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[sign]


def _product_of(numbers: list[Decimal]) -> Decimal:
    value = Decimal(1)
    for number in numbers:
        value *= number
    return value


def _average_of(numbers: list[Decimal]) -> Decimal:
    if not numbers:
        raise _NoNumber
    return sum(numbers, Decimal(0)) / len(numbers)


def _rounded(values: list[_Single]) -> Decimal:
    number, places = values if len(values) == 2 else (None, None)
    if not isinstance(places, Decimal) or abs(places) > 15:
        raise _NotPlain
    if isinstance(number, (str, bool)):
        raise _NoNumber
    return (number or Decimal(0)).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)


_OF_NUMBERS: Final[Mapping[str, Callable[[list[Decimal]], Decimal]]] = {
    "SUM": lambda numbers: sum(numbers, Decimal(0)),
    "PRODUCT": _product_of,
    "AVERAGE": _average_of,
    "MAX": lambda numbers: max(numbers, default=Decimal(0)),
    "MIN": lambda numbers: min(numbers, default=Decimal(0)),
    "COUNT": lambda numbers: Decimal(len(numbers)),
    "ABS": lambda numbers: abs(numbers[0]),
}
_OF_VALUES: Final[Mapping[str, Callable[[list[_Single]], _Single]]] = {
    "ROUND": _rounded,
    "ISNUMBER": lambda values: isinstance(values[0], Decimal),
    "ISBLANK": lambda values: values[0] is None,
    "N": lambda values: values[0] if isinstance(values[0], Decimal) else Decimal(0),
    "AND": lambda values: all(bool(value) for value in values),
    "OR": lambda values: any(bool(value) for value in values),
    "NOT": lambda values: not values[0],
}
