"""The unit of money a form prints, 万元 or 元 as it should be, or what offices print instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from perfeval_xl.profile.vocabulary import compact

Unit = Literal["万元", "元"]

_UNIT: Final = re.compile(r"(?<![单多公纪状])(十万|百万|千万|十|百|千|万|亿|美|欧|港|日|英|澳)?元(?![旦件素数年月])")
#: Factor from the unit to 万元.
_IN_WAN: Final = {
    "十元": Decimal("0.001"), "百元": Decimal("0.01"), "千元": Decimal("0.1"), "十万元": Decimal(10),
    "百万元": Decimal(100), "千万元": Decimal(1000), "亿元": Decimal(10000),
}  # fmt: skip
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class PrintedUnit:
    """The unit, the factor that converts printed amounts to it, and why it is unclear (``""``: it is clear)."""

    unit: Unit
    factor: Decimal = _ONE
    printed: tuple[str, ...] = ()
    unclear: Literal["", "missing", "differ", "converted", "unknown"] = ""

    def read(self, amount: Decimal | None) -> Decimal | None:
        """An amount as printed -> in the unit taken."""
        return amount if amount is None or self.factor == _ONE else amount * self.factor


@lru_cache(maxsize=4096)
def units_in(text: str) -> tuple[str, ...]:
    """The units of money a text names: ``项目资金（千元）`` -> 千元."""
    return tuple(f"{match[1] or ''}元" for match in _UNIT.finditer(compact(text).replace("萬", "万")))


def printed_unit(texts: Iterable[str], usual: Unit) -> PrintedUnit:
    """The unit that these texts print (the most reliable text first), or ``usual`` where they print none."""
    printed = tuple(dict.fromkeys(unit for text in texts for unit in units_in(text)))
    if not printed:
        return PrintedUnit(usual, unclear="missing")
    first = printed[0]
    if first in ("万元", "元"):
        unit: Unit = "万元" if first == "万元" else "元"
        return PrintedUnit(unit, printed=printed, unclear="differ" if len(printed) > 1 else "")
    if first not in _IN_WAN:
        return PrintedUnit(usual, printed=printed, unclear="unknown")
    unclear: Literal["differ", "converted"] = "differ" if len(printed) > 1 else "converted"
    return PrintedUnit("万元", _IN_WAN[first], printed, unclear)
