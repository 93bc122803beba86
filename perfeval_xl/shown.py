"""How a number, a rate and a text are shown to a person, everywhere the same."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

#: From 500% on a rate is taken for a number in the wrong cell and is shown as a plain number.
LARGEST_RATE: Final = 5
LONGEST_VALUE: Final = 120
#: Control characters that XML 1.0 forbids.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def number(value: Decimal | None) -> str:
    """``350000.00`` -> ``350000``; nothing for ``None``. Never an exponent."""
    if value is None:
        return ""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent(ratio: Decimal) -> str:
    """A ratio as a percentage: ``0.8519`` -> ``85.19%``."""
    return f"{number(ratio.scaleb(2))}%"


def rate(value: Decimal | None) -> str:
    """An execution rate: ``0.8519`` -> ``85.19%``; a 10 where a rate belongs stays ``10``."""
    if value is None:
        return ""
    return number(value) if abs(value) >= LARGEST_RATE else percent(value)


def content(value: object) -> str:
    """The content of a cell on one line, shortened; an empty text for a blank cell."""
    text = number(value) if isinstance(value, Decimal) else "" if value is None else str(value)
    return shortened(" ".join(text.split()), LONGEST_VALUE)


def whole(value: object) -> str:
    """The full content of a cell, for comparing and for values that are written back."""
    if isinstance(value, Decimal):
        return number(value)
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def shortened(text: str, most: int) -> str:
    """``text`` of at most ``most`` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def for_documents(text: str) -> str:
    """``text`` without what HTML, Word and workbooks cannot hold: control characters, undecodable bytes of a name."""
    return _NO_XML.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))
