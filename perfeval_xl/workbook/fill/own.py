"""Layout + Form -> cells, and nothing else: the inverse of reading.

Only cells whose reading differs from the document are patched. A formula stays where it computes what the document
says (its cached result is refreshed); where the document says otherwise, the document's value takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, Literal, NamedTuple, Protocol

from perfeval_xl.cell_values import NotANumber, number_in, text_in, year_in
from perfeval_xl.errors import CannotWrite
from perfeval_xl.layout import KEY_COLUMN, ROW_PRESENT, Layout, Row
from perfeval_xl.model import Form, FundLine, Indicator
from perfeval_xl.package.addresses import Cell, Range
from perfeval_xl.reading import join_target
from perfeval_xl.sources.sheet import Sheet, Value
from perfeval_xl.sums import Sums, add_up
from perfeval_xl.workbook.template import formulas, simple_rows
from perfeval_xl.workbook.template.checks import MessageFacts, cached_values

Content = str | Decimal | None
#: How a cell is read back: a number, a text, or either (targets and actual values).
Kind = Literal["number", "text", "either"]
_TARGET: Final = re.compile(r"(?P<operator>[≥≤=><])?(?P<value>\d+(?:\.\d+)?)(?P<unit>\D.*)?", re.DOTALL)
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_UNIT: Final = re.compile(r"万元|元")
_YEAR: Final = re.compile(r"(?:(?:19|20)\d\d|[\s_＿]{2,})?(?=\s*年)")


#: Excel's tallest row, in points.
MOST_HEIGHT: Final = 409.0
KINDS: Final[Mapping[str, Kind]] = {
    "weight": "number",
    "score": "number",
    "target": "either",
    "target_value": "either",
    "actual": "either",
}

#: Rows of a merge that is no cell of a form.
_TALL: Final = 1_000


class Cells(Protocol):
    """Cells that can be changed in place: of a worksheet part, or of the tables of a document."""

    def formula(self, cell: Cell) -> str | None:
        """The formula of a cell, or ``None``."""

    def computes(self, cell: Cell) -> bool:
        """Whether a cell has a formula."""

    def set_value(self, cell: Cell, value: Content) -> None:
        """Puts a value in a cell, replacing its formula."""

    def set_cached(self, cell: tuple[int, int], value: str | Decimal) -> None:
        """Replaces the result of a formula cell; its formula stays."""

    def set_height(self, row: int, points: float) -> None:
        """Gives a row at least that height."""


class Known(NamedTuple):
    """What a cell of the form is before it is filled: where its value stands, what stands there, whether by formula."""

    anchor: Cell
    found: Value
    computes: bool


@dataclass
class Filling:
    """Fills one form into one sheet. ``part`` is changed in place."""

    part: Cells
    sheet: Sheet
    layout: Layout
    form: Form
    #: Fields the sheet has no cell for; our own templates have one for each.
    left_out: list[str] = field(default_factory=list)
    #: Whether the sheet is a template that nobody has filled yet.
    is_blank: bool = False
    #: What is known of the cells already; a blank template is the same for every form.
    known: dict[Cell, Known] = field(default_factory=dict)

    @cached_property
    def sums(self) -> Sums:
        """Everything that can be recomputed in the form."""
        return add_up(self.form, self.layout.profile)

    def fill(self) -> None:
        """Patches every cell of the form. Raises ``CannotWrite`` when the sheet has no place for something."""
        computed = formulas.field_values(self.form, self.layout.profile, self.sums)
        self._fill_single(computed)
        self._fill_funds(computed)
        self._fill_indicators()
        self._fill_level1()
        self._fill_extra()

    # -- single fields --

    def _fill_single(self, computed: Mapping[str, Decimal | None]) -> None:
        form, fields = self.form, self.layout.fields
        texts: dict[str, Content] = {
            "title": form.title,
            **{f"project.{name}": getattr(form.project, name) for name in form.project.__struct_fields__},
            "goals.expected": form.goals.expected,
            "goals.actual": form.goals.actual,
            "remark": form.remark,
        }
        for path, text in texts.items():
            self._put_field(path, text, "text")
        if self.layout.by == "name":
            self._grow_goals()
        if "fiscal_year" in fields:
            self._year(fields["fiscal_year"])
        if "funds.unit" in fields:
            self._unit(fields["funds.unit"])
        for column in ("weight", "score"):
            path = f"total.{column}"
            self._put_field(path, getattr(form.total, column), "number", computed.get(path))

    def _put_field(self, path: str, value: Content, kind: Kind, computed: Decimal | None = None) -> None:
        cell = self.layout.fields.get(path)
        if cell is not None:
            self._put(cell, value, kind, computed)
        elif value is not None:
            raise CannotWrite("no-place", path=self.sheet.source, sheet=self.sheet.name, field=path)

    def _year(self, cell: Cell) -> None:
        value = self.sheet[cell]
        year = self.form.fiscal_year
        try:
            if year_in(value) == year:
                return
        except NotANumber:
            pass
        if isinstance(value, str) and year is not None and _YEAR.search(value):
            self._put(cell, _YEAR.sub(str(year), value, count=1), "text")
        else:
            self._put(cell, None if year is None else Decimal(year), "number")

    def _unit(self, cell: Cell) -> None:
        text = str(self.sheet[cell] or "")
        found = _UNIT.search("".join(text.split()))
        stated = found[0] if found else self.layout.profile.unit
        if stated == self.form.funds.unit:
            return
        if self.layout.by != "name" or not _UNIT.search(text):
            raise CannotWrite(
                "other-unit",
                path=self.sheet.source,
                sheet=self.sheet.name,
                stated=stated,
                unit=self.form.funds.unit,
            )
        self._put(cell, _UNIT.sub(self.form.funds.unit, text, count=1), "text")

    # -- tables --

    def _fill_funds(self, computed: Mapping[str, Decimal | None]) -> None:
        for number, row in enumerate(self.layout.fund_rows):
            line = self.form.funds.lines[number] if number < len(self.form.funds.lines) else None
            self._fund_line(row, line, f"funds.lines[{number}]", computed)

    def _fund_line(self, row: Row, line: FundLine | None, path: str, computed: Mapping[str, Decimal | None]) -> None:
        percent = self.layout.profile.funds.rate == "percent"
        for column, cell in row.items():
            if column == KEY_COLUMN:
                self._put(cell, line.source if line else None, "text")
                continue
            value = getattr(line, column) if line else None
            result = computed.get(f"{path}.{column}")
            if column == "execution_rate" and percent:
                value, result = (None if rate is None else rate.scaleb(2) for rate in (value, result))
            self._put(cell, value, "text" if column == "label" else "number", result)

    def _fill_indicators(self) -> None:
        wanted = self.form.indicators
        for number, row in enumerate(self.layout.indicator_rows):
            indicator = wanted[number] if number < len(wanted) else None
            for column, content in self._indicator_cells(indicator, row).items():
                self._put(row[column], content, KINDS.get(column, "text"))
            if indicator is not None:
                self._grow(row, indicator)

    def _indicator_cells(self, indicator: Indicator | None, row: Row) -> dict[str, Content]:
        if indicator is None:
            return dict.fromkeys(row)
        cells: dict[str, Content] = {
            column: getattr(indicator, column) for column in indicator.__struct_fields__ if column in row
        }
        if "target_value" in row:
            cells |= dict(
                zip(("target_operator", "target_value", "target_unit"), split_target(indicator.target), strict=True)
            )
        if KEY_COLUMN in row:
            filled = (indicator.name, indicator.target, indicator.actual, indicator.weight, indicator.score)
            blank = all(value is None for value in (*filled, indicator.deviation))
            cells[KEY_COLUMN] = ROW_PRESENT if blank else None
        return {column: content for column, content in cells.items() if column in row}

    def _grow(self, row: Row, indicator: Indicator) -> None:
        """An indicator row at least as high as its longest text needs."""
        if self.layout.by != "name":
            return
        lines = 1
        for field_name, width in self._measured:
            value = getattr(indicator, field_name)
            if value is not None:
                lines = max(lines, lines_needed(str(value), width))
        self.part.set_height(next(iter(row.values())).row, min(MOST_HEIGHT, max(27.0, 13.5 * lines + 3)))

    @cached_property
    def _measured(self) -> list[tuple[str, float]]:
        """The fields that the columns of the indicators show, with how many characters wide each column is."""
        widths = self.layout.profile.page.widths
        columns = [column for column in self.layout.indicator_rows[0] if column in widths]
        return [(column.partition("_")[0], float(widths[column])) for column in columns]

    def _grow_goals(self) -> None:
        """Merged cells do not grow by themselves: the goals row gets the height its longer text needs."""
        widths = [float(self.layout.profile.page.widths[column]) for column in self.layout.profile.indicator_columns()]
        for path, text in (("goals.expected", self.form.goals.expected), ("goals.actual", self.form.goals.actual)):
            cell = self.layout.fields.get(path)
            if cell is not None and text:
                area = self._merge_over(cell)
                width = sum(widths[cell.column - 1 : area.right if area else cell.column])
                self.part.set_height(cell.row, min(MOST_HEIGHT, 13.5 * lines_needed(text, width) + 6))

    def _fill_level1(self) -> None:
        """Points printed beside level 1: rows that carry the name keep it, further names take the blank rows."""
        weights = self.form.level1_weights
        names = [self._text(row["name"]) for row in self.layout.level1_rows]
        new = iter([name for name in weights if name not in names])
        taken: set[str] = set()
        for row, name in zip(self.layout.level1_rows, names, strict=True):
            wanted = name if name is not None and name not in taken else next(new, None)
            if wanted is not None:
                taken.add(wanted)
            self._put(row["name"], wanted, "text")
            self._put(row["weight"], None if wanted is None else weights.get(wanted), "number")

    def _text(self, cell: Cell) -> str | None:
        value = self.sheet[cell]
        return value if isinstance(value, str) else None

    def _fill_extra(self) -> None:
        extra = dict(self.form.extra)
        for entry in self.layout.extra:
            if extra.get(entry.label) is not None:
                self._put(entry.cell, extra.pop(entry.label), "text")
            elif self.layout.by == "name":
                self._put(entry.cell, None, "text")
        entries = iter(extra.items())
        for row in self.layout.extra_rows:
            label, value = next(entries, (None, None))
            self._put(row["label"], label, "text")
            self._put(row["value"], value, "text")

    # -- cached results of the check area --

    def refresh(self) -> None:
        """Gives the formulas of the check area the results they will have for this form."""
        rows = [next(iter(row.values())).row + 1 for row in self.layout.indicator_rows]
        levels = [formulas.level_values(self.form, self.layout.profile, *level) for level in self._levels()]
        differs = any(level["result"] for level in levels)
        fund_rows = [next(iter(row.values())).row + 1 for row in self.layout.fund_rows]
        simple = self._simple_rows()
        facts = MessageFacts(self.form, self.layout.profile, self.sums, rows, fund_rows, simple, level1_differs=differs)
        values = cached_values(facts)
        for name, value in values.items():
            if name in self.sheet.names:
                self.part.set_cached(self.sheet.names[name].anchor, value)
        self._refresh_simple_rows(simple)
        for number, level in enumerate(levels):
            for column, value in level.items():
                area = self.sheet.names.get(f"{formulas.CALC}level_{column}")
                if area is not None:
                    self.part.set_cached(Cell(area.top + number, area.left), value)

    def _simple_rows(self) -> list[dict[str, formulas.Cached]]:
        """按规则得分 of as many indicators as the check area has rows for."""
        area = self.sheet.names.get(f"{formulas.CALC}simple_result")
        count = area.bottom - area.top + 1 if area else 0
        return simple_rows.cached_rows(self.form, self.layout.profile, count)

    def _refresh_simple_rows(self, rows: list[dict[str, formulas.Cached]]) -> None:
        for column in simple_rows.FORMULAS:
            area = self.sheet.names.get(f"{formulas.CALC}simple_{column}")
            if area is not None:
                for offset, row in enumerate(rows[: len(self.form.indicators)] if self.is_blank else rows):
                    self.part.set_cached((area.top + offset, area.left), row[column])

    def _levels(self) -> list[tuple[str | None, Decimal | None]]:
        """The level-1 rows of the check area as they stand after filling."""
        weights = self.form.level1_weights
        names = [self._text(row["name"]) for row in self.layout.level1_rows]
        new = iter([name for name in weights if name not in names])
        names = [name if name is not None else next(new, None) for name in names]
        return [(name, None if name is None else weights.get(name)) for name in names]

    # -- cells and rows --

    def _put(self, cell: Cell, value: Content, kind: Kind, computed: Decimal | None = None) -> None:
        """Makes a cell read as ``value``; ``computed`` is what the template's formula in it gives."""
        known = self.known.get(cell)
        if known is None:
            anchor = self._anchor(cell)
            known = self.known[cell] = Known(anchor, self.sheet[anchor], self.part.computes(anchor))
        anchor, found, computes = known
        if computes and self.layout.by == "name":
            if value == computed:
                self.part.set_cached(anchor, "" if computed is None else computed)
            else:
                self.part.set_value(anchor, value)
        elif (found is not None or value is not None) and not _reads_as(found, value, kind):
            self.part.set_value(anchor, value)

    def _anchor(self, cell: Cell) -> Cell:
        area = self._merge_over(cell)
        return cell if area is None else area.anchor

    def _merge_over(self, cell: Cell) -> Range | None:
        row, column = cell
        low, tall = self._merges
        for merge in low.get(row, ()):
            if merge.left <= column <= merge.right:
                return merge
        return next((merge for merge in tall if merge.covers(cell)), None) if tall else None

    @cached_property
    def _merges(self) -> MergesByRow:
        return _merges_by_row(self.sheet.merges)


MergesByRow = tuple[dict[int, list[Range]], list[Range]]


@lru_cache(maxsize=8)
def _merges_by_row(merges: tuple[Range, ...]) -> MergesByRow:
    """The merges by row, since a form of 10,000 rows has as many; and those that are taller than any form."""
    low: dict[int, list[Range]] = {}
    tall = [merge for merge in merges if merge.bottom - merge.top >= _TALL]
    for merge in merges:
        if merge.bottom - merge.top < _TALL:
            for row in range(merge.top, merge.bottom + 1):
                low.setdefault(row, []).append(merge)
    return low, tall


def _reads_as(found: Value, value: Content, kind: Kind) -> bool:
    """Whether a cell that holds ``found`` would be read as ``value`` already."""
    if found is None:
        return value is None
    if kind == "number":
        try:
            return number_in(found) == value
        except NotANumber:
            return False
    if isinstance(found, Decimal) and kind == "either":
        return found == value
    return found == value or (isinstance(found, date) and isinstance(value, str) and text_in(found) == value)


def split_target(target: str | Decimal | None) -> tuple[Content, Content, Content]:
    """年度指标值 -> 指标性质, 指标值, 度量单位 (四川), only where joining them gives the same text again."""
    if isinstance(target, str) and (match := _TARGET.fullmatch(target)):
        operator, unit = match["operator"], match["unit"]
        number = Decimal(match["value"])
        value: Content = number if format(number.normalize(), "f") == match["value"] else match["value"]
        if (operator or unit) and join_target(operator, value, unit) == target:
            return operator, value, unit
    return None, target, None


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column of ``width`` characters: a Chinese character takes two."""
    room = max(1, int(width) - 1)
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    return sum(max(1, -(-(2 * len(line) - len(_NOT_ASCII.sub("", line))) // room)) for line in text.split("\n"))
