"""A sheet as an importer sees it: rows of filled cells, each with what it may be a label of and what it holds.

What it holds is only enough to tell whether it can stand in a column, not what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from perfeval_xl.nothing import NO_VALUE
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.profile.vocabulary import LONGEST_LABEL, Roles, Vocabulary, compact, printed_key
from perfeval_xl.sources.sheet import CellError, Sheet, Value

Kind = Literal["blank", "mark", "number", "money", "percent", "text", "error"]

#: Printed where a number does not apply, or where nothing is said.
_NUMBER: Final = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?(分|万元|元)?")
_MONEY: Final = ("万元", "元")
_PERCENT: Final = re.compile(r"[+-]?\d+(\.\d*)?%")
_ELLIPSIS: Final = re.compile(r"[….·。]+")
_NO_ROLES: Final[Roles] = {}


class Item(NamedTuple):
    """A filled cell. ``left`` to ``right`` are the columns it covers, merged or repeated."""

    row: int
    left: int
    right: int
    value: Value
    #: The cell that holds the value.
    cell: Cell
    #: The value when it is text, else nothing.
    text: str
    key: str
    roles: Roles
    #: The column whose heading covers most of it, where the edges of merged cells do not meet (``rows.snap``).
    snapped: int | None = None

    @property
    def at(self) -> int:
        """The column it stands in for comparing with headings."""
        return self.left if self.snapped is None else self.snapped

    @property
    def kind(self) -> Kind:
        """What kind of thing it is."""
        return kind_of(self.value)


class Grid:
    """The filled cells of ``sheet``, row by row; rows without any are absent."""

    def __init__(self, sheet: Sheet, words: Vocabulary) -> None:
        self.sheet = sheet
        self.words = words
        self._merges: dict[int, list[Range]] = {}
        for area in sheet.merges:
            for row in range(area.top, min(area.bottom + 1, len(sheet.rows))):
                self._merges.setdefault(row, []).append(area)
        self.rows: dict[int, list[Item]] = {}
        #: Whether any cell is headed as the indicators of a form are.
        self.may_hold_form = False
        for cell, value in sheet.filled():
            if isinstance(value, str) and not value.strip():
                continue
            item = self._item(cell, value)
            self.may_hold_form |= item.roles.get("indicators") in ("name", "level2")
            self.rows.setdefault(cell.row, []).append(item)

    def _item(self, cell: Cell, value: Value) -> Item:
        row, column = cell
        area = self.merge_at(row, column) if row in self._merges else None
        right = area.right if area else column
        text = value if isinstance(value, str) else ""
        if text and len(text) <= LONGEST_LABEL:
            key = printed_key(text)
            return Item(row, column, right, value, cell, text, key, self.words.roles.get(key, _NO_ROLES))
        return Item(row, column, right, value, cell, text, "", _NO_ROLES)

    def merge_at(self, row: int, column: int) -> Range | None:
        """The merged range that covers a cell."""
        for area in self._merges.get(row, ()):
            if area.left <= column <= area.right:
                return area
        return None

    def has_merges(self, top: int, bottom: int) -> bool:
        """Whether cells are merged in these rows, more than lines that lie across the whole table."""
        return any(
            area.bottom > area.top or area.left > 0
            for row in range(top, bottom + 1)
            for area in self._merges.get(row, ())
        )

    def items(self, row: int) -> list[Item]:
        """The filled cells of a row, left to right."""
        return self.rows.get(row, [])

    def distinct(self, row: int) -> list[Item]:
        """The filled cells of a row; a text that a converter repeated across merged cells counts once."""
        return list(_distinct(self.items(row)))

    def between(self, top: int, bottom: int) -> Iterator[int]:
        """The rows from ``top`` to ``bottom`` that hold anything."""
        return (row for row in range(top, bottom + 1) if row in self.rows)


def _distinct(items: Iterable[Item]) -> Iterator[Item]:
    last: Item | None = None
    for item in items:
        if last is not None and item.text and item.text == last.text and item.left == last.right + 1:
            last = last._replace(right=item.right)
            continue
        if last is not None:
            yield last
        last = item
    if last is not None:
        yield last


# --- what a cell holds ------------------------------------------------------------------------------------------


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
    if plain in NO_VALUE:
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
