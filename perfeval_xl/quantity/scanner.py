"""One pass from left to right: figures with their units, dates, operators, clause ends; the rest is words."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from perfeval_xl.quantity.dates import Period, period, period_in_words
from perfeval_xl.quantity.numerals import Numeral, arabic, chinese, chinese_end
from perfeval_xl.quantity.units import (
    Measure,
    by_first_character,
    measure,
    per_before,
    ratio_scale,
    word_at,
)
from perfeval_xl.quantity.values import EXACT, Reason, scaled
from perfeval_xl.quantity.vocabulary import (
    AFTER_FIGURE,
    CHINESE_DIGITS,
    CURRENCY_BEFORE,
    DATE_BEFORE,
    DIGITS,
    FILLERS,
    HUNDRED_PERCENT,
    LARGE_PLACES,
    LETTERS,
    MORE_MARKS,
    NOT_A_COUNTER_BEFORE,
    NOT_TENTHS,
    NOT_TOUCHING_BEFORE,
    OPERATOR_NOT_AFTER,
    OPERATOR_TURNED,
    OPERATORS_AFTER,
    OPERATORS_AT_FIGURE,
    OPERATORS_BEFORE,
    OPERATORS_TOUCHING,
    RANGE_MARKS,
    RATIO_BEFORE,
    SMALL_PLACES,
    STOPS,
    VAGUE_MARKS,
    WORD_BEFORE_NUMERAL,
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


_DIGITS: Final = frozenset(DIGITS)
_LETTERS: Final = frozenset(LETTERS)
_STOPS: Final = frozenset(STOPS)
_PLACES: Final = frozenset((*SMALL_PLACES, *LARGE_PLACES, *VAGUE_MARKS))
_NUMERALS: Final = frozenset((*CHINESE_DIGITS, *SMALL_PLACES, *LARGE_PLACES))
_FIGURES: Final = _DIGITS | _NUMERALS
_BEFORE: Final = {word: sign for sign, words in OPERATORS_BEFORE.items() for word in words.split()}
_DEADLINES: Final = {word: sign for sign, words in DATE_BEFORE.items() for word in words.split()}
_AFTER: Final = {word: sign for sign, words in OPERATORS_AFTER.items() for word in words.split()}
_OPERATOR_WORDS: Final = by_first_character({**_BEFORE, **_DEADLINES})
_AFTER_WORDS: Final = by_first_character(_AFTER)
_TOUCHING_WORDS: Final = by_first_character(OPERATORS_TOUCHING)
_CURRENCY_WORDS: Final = by_first_character(CURRENCY_BEFORE)
_RATIO_WORDS: Final = by_first_character((*RATIO_BEFORE, *HUNDRED_PERCENT))
_IN_NAMES_BEFORE: Final = frozenset((*LETTERS, *"[第.+$€£"))
_IN_NAMES_AFTER: Final = frozenset("号#")
_AT_FIGURE: Final = frozenset(OPERATORS_AT_FIGURE.split())
_AFTER_FIGURE: Final = tuple(AFTER_FIGURE.split())
_TURNED: Final = frozenset(OPERATOR_TURNED)
_OPERATOR_SIGNS: Final = frozenset("<>=≥≤≈~")
_WITHIN_WORDS: Final = by_first_character(("内", "以内", "之内"))
_MORE: Final = frozenset(MORE_MARKS)
_RANGE: Final = frozenset(RANGE_MARKS)
_FIGURE_GOES_ON: Final = frozenset((*DIGITS, " ", ""))
_BETWEEN: Final = frozenset(FILLERS + "¥≥≤<>=≈")
_MOST_BETWEEN: Final = 4
_LIST_MARKS: Final = frozenset("、.)")
_NOT_DIVIDED: Final = frozenset("/:×*")


def scan(text: str) -> Scan:
    """The tokens of a folded text, in order."""
    found = Scan(text)
    at = 0
    while at < len(text):
        token = _token(found, at)
        if token is None:
            at += 1
            continue
        if token.kind != "words":
            found.tokens.append(token)
        at = token.end
    return found


def _token(found: Scan, at: int) -> Token | None:
    character = found.text[at]
    if character in _STOPS:
        found.currency = found.per = ""
        return _after_token(found, at) or Token("stop", at, at + 1)
    if character in _DIGITS:
        return _from_digit(found, at)
    return (
        _figure_with_prefix(found, at)
        or _sign_or_range(found, at)
        or _operator(found, at)
        or _after_token(found, at)
        or _chinese_figure(found, at)
    )


# --- figures ---------------------------------------------------------------------------------------------------


def _from_digit(found: Scan, at: int) -> Token:
    name = _name_end(found.text, at)
    if name:
        return Token("name", at, name, reason=Reason.NUMBER_IN_NAME)
    date = period(found.text, at)
    if date:
        return _date_token(at, date)
    return _number(found, at, arabic(found.text, at))


def _date_token(at: int, date: Period) -> Token:
    if date.start is None:
        return Token("fault", at, date.end, reason=Reason.BAD_DATE)
    return Token("date", at, date.end, period=date)


def _name_end(text: str, at: int) -> int:
    """The end of a figure that belongs to a name: PM2.5, 12351APP, [2002]38号, 第3期, .5; else 0."""
    before = text[at - 1] if at else ""
    end = at + 1
    while end < len(text) and (text[end] in _DIGITS or text[end] in _LETTERS):
        end += 1
    behind = text[end : end + 1]
    if before in _IN_NAMES_BEFORE or behind in _IN_NAMES_AFTER or (before == "(" and behind == ")"):
        return end
    numbers_a_list = end - at <= 2 and (not before or before in _STOPS) and behind in _LIST_MARKS
    return end if numbers_a_list and text[end + 1 : end + 2] not in _FIGURE_GOES_ON else 0


def _number(found: Scan, at: int, numeral: Numeral, *, known_only: bool = False) -> Token:
    text = found.text
    if numeral.value is None:
        return Token("fault", at, numeral.end, reason=numeral.fault)
    measured = measure(text, numeral.end)
    tenths = _tenths(text, measured.end, numeral.value)
    if tenths:
        value, end = tenths
        more = text[end : end + 1] in _MORE
        return Token("number", at, end + more, "", value, numeral.value, ratio_scale("成"), "成", more)
    fault = _fault_behind(text, numeral, measured)
    if fault:
        return Token("fault", at, measured.end + 1, reason=fault)
    return _measured(found, at, numeral.value, measured, known_only)


def _measured(found: Scan, at: int, figure: Decimal, measured: Measure, known_only: bool) -> Token:
    text, end, unit = found.text, measured.end, measured.unit
    joined = text[end : end + 1] in _RANGE and _starts_figure(text, end + 1)
    if not (unit or found.currency or found.per or joined or known_only):
        counter_end = _unknown_counter(text, end)
        if counter_end < end:
            return Token("fault", at, end, reason=Reason.NUMBER_IN_NAME)
        unit, end = text[end:counter_end], counter_end
    if unit or not joined:
        unit = (unit or found.currency) + found.per
        found.currency = found.per = ""
    value = scaled(figure, measured.scale)
    return Token("number", at, end, "", value, figure, measured.scale, unit, measured.more)


def _unknown_counter(text: str, at: int) -> int:
    """The end of a counter no table knows: one or two characters that close the clause.

    ``at`` when nothing like a counter follows; -1 when a longer word follows, so the figure may be part of a name.
    """
    end = at
    while end < len(text) and "一" <= text[end] <= "鿿" and not word_at(_AFTER_WORDS, text, end):
        end += 1
    if end == at or text.startswith(_AFTER_FIGURE, at):
        return at
    return end if _closes(text, end) and end - at <= 2 else -1


def _fault_behind(text: str, numeral: Numeral, measured: Measure) -> Reason | None:
    """What makes the figure part of something longer: 1/2, 3:1, 三分之二, 2万5, 12351APP, 一年半."""
    behind = text[measured.end : measured.end + 1]
    if measured.unit == "日" and not word_at(_WITHIN_WORDS, text, measured.end):
        return Reason.DAY_WITHOUT_MONTH
    if not behind:
        return None
    if text.startswith("分之", numeral.end):
        return Reason.FRACTION
    if behind in _NOT_DIVIDED and text[measured.end + 1 : measured.end + 2] in _FIGURES:
        return Reason.FRACTION
    if behind in VAGUE_MARKS:
        return Reason.VAGUE
    if behind in _LETTERS:
        return Reason.NUMBER_IN_NAME
    return Reason.BAD_NUMERAL if not measured.unit and behind in _FIGURES else None


def _tenths(text: str, at: int, figure: Decimal) -> tuple[Decimal, int] | None:
    """九成, 九成五, 9成: at most ten, and 成 must not begin another word (成功)."""
    if not text.startswith("成", at) or not 0 < figure <= 10 or text[at + 1 : at + 2] in (*NOT_TENTHS,):
        return None
    hundredths = CHINESE_DIGITS.get(text[at + 1 : at + 2])
    if hundredths is None:
        return scaled(figure, ratio_scale("成")), at + 1
    if text[at + 2 : at + 3] in _FIGURES:
        return None
    return scaled(EXACT.fma(figure, Decimal(10), Decimal(hundredths)), ratio_scale("%")), at + 2


def _closes(text: str, at: int) -> bool:
    """Whether nothing but an operator word stands between ``at`` and the end of the clause."""
    return (
        at == len(text)
        or text[at] in _STOPS
        or bool(word_at(_AFTER_WORDS, text, at) or word_at(_WITHIN_WORDS, text, at))
    )


def _figure_with_prefix(found: Scan, at: int) -> Token | None:
    """百分之九十五, ¥3000, 每人每年3000元, 第三季度, 年底前."""
    text = found.text
    word = word_at(_RATIO_WORDS, text, at)
    if word:
        return _ratio_in_words(text, at, word)
    below, end = per_before(text, at)
    if below and _starts_figure(text, end):
        found.per = below
        return Token("range", at, end, operator="per")
    word = word_at(_CURRENCY_WORDS, text, at)
    if word and _starts_figure(text, at + len(word)):
        found.currency = CURRENCY_BEFORE[word]
        return Token("range", at, at + len(word), operator="per")
    date = period(text, at) if text[at] == "第" else None
    if date is None:
        behind_deadline = bool(found.tokens) and found.tokens[-1].kind == "deadline"
        date = period_in_words(text, at, after_deadline=behind_deadline)
    return _date_token(at, date) if date else None


def _ratio_in_words(text: str, at: int, word: str) -> Token | None:
    end = at + len(word)
    if word in HUNDRED_PERCENT:
        return Token("number", at, end, value=Decimal(1), figure=Decimal(1), scale=ratio_scale("%"), unit="%")
    sign = RATIO_BEFORE[word]
    figure = _plain_figure(text, end)
    if figure is None:
        return None
    if figure.value is None or text[figure.end : figure.end + 1] in _FIGURES:
        return Token("fault", at, figure.end, reason=figure.fault or Reason.BAD_NUMERAL)
    value = scaled(figure.value, ratio_scale(sign))
    return Token("number", at, figure.end, value=value, figure=figure.value, scale=ratio_scale(sign), unit=sign)


def _plain_figure(text: str, at: int) -> Numeral | None:
    if at < len(text) and text[at] in _DIGITS:
        return arabic(text, at)
    end = chinese_end(text, at)
    if end == at:
        return None
    value = chinese(text[at:end])
    return Numeral(value.value, end, value.fault)


def _starts_figure(text: str, at: int) -> bool:
    """Whether a figure stands at ``at``, perhaps behind an operator sign, a filler or a currency."""
    last = min(len(text), at + _MOST_BETWEEN)
    while at < last and text[at] in _BETWEEN:
        at += 1
    return at < len(text) and (text[at] in _FIGURES or text.startswith("人民币", at))


# --- numerals in words -----------------------------------------------------------------------------------------


def _chinese_figure(found: Scan, at: int) -> Token | None:
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
        return _date_token(at, date)
    value = chinese(text[at:end])
    numeral = Numeral(value.value, end, value.fault)
    if at and text[at - 1] == "第":
        return Token("name", at, end, reason=Reason.NUMBER_IN_NAME)
    if at and text[at - 1] in WORD_BEFORE_NUMERAL:
        return Token("words", at, end)
    token = _number(found, at, numeral, known_only=True)
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
    return _closes(text, token.end) and (bool(token.unit) or token.start == 0)


def _touches_operator(found: Scan, at: int) -> bool:
    return bool(found.tokens) and found.tokens[-1].end == at and found.tokens[-1].kind in ("before", "range")


# --- operators -------------------------------------------------------------------------------------------------


def _sign_or_range(found: Scan, at: int) -> Token | None:
    """A mark between two figures joins them to a range; a minus is read only in front of a lone figure."""
    text = found.text
    if text[at] not in RANGE_MARKS:
        return None
    if at == 0 and text.startswith("- "):
        return Token("fault", at, at + 2, reason=Reason.SIGN_UNCLEAR)
    if not _starts_figure(text, at + 1):
        return None
    last = found.tokens[-1] if found.tokens else None
    if last and last.end == at and last.kind in ("number", "date", "fault"):
        return Token("range", at, at + 1)
    if text[at] not in "-—":
        return None
    behind_operator = last is not None and last.end == at and last.kind == "before"
    if text[at] == "-" and (at == 0 or behind_operator) and text[at + 1] in _DIGITS:
        token = _from_digit(found, at + 1)
        if token.kind == "number" and token.value is not None and token.unit in ("", "%", "‰"):
            token.start, token.value = at, token.value.copy_negate()
            return token
    return Token("fault", at, at + 1, reason=Reason.SIGN_UNCLEAR)


def _operator(found: Scan, at: int) -> Token | None:
    text = found.text
    word = word_at(_OPERATOR_WORDS, text, at)
    if not word:
        return None
    end = at + len(word)
    if word in _DEADLINES:
        return Token("deadline", at, end, operator=_DEADLINES[word])
    at_figure = _starts_figure(text, end)
    before = text[at - 1] if at else ""
    if (word in _AT_FIGURE and not at_figure) or before in (*OPERATOR_NOT_AFTER.get(word, ""),):
        return None
    if before in _TURNED and word[0] not in _OPERATOR_SIGNS:
        return Token("fault", at, end, reason=Reason.OPERATORS_CONFLICT)
    while at_figure and text[end] in FILLERS:
        end += 1
    return Token("before", at, end, operator=_BEFORE[word])


def _after_token(found: Scan, at: int) -> Token | None:
    word = word_at(_AFTER_WORDS, found.text, at)
    if word:
        return Token("after", at, at + len(word), operator=_AFTER[word])
    word = word_at(_TOUCHING_WORDS, found.text, at)
    last = found.tokens[-1] if found.tokens else None
    touches = last is not None and last.end == at and last.kind == "number"
    if word and touches and found.text[at + 1 : at + 2] not in (*NOT_TOUCHING_BEFORE,):
        return Token("after", at, at + len(word), operator=OPERATORS_TOUCHING[word])
    return None
