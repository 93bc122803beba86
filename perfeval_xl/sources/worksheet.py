"""One worksheet of an .xlsx as a grid: what a person sees in each cell, and what is there but not seen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.addresses import Cell, Range, a1
from perfeval_xl.package.limits import MOST_CELLS
from perfeval_xl.package.parts import Parts
from perfeval_xl.sources.arithmetic import worked_out
from perfeval_xl.sources.grid import clear_covered, sound_merges, tidy_rows
from perfeval_xl.sources.moments import iso_moment, moment_of
from perfeval_xl.sources.raw_cells import TRUE, HiddenColumns, HiddenRow, RawCell, RawFormula, RawItem, raw_items
from perfeval_xl.sources.shared_texts import CellText, unescaped
from perfeval_xl.sources.sheet import CellError, NotCalculated, Row, Unseen, Value, decimal_of
from perfeval_xl.sources.styles import Look, Looks

#: Reading a sheet stops after this many filled cells; a thousand forms have fewer.
MOST_FILLED: Final = 1_000_000
#: A whole number of no more digits is the same as a binary and as a decimal number.
_SURE_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What cells of all sheets refer to: shared texts, cell formats, the date system."""

    texts: list[CellText]
    looks: Looks
    from_1904: bool


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """A worksheet as read; the fields are those of ``Sheet``."""

    rows: tuple[Row, ...]
    merges: tuple[Range, ...]
    unseen: dict[Cell, Unseen]
    stored: dict[Cell, Decimal]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


def read_worksheet(parts: Parts, part: str, name: str, around: Surroundings) -> SeenSheet:
    """The worksheet in ``part``. Raises ``Unreadable``."""
    reader = _WorksheetReader(parts.source, name, around)
    reader.read(raw_items(parts, part))
    return reader.seen()


@dataclass(slots=True)
class _WorksheetReader:
    """Collects one worksheet."""

    source: str
    name: str
    around: Surroundings
    grid: dict[int, dict[int, Value]] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    unseen: dict[Cell, Unseen] = field(default_factory=dict)
    stored: dict[Cell, Decimal] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    #: Cells that a formula fills beside its own; an empty text there is a result, not an entry.
    arrays: list[Range] = field(default_factory=list)
    formulas: dict[Cell, str] = field(default_factory=dict)
    looks_of_formulas: dict[Cell, Look] = field(default_factory=dict)

    def read(self, items: Iterable[RawItem]) -> None:
        filled = 0
        for item in items:
            if type(item) is RawCell:
                value = self._value(item)
                if value is not None:
                    row, column = item.cell
                    cells = self.grid.get(row)
                    if cells is None:
                        cells = self.grid[row] = {}
                    cells[column] = value
                    filled += 1
                    if filled > MOST_FILLED:
                        break
            elif isinstance(item, HiddenRow):
                self.hidden_rows.add(item.row)
            elif isinstance(item, HiddenColumns):
                self.hidden_columns.update(range(item.first, item.last + 1))
            elif isinstance(item, Range):
                self.merges.append(item)

    def seen(self) -> SeenSheet:
        """The grid, checked for its extent. Raises ``Unreadable`` for cells too far apart."""
        self._calculate()
        height, width = max(self.grid, default=-1) + 1, max(map(max, self.grid.values()), default=-1) + 1
        if height * width > MOST_CELLS:
            raise Unreadable("sheet-too-large", path=self.source, sheet=self.name, cell=a1(height - 1, width - 1))
        rows: list[list[Value]] = [[] for _ in range(height)]
        for number, cells in self.grid.items():
            row: list[Value] = [None] * (max(cells) + 1)
            for column, value in cells.items():
                row[column] = value
            rows[number] = row
        merges = sound_merges(self.merges)
        for merge in merges:
            clear_covered(rows, merge)
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return SeenSheet(tidy_rows(rows), merges, self.unseen, self.stored, *hidden)

    # -- one cell --

    def _value(self, raw: RawCell) -> Value:
        formula = raw.formula
        if formula is not None:
            if not raw.value and raw.kind != "str":
                return self._uncalculated(formula, raw)
            if formula.fills is not None and formula.fills != Range(*raw.cell, *raw.cell):
                self.arrays.append(formula.fills)
        look = self.around.looks.get(raw.style) if raw.style else None
        if raw.kind == "s":
            found = self._shared(raw.value or "")
            return found.text if look is None and not found.struck else self._text(found, look, raw.cell)
        if raw.kind == "n":
            return self._plain(raw, look)
        if raw.kind == "str":
            return self._result(raw, look)
        if raw.kind == "inlineStr":
            return self._text(raw.inline or CellText(""), look, raw.cell)
        return self._plain(raw, look)

    def _shared(self, number: str) -> CellText:
        # int() takes a sign and underscores as well.
        index = int(number) if number.isdecimal() or number.strip().isdecimal() else -1
        if not 0 <= index < len(self.around.texts):
            raise Unreadable("file-damaged", path=self.source)
        return self.around.texts[index]

    def _result(self, raw: RawCell, look: Look | None) -> Value:
        """A text result of a formula; an empty one counts as an empty cell."""
        if not raw.value:
            is_result = raw.formula is not None or any(area.covers(raw.cell) for area in self.arrays)
            return None if raw.value is None or is_result else ""
        return self._text(CellText(unescaped(raw.value)), look, raw.cell)

    def _text(self, found: CellText, look: Look | None, cell: Cell) -> Value:
        if found.struck:
            self.unseen[cell] = Unseen("struck", found.text)
            if not found.text.strip():
                return None
        if look is None or not found.text:
            return found.text
        if look.struck:
            self.unseen[cell] = Unseen("struck", found.text)
            return None
        return found.text if look.format is None else look.format.shown_text(found.text)

    def _plain(self, raw: RawCell, look: Look | None) -> Value:
        text = (raw.value or "").strip()
        if raw.kind == "e":
            return CellError(text or "#VALUE!")
        if not text:
            return None
        if look is not None and look.struck:
            self.unseen[raw.cell] = Unseen("struck", text)
            return None
        if raw.kind == "b":
            return text in TRUE
        return iso_moment(text) if raw.kind == "d" else self._number(text, look, raw.cell)

    def _number(self, text: str, look: Look | None, cell: Cell) -> Value:
        if (look is None or look.format is None) and len(text) <= _SURE_DIGITS and text.isascii() and text.isdigit():
            return Decimal(text)
        try:
            number = float(text)
        except ValueError:
            return CellError(text)
        if not math.isfinite(number):
            return CellError("#NUM!")
        if look is None or look.format is None:
            return decimal_of(number)
        if look.format.date:
            return moment_of(number, look.format.date, from_1904=self.around.from_1904)
        stored = decimal_of(number)
        shown = look.format.shown(stored)
        if shown is None:
            self.unseen[cell] = Unseen("format", text)
        elif shown != stored:
            self.stored[cell] = stored
        return shown

    # -- formulas without a result --

    def _uncalculated(self, formula: RawFormula, raw: RawCell) -> Value:
        self.formulas[raw.cell] = formula.text
        look = self.around.looks.get(raw.style) if raw.style else None
        if look is not None:
            self.looks_of_formulas[raw.cell] = look
        return NotCalculated("=" + formula.text)

    def _calculate(self) -> None:
        """Computes plain arithmetic over cells of the same sheet; other formulas stay ``NotCalculated``."""
        results: dict[Cell, Decimal | str | None] = {}
        for cell, value in worked_out(self.formulas, self._at).items():
            if value is not None:
                # An empty text is a result that shows nothing.
                results[cell] = None if value == "" else value
                self.unseen[cell] = Unseen("worked-out", "=" + self.formulas[cell])
        for cell, value in results.items():
            self.grid[cell.row][cell.column] = self._seen_result(cell, value)

    def _seen_result(self, cell: Cell, value: Decimal | str | None) -> Value:
        look = self.looks_of_formulas.get(cell)
        if look is None or look.format is None or look.format.date or not isinstance(value, Decimal):
            return value
        return look.format.shown(value)

    def _at(self, cell: Cell) -> Value:
        return self.grid.get(cell.row, {}).get(cell.column)
