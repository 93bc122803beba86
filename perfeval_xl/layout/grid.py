"""A sheet as an importer sees it: rows of filled cells, each with what it may be a label of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from perfeval_xl.layout.content import Kind, kind_of
from perfeval_xl.layout.vocabulary import LONGEST_LABEL, Roles, Vocabulary, printed_key
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.sources.sheet import Sheet, Value

_NO_ROLES: Final[Roles] = {}


class Item(NamedTuple):
    """A filled cell. ``left`` to ``right`` are the columns it covers, merged or repeated."""

    row: int
    left: int
    right: int
    value: Value
    key: str
    roles: Roles
    #: The column whose heading covers most of it, where the edges of merged cells do not meet (``rows.snap``).
    snapped: int | None = None

    @property
    def at(self) -> int:
        """The column it stands in for comparing with headings."""
        return self.left if self.snapped is None else self.snapped

    @property
    def cell(self) -> Cell:
        """The cell that holds the value."""
        return Cell(self.row, self.left)

    @property
    def text(self) -> str:
        """The value when it is text, else nothing."""
        return self.value if isinstance(self.value, str) else ""

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
        area = self.merge_at(cell.row, cell.column) if self._merges else None
        right = area.right if area else cell.column
        if isinstance(value, str) and len(value) <= LONGEST_LABEL:
            key = printed_key(value)
            return Item(cell.row, cell.column, right, value, key, self.words.roles.get(key, _NO_ROLES))
        return Item(cell.row, cell.column, right, value, "", _NO_ROLES)

    def merge_at(self, row: int, column: int) -> Range | None:
        """The merged range that covers a cell."""
        return next((area for area in self._merges.get(row, ()) if area.covers((row, column))), None)

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
