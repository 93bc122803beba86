"""Months, days, quarters and periods, as far as they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from perfeval_xl.quantity.numerals import chinese, chinese_end, year_in_numerals
from perfeval_xl.quantity.units import by_first_character, word_at
from perfeval_xl.quantity.values import PartialDate, days_of_month
from perfeval_xl.quantity.vocabulary import (
    DATE_AFTER,
    DATE_WORD_FOLLOWERS,
    DATE_WORDS,
    DIGITS,
    NEXT_YEAR,
    RANGE_MARKS,
    STOPS,
    WITHIN,
)

_SET_OF_DIGITS: Final = frozenset(DIGITS)
_FIRST_YEAR: Final = 1949
_LAST_YEAR: Final = 2099
_ENDS_OF_MONTH: Final = by_first_character(("底", "末", "初", "上旬", "中旬", "下旬"))
_ENDS_OF_YEAR: Final = {"底": (12, 12), "末": (12, 12), "初": (1, 1), "上半年": (1, 6), "下半年": (7, 12)}
_PARTS_OF_YEAR: Final = by_first_character(_ENDS_OF_YEAR)
_WORDS: Final = by_first_character(DATE_WORDS)
_AFTER: Final = {word: operator for operator, words in DATE_AFTER.items() for word in words.split()}
_AFTER_WORDS: Final = by_first_character(_AFTER)
_NEXT_YEAR: Final = by_first_character(NEXT_YEAR)


class Period(NamedTuple):
    """From the first to the last date written, the operator behind it (前: ``<=``), and where it ends.

    ``start`` is ``None`` for something that looks like a date and cannot be one (13月, 2月30日).
    """

    start: PartialDate | None
    finish: PartialDate | None
    operator: str
    end: int


class _Part(NamedTuple):
    start: PartialDate
    finish: PartialDate
    end: int


def period(text: str, at: int) -> Period | None:
    """The date or period that begins at ``at``; ``None`` when what stands there is no date."""
    part = _single(text, at)
    if part is None:
        return None
    part = _with_second(text, part)
    if not _possible(part):
        return Period(None, None, "", part.end)
    after = word_at(_AFTER_WORDS, text, part.end)
    return Period(part.start, part.finish, _AFTER.get(after, ""), part.end + len(after))


def period_in_words(text: str, at: int, *, after_deadline: bool) -> Period | None:
    """年底, 上半年: the year's own periods without a figure.

    Only where the word is the whole date, not the beginning of another word (年底结余).
    """
    word = word_at(_WORDS, text, at)
    end = at + len(word)
    if not word or not (after_deadline or _closes(text, end)):
        return None
    first, last = DATE_WORDS[word]
    after = word_at(_AFTER_WORDS, text, end)
    return Period(PartialDate(None, first), PartialDate(None, last), _AFTER.get(after, ""), end + len(after))


def next_year(text: str, at: int) -> Period | None:
    """次年1月, 翌年一季度, 次年底: a date of the year behind the one the form is about."""
    word = word_at(_NEXT_YEAR, text, at)
    if not word:
        return None
    end = at + len(word)
    found = period(text, end) or _part_of_year(text, end)
    if found is None or found.start is None or found.finish is None or found.start.year or found.finish.year:
        return None
    return found._replace(start=replace(found.start, later=1), finish=replace(found.finish, later=1))


def _part_of_year(text: str, at: int) -> Period | None:
    part = word_at(_PARTS_OF_YEAR, text, at)
    if not part:
        return period_in_words(text, at, after_deadline=True)
    first, last = _ENDS_OF_YEAR[part]
    end = at + len(part)
    after = word_at(_AFTER_WORDS, text, end)
    return Period(PartialDate(None, first), PartialDate(None, last), _AFTER.get(after, ""), end + len(after))


def day_of_month(text: str, at: int) -> Period | None:
    """The 15日前 or 15号 behind 每月: a day without a month, because it is one of every month."""
    day, end = _figure(text, at)
    if day is None or text[end : end + 1] not in ("日", "号") or text.startswith(WITHIN, end + 1):
        return None
    date = PartialDate(day=day)
    if not _exists(date) or day == 0:
        return Period(None, None, "", end + 1)
    after = word_at(_AFTER_WORDS, text, end + 1)
    return Period(date, date, _AFTER.get(after, ""), end + 1 + len(after))


def _closes(text: str, end: int) -> bool:
    return end == len(text) or text[end] in STOPS or text.startswith(DATE_WORD_FOLLOWERS, end)


def _figure(text: str, at: int) -> tuple[int | None, int]:
    """A whole number of at most four digits, or a Chinese numeral."""
    end = at
    while end < len(text) and text[end] in DIGITS:
        end += 1
    if end > at:
        return (int(text[at:end]) if end - at <= 4 else None), end
    end = chinese_end(text, at)
    if end == at:
        return None, at
    run = text[at:end]
    year = year_in_numerals(run)
    if year is not None:
        return year, end
    value = chinese(run).value
    return (int(value) if value is not None and value < 100 else None), end


def _single(text: str, at: int) -> _Part | None:
    if text.startswith("第", at):
        figure, end = _figure(text, at + 1)
        return None if figure is None or text.startswith("月", end) else _in_year(text, figure, end, None)
    figure, end = _figure(text, at)
    if figure is None or end >= len(text):
        return None
    if text[end] == "年":
        return _from_year(text, end + 1, figure)
    if text[end] in "/-." and _FIRST_YEAR <= figure <= _LAST_YEAR:
        return _figures_only(text, end, figure)
    return _in_year(text, figure, end, None)


def _from_year(text: str, at: int, figure: int) -> _Part | None:
    """What follows 年. Two figures are a year only in front of a month: 23年12月; 6年 are six years."""
    month, end = _figure(text, at)
    inside = None if month is None else _in_year(text, month, end, figure)
    if figure < 100:
        if inside is None or figure < 10:
            return None
        return _in_year(text, month or 0, end, 2000 + figure)
    if not _FIRST_YEAR <= figure <= _LAST_YEAR:
        return None
    if inside is not None:
        return inside
    if text.startswith("第", at):
        month, end = _figure(text, at + 1)
        quarter = _quarter(text, end, figure, month)
        if quarter:
            return quarter
    at += text.startswith("度", at)
    part = word_at(_PARTS_OF_YEAR, text, at)
    first, last = _ENDS_OF_YEAR.get(part, (None, None))
    return _Part(PartialDate(figure, first), PartialDate(figure, last), at + len(part))


def _in_year(text: str, figure: int, end: int, year: int | None) -> _Part | None:
    """``figure`` is the month or the quarter that ends at ``end``, or the first of two joined by a range mark."""
    if text.startswith("月", end):
        return _month(text, end + 1, year, figure)
    if text.startswith("季度", end):
        return _quarter(text, end, year, figure)
    if end < len(text) and text[end] in RANGE_MARKS:
        last, last_end = _figure(text, end + 1)
        if last is not None and text.startswith("月", last_end):
            finish = _month(text, last_end + 1, year, last)
            return _Part(PartialDate(year, figure), finish.finish, finish.end)
        quarter = _quarter(text, last_end, year, last)
        if quarter and figure <= 4:
            return _Part(PartialDate(year, figure * 3 - 2), quarter.finish, quarter.end)
    return None


def _month(text: str, at: int, year: int | None, month: int) -> _Part:
    at += text.startswith("份", at)
    day, end = _figure(text, at)
    if day is not None and end < len(text) and text[end] in "日号":
        date = PartialDate(year, month, day)
        return _Part(date, date, end + 1)
    date = PartialDate(year, month)
    return _Part(date, date, at + len(word_at(_ENDS_OF_MONTH, text, at)))


def _quarter(text: str, at: int, year: int | None, figure: int | None) -> _Part | None:
    if figure is None or not 1 <= figure <= 4 or not text.startswith("季度", at):
        return None
    end = at + 2
    end += len(word_at(_ENDS_OF_MONTH, text, end))
    return _Part(PartialDate(year, figure * 3 - 2), PartialDate(year, figure * 3), end)


def _figures_only(text: str, at: int, year: int) -> _Part | None:
    """``2024/1/1``, ``2024-01-01``, ``2024.1.1``, and ``2024/1``: the same sign between, nothing behind."""
    mark = text[at]
    figures: list[int] = []
    end = at
    while len(figures) < 2 and end < len(text) and text[end] == mark and text[end + 1 : end + 2] in _SET_OF_DIGITS:
        figure, end = _figure(text, end + 1)
        if figure is None or figure > 31:
            return None
        figures.append(figure)
    whole = len(figures) == 2 or (figures and mark == "/")
    if not whole or (end < len(text) and text[end] in DIGITS + mark):
        return None
    date = PartialDate(year, *figures)
    return _Part(date, date, end)


def _with_second(text: str, part: _Part) -> _Part:
    """A second date behind a range mark; it takes year and month over from the first where it has none."""
    at = part.end
    if at >= len(text) or text[at] not in RANGE_MARKS:
        return part
    second = _single(text, at + 1) or _day_only(text, at + 1, part.finish)
    if second is None:
        return part
    first_year = part.start.year
    finish = second.finish
    if finish.year is None and first_year is not None:
        finish = PartialDate(first_year, finish.month, finish.day)
    return _Part(part.start, finish, second.end)


def _day_only(text: str, at: int, first: PartialDate) -> _Part | None:
    day, end = _figure(text, at)
    if day is None or first.day is None or not text.startswith("日", end):
        return None
    date = PartialDate(first.year, first.month, day)
    return _Part(date, date, end + 1)


def _possible(part: _Part) -> bool:
    if not (_exists(part.start) and _exists(part.finish)):
        return False
    year = 0 if part.start.year is None or part.finish.year is None else part.start.year
    return part.start.first_day(year) <= part.finish.last_day(year)


def _exists(date: PartialDate) -> bool:
    if date.month is not None and not 1 <= date.month <= 12:
        return False
    return date.day is None or 1 <= date.day <= days_of_month(date.year, date.month or 1)
