"""The pieces a folded text is taken apart into, and what is asked about the places between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from perfeval_xl.quantity.dates import Period
from perfeval_xl.quantity.units import by_first_character, word_at
from perfeval_xl.quantity.values import Reason
from perfeval_xl.quantity.vocabulary import (
    CHINESE_DIGITS,
    DIGITS,
    FILLERS,
    LARGE_PLACES,
    LETTERS,
    OPERATORS_AFTER,
    RANGE_MARKS,
    SMALL_PLACES,
    STOPS,
    TOLERANCE_MARK,
    WITHIN,
)

TokenKind = Literal["number", "date", "before", "after", "deadline", "range", "stop", "name", "fault", "words"]


@dataclass(slots=True)
class Token:
    """A piece ``text[start:end]``; which other fields are filled depends on ``kind``.

    number: ``value`` (magnitude applied), ``scale``, ``unit``, ``figure`` (the value as written), ``more``
    date: ``period``; before, after, deadline: ``operator``; fault and name: ``reason``
    """

    kind: TokenKind
    start: int
    end: int
    operator: str = ""
    value: Decimal | None = None
    figure: Decimal | None = None
    scale: Decimal = Decimal(1)
    unit: str = ""
    more: bool = False
    period: Period | None = None
    reason: Reason = Reason.READ


@dataclass(slots=True)
class Scan:
    """The tokens of a folded text. ``currency`` and ``per`` wait for the figure they belong to."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    currency: str = ""
    per: str = ""


DIGIT: Final = frozenset(DIGITS)
LETTER: Final = frozenset(LETTERS)
STOP: Final = frozenset(STOPS)
#: Any character a figure is written with.
FIGURE: Final = DIGIT | frozenset((*CHINESE_DIGITS, *SMALL_PLACES, *LARGE_PLACES))
#: Between two figures: a range, or a number and its tolerance.
JOINING: Final = frozenset(RANGE_MARKS + TOLERANCE_MARK)
AFTER_OPERATORS: Final = {word: sign for sign, words in OPERATORS_AFTER.items() for word in words.split()}
AFTER_WORDS: Final = by_first_character(AFTER_OPERATORS)
WITHIN_WORDS: Final = by_first_character(WITHIN)
_BETWEEN: Final = frozenset(FILLERS + "¥≥≤<>=≈")
_MOST_BETWEEN: Final = 4


def date_token(at: int, date: Period) -> Token:
    """A date, or the fault of one that cannot be (13月)."""
    if date.start is None:
        return Token("fault", at, date.end, reason=Reason.BAD_DATE)
    return Token("date", at, date.end, period=date)


def closes(text: str, at: int) -> bool:
    """Whether nothing but an operator word stands between ``at`` and the end of the clause."""
    return (
        at == len(text) or text[at] in STOP or bool(word_at(AFTER_WORDS, text, at) or word_at(WITHIN_WORDS, text, at))
    )


def starts_figure(text: str, at: int) -> bool:
    """Whether a figure stands at ``at``, perhaps behind an operator sign, a filler or a currency."""
    last = min(len(text), at + _MOST_BETWEEN)
    while at < last and text[at] in _BETWEEN:
        at += 1
    return at < len(text) and (text[at] in FIGURE or text.startswith("人民币", at))
