"""A text becomes a ``Quantity``: one number, one range, one date, a scale, an answer, words, or not sure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple, cast

from perfeval_xl.quantity.fold import fold
from perfeval_xl.quantity.scanner import Token, scan
from perfeval_xl.quantity.values import Kind, Operator, Quantity, Reason, scaled
from perfeval_xl.quantity.vocabulary import NOT_APPLICABLE, STOPS
from perfeval_xl.quantity.words import Claim, claim, core, scale

_NOT_APPLICABLE: Final = frozenset(NOT_APPLICABLE.split())
_SIDES: Final = {">=": 1, ">": 1, "<=": -1, "<": -1, "=": 0, "~": 2}
_MONTHS: Final = range(1, 13)
_YEARS: Final = range(1949, 2100)
_FIRST_DAY: Final = 19490101
_LAST_DAY: Final = 20991231
_STOPS: Final = frozenset(STOPS)
_END_MARKS: Final = "".join(mark for mark in STOPS if mark not in "()|") + "."


def read(value: str | Decimal | None) -> Quantity:
    """What a target (年度指标值) or an actual value (实际完成值) says. Never raises.

    A ``Decimal`` is the number of a numeric cell. A number is returned only when the text says it for sure: when two
    readings are possible the kind is ``unclear`` and ``reason`` says why.
    """
    if value is None:
        return _BLANK
    if isinstance(value, Decimal):
        return _from_cell(value)
    return _read(value)


def value_of(text: str | Decimal | None) -> Decimal | None:
    """The one number of a text, 万 and % applied: ``2.3万份`` -> 23000, ``≥95%`` -> 0.95; else ``None``."""
    return read(text).number


def unit_of(text: str | Decimal | None) -> str:
    """The unit of that number as written: ``2.3万份`` -> ``份``, ``426.22万元`` -> ``元``, ``95%`` -> ``%``.

    ``""`` where there is no number or no unit.
    """
    found = read(text)
    return found.unit if found.number is not None else ""


_BLANK: Final = Quantity("", "blank", reason=Reason.BLANK)


def _from_cell(value: Decimal) -> Quantity:
    text = str(value)
    if not value.is_finite():
        return Quantity(text, "unclear", reason=Reason.BAD_NUMERAL)
    return Quantity(text, "number", low=value, high=value, numerals=(text,))


@lru_cache(maxsize=16_384)
def _read(text: str) -> Quantity:
    folded = fold(text).strip(_END_MARKS)
    if not folded:
        return Quantity(text, "blank", reason=Reason.BLANK)
    if folded in _NOT_APPLICABLE:
        return Quantity(text, "not-applicable", words=core(folded), reason=Reason.NOT_APPLICABLE)
    answers = scale(folded)
    if answers:
        return Quantity(text, "scale", answers=answers, words=core(folded))
    tokens = scan(folded).tokens
    for token in tokens:
        if token.kind == "fault":
            return _in_words(text, folded, "unclear", token.reason)
    return _from_tokens(text, folded, tokens)


class _Number(NamedTuple):
    """One number or range: the indexes of its tokens, its bounds, its unit and scale."""

    first: int
    last: int
    low: Decimal
    high: Decimal
    unit: str
    scale: Decimal


def _from_tokens(text: str, folded: str, tokens: list[Token]) -> Quantity:
    numbers = _numbers(tokens)
    dates = [at for at, token in enumerate(tokens) if token.kind == "date"]
    if numbers is None:
        return _in_words(text, folded, "unclear", Reason.SEVERAL_NUMBERS)
    if numbers:
        if any(_has_month(tokens[at]) for at in dates):
            return _in_words(text, folded, "unclear", Reason.NUMBER_AND_DATE)
        return _of_numbers(text, folded, tokens, numbers)
    if dates:
        return _of_dates(text, folded, tokens, dates)
    if any(token.kind == "name" for token in tokens):
        return _in_words(text, folded, "unclear", Reason.NUMBER_IN_NAME)
    return _in_words(text, folded, "words", Reason.NO_NUMBER)


def _has_month(token: Token) -> bool:
    return token.period is not None and token.period.finish is not None and token.period.finish.month is not None


def _in_words(text: str, folded: str, kind: Kind, reason: Reason) -> Quantity:
    said = claim(folded)
    if said.answer and kind == "words":
        kind = "tier"
    # signs between digits are kept: 1:3 does not say the same as 13
    words = folded if kind == "unclear" else core(folded)
    return Quantity(text, kind, answer=said.answer, stance=said.stance, words=words, reason=reason)


# --- numbers ---------------------------------------------------------------------------------------------------


def _numbers(tokens: list[Token]) -> list[_Number] | None:
    """The numbers and ranges in order; ``None`` when a range mark does not join two that belong together."""
    found: list[_Number] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "number":
            number = _range(tokens, at) if _is_joined(tokens, at) else _single(token, at)
            if number is None:
                return None
            found.append(number)
            at = number.last
        elif token.kind == "range" and token.operator != "per":
            return None
        at += 1
    return found


def _is_joined(tokens: list[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].kind == "range" and tokens[at + 1].operator != "per"


def _single(token: Token, at: int) -> _Number:
    value = token.value or Decimal(0)
    return _Number(at, at, value, value, token.unit, token.scale)


def _range(tokens: list[Token], at: int) -> _Number | None:
    """``90%-95%``, ``3至5天``, ``5-10万元``: the first figure takes over the unit and the 万 it does not have."""
    if at + 2 >= len(tokens) or tokens[at + 2].kind != "number":
        return None
    low, high = tokens[at], tokens[at + 2]
    if low.value is None or high.value is None or low.more or high.more or _is_joined(tokens, at + 2):
        return None
    first = low.value
    if not low.unit and low.scale == 1:
        first = scaled(low.value, high.scale)
    elif low.unit and low.unit != high.unit:
        return None
    return _Number(at, at + 2, first, high.value, high.unit, high.scale)


def _of_numbers(text: str, folded: str, tokens: list[Token], numbers: list[_Number]) -> Quantity:
    number = numbers[0]
    if any(other[2:5] != number[2:5] for other in numbers[1:]):
        return _in_words(text, folded, "unclear", Reason.SEVERAL_NUMBERS)
    used = {at for one in numbers for at in range(one.first, one.last + 1)}
    operator: str | None = ""
    for one in numbers:
        operator = _combined(operator, _operator_of(tokens, one, used))
    words = _words(folded, tokens, used)
    said = claim(words)
    reason = _doubt(folded, tokens, number, operator, said)
    if reason:
        return _in_words(text, folded, "unclear", reason)
    low, high = _bounds(number, cast(Operator, operator))
    return Quantity(
        text, "number", cast(Operator, operator), low, high, number.scale, number.unit,
        tuple(folded[tokens[at].start : tokens[at].end] for at in sorted(used) if tokens[at].kind == "number"),
        answer=said.answer, stance=said.stance, words=core(words),
    )  # fmt: skip


def _doubt(folded: str, tokens: list[Token], number: _Number, operator: str | None, said: Claim) -> Reason | None:
    """Why the one number of the text is still not sure."""
    if not number.unit and not operator:
        if any(token.kind == "name" for token in tokens):
            return Reason.NUMBER_IN_NAME
        if _may_be_date(number):
            return Reason.NUMBER_AND_DATE
    if operator is None or (number.low != number.high and operator not in ("", "=", "~")):
        return Reason.OPERATORS_CONFLICT
    if number.low > number.high:
        return Reason.RANGE_ORDER
    first, last = tokens[number.first], tokens[number.last]
    changed = number.first != number.last and folded[tokens[number.first + 1].start] in "至到"
    if changed and folded[: first.start].endswith(("从", "由")):
        return Reason.SEVERAL_NUMBERS
    clause = _clause_around(folded, first.start, last.end)
    return Reason.NEGATED if said.stance == "not-met" and claim(clause).stance == "not-met" else None


def _may_be_date(number: _Number) -> bool:
    """20240101, 2023-2024, and 2023.12."""
    if number.first != number.last:
        return all(bound in _YEARS for bound in (number.low, number.high))
    whole, _, decimals = format(number.low, "f").partition(".")
    if decimals:
        return int(whole) in _YEARS and int(decimals) in _MONTHS
    if not _FIRST_DAY <= number.low <= _LAST_DAY:
        return False
    month, day = divmod(int(whole) % 10_000, 100)
    return 1 <= month <= 12 and 1 <= day <= 31


def _clause_around(folded: str, start: int, end: int) -> str:
    """The words of the clause around ``folded[start:end]``."""
    begin, finish = start, end
    while begin > 0 and folded[begin - 1] not in _STOPS:
        begin -= 1
    while finish < len(folded) and folded[finish] not in _STOPS:
        finish += 1
    return folded[begin:start] + folded[end:finish]


def _bounds(number: _Number, operator: Operator) -> tuple[Decimal | None, Decimal | None]:
    side = _SIDES.get(operator, 0)
    return (None if side == -1 else number.low, None if side == 1 else number.high)


# --- operators -------------------------------------------------------------------------------------------------


def _operator_of(tokens: list[Token], number: _Number, used: set[int]) -> str | None:
    """The operator of one number: those before it and behind it in its clause; ``None`` when they contradict.

    Marks the operators as used, so that they do not count as words.
    """
    operator: str | None = ">" if tokens[number.first].more else ""
    for at in _in_clause(tokens, number.first, -1):
        kind = tokens[at].kind
        if kind == "before":
            operator = _combined(tokens[at].operator, operator)
            used.add(at)
        elif kind == "after" and at not in used:
            return None
        elif kind in ("number", "date"):
            break
        elif tokens[at].operator == "per":
            used.add(at)
    for at in _in_clause(tokens, number.last, 1):
        if tokens[at].kind == "after":
            operator = _combined(operator, tokens[at].operator)
            used.add(at)
        elif tokens[at].kind in ("number", "date"):
            break
    return operator


def _in_clause(tokens: list[Token], at: int, step: int) -> Iterator[int]:
    """The tokens from ``at`` on to the end of its clause, one by one."""
    at += step
    while 0 <= at < len(tokens) and tokens[at].kind != "stop":
        yield at
        at += step


def _combined(one: str | None, other: str | None) -> str | None:
    """One operator for two that say the same; ``None`` for two that do not."""
    if one is None or other is None:
        return None
    if not one or not other:
        return one or other
    return one if _SIDES[one] == _SIDES[other] else None


def _words(folded: str, tokens: list[Token], used: set[int]) -> str:
    pieces: list[str] = []
    at = 0
    for index in sorted(used):
        pieces.append(folded[at : tokens[index].start])
        at = tokens[index].end
    return "".join((*pieces, folded[at:]))


# --- dates -----------------------------------------------------------------------------------------------------


def _of_dates(text: str, folded: str, tokens: list[Token], dates: list[int]) -> Quantity:
    first = tokens[dates[0]].period
    used = set(dates)
    operator: str | None = ""
    for at in dates:
        period = tokens[at].period
        if first is None or period is None or period[:2] != first[:2]:
            return _in_words(text, folded, "unclear", Reason.SEVERAL_NUMBERS)
        operator = _combined(operator, _combined(_before_date(tokens, at, used), period.operator))
    if first is None or operator is None:
        return _in_words(text, folded, "unclear", Reason.OPERATORS_CONFLICT)
    words = _words(folded, tokens, used)
    said = claim(words)
    if said.stance == "not-met":
        return _in_words(text, folded, "unclear", Reason.NEGATED)
    return Quantity(
        text, "date", cast(Operator, operator), start=first.start, end=first.finish,
        answer=said.answer, stance=said.stance, words=core(words),
    )  # fmt: skip


def _before_date(tokens: list[Token], at: int, used: set[int]) -> str | None:
    if at == 0 or tokens[at - 1].kind not in ("deadline", "before") or tokens[at - 1].end != tokens[at].start:
        return ""
    used.add(at - 1)
    return tokens[at - 1].operator
