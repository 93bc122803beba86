"""一级指标 and 二级指标 of a row: told by the vocabulary wherever they stand, repeated where merged or blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from perfeval_xl.layout.columns import RowReading, column_at
from perfeval_xl.layout.grid import Grid, Item
from perfeval_xl.layout.headings import HeadingSpan
from perfeval_xl.package.addresses import Cell

#: 成本指标 is a 一级指标 where its own 二级指标 stand below it, else a 二级指标 of 产出指标.
_EITHER: Final = "成本指标"
#: Penalties: a label under the wrong heading, a level the vocabulary does not know, a text that may be either.
_DISPLACED: Final = 1
_UNKNOWN: Final = 2
_UNCLEAR: Final = 3


class Levels:
    """The levels of one indicator table, row by row."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        #: Canonical names of the 一级指标 seen as such.
        self.shown: set[str] = set()
        self._cost_is_level1 = False
        self._level1: Cell | None = None
        self._level1_name: str | None = None
        self._level2: Cell | None = None
        self._above: dict[str, Cell] = {}
        #: Column -> whether labels in it span several rows.
        self._spanning: dict[int, bool] = {}

    def learn(self, items: Iterable[Item]) -> None:
        """Collects which labels the whole table uses, before any row is read."""
        names = {item.roles.get("levels", "") for item in items}
        under_cost = {name for name, above in self.grid.words.parents.items() if _EITHER in above}
        self._cost_is_level1 = bool(names & under_cost) and _EITHER in names

    # --- placing the labels of one row ---

    def place(self, reading: RowReading, head: list[Item], columns: Mapping[str, HeadingSpan]) -> bool:
        """Give the cells left of the values their columns; false when they cannot all be told."""
        labels = [item for item in head if "levels" in item.roles]
        texts = [item for item in head if "levels" not in item.roles]
        if labels and self._is_name(reading, labels[-1], head, columns):
            texts.append(labels.pop())
        if len(labels) > 2:
            return False
        self._place_labels(reading, labels, columns)
        return self._place_texts(reading, texts, columns)

    def _is_name(self, reading: RowReading, last: Item, head: list[Item], columns: Mapping[str, HeadingSpan]) -> bool:
        """Whether a word of the vocabulary is a 三级指标: it stands under that heading, behind the other cells."""
        if last is not head[-1] or column_at(columns, last.at - reading.shift) != "name":
            return False
        reading.penalty += _UNCLEAR + (_UNKNOWN if len(head) == 1 else 0)
        return True

    def _place_labels(self, reading: RowReading, labels: list[Item], columns: Mapping[str, HeadingSpan]) -> None:
        if len(labels) == 2:
            wanted = ["level1", "level2"]
            if labels[0].roles["levels"] not in self.grid.words.level1:
                reading.penalty += _UNKNOWN
        else:
            wanted = [self._level_of(reading, label, columns) for label in labels]
        for column, label in zip(wanted, labels, strict=True):
            reading.cells[column] = label
            position = label.at - reading.shift
            is_left_of_all = column in columns and position < columns[column].left
            if column_at(columns, position) not in (column, None) or is_left_of_all:
                reading.penalty += _DISPLACED

    def _level_of(self, reading: RowReading, label: Item, columns: Mapping[str, HeadingSpan]) -> str:
        name = label.roles["levels"]
        if column_at(columns, label.at - reading.shift) == "level2":
            # 满意度指标 below 二级指标: some forms print it there.
            reading.penalty += 0 if name in self.grid.words.level2 else _UNKNOWN
            return "level2"
        if name == _EITHER:
            return "level1" if self._cost_is_level1 else "level2"
        return "level1" if name in self.grid.words.level1 else "level2"

    def _place_texts(self, reading: RowReading, texts: list[Item], columns: Mapping[str, HeadingSpan]) -> bool:
        """Texts the vocabulary does not know: 三级指标, and levels that stand exactly under their headings."""
        if len(texts) > 3:
            return False
        places = [column_at(columns, text.at - reading.shift) for text in texts]
        if len(texts) == 1 and places != ["name"]:
            return self._place_lone_text(reading, texts[0], places[0], columns)
        for text, column in zip(texts, places, strict=True):
            if column is None or column in reading.cells:
                return False
            if column != "name" and text.kind != "text":
                return False
            reading.cells[column] = text
            reading.penalty += 0 if column == "name" else _UNKNOWN
        return len(texts) == len({*places})

    def _place_lone_text(
        self, reading: RowReading, text: Item, place: str | None, columns: Mapping[str, HeadingSpan]
    ) -> bool:
        """A single text that stands left of the names: the 三级指标 when the label before it is displaced as well."""
        labels = [reading.cells[column] for column in ("level1", "level2") if column in reading.cells]
        follows = bool(labels) and labels[-1].left < text.left
        if follows and place == "level2" and "name" in columns:
            reading.cells["name"] = text
            reading.penalty += _DISPLACED
            return True
        if "name" not in columns and place in (None, "level2") and "level2" not in reading.cells:
            reading.cells["level2"] = text
            return True
        reading.unplaced.append(text)
        reading.unclear |= {"level1", "level2"} if place == "level1" else {"level2"}
        reading.penalty += _UNCLEAR
        return True

    # --- carrying labels down ---

    def settle(
        self, row: int, reading: RowReading, columns: Mapping[str, HeadingSpan], unclear: set[str]
    ) -> dict[str, Cell]:
        """The level cells of a row after the rows above: its own, else those a merge or a blank repeats.

        Levels that are ``unclear`` are not given, neither here nor to the rows below.
        """
        own1, own2 = (reading.cells.get(column) if column not in unclear else None for column in ("level1", "level2"))
        if own1 is not None:
            self._take_level1(own1)
        if own2 is not None:
            self._level2 = own2.cell
            if own1 is None and "level1" not in unclear:
                self._correct_level1(row, own2.roles.get("levels"), columns, reading.shift)
        elif own1 is None and self._stands_apart(row, columns, reading.shift):
            self._level2 = None
        if "level1" in unclear:
            self._level1 = self._level1_name = None
        if "level2" in unclear:
            self._level2 = None
        found = {"level1": self._level1, "level2": self._level2}
        return {column: cell for column, cell in found.items() if cell is not None}

    def _take_level1(self, item: Item) -> None:
        name = item.roles.get("levels")
        if name is None or name != self._level1_name:
            self._level2 = None  # printed again in each row it is no new group
        self._level1, self._level1_name = item.cell, name
        if self._level1_name is not None and self._level1_name in self.grid.words.level1:
            self._above[self._level1_name] = item.cell
            self.shown.add(self._level1_name)

    def _correct_level1(self, row: int, level2: str | None, columns: Mapping[str, HeadingSpan], shift: int) -> None:
        """A 二级指标 that cannot stand under the 一级指标 above stands under its own, when the table shows it."""
        parents = self.grid.words.parents.get(level2 or "")
        if not parents or self._level1_name in parents or (self._level1 and self._level1_name is None):
            return
        if self._is_merged_down(row, columns, shift):
            return
        name = next((name for name in self._above if name in parents), None)
        self._level1_name = name
        self._level1 = self._above[name] if name else None

    def _stands_apart(self, row: int, columns: Mapping[str, HeadingSpan], shift: int) -> bool:
        """Whether an empty 二级指标 on a printed page is a cell of its own, although labels there span their rows.

        A page break cut its label off, so the label above does not apply to it.
        """
        place, span = self.grid.sheet.places.get(row), columns.get("level2")
        if place is None or not place.page or span is None or self._level2 is None:
            return False
        column = span.left + shift
        area = self.grid.merge_at(row, column)
        return (area is None or area.anchor != self._level2) and self._spans_rows(column)

    def _spans_rows(self, column: int) -> bool:
        """Whether a level label in a column is merged over several rows."""
        if column not in self._spanning:
            self._spanning[column] = any(
                area.left == column and area.bottom > area.top and self._is_level(area.anchor)
                for area in self.grid.sheet.merges
            )
        return self._spanning[column]

    def _is_level(self, cell: Cell) -> bool:
        return any("levels" in item.roles for item in self.grid.items(cell.row) if item.cell == cell)

    def _is_merged_down(self, row: int, columns: Mapping[str, HeadingSpan], shift: int) -> bool:
        """Whether the print itself puts the row under the 一级指标 above, by a merged cell."""
        span = columns.get("level1")
        area = self.grid.merge_at(row, span.left + shift) if span else None
        return area is not None and area.anchor == self._level1
