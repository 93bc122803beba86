"""What kind of thing a cell holds: enough to tell whether it can stand in a column, not what it means."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from perfeval_xl.sources.sheet import CellError, Value

Kind = Literal["blank", "mark", "number", "money", "percent", "text", "error"]

#: Printed where a number does not apply, or where nothing is said.
_MARKS: Final = frozenset({"—", "-", "/", "——", "–", "―", "--", "\\", "∕", "无", "不适用"})
_NUMBER: Final = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?(分|万元|元)?")
_MONEY: Final = ("万元", "元")
_PERCENT: Final = re.compile(r"[+-]?\d+(\.\d*)?%")
_ELLIPSIS: Final = re.compile(r"[….·。]+")


@lru_cache(maxsize=4096)
def compact(text: str) -> str:
    """``text`` without white space, in half width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def kind_of(value: Value) -> Kind:
    """What ``value`` is: nothing, a mark such as ``—``, a number (also typed as text or with 元), and so on."""
    if value is None:
        return "blank"
    if isinstance(value, str):
        return _kind_of_text(value)
    if isinstance(value, CellError):
        return "error"
    return "number" if isinstance(value, Decimal) else "text"


@lru_cache(maxsize=4096)
def _kind_of_text(text: str) -> Kind:
    plain = compact(text) if len(text) < 60 else text
    if not plain:
        return "blank"
    # NFKC writes the two-em dash as it is and full-width hyphens as "-".
    if plain in _MARKS:
        return "mark"
    if _NUMBER.fullmatch(plain):
        return "money" if plain.endswith(_MONEY) else "number"
    return "percent" if _PERCENT.fullmatch(plain) else "text"


def amount(value: Value) -> Decimal | None:
    """The number a cell shows, for comparing only; a percentage as a ratio; ``None`` when it shows none."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or kind_of(value) not in ("number", "money", "percent"):
        return None
    plain = compact(value)
    if plain.endswith("%"):
        return Decimal(plain[:-1]).scaleb(-2)
    return Decimal(re.sub(r"[,分万元]", "", plain))


def is_ellipsis(value: Value) -> bool:
    """Whether a cell says no more than ``……``: room for further rows."""
    return isinstance(value, str) and bool(_ELLIPSIS.fullmatch(compact(value)[:20]))
