"""Rows of print inside a table: letters or numbers of the columns, an example, sums of a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from perfeval_xl.layout.grid import Item, amount
from perfeval_xl.profile.vocabulary import compact

_EXAMPLE: Final = re.compile(r"[(\[【]?(?:填写|填报|填表)?(?:示例|样例|范例|举例|例子|示范)|(?:例如|例|如)[:：]")

_LETTER: Final = re.compile(r"\(?([A-Z])\)?(?:=.*)?|[A-Z]/[A-Z](?:[*×x]100%?)?", re.IGNORECASE)
_SUM: Final = ("小计", "合计", "小计得分", "合计得分", "得分小计", "得分合计")
#: A row of column numbers (1 2 3 …) has at least this many.
_FEWEST: Final = 3


def is_column_row(items: Sequence[Item]) -> bool:
    """Whether a row only letters or numbers the columns: A B C … or 1 2 3 …."""
    if len(items) < _FEWEST:
        return False
    texts = [compact(item.text) for item in items]
    if all(text and _LETTER.fullmatch(text) for text in texts):
        return len(set(texts)) == len(texts)
    numbers = [amount(item.value) for item in items]
    first = 0 if numbers[0] is not None else 1  # 栏次 1 2 3
    return len(numbers) > first + _FEWEST and numbers[first:] == [
        Decimal(n) for n in range(1, len(numbers) - first + 1)
    ]


def is_example(items: Sequence[Item]) -> bool:
    """Whether a row shows how to fill in the form: 示例：产出指标."""
    return any(_EXAMPLE.match(compact(item.text)) for item in items[:3] if item.text)


def is_group_sum(items: Sequence[Item]) -> bool:
    """Whether a row sums up a group: 产出指标小计, 满意度指标合计; the total of the form is another row."""
    return any(
        item.key.endswith(_SUM) and item.roles.get("sections") != "total" and len(item.key) < 20 for item in items[:3]
    )
