"""What a single cell shows: a number, a rate, a text, a year. What cannot be told for sure raises ``NotANumber``."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from perfeval_xl.model import plain
from perfeval_xl.nothing import DASHES
from perfeval_xl.sources.sheet import Value

#: Texts of a cell that holds no value: marks for blank, and the …… of rows left to be filled in.
BLANK_TEXTS: Final = DASHES | {"", "……", "…", "......"}
#: Two figures with white space between: two numbers, or one that a line break took apart; nobody can tell.
_TWO_NUMBERS: Final = re.compile(r"[0-9.%‰]\s+[-+]?\.?[0-9]")
#: Signs of footnotes behind a figure: circled and raised ones.
_FOOTNOTE: Final = re.compile(r"(?<=[0-9.%分元])[\u2460-\u24ff\u2776-\u2793⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾*＊※]+$")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d(?!\d)|[2-9]\d{3}(?=\s*年))")
_CHINESE_DIGITS: Final = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")


class NotANumber(ValueError):
    """A cell that holds something, and not a number."""


def number_in(value: Value, unit: str = "") -> Decimal | None:
    """The number a cell shows: typed as text, full width, with thousands commas, or followed by ``unit``.

    ``None`` for a blank or a mark such as ``—``. Raises ``NotANumber`` when it cannot be told for sure.
    """
    if value is None:
        return None
    if isinstance(value, Decimal):
        return _short(value)
    if not isinstance(value, str):
        raise NotANumber(str(value))
    text = _one_number(value)
    if not text or text in DASHES:
        return None
    text = text.removesuffix(unit) if unit else text
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise NotANumber(value)
    return _short(Decimal(text))


def _one_number(text: str) -> str:
    """A text without white space, width and footnote signs. Raises ``NotANumber`` for two numbers in one cell."""
    bare = _FOOTNOTE.sub("", text.strip())
    plain = unicodedata.normalize("NFKC", bare)
    # A circled or raised figure that is no footnote would become a further digit.
    if _TWO_NUMBERS.search(plain) or any(unicodedata.category(sign) == "No" for sign in bare):
        raise NotANumber(text)
    return "".join(plain.split())


def _short(value: Decimal) -> Decimal:
    try:
        return plain(value, "")
    except (ValueError, InvalidOperation):
        raise NotANumber(str(value)) from None


def rate_in(value: Value, *, percent: bool) -> Decimal | None:
    """An execution rate as a ratio: ``100%`` is 1; in a column headed (%) 98.63 is 0.9863; a bare 10 stays 10."""
    if isinstance(value, str):
        text = _one_number(value)
        if text.endswith("%"):
            number = number_in(text[:-1])
            if number is None:
                raise NotANumber(value)
            return _short(number.scaleb(-2))
    number = number_in(value)
    return _short(number.scaleb(-2)) if percent and number is not None else number


def text_in(value: Value) -> str | None:
    """The text a cell shows; a number or date as it would be written. Raises ``NotANumber`` for an error cell."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format(_short(value), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    raise NotANumber(str(value))


def year_in(value: Value) -> int | None:
    """The year a cell carries: 2024, ``（2024年度）``, ``二〇二四年度``. Raises ``NotANumber`` for anything else."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and 1900 <= value <= 9999:
            return int(value)
        raise NotANumber(str(value))
    if isinstance(value, date):
        return value.year
    text = unicodedata.normalize("NFKC", str(value)).translate(_CHINESE_DIGITS)
    years = set(_YEAR.findall(text))
    if len(years) == 1:
        return int(years.pop())
    if text.strip(" ()年度:：") == "":
        return None
    raise NotANumber(str(value))
