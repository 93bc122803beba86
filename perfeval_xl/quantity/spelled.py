"""Figures that begin with a word: 百分之九十五, ¥3000, 每人每年3000元, 次年1月, 第三季度, 三十五人."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from perfeval_xl.quantity.dates import next_year, period, period_in_words
from perfeval_xl.quantity.figures import number
from perfeval_xl.quantity.numerals import Numeral, arabic, chinese, chinese_end
from perfeval_xl.quantity.tokens import DIGIT, FIGURE, Scan, Token, closes, date_token, starts_figure
from perfeval_xl.quantity.units import by_first_character, measure, per_before, ratio_scale, word_at
from perfeval_xl.quantity.values import Reason, scaled
from perfeval_xl.quantity.vocabulary import (
    CURRENCY_BEFORE,
    HUNDRED_PERCENT,
    LARGE_PLACES,
    NOT_A_COUNTER_BEFORE,
    RATIO_BEFORE,
    SMALL_PLACES,
    VAGUE_MARKS,
    WORD_BEFORE_NUMERAL,
)

_PLACES: Final = frozenset((*SMALL_PLACES, *LARGE_PLACES, *VAGUE_MARKS))
_CURRENCY_WORDS: Final = by_first_character(CURRENCY_BEFORE)
_RATIO_WORDS: Final = by_first_character((*RATIO_BEFORE, *HUNDRED_PERCENT))


def figure_with_prefix(found: Scan, at: int) -> Token | None:
    """百分之九十五, ¥3000, 每人每年3000元, 第三季度, 年底前."""
    text = found.text
    word = word_at(_RATIO_WORDS, text, at)
    if word:
        return _ratio_in_words(text, at, word)
    below, end = per_before(text, at)
    if below and starts_figure(text, end):
        found.per = below
        return Token("range", at, end, operator="per")
    word = word_at(_CURRENCY_WORDS, text, at)
    if word and starts_figure(text, at + len(word)):
        found.currency = CURRENCY_BEFORE[word]
        return Token("range", at, at + len(word), operator="per")
    date = next_year(text, at) or (period(text, at) if text[at] == "第" else None)
    if date is None:
        behind_deadline = bool(found.tokens) and found.tokens[-1].kind == "deadline"
        date = period_in_words(text, at, after_deadline=behind_deadline)
    return date_token(at, date) if date else None


def _ratio_in_words(text: str, at: int, word: str) -> Token | None:
    end = at + len(word)
    if word in HUNDRED_PERCENT:
        return Token("number", at, end, value=Decimal(1), figure=Decimal(1), scale=ratio_scale("%"), unit="%")
    sign = RATIO_BEFORE[word]
    figure = _plain_figure(text, end)
    if figure is None:
        return None
    if figure.value is None or text[figure.end : figure.end + 1] in FIGURE:
        return Token("fault", at, figure.end, reason=figure.fault or Reason.BAD_NUMERAL)
    value = scaled(figure.value, ratio_scale(sign))
    return Token("number", at, figure.end, value=value, figure=figure.value, scale=ratio_scale(sign), unit=sign)


def _plain_figure(text: str, at: int) -> Numeral | None:
    if at < len(text) and text[at] in DIGIT:
        return arabic(text, at)
    end = chinese_end(text, at)
    if end == at:
        return None
    value = chinese(text[at:end])
    return Numeral(value.value, end, value.fault)


def chinese_figure(found: Scan, at: int) -> Token | None:
    """A run of Chinese numerals, when it clearly is a figure.

    It is one when it is the whole text, touches an operator, or closes a clause together with its unit (培训三场).
    In the middle of a text it may be part of a name (三清山, 两个维护): then it is reported, not read.
    """
    text = found.text
    end = chinese_end(text, at)
    if end == at:
        return None
    date = period(text, at)
    if date:
        return date_token(at, date)
    value = chinese(text[at:end])
    numeral = Numeral(value.value, end, value.fault)
    if at and text[at - 1] == "第":
        return Token("name", at, end, reason=Reason.NUMBER_IN_NAME)
    if at and text[at - 1] in WORD_BEFORE_NUMERAL:
        return Token("words", at, end)
    token = number(found, at, numeral, known_only=True)
    if token.kind == "number" and _stands_free(found, token, text):
        return token
    if token.kind == "number" and token.unit and text[token.end : token.end + 1] not in (*NOT_A_COUNTER_BEFORE,):
        return Token("fault", at, token.end, reason=Reason.NUMBER_IN_NAME)
    if token.kind == "fault" and not _PLACES.issuperset(text[at:end]) and (end == len(text) or measure(text, end).unit):
        return token
    return Token("words", at, end)


def _stands_free(found: Scan, token: Token, text: str) -> bool:
    if _touches_operator(found, token.start):
        return True
    return closes(text, token.end) and (bool(token.unit) or token.start == 0)


def _touches_operator(found: Scan, at: int) -> bool:
    return bool(found.tokens) and found.tokens[-1].end == at and found.tokens[-1].kind in ("before", "range")
