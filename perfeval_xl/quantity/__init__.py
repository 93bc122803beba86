"""Reads 年度指标值 (target) and 实际完成值 (actual) as people write them, and holds one against the other.

``read`` says what a text means, ``compare`` whether the target was met and by how much. Neither guesses: what is
not sure comes back with a reason. ``docs/reading-values.md`` lists what is understood.
"""

from __future__ import annotations

from perfeval_xl.quantity.comparison import compare
from perfeval_xl.quantity.reading import read, unit_of, value_of
from perfeval_xl.quantity.values import Comparison, Direction, PartialDate, Quantity, Reason, Tier

__all__ = [
    "Comparison",
    "Direction",
    "PartialDate",
    "Quantity",
    "Reason",
    "Tier",
    "compare",
    "read",
    "unit_of",
    "value_of",
]
