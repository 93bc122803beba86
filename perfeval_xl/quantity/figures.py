"""Figures in digits: what they count, whether they belong to a name, and what makes them unsure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from perfeval_xl.quantity.dates import day_of_month, period
from perfeval_xl.quantity.numerals import Numeral, arabic
from perfeval_xl.quantity.tokens import (
    AFTER_WORDS,
    DIGIT,
    FIGURE,
    JOINING,
    LETTER,
    STOP,
    WITHIN_WORDS,
    Scan,
    Token,
    closes,
    date_token,
    starts_figure,
)
from perfeval_xl.quantity.units import Measure, measure, ratio_scale, word_at
from perfeval_xl.quantity.values import EXACT, Reason, scaled
from perfeval_xl.quantity.vocabulary import (
    AFTER_FIGURE,
    CHINESE_DIGITS,
    DIGITS,
    LETTERS,
    MORE_MARKS,
    NOT_TENTHS,
    NOTE_MARKS,
    VAGUE_MARKS,
)

_IN_NAMES_BEFORE: Final = frozenset((*LETTERS, *"[第.+$€£"))
_IN_NAMES_AFTER: Final = frozenset("号#")
_AFTER_FIGURE: Final = tuple(AFTER_FIGURE.split())
_MORE: Final = frozenset(MORE_MARKS)
_FIGURE_GOES_ON: Final = frozenset((*DIGITS, " ", ""))
_LIST_MARKS: Final = frozenset("、.)")
_NOT_DIVIDED: Final = frozenset("/:×*")
#: Adds two figures (60人+50人), or means "and more" behind one (100+人).
SUM_MARK: Final = frozenset("+")
#: What stands below a figure behind 每月.
PER_MONTH: Final = "/月"


def from_digit(found: Scan, at: int) -> Token:
    """What begins with the digit at ``at``: part of a name, a date, or a number."""
    monthly = found.per == PER_MONTH and day_of_month(found.text, at)
    if monthly:
        found.per = ""
        return date_token(at, monthly)
    name = _name_end(found.text, at)
    if name:
        return Token("name", at, name, reason=Reason.NUMBER_IN_NAME)
    date = period(found.text, at)
    if date:
        return date_token(at, date)
    return number(found, at, arabic(found.text, at))


def _name_end(text: str, at: int) -> int:
    """The end of a figure that belongs to a name: PM2.5, 12351APP, [2002]38号, 第3期, .5; else 0."""
    before = text[at - 1] if at else ""
    end = at + 1
    while end < len(text) and (text[end] in DIGIT or text[end] in LETTER):
        end += 1
    behind = text[end : end + 1]
    if before in _IN_NAMES_BEFORE or behind in _IN_NAMES_AFTER or (before == "(" and behind == ")"):
        return end
    numbers_a_list = end - at <= 2 and (not before or before in STOP) and behind in _LIST_MARKS
    return end if numbers_a_list and text[end + 1 : end + 2] not in _FIGURE_GOES_ON else 0


def number(found: Scan, at: int, numeral: Numeral, *, known_only: bool = False) -> Token:
    """A numeral with what it counts. ``known_only``: no counter but those of the tables."""
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
    joined = text[end : end + 1] in JOINING and starts_figure(text, end + 1)
    if not (unit or found.currency or found.per or joined or known_only):
        counter_end = _unknown_counter(text, end)
        if counter_end < end:
            return Token("fault", at, end, reason=Reason.NUMBER_IN_NAME)
        unit, end = text[end:counter_end], counter_end
    if unit or not joined:
        unit = (unit or found.currency) + found.per
        found.currency = found.per = ""
    value = scaled(figure, measured.scale)
    more = text[end : end + 1] in SUM_MARK
    return Token("number", at, end + more, "", value, figure, measured.scale, unit, measured.more or more)


def _unknown_counter(text: str, at: int) -> int:
    """The end of a counter no table knows: one or two characters that close the clause.

    ``at`` when nothing like a counter follows; -1 when a longer word follows, so the figure may be part of a name.
    """
    end = at
    while end < len(text) and "一" <= text[end] <= "鿿" and not word_at(AFTER_WORDS, text, end):
        end += 1
    if end == at or text.startswith(_AFTER_FIGURE, at):
        return at
    return end if closes(text, end) and end - at <= 2 else -1


def _fault_behind(text: str, numeral: Numeral, measured: Measure) -> Reason | None:
    """What makes the figure part of something longer: 1/2, 3:1, 三分之二, 2万5, 12351APP, 一年半."""
    behind = text[measured.end : measured.end + 1]
    if measured.unit == "日" and not word_at(WITHIN_WORDS, text, measured.end):
        return Reason.DAY_WITHOUT_MONTH
    if not behind:
        return None
    if _adds(text, measured.end - 1) or _adds(text, measured.end):
        return Reason.SUM
    if text.startswith("分之", numeral.end):
        return Reason.FRACTION
    if behind in _NOT_DIVIDED and text[measured.end + 1 : measured.end + 2] in FIGURE:
        return Reason.FRACTION
    if behind in VAGUE_MARKS:
        return Reason.VAGUE
    if behind in LETTER or behind in NOTE_MARKS:
        return Reason.NUMBER_IN_NAME
    return Reason.BAD_NUMERAL if not measured.unit and behind in FIGURE else None


def _adds(text: str, at: int) -> bool:
    """60人+50人: the form leaves the sum to its reader."""
    return text[at : at + 1] in SUM_MARK and text[at + 1 : at + 2] in FIGURE


def _tenths(text: str, at: int, figure: Decimal) -> tuple[Decimal, int] | None:
    """九成, 九成五, 9成: at most ten, and 成 must not begin another word (成功)."""
    if not text.startswith("成", at) or not 0 < figure <= 10 or text[at + 1 : at + 2] in (*NOT_TENTHS,):
        return None
    hundredths = CHINESE_DIGITS.get(text[at + 1 : at + 2])
    if hundredths is None:
        return scaled(figure, ratio_scale("成")), at + 1
    if text[at + 2 : at + 3] in FIGURE:
        return None
    return scaled(EXACT.fma(figure, Decimal(10), Decimal(hundredths)), ratio_scale("%")), at + 2
