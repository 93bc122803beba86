"""A text becomes a ``Quantity``: one number, one range, one date, a scale, an answer, words, or not sure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple, cast

from perfeval_xl.nothing import DOES_NOT_APPLY
from perfeval_xl.quantity.clauses import achieved, clauses_of, put_aside, rates_of_completion, words_around
from perfeval_xl.quantity.fold import fold
from perfeval_xl.quantity.measures import with_smaller
from perfeval_xl.quantity.scanner import scan
from perfeval_xl.quantity.tokens import Token
from perfeval_xl.quantity.values import EXACT, Kind, Operator, Quantity, Reason, scaled, shortest
from perfeval_xl.quantity.vocabulary import DIGITS, STOPS, TOLERANCE_MARK
from perfeval_xl.quantity.words import Claim, claim, core, scale

_NOT_APPLICABLE: Final = frozenset(map(fold, DOES_NOT_APPLY))
_SIDES: Final = {">=": 1, ">": 1, "<=": -1, "<": -1, "=": 0, "±": 0, "~": 2}
_MONTHS: Final = range(1, 13)
_YEARS: Final = range(1949, 2100)
_FIRST_DAY: Final = 19490101
_LAST_DAY: Final = 20991231
_STOPS: Final = frozenset(STOPS)
_DIGITS: Final = frozenset(DIGITS)
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
    folded = _stripped(fold(text))
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


def _stripped(folded: str) -> str:
    """The text without punctuation at its ends; a ? in front of a figure stays: it is a lost operator."""
    stripped = folded.strip(_END_MARKS)
    head = folded[: len(folded) - len(folded.lstrip(_END_MARKS))]
    return "?" + stripped if head.endswith("?") and stripped[:1] in _DIGITS else stripped


class _Number(NamedTuple):
    """One number or range: the indexes of its tokens, its bounds, its unit and scale."""

    first: int
    last: int
    low: Decimal
    high: Decimal
    unit: str
    scale: Decimal
    operator: Operator = ""


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
    finish = token.period.finish if token.period else None
    return finish is not None and (finish.month is not None or finish.is_monthly)


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
            number = _range(tokens, at) if _is_joined(tokens, at) else _single(tokens, at)
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


def _single(tokens: list[Token], at: int) -> _Number:
    """One number, or one in two units: 1小时30分 is 90分钟."""
    token = tokens[at]
    value, unit, last = token.value or Decimal(0), token.unit, at
    while last + 1 < len(tokens) and _continues(tokens, last):
        smaller = tokens[last + 1]
        made = with_smaller(value, unit, smaller.value or Decimal(0), smaller.unit)
        if made is None:
            break
        (value, unit), last = made, last + 1
    return _Number(at, last, value, value, unit, token.scale)


def _continues(tokens: list[Token], last: int) -> bool:
    """Whether the next token is a plain number that touches this one."""
    one, other = tokens[last : last + 2]
    touches = other.kind == "number" and other.start == one.end and not _is_joined(tokens, last + 1)
    return touches and one.scale == other.scale == 1 and not (one.more or other.more)


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
    if tokens[at + 1].operator == TOLERANCE_MARK:
        return _with_tolerance(at, first, low, high)
    if low.unit and low.unit != high.unit:
        return None
    return _Number(at, at + 2, first, high.value, high.unit, high.scale)


def _with_tolerance(at: int, middle: Decimal, of: Token, by: Token) -> _Number | None:
    """``10±2次``, ``10次±2``, ``25%±5%``; a tolerance in another unit or beyond the number itself is not sure."""
    unit, scale, margin = by.unit, by.scale, by.value or Decimal(0)
    if not by.unit and by.scale == 1:
        unit, scale, margin = of.unit, of.scale, scaled(margin, of.scale)
    elif of.unit and of.unit != by.unit:
        return None
    if not 0 < margin <= middle:
        return None
    low, high = shortest(EXACT.subtract(middle, margin)), shortest(EXACT.add(middle, margin))
    return _Number(at, at + 2, low, high, unit, scale, "±")


def _of_numbers(text: str, folded: str, tokens: list[Token], numbers: list[_Number]) -> Quantity:
    places = [words_around(folded, tokens, number.first, number.last) for number in numbers]
    rates = rates_of_completion(places, [number.unit for number in numbers])
    kept = achieved(places, rates)
    shares = {numbers[at].low for at in rates.difference(kept)}
    numbers = [numbers[at] for at in kept]
    number = numbers[0]
    if len(shares) > 1 or any(other[2:5] != number[2:5] for other in numbers[1:]):
        return _in_words(text, folded, "unclear", Reason.SEVERAL_NUMBERS)
    used = {at for one in numbers for at in range(one.first, one.last + 1)}
    operator: str | None = ""
    for one in numbers:
        operator = _combined(operator, _operator_of(tokens, one, used))
    words = _words(folded, tokens, used)
    said = claim(words)
    reason = _why_unsure(folded, tokens, number, operator, said)
    if reason:
        return _in_words(text, folded, "unclear", reason)
    low, high = _bounds(number, cast(Operator, operator))
    return Quantity(
        text, "number", cast(Operator, operator), low, high, number.scale, number.unit,
        tuple(folded[tokens[at].start : tokens[at].end] for at in sorted(used) if tokens[at].kind == "number"),
        answer=said.answer, stance=said.stance, words=core(words),
        beside=clauses_of(places, kept), aside=put_aside(places, kept), share=next(iter(shares), None),
    )  # fmt: skip


def _why_unsure(folded: str, tokens: list[Token], number: _Number, operator: str | None, said: Claim) -> Reason | None:
    """Why the one number of the text is still not sure."""
    if not number.unit and not operator:
        if any(token.kind == "name" for token in tokens):
            return Reason.NUMBER_IN_NAME
        if _may_be_date(number):
            return Reason.NUMBER_AND_DATE
    if operator is None or (number.low != number.high and operator not in ("", "=", "~", "±")):
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
    operator: str | None = ">" if tokens[number.first].more else number.operator
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
    if _SIDES[one] != _SIDES[other]:
        return None
    return TOLERANCE_MARK if TOLERANCE_MARK in (one, other) else one


def _words(folded: str, tokens: list[Token], used: set[int]) -> str:
    pieces: list[str] = []
    at = 0
    for index in sorted(used):
        pieces.append(folded[at : tokens[index].start])
        at = tokens[index].end
    return "".join((*pieces, folded[at:]))


# --- dates -----------------------------------------------------------------------------------------------------


def _of_dates(text: str, folded: str, tokens: list[Token], dates: list[int]) -> Quantity:
    places = [words_around(folded, tokens, at, at) for at in dates]
    kept = achieved(places)
    dates = [dates[at] for at in kept]
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
        beside=clauses_of(places, kept), aside=put_aside(places, kept),
    )  # fmt: skip


def _before_date(tokens: list[Token], at: int, used: set[int]) -> str | None:
    if at == 0 or tokens[at - 1].kind not in ("deadline", "before") or tokens[at - 1].end != tokens[at].start:
        return ""
    used.add(at - 1)
    return tokens[at - 1].operator
