"""An office's own sheet, filled in place: its labels, order and formulas stay, its answer cells are filled.

What the sheet has no cell for is not written and is told to the caller; a printed title or label is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final

from msgspec import structs

from perfeval_xl.cell_values import NotANumber, rate_in
from perfeval_xl.errors import CannotWrite
from perfeval_xl.layout import Row
from perfeval_xl.model import FundLine, Indicator
from perfeval_xl.nothing import DASHES
from perfeval_xl.package.addresses import Cell
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.profile import label_key
from perfeval_xl.reading import is_placeholder, rates_in_percent
from perfeval_xl.sources.sheet import Value
from perfeval_xl.sums import add_up, base_budget, execution_rate, execution_score
from perfeval_xl.workbook.fill.align import (
    LEVELS,
    MONEY,
    align,
    completed,
    has_numbers,
    known,
    level_columns,
    levels_of,
    own_level_cell,
    row_of,
)
from perfeval_xl.workbook.fill.own import KINDS, Content, Filling, Kind, split_target
from perfeval_xl.workbook.fill.shown_cells import ShownCells

_REMARK_CAPTION: Final = re.compile(r"^\W*备\s*注\W*[:：]\s*")
_PRINTED_POINTS: Final = re.compile(r"\d+(?:\.\d+)?(?=\s*分?\s*[)）]\s*$)")


@dataclass
class OfficeFilling(Filling):
    """Fills one form into a sheet found by its labels. ``left_out`` are the fields the sheet has no cell for."""

    level_columns: dict[str, int] = field(default_factory=dict)
    #: Cell -> start, end and text of the values that stand in it together with their labels.
    pieces: dict[Cell, list[tuple[int, int, str]]] = field(default_factory=dict)

    def fill(self) -> None:
        """Patches every answer cell. Raises ``CannotWrite`` when the money is in another unit than the sheet's."""
        self._fill_project()
        self._fill_texts()
        alignment = align(self.sheet, self.layout, self.form)
        for room in alignment.room:
            raise CannotWrite("no-place", path=self.sheet.source, sheet=self.sheet.name, field=room.table)
        for row, line in alignment.funds:
            self._fund_cells(completed(row, self.layout.fund_rows, self.sheet), line)
        if not alignment.funds:
            lines = enumerate(self.form.funds.lines)
            self.left_out += [f"funds.lines[{number}]" for number, line in lines if has_numbers(line)]
        self.level_columns = level_columns(self.sheet, self.layout)
        for row, indicator in alignment.indicators:
            usable = row if indicator is None else completed(row, self.layout.indicator_rows, self.sheet)
            self._indicator_row(usable, indicator)
        self._totals()
        self._points()
        self._extras()
        self._put_pieces()

    def refresh(self) -> None:
        """An office's sheet has no check area of ours."""

    # -- single fields --

    def _fill_project(self) -> None:
        fields, project = self.layout.fields, self.form.project
        joined = fields.get("project.code")
        for name in project.__struct_fields__:
            value = getattr(project, name)
            cell = fields.get(f"project.{name}")
            if name == "code" and cell is not None and cell == fields.get("project.name"):
                continue
            if name == "name" and cell is not None and cell == joined and project.code:
                value = f"{project.code}-{project.name or ''}"
            self._place(f"project.{name}", value)

    def _fill_texts(self) -> None:
        fields, form = self.layout.fields, self.form
        if "fiscal_year" in fields:
            self._year(fields["fiscal_year"])
        elif form.fiscal_year is not None:
            self.left_out.append("fiscal_year")
        if "funds.unit" in fields:
            self._unit(fields["funds.unit"])
        self._place("goals.expected", form.goals.expected)
        self._place("goals.actual", form.goals.actual)
        self._place("remark", self._with_caption(form.remark))

    def fill_year(self, year: int) -> bool:
        """Only the year, where the sheet prints one. Says whether it does."""
        cell = self.layout.fields.get("fiscal_year")
        if cell is None:
            return False
        self.form = structs.replace(self.form, fiscal_year=year)
        self._year(cell)
        return True

    def _with_caption(self, remark: str | None) -> str | None:
        """A remark that stands in one cell with its caption keeps the caption."""
        cell = None if "remark" in self.layout.parts else self.layout.fields.get("remark")
        caption = _REMARK_CAPTION.match(str(self.sheet[cell] or "")) if cell is not None else None
        return caption[0] + (remark or "") if caption else remark

    def _put(self, cell: Cell, value: Content, kind: Kind, computed: Decimal | None = None) -> None:
        """As any filling; the text of a merged cell that was undone stands in every cell it covered."""
        copies = self._copies(cell)
        super()._put(cell, value, kind, computed)
        for copy in copies:
            super()._put(copy, value, "text")

    def _copies(self, cell: Cell) -> list[Cell]:
        """Cells to the right that repeat the text of this one and are no answer of their own."""
        text = self.sheet[cell]
        if not isinstance(text, str) or not text.strip():
            return []
        found: list[Cell] = []
        place = Cell(cell.row, cell.column + 1)
        while self.sheet[place] == text and place not in self._answers_at:
            found.append(place)
            place = Cell(place.row, place.column + 1)
        return found

    @cached_property
    def _answers_at(self) -> frozenset[Cell]:
        return frozenset(cell for _, cell in self.layout.places())

    def _place(self, path: str, value: str | None) -> None:
        cell = self.layout.fields.get(path)
        if cell is not None and path in self.layout.parts:
            self._put_part(path, cell, value)
        elif cell is not None:
            self._put_spaced(cell, value)
        elif value:
            self.left_out.append(path)

    def _put_part(self, path: str, cell: Cell, value: str | None) -> None:
        """A value that stands in one cell with its label (项目负责人：…), perhaps beside others: the rest stays."""
        start, end = self.layout.parts[path]
        if str(self.sheet[cell] or "")[start:end].strip() != (value or "").strip():
            self.pieces.setdefault(cell, []).append((start, end, value or ""))

    def _put_pieces(self) -> None:
        for cell, pieces in self.pieces.items():
            text = str(self.sheet[cell] or "")
            for start, end, value in sorted(pieces, reverse=True):
                text = text[:start] + value + text[end:]
            self._put(cell, text, "text")

    def _put_spaced(self, cell: Cell, value: str | None) -> None:
        """Outer white space of print is no difference, and a blank cell stays as blank as it was."""
        found = self.sheet[self._anchor(cell)]
        if isinstance(found, str) and found.strip() == (value or "").strip():
            return
        self._put(cell, value or None, "text")

    # -- tables --

    def _fund_cells(self, row: Row, line: FundLine | None) -> None:
        if line is None:
            self._clear_money(row)
            return
        self._tell_missing("funds.lines", line, [column for column in MONEY if column not in row])
        percent = rates_in_percent(self.sheet, self.layout)
        for column, cell in row.items():
            if column == "label":
                if not str(self.sheet[self._anchor(cell)] or "").strip():
                    self._put(cell, line.label, "text")
                continue
            value: Decimal | None = getattr(line, column)
            computed = self._computed(line, column)
            if column == "execution_rate":
                self._rate(cell, value, computed, percent=percent)
            else:
                self._number(cell, value, computed)

    def _rate(self, cell: Cell, value: Decimal | None, computed: Decimal | None, *, percent: bool) -> None:
        """A rate as the cell shows it: under a percent format, as 98.63 under a heading with (%), else as a ratio."""
        anchor = self._anchor(cell)
        if isinstance(self.part, ShownCells) and self.part.shows_percent(anchor):
            self._percentage(self.part.part, anchor, value, computed)
            return
        if percent:
            value, computed = (None if rate is None else rate.scaleb(2) for rate in (value, computed))
        self._number(cell, value, computed)

    def _percentage(self, part: SheetPart, cell: Cell, value: Decimal | None, computed: Decimal | None) -> None:
        """A rate into a cell that shows its number as a percentage: the ratio is stored."""
        if part.formula(cell) is not None and value == computed:
            part.set_cached(cell, "" if value is None else value)
        elif value is None or rate_in(self.sheet[cell] if _is_rate(self.sheet[cell]) else None, percent=False) != value:
            part.set_value(cell, value)

    def _clear_money(self, row: Row) -> None:
        """A source of money that the document does not have: its label stays, what an earlier filling left goes."""
        for column, cell in row.items():
            if column in MONEY and not self._is_print(cell) and self.part.formula(self._anchor(cell)) is None:
                self._put(cell, None, "number")

    def _tell_missing(self, table: str, line: FundLine | Indicator, columns: Iterable[str]) -> None:
        """Columns the office's table does not have are told once, not for every row."""
        for column in columns:
            path = f"{table}[].{column}"
            if getattr(line, column) is not None and path not in self.left_out:
                self.left_out.append(path)

    def _computed(self, line: FundLine, column: str) -> Decimal | None:
        """What a formula in this cell is there for: the rate, the score, or the sum of the rows below the total."""
        rules = self.layout.profile.rules
        if column == "execution_rate":
            return execution_rate(line.executed, base_budget(line, rules), rules)
        if column == "score":
            return execution_score(line.execution_rate, line.weight, rules)
        if line.source != "total" or column == "weight":
            return None
        parts = [getattr(other, column) for other in self.form.funds.lines if other is not line]
        known_parts = [part for part in parts if part is not None]
        return sum(known_parts, Decimal(0)) if known_parts else None

    def _indicator_row(self, row: Row, indicator: Indicator | None) -> None:
        if indicator is None:
            for column, cell in row.items():
                kept = column in LEVELS or self._is_print(cell) or self._computes(cell)
                if not kept:
                    self._put(cell, None, KINDS.get(column, "text"))
            return
        self._levels_of_row(row, indicator)
        held = {"target"} if "target_value" in row else set[str]()
        wanted = [column for column in indicator.__struct_fields__ if column not in (*LEVELS, *row, *held)]
        self._tell_missing("indicators", indicator, wanted)
        for column, content in self._answers(indicator, row).items():
            if column in ("weight", "score"):
                self._number(row[column], content if isinstance(content, Decimal) else None)
            elif isinstance(content, Decimal) or KINDS.get(column) == "either":
                self._put(row[column], content, "either")
            else:
                self._put_spaced(row[column], content)

    def _computes(self, cell: Cell) -> bool:
        """Whether a cell holds a formula over other cells; ``=95%`` is a target that a program took for one."""
        formula = self.part.formula(self._anchor(cell))
        return formula is not None and any(sign.isalpha() for sign in formula)

    def _is_print(self, cell: Cell) -> bool:
        text = str(self.sheet[cell] or "").strip()
        return text in DASHES or is_placeholder(text)

    def _answers(self, indicator: Indicator, row: Row) -> dict[str, Content]:
        answers: dict[str, Content] = {
            column: getattr(indicator, column)
            for column in indicator.__struct_fields__
            if column in row and column not in ("level1", "level2")
        }
        if "target_value" in row:
            parts: dict[str, Content] = dict(
                zip(("target_operator", "target_value", "target_unit"), split_target(indicator.target), strict=True)
            )
            if any(content is not None and column not in row for column, content in parts.items()):
                parts = {"target_operator": None, "target_value": indicator.target, "target_unit": None}
            answers |= {column: content for column, content in parts.items() if column in row}
        return answers

    def _levels_of_row(self, row: Row, indicator: Indicator) -> None:
        """Writes a label only where the row has none of its own that says the same."""
        profile = self.layout.profile
        found = levels_of(self.sheet, row, profile)
        for column, label, shown in zip(LEVELS, (indicator.level1, indicator.level2), found, strict=True):
            if not label or known(profile, label) == shown:
                continue
            place = self.level_columns.get(column)
            cell = None if place is None else own_level_cell(self.sheet, row_of(row), place)
            if cell is None:
                self._tell_missing("indicators", indicator, [column])
            else:
                self._put(cell, label, "text")

    def _totals(self) -> None:
        sums = add_up(self.form, self.layout.profile)
        for column, computed in (("weight", (sums.weight, sums.full_weight)), ("score", (sums.score, sums.full_score))):
            cell = self.layout.fields.get(f"total.{column}")
            value: Decimal | None = getattr(self.form.total, column)
            if cell is None:
                if value is not None:
                    self.left_out.append(f"total.{column}")
            else:
                self._number(cell, value, *computed)

    def _number(self, cell: Cell, value: Decimal | None, *computed: Decimal | None) -> None:
        """A number into a cell. A formula stays where it computes what the document says, and gives way elsewhere."""
        anchor = self._anchor(cell)
        if self.part.formula(anchor) is not None and value in computed:
            self.part.set_cached(anchor, "" if value is None else value)
        elif self.part.formula(anchor) is not None:
            self.part.set_value(anchor, value)
        else:
            self._put(cell, value, "number")

    def _points(self) -> None:
        """Points printed beside level 1 (产出指标(50分)) follow the document; elsewhere they have no place."""
        cells = {row["level1"] for row in self.layout.indicator_rows if "level1" in row}
        printed = {}
        for cell in cells:
            text = str(self.sheet[cell] or "")
            if _PRINTED_POINTS.search(text):
                printed[known(self.layout.profile, _PRINTED_POINTS.split(text)[0].rstrip("(（ "))] = (cell, text)
        for name, points in self.form.level1_weights.items():
            place = printed.get(known(self.layout.profile, name))
            if place is None:
                self.left_out.append(f"level1_weights.{name}")
            else:
                self._put(place[0], _PRINTED_POINTS.sub(format(points, "f"), place[1]), "text")

    def _extras(self) -> None:
        """Labelled cells: what the document has, and nothing of what an earlier filling left under a known label."""
        cells = {entry.label: entry.cell for entry in self.layout.extra}
        headings = {label_key(label) for label in self.layout.profile.aliases.sections.get("extra", ())}
        headings |= {label_key(note.label) for note in self.layout.profile.notes}
        for label, cell in cells.items():
            path = f"extra.{label}"
            if path in self.layout.parts and label in self.form.extra:
                self._put_part(path, cell, self.form.extra[label])
            elif label in self.form.extra or label_key(label) in headings:
                self._put_spaced(cell, self.form.extra.get(label))
        self.left_out += [f"extra.{label}" for label, text in self.form.extra.items() if text and label not in cells]


def _is_rate(found: Value) -> bool:
    try:
        return rate_in(found, percent=False) is not None
    except NotANumber:
        return False
