"""A stored number and the text a cell shows for it: what the format adds or scales, without its rounding.

OpenDocument files keep both, so no format needs to be understood: 0.8519 shown as ``85.19%`` is ``85.19%``, 41400 shown
as ``4.14`` is 4.14, 10 shown as ``≤10`` is ``≤10``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Final

from perfeval_xl.sources.number_format import YUAN, without_zeros

_NUMBER: Final = re.compile(r"(?P<sign>[-−(]?)(?P<digits>\d[\d,\s]*(?:\.\d+)?|\.\d+)")
#: Powers of ten that formats scale by: none, percent, thousands, and ten thousands.
_POWERS: Final = (0, 2, -3, -4, -6, -8, 3)


def as_shown(stored: Decimal, text: str) -> Decimal | str | None:
    """What a person sees, not rounded: a number where only the scale differs, else a text.

    ``None`` where the format hides the number; the stored number where the text is none of it (a fraction, ``###``).
    """
    shown = unicodedata.normalize("NFKC", text).strip()
    if not shown:
        return None
    match = _NUMBER.search(shown)
    if match is None:
        return stored if set(shown) <= set("#-–—") else text.strip()
    before = shown[: match.start()].translate(YUAN).strip().removesuffix("-")
    after = shown[match.end() :].translate(YUAN).strip().removeprefix(")")
    power = _power(stored, match["digits"])
    if power is None:
        return stored
    number = without_zeros(stored.scaleb(power))
    return f"{before}{format(number, 'f')}{after}" if before or after else number


def _power(stored: Decimal, digits: str) -> int | None:
    written = Decimal(re.sub(r"[,\s]", "", digits))
    places = Decimal(1).scaleb(min(0, int(written.as_tuple().exponent)))
    for power in _POWERS:
        value = abs(stored).scaleb(power)
        if written in (value.quantize(places, ROUND_HALF_UP), value.quantize(places, ROUND_HALF_EVEN)):
            return power
    return None
