"""Dates, times and durations of workbooks, as a person sees them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from perfeval_xl.sources.sheet import CellError, Value, decimal_of

#: What Excel shows where a date format meets a number that is no date.
NO_DATE: Final = CellError("#####")
#: The first serial number after 31 December 9999, the last day a workbook can show.
_LAST_DAY: Final = 2_958_466


def shown_moment(value: Any) -> Value:
    """A day as a date, a moment with its time; times and durations as the text a person sees."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, time):
        return NO_DATE if value == time() else value.isoformat("minutes" if value.second == 0 else "seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return value  # type: ignore[no-any-return]


def iso_moment(text: str) -> Value:
    """``2024-01-01`` or ``2024-01-01T08:30:00`` as a date or moment; anything else stays text."""
    try:
        return shown_moment(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return text


def moment_of(number: float, letters: str, *, from_1904: bool) -> Value:
    """A serial number under a date format with these letters; one that is no date stays a number."""
    if not letters.islower():
        return shown_moment(timedelta(days=number)) if 0 < number < _LAST_DAY else decimal_of(number)
    if from_1904 and number >= 0:
        number += 1462
    if not 0 < number < _LAST_DAY:
        return decimal_of(number)
    seconds = timedelta(seconds=round(number * 86_400))
    if number < 1:
        return shown_moment((datetime(1900, 1, 1) + seconds).time())
    return _shown_day(datetime(1899, 12, 30 if number >= 61 else 31) + seconds, letters)


def _shown_day(day: datetime, letters: str) -> Value:
    """A date; of a format without days what it shows: ``2024年3月``."""
    if ("y" in letters or "e" in letters) and not any(each in letters for each in "dhs"):
        return f"{day.year}年{day.month}月" if "m" in letters else f"{day.year}年"
    return shown_moment(day)
