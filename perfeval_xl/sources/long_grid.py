"""Very long grids: cut some rows behind the last one that holds a word of the form.

Understanding a row costs a hundred times as much as reading it, so what lies far behind the last form is left alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import a1
from perfeval_xl.package.limits import FIRST_ROWS, MOST_FORM_ROWS
from perfeval_xl.package.long_sheets import WORDS
from perfeval_xl.sources.sheet import Row, Sheet

_SPOKEN: Final = re.compile("|".join(r"\s*".join(word) for word in WORDS))


def as_far_as_needed(sheet: Sheet) -> Sheet:
    """The sheet, or as much of it as may hold forms. Raises ``Unreadable`` where even that is too much."""
    if len(sheet.rows) <= FIRST_ROWS:
        return sheet
    end = max(FIRST_ROWS, _last_word(sheet.rows) + FIRST_ROWS)
    if min(end, len(sheet.rows)) > MOST_FORM_ROWS:
        cell = a1(len(sheet.rows) - 1, max(sheet.width - 1, 0))
        raise Unreadable("sheet-too-large", path=sheet.source, sheet=sheet.name, cell=cell)
    return sheet if end >= len(sheet.rows) else replace(sheet, rows=sheet.rows[:end])


def _last_word(rows: tuple[Row, ...]) -> int:
    """The last row with a word of the form. Repeated rows of an .ods are one object, which is checked once."""
    before: Row | None = None
    for number in range(len(rows) - 1, -1, -1):
        row = rows[number]
        if row is not before and any(isinstance(value, str) and _SPOKEN.search(value) for value in row):
            return number
        before = row
    return 0
